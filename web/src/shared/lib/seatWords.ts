/** How a seat is named in words, in one place, so that the map, the list, the order and the errors all say the same. */
import { count, listing } from "./locale";

export interface SeatName {
  section: string;
  row: string;
  label: string;
}

/** "Row F, seat 12"; a standing place has no row, and usually no number. */
export function seatInRow(seat: SeatName): string {
  if (seat.row) return `Row ${seat.row}, seat ${seat.label}`;
  return seat.label ? `Place ${seat.label}` : "Standing place";
}

/** "Stalls, row F, seat 12" */
export function seatWords(seat: SeatName): string {
  if (seat.row) return `${seat.section}, row ${seat.row}, seat ${seat.label}`;
  return seat.label ? `${seat.section}, place ${seat.label}` : `${seat.section}, standing place`;
}

function byRow(seats: SeatName[]): Map<string, SeatName[]> {
  const rows = new Map<string, SeatName[]>();
  for (const seat of seats) {
    const key = `${seat.section}\n${seat.row}`;
    const row = rows.get(key);
    if (row) row.push(seat);
    else rows.set(key, [seat]);
  }
  return rows;
}

function labels(seats: SeatName[]): string {
  return listing([...seats].sort((a, b) => a.label.localeCompare(b.label, "en", { numeric: true })).map((seat) => seat.label));
}

function rowWords(first: SeatName, row: SeatName[]): string {
  const one = row.length === 1;
  if (first.row) return `row ${first.row}, ${one ? "seat" : "seats"} ${labels(row)}`;
  return first.label ? `${one ? "place" : "places"} ${labels(row)}` : count(row.length, "standing place");
}

/** "Stalls, row F, seats 11 and 12; row G, seat 3": many seats, each row named once. */
export function seatsWords(seats: SeatName[]): string {
  let section = "";
  const parts: string[] = [];
  for (const row of byRow(seats).values()) {
    const first = row[0];
    if (!first) continue;
    const where = first.section === section ? "" : `${first.section}, `;
    section = first.section;
    parts.push(`${where}${rowWords(first, row)}`);
  }
  const sentence = parts.join("; ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
