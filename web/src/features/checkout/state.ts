/** The page's copy of a purchase, as a pure reducer. */
import type { Hold, Order, Payment, Quote } from "@/client/frontrow.schemas";
import type { CheckoutMemory } from "@/shared/lib/checkoutMemory";
import type { Found } from "./calls";
import { NO_WISH, type Wish } from "./quote";
import { tooManySeats, type Explanation } from "./words";

export type Busy = "restoring" | "holding" | "ordering" | "releasing" | "quoting" | "extending";
export type Step = "choose" | "details" | "pay";

export interface CheckoutState {
  /** The local choice of numbered seats; outlives a hold that ended, so that the same seats can be held again. */
  selected: number[];
  /** How many places are wanted in each standing area, by its name. */
  standing: Readonly<Record<string, number>>;
  hold: Hold | null;
  /** Coupon and ticket types, and what everything costs with them. */
  wish: Wish;
  quote: Quote | null;
  /** Said beside the coupon's field: what became of the code. */
  coupon: Explanation | null;
  order: Order | null;
  payment: Payment | null;
  busy: Busy | null;
  notice: Explanation | null;
  /** The refusal behind the notice, for forms that show it at a field. */
  error: unknown;
  /** The hold can't be made longer. */
  capped: boolean;
}

export type CheckoutChange =
  | { type: "toggle"; seatNo: number; maxSeats: number }
  | { type: "choose"; seats: readonly number[]; maxSeats: number }
  | { type: "stand"; area: string; count: number; maxSeats: number }
  | { type: "busy"; busy: Busy }
  | { type: "idle" }
  | { type: "closed" }
  | { type: "held"; hold: Hold; notice?: Explanation | null }
  | { type: "wished"; wish: Wish }
  | { type: "quoted"; wish: Wish; quote: Quote; coupon: Explanation | null }
  | { type: "ordered"; order: Order }
  | { type: "payable"; payment: Payment; order: Order }
  | { type: "extended"; hold?: Hold; order?: Order }
  | { type: "capped" }
  | { type: "lost"; seats: readonly number[]; notice: Explanation }
  | { type: "released"; notice: Explanation | null }
  | { type: "restored"; found: Found; notice: Explanation | null }
  | { type: "failed"; notice: Explanation; error: unknown };

export function initialState(memory: CheckoutMemory): CheckoutState {
  const unfinished = memory.orderId !== null || memory.holdId !== null;
  return {
    selected: memory.selected,
    standing: memory.standing,
    ...released,
    wish: memory.wish,
    busy: unfinished ? "restoring" : null,
    notice: null,
  };
}

export function stepOf({ hold, order, payment }: CheckoutState): Step {
  if (order !== null && payment !== null) return "pay";
  return hold !== null || order !== null ? "details" : "choose";
}

/** Whether more time can't be had: the hold ends at its cap already, or the server said so. */
export function atCap({ hold, capped }: Pick<CheckoutState, "hold" | "capped">): boolean {
  return capped || (hold !== null && Date.parse(hold.expires_at) >= Date.parse(hold.cap_at));
}

/** The seats the map shows as yours: the order's, else the hold's, else the choice. */
export function mineOf({ selected, hold, order }: CheckoutState): ReadonlySet<number> {
  if (order) return new Set(order.lines.map((line) => line.seat_no));
  if (hold) return new Set(hold.seats.map((seat) => seat.seat_no));
  return new Set(selected);
}

/** How many places are chosen, numbered and standing. */
export function chosenCount({ selected, standing }: Pick<CheckoutState, "selected" | "standing">): number {
  return Object.values(standing).reduce((sum, count) => sum + count, selected.length);
}

const choosing = (state: CheckoutState): boolean => state.hold === null && state.order === null && state.busy === null;

function toggle(state: CheckoutState, seatNo: number, maxSeats: number): CheckoutState {
  if (!choosing(state)) return state;
  const without = state.selected.filter((chosen) => chosen !== seatNo);
  if (without.length < state.selected.length) return { ...state, selected: without, notice: null };
  if (chosenCount(state) >= maxSeats) return { ...state, notice: tooManySeats(maxSeats) };
  return { ...state, selected: [...without, seatNo], notice: null };
}

function stand(state: CheckoutState, area: string, count: number, maxSeats: number): CheckoutState {
  if (!choosing(state) || count < 0) return state;
  const more = count - (state.standing[area] ?? 0);
  if (more > 0 && chosenCount(state) + more > maxSeats) return { ...state, notice: tooManySeats(maxSeats) };
  const wanted = Object.entries({ ...state.standing, [area]: count }).filter(([, places]) => places > 0);
  return { ...state, standing: Object.fromEntries(wanted), notice: null };
}

const withoutTypes = (wish: Wish): Wish => ({ ...NO_WISH, coupon: wish.coupon });

const released = {
  hold: null,
  wish: NO_WISH,
  quote: null,
  coupon: null,
  order: null,
  payment: null,
  busy: null,
  error: null,
  capped: false,
} as const;

export function reduce(state: CheckoutState, change: CheckoutChange): CheckoutState {
  switch (change.type) {
    case "toggle":
      return toggle(state, change.seatNo, change.maxSeats);
    case "choose": {
      const selected = [...new Set([...state.selected, ...change.seats])].slice(0, change.maxSeats);
      return { ...state, selected, notice: null };
    }
    case "stand":
      return stand(state, change.area, change.count, change.maxSeats);
    case "busy":
      return { ...state, busy: change.busy, notice: null, error: null };
    case "idle":
      return { ...state, busy: null };
    case "closed":
      return { ...state, notice: null, error: null };
    case "held":
      return { ...state, ...released, wish: withoutTypes(state.wish), hold: change.hold, ...choiceOf(change.hold, state), notice: change.notice ?? null };
    case "wished":
      return { ...state, wish: change.wish };
    case "quoted":
      return { ...state, wish: change.wish, quote: change.quote, coupon: change.coupon, busy: state.busy === "quoting" ? null : state.busy };
    case "ordered":
      return { ...state, order: change.order };
    case "payable":
      return { ...state, order: change.order, payment: change.payment, busy: null, notice: null, error: null };
    case "extended":
      return { ...state, hold: change.hold ?? state.hold, order: change.order ?? state.order, busy: state.busy === "extending" ? null : state.busy };
    case "capped":
      return { ...state, capped: true, busy: null };
    case "lost":
      return { ...state, busy: null, selected: state.selected.filter((seatNo) => !change.seats.includes(seatNo)), notice: change.notice };
    case "released":
      // The code is good for other seats, too; which ticket was for which of these seats is over.
      return { ...state, ...released, wish: withoutTypes(state.wish), notice: change.notice };
    case "restored":
      return restore(state, change.found, change.notice);
    case "failed":
      return { ...state, busy: null, notice: change.notice, error: change.error };
  }
}

/** What was held becomes the choice: best available seats are the server's, and a standing place is any of its area's. */
function choiceOf(hold: Hold, state: CheckoutState): Pick<CheckoutState, "selected" | "standing"> {
  const numbered = hold.seats.filter((seat) => !(seat.section in state.standing));
  return { selected: numbered.map((seat) => seat.seat_no), standing: numbered.length < hold.seats.length ? state.standing : {} };
}

function restore(state: CheckoutState, found: Found, notice: Explanation | null): CheckoutState {
  switch (found.kind) {
    case "hold":
      return { ...state, ...released, wish: state.wish, hold: found.hold, notice };
    case "order":
      return { ...state, ...released, order: found.order, payment: found.payment, notice };
    default:
      return { ...state, ...released, notice };
  }
}
