/** "The nearest pair is G 12–13": free seats side by side, as many and as near as those that were lost. */
import type { SeatState } from "./apply";
import { seatGap, isStanding, KIND_NUMBERED, PITCH, type House, type Row } from "./house";

/** Seats further apart than this are not side by side: an aisle runs between them. */
const SIDE_BY_SIDE = PITCH * 1.6;
/** Another price category is as good as being this much further away, in map units. */
const OTHER_PRICE = PITCH * 12;

interface Lost {
  x: number;
  y: number;
  category: number;
  wanted: number;
}

function lostPlace(house: House, seats: readonly number[]): Lost | null {
  const numbered = seats.filter((seatNo) => seatNo >= 1 && seatNo <= house.count && !isStanding(house, seatNo));
  const first = numbered[0];
  if (first === undefined) return null;
  const mean = (values: Float32Array): number => numbered.reduce((sum, seatNo) => sum + (values[seatNo - 1] ?? 0), 0) / numbered.length;
  return { x: mean(house.x), y: mean(house.y), category: house.category[first - 1] ?? 0, wanted: numbered.length };
}

/** Every run of `n` free neighbours in a row. */
function* runs(house: House, row: Row, n: number, free: (seatNo: number) => boolean): Generator<number[]> {
  let run: number[] = [];
  for (const seatNo of row.seats) {
    const last = run.at(-1);
    const apart = last !== undefined && seatGap(house, last, seatNo) > SIDE_BY_SIDE;
    if (!free(seatNo) || apart) run = [];
    if (free(seatNo)) run.push(seatNo);
    if (run.length > n) run.shift();
    if (run.length === n) yield [...run];
  }
}

/** Seat numbers to offer instead of lost ones, or none. Wheelchair and companion places are never offered unasked. */
export function nearestFree(house: House, stateOf: (seatNo: number) => SeatState, lost: readonly number[], mine: ReadonlySet<number>): number[] {
  const place = lostPlace(house, lost);
  if (!place) return [];
  const free = (seatNo: number): boolean => stateOf(seatNo) === "f" && !mine.has(seatNo) && house.kind[seatNo - 1] === KIND_NUMBERED;
  let best: number[] = [];
  let bestDistance = Infinity;
  for (const row of house.rows) {
    for (const run of runs(house, row, place.wanted, free)) {
      const x = run.reduce((sum, seatNo) => sum + (house.x[seatNo - 1] ?? 0), 0) / run.length;
      const y = run.reduce((sum, seatNo) => sum + (house.y[seatNo - 1] ?? 0), 0) / run.length;
      const distance = Math.hypot(x - place.x, y - place.y) + (row.category === place.category ? 0 : OTHER_PRICE);
      if (distance < bestDistance) {
        best = run;
        bestDistance = distance;
      }
    }
  }
  return best;
}
