/**
 * The heart of the live map: applying fenced seat changes to a snapshot. Every statement that changes a seat raises
 * its fence, so a change only counts when its fence is above the one we know; old, doubled and reordered frames are
 * harmless. The same fixtures prove this file and its Python twin (tests/fixtures/seat_changes).
 */

/** f free, h held or being bought, s sold, b blocked. */
export type SeatState = "f" | "h" | "s" | "b";

/** [seat number, state, fence] */
export type SeatChange = [seatNo: number, state: string, fence: number];

/** Character i and fence i belong to seat number i + 1. */
export interface SeatStates {
  states: string;
  fences: number[];
}

/** A state's number is its place here. */
export const STATE_LETTERS = "fhsb";
const STATES: ReadonlySet<string> = new Set(["f", "h", "s", "b"]);

/** Two of these still add up exactly. */
const EXACT = 2 ** 52;

export function isSeatState(value: string | undefined): value is SeatState {
  return value !== undefined && STATES.has(value);
}

/** The sum of all fences as a decimal string: what the server's heartbeat is compared with. */
export function digestOf(fences: readonly number[]): string {
  // Whole numbers as long as they are exact: big ones are slow, and this runs every two seconds over 50,000.
  let [sum, part] = [0n, 0];
  for (const fence of fences) {
    part += fence;
    if (part < EXACT) continue;
    sum += BigInt(part);
    part = 0;
  }
  return (sum + BigInt(part)).toString();
}

/**
 * Applies changes to arrays in place and returns the seat numbers that now show another state. Changes of seats the
 * map does not have, and states this page does not know, are ignored.
 */
export function applyInPlace(states: string[], fences: number[], changes: readonly SeatChange[]): number[] {
  const recoloured = new Set<number>();
  for (const [seatNo, state, fence] of changes) {
    const index = seatNo - 1;
    const known = fences[index];
    if (known === undefined || fence <= known || !isSeatState(state)) continue;
    fences[index] = fence;
    if (states[index] !== state) {
      states[index] = state;
      recoloured.add(seatNo);
    }
  }
  return [...recoloured];
}

/** Pure: `apply(snapshot, changes)` equals the snapshot the server would send after those changes. */
export function apply(snapshot: SeatStates, changes: readonly SeatChange[]): SeatStates {
  const states = Array.from(snapshot.states);
  const fences = [...snapshot.fences];
  applyInPlace(states, fences, changes);
  return { states: states.join(""), fences };
}
