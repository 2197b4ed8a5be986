/** The keyboard's way through the house: from a seat to the nearest one in a direction. */
import { SeatGrid } from "./grid";
import { PITCH, type House } from "./house";

export type Direction = "left" | "right" | "up" | "down";

const VECTORS: Record<Direction, readonly [number, number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/** Straying sideways costs this many times more than going forward, so that a curved row is followed to its end. */
const SIDEWAYS_COST = 2.2;
/** Aisles and the gap to a balcony are jumped in growing steps, up to this many seats. */
const REACHES = [4, 10, 30, 120];

/** The next seat in that direction, or null at the edge of the house. */
export function nextSeat(house: House, grid: SeatGrid, from: number, direction: Direction): number | null {
  const [dx, dy] = VECTORS[direction];
  const x = house.x[from - 1] ?? 0;
  const y = house.y[from - 1] ?? 0;
  for (const seats of REACHES) {
    const reach = seats * PITCH;
    const best = { seatNo: 0, cost: Infinity };
    grid.forEachIn({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (index) => {
      if (index === from - 1) return;
      const vx = (house.x[index] ?? 0) - x;
      const vy = (house.y[index] ?? 0) - y;
      const forward = vx * dx + vy * dy;
      const sideways = Math.abs(vx * dy) + Math.abs(vy * dx);
      // A cone of 55 degrees either side; beyond it the other arrow is the right one.
      if (forward < 1 || forward > reach || sideways > forward * 1.4) return;
      const cost = forward + sideways * SIDEWAYS_COST;
      if (cost < best.cost) {
        best.cost = cost;
        best.seatNo = index + 1;
      }
    });
    if (best.seatNo > 0) return best.seatNo;
  }
  return null;
}

/** An arrow, or a jump: to the ends of the row, to the middle of the section before or after. */
export type Move = Direction | "row-start" | "row-end" | "section-before" | "section-after";

export function moveFrom(house: House, grid: SeatGrid, from: number, move: Move): number | null {
  const row = house.rows[house.rowOf[from - 1] ?? 0];
  if (!row) return null;
  if (move === "row-start" || move === "row-end") {
    // A row in several prices is in pieces.
    const pieces = (house.sections[row.section]?.rows ?? []).flatMap((index) => house.rows[index] ?? []).filter(({ label }) => label === row.label);
    return (move === "row-start" ? pieces[0]?.seats[0] : pieces.at(-1)?.seats.at(-1)) ?? null;
  }
  if (move === "section-before" || move === "section-after") {
    const section = house.sections[row.section + (move === "section-after" ? 1 : -1)];
    const seats = house.rows[section?.rows[0] ?? -1]?.seats;
    return seats?.[Math.floor(seats.length / 2)] ?? null;
  }
  return nextSeat(house, grid, from, move);
}

/** Where the keyboard starts: the seat nearest to a point, whatever its state. */
export function firstSeat(house: House, grid: SeatGrid, x: number, y: number): number | null {
  return grid.nearest(x, y, Math.max(house.width, house.height));
}
