/**
 * Buying as a page sees it: chosen → held → ordered → paid. The server owns every state; this hook keeps the page's
 * copy, remembers what a reload needs, and lets the seats go when the buyer does.
 */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { recall, remember } from "@/shared/lib/checkoutMemory";
import { ProblemError } from "@/shared/lib/problem";
import { checkoutActions, Ground, type CheckoutActions, type CheckoutWorld } from "./actions";
import * as calls from "./calls";
import { Siblings, type OrderPass } from "./siblings";
import { initialState, mineOf, reduce, type CheckoutState } from "./state";
import { explain, RETURNED } from "./words";

export interface Checkout extends CheckoutState, CheckoutActions {
  mine: ReadonlySet<number>;
}

export function useCheckout(world: CheckoutWorld): Checkout {
  const { performanceId } = world;
  const [state, dispatch] = useReducer(reduce, performanceId, (id) => initialState(recall(id)));
  const [ground] = useState(() => new Ground(performanceId, dispatch, state, world));
  useEffect(() => ground.keep(state, world));
  useEffect(() => {
    ground.live(true);
    return () => ground.live(false);
  }, [ground]);
  const actions = useMemo(() => checkoutActions(ground), [ground]);
  const { fail, look, requote } = actions;

  useEffect(() => {
    if (state.busy === "restoring") return;
    remember(performanceId, {
      selected: state.selected,
      standing: { ...state.standing },
      wish: { coupon: state.wish.coupon, types: { ...state.wish.types } },
      holdId: state.hold?.id ?? null,
      orderId: state.order?.id ?? null,
      orderToken: state.order?.token ?? null,
    });
  }, [performanceId, state.selected, state.standing, state.wish, state.hold, state.order, state.busy]);

  const restore = useCallback((): (() => void) => {
    const memory = recall(performanceId);
    remember(performanceId, { abandoned: false, refused: false });
    let gone = false;
    calls
      .restore(performanceId, memory)
      .then((found) => {
        if (gone) return;
        if (found.kind === "settled") {
          dispatch({ type: "released", notice: null });
          ground.world.onOrder(found.order.id, found.order.token);
        } else dispatch({ type: "restored", found, notice: found.kind === "ended" ? ended(ground.world) : memory.refused ? RETURNED : null });
      })
      .catch((error: unknown) => {
        if (!gone) fail(error);
      });
    return () => {
      gone = true;
    };
  }, [ground, performanceId, fail]);
  useEffect(restore, [restore]);

  const holdId = state.hold?.id ?? null;
  useEffect(() => {
    if (holdId !== null && ground.state.order === null) void requote();
  }, [ground, holdId, requote]);

  useLeaving(state, ground, restore);

  useEffect(() => {
    // Back from a bank's app, another tab, or sleep: clocks and states may have moved on.
    const onSight = (): void => {
      if (document.visibilityState === "visible" && ground.state.busy === null) void look(false);
    };
    document.addEventListener("visibilitychange", onSight);
    return () => document.removeEventListener("visibilitychange", onSight);
  }, [ground, look]);

  const mine = useMemo(() => mineOf(state), [state]);
  return { ...state, mine, ...actions };
}

function ended(world: CheckoutWorld): ReturnType<typeof explain> {
  return explain(new ProblemError("hold_expired", 410, ""), { name: world.name, kept: [], maxSeats: world.maxSeats });
}

/**
 * Seats that nobody will buy go back on sale: at once when the buyer goes on to another page, after half a minute when
 * the tab is closed (it may be a reload). An order keeps its seats until its own deadline, so that it can be come back to.
 */
function useLeaving(
  { hold, order }: CheckoutState,
  ground: Ground,
  restore: () => void,
): void {
  const { performanceId } = ground;
  const siblings = useRef<Siblings | null>(null);
  const holdId = hold?.id ?? null;

  useEffect(() => {
    const loose = (): string | null => {
      const { state } = ground;
      return state.hold && !state.order && state.busy !== "ordering" && !siblings.current?.any ? state.hold.id : null;
    };
    const onHide = (): void => {
      const left = loose();
      siblings.current?.say("bye");
      if (left === null) return;
      remember(performanceId, { abandoned: true });
      calls.abandon(left);
    };
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted) restore();
    };
    window.addEventListener("pagehide", onHide);
    window.addEventListener("pageshow", onShow);
    return () => {
      window.removeEventListener("pagehide", onHide);
      window.removeEventListener("pageshow", onShow);
      const left = loose();
      if (left === null) return;
      remember(performanceId, { holdId: null });
      calls.release(left);
    };
  }, [ground, performanceId, restore]);

  // Below the leaving, whose cleanup still asks whether other tabs are there.
  useEffect(() => {
    if (holdId === null) return;
    const opened = new Siblings(holdId, ({ orderId, orderToken }: OrderPass) => {
      remember(performanceId, { orderId, orderToken });
      restore();
    });
    siblings.current = opened;
    return () => {
      opened.close();
      siblings.current = null;
    };
  }, [holdId, performanceId, restore]);

  useEffect(() => {
    if (order) siblings.current?.say("look", { orderId: order.id, orderToken: order.token });
  }, [order?.id, order?.state]); // eslint-disable-line react-hooks/exhaustive-deps -- the state is the news, not the object
}
