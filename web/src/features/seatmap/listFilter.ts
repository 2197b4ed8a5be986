/** What the list shows of a house: all of it, or what somebody is looking for. Pure. */
import type { SeatState } from "./apply";
import { KIND_COMPANION, KIND_WHEELCHAIR, type House, type Row, type Section } from "./house";

export interface ListWish {
  /** Only seats that can be had, and one's own. */
  freeOnly: boolean;
  /** Only wheelchair places and the companion seats beside them. */
  accessibleOnly: boolean;
  /** Categories (by index) that the legend holds back. */
  dimmed: ReadonlySet<number>;
}

export interface ListedRow {
  row: Row;
  seats: readonly number[];
}

export interface ListedSection {
  section: Section;
  rows: ListedRow[];
}

export function isAccessible(house: House, seatNo: number): boolean {
  const kind = house.kind[seatNo - 1];
  return kind === KIND_WHEELCHAIR || kind === KIND_COMPANION;
}

/** Sections and rows that have something of what is wished, each row with those seats alone. */
export function listed(house: House, wish: ListWish, stateOf: (seatNo: number) => SeatState, mine: ReadonlySet<number>): ListedSection[] {
  const wished = (seatNo: number): boolean =>
    (!wish.accessibleOnly || isAccessible(house, seatNo)) && (!wish.freeOnly || mine.has(seatNo) || stateOf(seatNo) === "f");
  return house.sections.flatMap((section) => {
    const rows = section.rows.flatMap((index): ListedRow[] => {
      const row = house.rows[index];
      if (!row || wish.dimmed.has(row.category)) return [];
      const seats = wish.freeOnly || wish.accessibleOnly ? row.seats.filter(wished) : row.seats;
      return seats.length > 0 ? [{ row, seats }] : [];
    });
    return rows.length > 0 ? [{ section, rows }] : [];
  });
}
