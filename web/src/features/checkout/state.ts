/** The page's copy of a purchase, as a pure reducer. */
import type { Hold, Order, Payment } from "@/client/frontrow.schemas";
import type { CheckoutMemory } from "@/shared/lib/checkoutMemory";
import { count } from "@/shared/lib/locale";
import type { Found } from "./calls";
import type { Explanation } from "./words";

export type Busy = "restoring" | "holding" | "ordering" | "releasing";
export type Step = "choose" | "details" | "pay";

export interface CheckoutState {
  /** The local choice; outlives a hold that ended, so that the same seats can be held again. */
  selected: number[];
  hold: Hold | null;
  order: Order | null;
  payment: Payment | null;
  busy: Busy | null;
  notice: Explanation | null;
  /** The refusal behind the notice, for forms that show it at a field. */
  error: unknown;
}

export type CheckoutChange =
  | { type: "toggle"; seatNo: number; maxSeats: number }
  | { type: "choose"; seats: readonly number[]; maxSeats: number }
  | { type: "busy"; busy: Busy }
  | { type: "held"; hold: Hold }
  | { type: "ordered"; order: Order }
  | { type: "payable"; payment: Payment; order: Order }
  | { type: "extended"; hold?: Hold; order?: Order }
  | { type: "lost"; seats: readonly number[]; notice: Explanation }
  | { type: "released"; notice: Explanation | null }
  | { type: "restored"; found: Found; notice: Explanation | null }
  | { type: "failed"; notice: Explanation; error: unknown };

export function initialState(memory: CheckoutMemory): CheckoutState {
  const unfinished = memory.orderId !== null || memory.holdId !== null;
  return { selected: memory.selected, hold: null, order: null, payment: null, busy: unfinished ? "restoring" : null, notice: null, error: null };
}

export function stepOf({ hold, order, payment }: CheckoutState): Step {
  if (order !== null && payment !== null) return "pay";
  return hold !== null || order !== null ? "details" : "choose";
}

/** The seats the map shows as yours: the order's, else the hold's, else the choice. */
export function mineOf({ selected, hold, order }: CheckoutState): ReadonlySet<number> {
  if (order) return new Set(order.lines.map((line) => line.seat_no));
  if (hold) return new Set(hold.seats.map((seat) => seat.seat_no));
  return new Set(selected);
}

function tooMany(maxSeats: number): Explanation {
  return {
    code: "too_many_seats",
    title: `At most ${count(maxSeats, "seat")} in one order`,
    body: "Give one back to choose another. For a larger group, ask the box office.",
  };
}

function toggle(state: CheckoutState, seatNo: number, maxSeats: number): CheckoutState {
  if (state.hold !== null || state.order !== null || state.busy !== null) return state;
  const without = state.selected.filter((chosen) => chosen !== seatNo);
  if (without.length < state.selected.length) return { ...state, selected: without, notice: null };
  if (without.length >= maxSeats) return { ...state, notice: tooMany(maxSeats) };
  return { ...state, selected: [...without, seatNo], notice: null };
}

const released = { hold: null, order: null, payment: null, busy: null, error: null } as const;

export function reduce(state: CheckoutState, change: CheckoutChange): CheckoutState {
  switch (change.type) {
    case "toggle":
      return toggle(state, change.seatNo, change.maxSeats);
    case "choose": {
      const selected = [...new Set([...state.selected, ...change.seats])].slice(0, change.maxSeats);
      return { ...state, selected, notice: null };
    }
    case "busy":
      return { ...state, busy: change.busy, notice: null, error: null };
    case "held":
      return { ...state, ...released, hold: change.hold, selected: change.hold.seats.map((seat) => seat.seat_no), notice: null };
    case "ordered":
      return { ...state, order: change.order };
    case "payable":
      return { ...state, order: change.order, payment: change.payment, busy: null, notice: null, error: null };
    case "extended":
      return { ...state, hold: change.hold ?? state.hold, order: change.order ?? state.order };
    case "lost":
      return { ...state, busy: null, selected: state.selected.filter((seatNo) => !change.seats.includes(seatNo)), notice: change.notice };
    case "released":
      return { ...state, ...released, notice: change.notice };
    case "restored":
      return restore(state, change.found, change.notice);
    case "failed":
      return { ...state, busy: null, notice: change.notice, error: change.error };
  }
}

function restore(state: CheckoutState, found: Found, notice: Explanation | null): CheckoutState {
  switch (found.kind) {
    case "hold":
      return { ...state, ...released, hold: found.hold, notice };
    case "order":
      return { ...state, ...released, order: found.order, payment: found.payment, notice };
    default:
      return { ...state, ...released, notice };
  }
}
