/**
 * What the drawn map shows of each seat, which may be a fade's length behind what the seat is, and how much is free in
 * each section and standing area. Counted as seats change: nothing is counted anew for a frame.
 */
import { STATE_LETTERS } from "./apply";
import { KIND_STANDING, type House } from "./house";
import type { LiveSeats } from "./live";
import { BLOCKED, FREE } from "./sprites";

export class Shown {
  /** By index (seat number − 1): the place of its letter in `STATE_LETTERS`. */
  readonly states: Uint8Array;
  /** Free numbered seats of each section, by index. */
  readonly free: Int32Array;
  private readonly sectionOf: Uint16Array;
  private readonly areas: { free: number; mine: number }[];
  private areasAt = -1;

  constructor(
    private readonly house: House,
    private readonly live: LiveSeats,
  ) {
    this.states = new Uint8Array(house.count).fill(BLOCKED);
    this.free = new Int32Array(house.sections.length);
    this.sectionOf = new Uint16Array(house.count);
    for (let i = 0; i < house.count; i += 1) if (house.kind[i] !== KIND_STANDING) this.sectionOf[i] = house.rows[house.rowOf[i] ?? 0]?.section ?? 0;
    this.areas = house.areas.map(() => ({ free: 0, mine: 0 }));
    this.remember();
  }

  /** What a seat is now. */
  now(seatNo: number): number {
    return STATE_LETTERS.indexOf(this.live.stateOf(seatNo));
  }

  set(index: number, state: number): void {
    if (this.house.kind[index] !== KIND_STANDING) {
      const section = this.sectionOf[index] ?? 0;
      this.free[section] = (this.free[section] ?? 0) + Number(state === FREE) - Number(this.states[index] === FREE);
    }
    this.states[index] = state;
  }

  /** Seat numbers that are something else than is shown. */
  differing(): number[] {
    const numbers: number[] = [];
    for (let seatNo = 1; seatNo <= this.house.count; seatNo += 1) if (this.states[seatNo - 1] !== this.now(seatNo)) numbers.push(seatNo);
    return numbers;
  }

  /** Everything as it is now. */
  remember(): void {
    for (let i = 0; i < this.house.count; i += 1) this.set(i, this.now(i + 1));
  }

  /** Free and chosen places of each standing area, now. */
  places(mine: ReadonlySet<number>, mineChanged: boolean): readonly { free: number; mine: number }[] {
    if (this.areasAt === this.live.version && !mineChanged) return this.areas;
    this.areasAt = this.live.version;
    this.house.areas.forEach(({ first, capacity }, n) => {
      const places = this.areas[n];
      if (!places) return;
      places.free = places.mine = 0;
      for (let seatNo = first; seatNo < first + capacity; seatNo += 1) {
        if (mine.has(seatNo)) places.mine += 1;
        else if (this.live.stateOf(seatNo) === "f") places.free += 1;
      }
    });
    return this.areas;
  }
}
