/** The outline of a section of a large house: along its first row, down its ends, back along the last. */
import type { House, Section } from "./house";

interface End {
  first: number;
  last: number;
  seats: number[];
}

/** Rows in pieces (one for each price) are one row again, in the order of the map. */
function wholeRows(house: House, section: Section): End[] {
  const rows = new Map<string, number[]>();
  for (const index of section.rows) {
    const row = house.rows[index];
    if (!row) continue;
    const seats = rows.get(row.label);
    if (seats) seats.push(...row.seats);
    else rows.set(row.label, [...row.seats]);
  }
  return [...rows.values()].map((seats) => ({ first: seats[0] ?? 0, last: seats.at(-1) ?? 0, seats }));
}

/** Every fourth seat is enough for a curve, the ends always. */
const thin = (seats: number[]): number[] => seats.filter((_, n) => n % 4 === 0 || n === seats.length - 1);

/** Seat numbers around the section, in order. */
export function outlineOf(house: House, section: Section): number[] {
  const rows = wholeRows(house, section);
  const front = rows[0];
  const back = rows.at(-1);
  if (!front || !back) return [];
  if (rows.length === 1) return thin(front.seats);
  const between = rows.slice(1, -1);
  return [...thin(front.seats), ...between.map(({ last }) => last), ...thin(back.seats).reverse(), ...between.map(({ first }) => first).reverse()];
}
