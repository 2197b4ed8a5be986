/**
 * Seats that a choice would leave alone (decision 0013): free, with a free neighbour before and none after. Nothing is
 * forced; whoever chooses is told before holding, with the move that avoids it.
 */
import type { SeatState } from "./apply";
import { KIND_NUMBERED, PITCH, seatGap, type House } from "./house";

/** Seats further apart have an aisle between them. */
const SIDE_BY_SIDE = PITCH * 1.6;

export interface Alone {
  /** The seats that would stay alone. */
  seats: number[];
  /** A choice of as many seats in the same rows that leaves none alone, or null. */
  instead: number[] | null;
}

type StateOf = (seatNo: number) => SeatState;

/** The rows' pieces without aisles. Price categories of one row belong together. */
function runsAround(house: House, chosen: ReadonlySet<number>): number[][] {
  const rows = new Set<string>();
  for (const seatNo of chosen) {
    const row = house.rows[house.rowOf[seatNo - 1] ?? -1];
    if (row && house.kind[seatNo - 1] === KIND_NUMBERED) rows.add(`${row.section}\n${row.label}`);
  }
  const pieces = new Map<string, number[]>();
  for (const row of house.rows) {
    const key = `${row.section}\n${row.label}`;
    if (rows.has(key)) pieces.set(key, [...(pieces.get(key) ?? []), ...row.seats]);
  }
  const runs: number[][] = [];
  for (const seats of pieces.values()) {
    let last: number | null = null;
    for (const seatNo of seats) {
      if (last === null || seatGap(house, last, seatNo) > SIDE_BY_SIDE) runs.push([]);
      runs.at(-1)?.push(seatNo);
      last = seatNo;
    }
  }
  return runs.filter((run) => run.some((seatNo) => chosen.has(seatNo)));
}

/** Seats of a run that become single by the choice. Wheelchair and companion places don't count. */
function singles(house: House, run: readonly number[], stateOf: StateOf, chosen: ReadonlySet<number>): number[] {
  const free = (seatNo: number | undefined): boolean => seatNo !== undefined && stateOf(seatNo) === "f" && house.kind[seatNo - 1] === KIND_NUMBERED;
  const left = (seatNo: number | undefined): boolean => free(seatNo) && !chosen.has(seatNo ?? 0);
  return run.filter((seatNo, n) => left(seatNo) && (free(run[n - 1]) || free(run[n + 1])) && !left(run[n - 1]) && !left(run[n + 1]));
}

/** Which single seats a choice leaves, and the nearest shift of it that leaves none; null when it leaves none. */
export function leavesSingle(house: House, stateOf: StateOf, choice: Iterable<number>): Alone | null {
  const chosen = new Set(choice);
  const runs = runsAround(house, chosen);
  const seats = runs.flatMap((run) => singles(house, run, stateOf, chosen));
  if (seats.length === 0) return null;
  const moved: number[] = [...chosen].filter((seatNo) => !runs.some((run) => run.includes(seatNo)));
  for (const run of runs) {
    const better = shifted(house, run, stateOf, chosen);
    if (!better) return { seats, instead: null };
    moved.push(...better);
  }
  return { seats, instead: moved.sort((a, b) => a - b) };
}

/** The same number of seats side by side in this run, as near to the choice as can be, in its price categories. */
function shifted(house: House, run: readonly number[], stateOf: StateOf, chosen: ReadonlySet<number>): number[] | null {
  const mine = run.filter((seatNo) => chosen.has(seatNo));
  if (singles(house, run, stateOf, chosen).length === 0) return mine;
  const categories = new Set(mine.map((seatNo) => house.category[seatNo - 1]));
  const middle = (seats: readonly number[]): number => seats.reduce((sum, seatNo) => sum + run.indexOf(seatNo), 0) / seats.length;
  const wanted = middle(mine);
  let best: number[] | null = null;
  for (let n = 0; n + mine.length <= run.length; n += 1) {
    const block = run.slice(n, n + mine.length);
    const fits = block.every((seatNo) => stateOf(seatNo) === "f" && house.kind[seatNo - 1] === KIND_NUMBERED && categories.has(house.category[seatNo - 1]));
    if (!fits || singles(house, run, stateOf, new Set(block)).length > 0) continue;
    if (best === null || Math.abs(middle(block) - wanted) < Math.abs(middle(best) - wanted)) best = block;
  }
  return best;
}
