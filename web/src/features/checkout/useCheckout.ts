/**
 * Buying as a page sees it: chosen → held → ordered → paid. The server owns every state; this hook keeps the page's
 * copy, remembers what a reload needs, and turns each refusal into words.
 */
import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { beginAction } from "@/shared/lib/correlation";
import { recall, remember } from "@/shared/lib/checkoutMemory";
import { ProblemError } from "@/shared/lib/problem";
import type { Buyer } from "./BuyerForm";
import * as calls from "./calls";
import { initialState, mineOf, reduce, type CheckoutState } from "./state";
import { explain, seatsTaken } from "./words";

export interface CheckoutWorld {
  performanceId: string;
  maxSeats: number;
  /** "Row F, seats 11 and 12" */
  name: (seats: readonly number[]) => string;
  /** Free seats as near and as many as the lost ones; empty when there are none. */
  insteadOf: (lost: readonly number[]) => number[];
  /** Brings the map up to date at once. */
  refreshMap: () => void;
  /** Leaves for the order page. */
  onOrder: (orderId: string, token: string) => void;
}

export interface Checkout extends CheckoutState {
  mine: ReadonlySet<number>;
  toggle: (seatNo: number) => void;
  choose: (seats: readonly number[]) => void;
  holdSelected: () => Promise<void>;
  placeOrder: (buyer: Buyer) => Promise<void>;
  retryPayment: () => Promise<void>;
  changeSeats: () => Promise<void>;
  ended: () => Promise<void>;
  confirmed: () => Promise<void>;
  /** Seats on the map that turned out to be gone; true when one of them was chosen. */
  lose: (taken: readonly number[]) => void;
}

export function useCheckout(world: CheckoutWorld): Checkout {
  const { performanceId } = world;
  const [state, dispatch] = useReducer(reduce, performanceId, (id) => initialState(recall(id)));
  // Actions run long after the render that made them; they read the present through these.
  const now = useRef({ state, world });
  useEffect(() => {
    now.current = { state, world };
  });

  useEffect(() => {
    if (state.busy === "restoring") return;
    remember(performanceId, {
      selected: state.selected,
      holdId: state.hold?.id ?? null,
      orderId: state.order?.id ?? null,
      orderToken: state.order?.token ?? null,
    });
  }, [performanceId, state.selected, state.hold, state.order, state.busy]);

  const fail = useCallback((error: unknown): void => {
    const { state: current, world: around } = now.current;
    const circumstances = { name: around.name, kept: current.selected, maxSeats: around.maxSeats };
    if (error instanceof ProblemError && error.code === "seats_taken" && error.seats.length > 0) {
      const kept = current.selected.filter((seatNo) => !error.seats.includes(seatNo));
      const notice = seatsTaken(error.seats, around.insteadOf(error.seats), { ...circumstances, kept });
      dispatch({ type: "lost", seats: error.seats, notice });
      around.refreshMap();
      return;
    }
    const notice = explain(error, circumstances);
    const gone = notice.code === "hold_expired" || notice.code === "not_found";
    if (notice.code === "order_not_payable" || gone) around.refreshMap();
    dispatch(gone ? { type: "released", notice } : { type: "failed", notice, error });
  }, []);

  /** Runs one action at a time and explains its failure. */
  const act = useCallback(
    async (busy: NonNullable<CheckoutState["busy"]>, work: () => Promise<void>): Promise<void> => {
      beginAction();
      dispatch({ type: "busy", busy });
      try {
        await work();
      } catch (error) {
        fail(error);
      }
    },
    [fail],
  );

  const pay = useCallback(async (orderId: string, token: string): Promise<void> => {
    const { payment, order } = await calls.startPayment(performanceId, orderId, token);
    dispatch({ type: "payable", payment, order });
  }, [performanceId]);

  useEffect(() => {
    const memory = recall(performanceId);
    let gone = false;
    calls
      .restore(performanceId, memory)
      .then((found) => {
        if (gone) return;
        if (found.kind === "settled") {
          dispatch({ type: "released", notice: null });
          now.current.world.onOrder(found.order.id, found.order.token);
        } else dispatch({ type: "restored", found, notice: found.kind === "ended" ? explain(new ProblemError("hold_expired", 410, ""), endedWords(now.current.world)) : null });
      })
      .catch((error: unknown) => {
        if (!gone) fail(error);
      });
    return () => {
      gone = true;
    };
  }, [performanceId, fail]);

  const actions = useMemo(
    () => ({
      toggle: (seatNo: number): void => dispatch({ type: "toggle", seatNo, maxSeats: now.current.world.maxSeats }),
      choose: (seats: readonly number[]): void => dispatch({ type: "choose", seats, maxSeats: now.current.world.maxSeats }),
      holdSelected: () =>
        act("holding", async () => {
          const hold = await calls.hold(performanceId, now.current.state.selected);
          dispatch({ type: "held", hold });
        }),
      placeOrder: (buyer: Buyer) =>
        act("ordering", async () => {
          const { hold, order: known } = now.current.state;
          if (!hold) return;
          const order = known ?? (await calls.placeOrder(performanceId, hold.id, buyer));
          dispatch({ type: "ordered", order });
          await pay(order.id, order.token);
        }),
      retryPayment: () =>
        act("ordering", async () => {
          const { order } = now.current.state;
          if (order) await pay(order.id, order.token);
        }),
      changeSeats: () =>
        act("releasing", async () => {
          const { hold, order } = now.current.state;
          const outcome = await calls.giveBack(hold?.id ?? null, order);
          if (outcome !== null) now.current.world.onOrder(outcome.id, outcome.token);
          dispatch({ type: "released", notice: null });
        }),
      ended: async (): Promise<void> => {
        const { hold, order } = now.current.state;
        const outcome = await calls.lookAfterDeadline(hold?.id ?? null, order);
        if (outcome.kind === "extended") dispatch({ type: "extended", ...outcome });
        else if (outcome.kind === "settled") now.current.world.onOrder(outcome.order.id, outcome.order.token);
        else fail(new ProblemError("hold_expired", 410, ""));
      },
      confirmed: async (): Promise<void> => {
        const { order } = now.current.state;
        if (!order) return;
        // The order page asks again; an answer lost here costs a second, not a payment.
        await calls.checkPayment(order.id, order.token).catch(() => undefined);
        remember(performanceId, { selected: [], holdId: null, orderId: null, orderToken: null, attempts: {} });
        now.current.world.onOrder(order.id, order.token);
      },
      lose: (taken: readonly number[]): void => {
        const { state: current, world: around } = now.current;
        // While a hold is under way its own broadcast may overtake its answer.
        if (current.hold !== null || current.order !== null || current.busy !== null) return;
        const lost = current.selected.filter((seatNo) => taken.includes(seatNo));
        if (lost.length === 0) return;
        const kept = current.selected.filter((seatNo) => !lost.includes(seatNo));
        const notice = seatsTaken(lost, around.insteadOf(lost), { name: around.name, kept, maxSeats: around.maxSeats });
        dispatch({ type: "lost", seats: lost, notice });
      },
    }),
    [act, fail, pay, performanceId],
  );

  const mine = useMemo(() => mineOf(state), [state]);
  return { ...state, mine, ...actions };
}

function endedWords(world: CheckoutWorld): Parameters<typeof explain>[1] {
  return { name: world.name, kept: [], maxSeats: world.maxSeats };
}
