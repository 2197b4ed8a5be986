/**
 * Where the rows' letters stand: once at each end of a row, however many prices and aisles it is parted by. Two blocks
 * that share an aisle share its letters. All in map units, made once for a house.
 */
import { PITCH, seatGap, type House, type Section } from "./house";

export interface RowLabel {
  words: string;
  x: number;
  y: number;
}

/** Beyond the last seat. */
const OUTWARD = PITCH * 1.4;
/** Letters of the same row nearer than this are one. */
const SHARED = PITCH * 2.6;
/** Longer labels leave their first words to tip and list: "Ringside A" is "A". */
const LONGEST = 3;

type Point = readonly [number, number];

export function rowLabels(house: House): RowLabel[] {
  const labels: RowLabel[] = [];
  const nearby = new Map<string, RowLabel[]>();
  const put = (words: string, [x, y]: Point): void => {
    const same = nearby.get(words) ?? [];
    const other = same.find((label) => Math.hypot(label.x - x, label.y - y) < SHARED);
    if (other) {
      // In the middle of the aisle that both blocks look at.
      other.x = (other.x + x) / 2;
      other.y = (other.y + y) / 2;
      return;
    }
    const label = { words, x, y };
    labels.push(label);
    nearby.set(words, [...same, label]);
  };
  for (const section of house.sections) {
    if (section.kind === "table" && house.shapes.some(({ role, label }) => role === "table" && label)) continue;
    for (const [label, seats] of wholeRows(house, section)) {
      const words = short(label);
      if (words === "") continue;
      if (section.kind !== "") put(words, middle(house, seats));
      else for (const at of ends(house, seats)) put(words, at);
    }
  }
  return labels;
}

function short(label: string): string {
  if (label.length <= LONGEST) return label;
  const last = label.split(/\s+/).at(-1) ?? "";
  return last.length <= LONGEST ? last : "";
}

/** The seats of each row by its label, in the order of the map; its pieces (one for each price) joined. */
function wholeRows(house: House, section: Section): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const index of section.rows) {
    const row = house.rows[index];
    if (!row) continue;
    const seats = rows.get(row.label);
    if (seats) seats.push(...row.seats);
    else rows.set(row.label, [...row.seats]);
  }
  return rows;
}

const point = (house: House, seatNo: number): Point => [house.x[seatNo - 1] ?? 0, house.y[seatNo - 1] ?? 0];

/** Of a box or a table: between its seats. */
function middle(house: House, seats: readonly number[]): Point {
  const sum = (values: Float32Array): number => seats.reduce((all, seatNo) => all + (values[seatNo - 1] ?? 0), 0);
  return [sum(house.x) / seats.length, sum(house.y) / seats.length];
}

function ends(house: House, seats: readonly number[]): Point[] {
  return [
    [seats[0], seats[1]],
    [seats.at(-1), seats.at(-2)],
  ].flatMap(([end, inner]): Point[] => (end === undefined || inner === undefined ? [] : [beyond(house, end, inner)]));
}

/** From the last seat on, away from its neighbour. */
function beyond(house: House, seatNo: number, neighbour: number): Point {
  const length = seatGap(house, seatNo, neighbour) || 1;
  const [x, y] = point(house, seatNo);
  const [nx, ny] = point(house, neighbour);
  return [x + ((x - nx) / length) * OUTWARD, y + ((y - ny) / length) * OUTWARD];
}
