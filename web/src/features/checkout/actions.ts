/** The verbs of buying: each asks the server, and tells the reducer what came of it. */
import type { Quote } from "@/client/frontrow.schemas";
import { beginAction } from "@/shared/lib/correlation";
import { EMPTY, remember } from "@/shared/lib/checkoutMemory";
import { codeOf, ProblemError } from "@/shared/lib/problem";
import type { Buyer } from "./BuyerForm";
import * as calls from "./calls";
import { withType, type Wish } from "./quote";
import { chosenCount, stepOf, type Busy, type CheckoutChange, type CheckoutState } from "./state";
import { elsewhereOf, explain, explainCoupon, isCouponCode, LEAVES_SINGLE, notEnoughLeft, notTogether, seatsTaken, type Circumstances, type Explanation } from "./words";

const STANDING_TRIES = 2;

export interface CheckoutWorld {
  performanceId: string;
  maxSeats: number;
  /** "Row F, seats 11 and 12" */
  name: (seats: readonly number[]) => string;
  /** Free seats as near and as many as the lost ones; empty when there are none. */
  insteadOf: (lost: readonly number[]) => number[];
  /** Free places for so many in each standing area, by number. */
  pickPlaces: (standing: Readonly<Record<string, number>>) => number[];
  /** Brings the map up to date at once. */
  refreshMap: () => Promise<void>;
  /** Leaves for the order page. */
  onOrder: (orderId: string, token: string) => void;
}

/**
 * What the verbs stand on. They run long after the render that made them, so they read the present from here; the page
 * keeps it up to date.
 */
export class Ground {
  /** False once the page has gone. */
  alive = true;

  constructor(
    readonly performanceId: string,
    readonly dispatch: (change: CheckoutChange) => void,
    public state: CheckoutState,
    public world: CheckoutWorld,
  ) {}

  keep(state: CheckoutState, world: CheckoutWorld): void {
    this.state = state;
    this.world = world;
  }

  live(yes: boolean): void {
    this.alive = yes;
  }
}

export interface CheckoutActions {
  toggle: (seatNo: number) => void;
  choose: (seats: readonly number[]) => void;
  stand: (area: string, count: number) => void;
  holdSelected: () => Promise<void>;
  holdBest: (wish: calls.BestWish) => Promise<void>;
  moreTime: () => Promise<void>;
  /** Asks what the hold costs as it is wished; quiet, because the hold's own prices stand until then. */
  requote: () => Promise<void>;
  applyCoupon: (code: string | null) => Promise<void>;
  chooseType: (seatNo: number, ticketTypeId: string) => Promise<void>;
  placeOrder: (buyer: Buyer) => Promise<void>;
  retryPayment: () => Promise<void>;
  /** Another way to pay: the payment that was begun is left for it. */
  payBy: (kind: string) => Promise<void>;
  changeSeats: () => Promise<void>;
  /** Asks the server how hold or order stand: at the deadline, or after the tab was out of sight. */
  look: (atDeadline: boolean) => Promise<void>;
  confirmed: () => Promise<void>;
  /** The line was lost while paying: asks how the payment stands. True when the order's page takes over, null when nobody knows yet. */
  ask: () => Promise<boolean | null>;
  /** Does once more what was refused or lost last. */
  again: () => Promise<void>;
  /** The evening was cancelled while the page was open: nothing is held or paid here any more. */
  callOff: () => void;
  /** Takes the words about a refusal away. */
  close: () => void;
  /** Seats on the map that turned out to be gone. */
  lose: (taken: readonly number[]) => void;
}

interface Priced {
  wish: Wish;
  quote: Quote;
  coupon: Explanation | null;
}

/** A quote says itself whether the code is in it; a code that isn't is wished no longer. */
async function priced(holdId: string, wish: Wish): Promise<Priced> {
  const quote = await calls.quote(holdId, wish);
  const { coupon } = quote;
  if (!coupon?.problem) return { wish: { ...wish, coupon: coupon?.code ?? null }, quote, coupon: null };
  return { wish: { ...wish, coupon: null }, quote, coupon: explainCoupon(coupon.problem.code, coupon.code, { currency: quote.currency, ...coupon.problem.facts }) };
}

export function checkoutActions(ground: Ground): CheckoutActions & { fail: (error: unknown) => void } {
  const { performanceId, dispatch } = ground;
  /** Only the latest question about the price counts. */
  let questions = 0;
  let last: (() => Promise<void>) | null = null;

  const circumstances = (): Circumstances => {
    const { state, world } = ground;
    return { name: world.name, kept: state.selected, maxSeats: world.maxSeats };
  };

  const fail = (error: unknown): void => {
    const { state, world } = ground;
    if (error instanceof ProblemError && error.code === "seats_taken" && error.seats.length > 0) {
      const kept = state.selected.filter((seatNo) => !error.seats.includes(seatNo));
      dispatch({ type: "lost", seats: error.seats, notice: seatsTaken(error.seats, world.insteadOf(error.seats), { ...circumstances(), kept }) });
      void world.refreshMap();
      return;
    }
    const notice = explain(error, circumstances());
    const gone = notice.code === "hold_expired" || notice.code === "not_found";
    if (notice.code === "order_not_payable" || gone) void world.refreshMap();
    dispatch(gone ? { type: "released", notice } : { type: "failed", notice, error });
  };

  /** Runs one action at a time and explains its failure. */
  const act = async (busy: Busy, work: () => Promise<void>): Promise<void> => {
    last = () => act(busy, work);
    beginAction();
    dispatch({ type: "busy", busy });
    try {
      await work();
    } catch (error) {
      fail(error);
    }
  };

  const hold = async (wanted: calls.Wanted): Promise<void> => {
    const held = await calls.hold(performanceId, wanted);
    // Whoever went to another page while the answer was under way wants no seats.
    if (ground.alive) dispatch({ type: "held", hold: held, notice: wanted.kind === "best" && held.leaves_single ? LEAVES_SINGLE : null });
    else calls.release(held.id);
  };

  /** Which places of an area they are is all the same to the buyer: lost ones are simply replaced, a few times. */
  const holdChosen = async (triesLeft: number): Promise<void> => {
    const { selected, standing } = ground.state;
    const areas = Object.entries(standing);
    const [area] = areas;
    if (area && areas.length === 1 && selected.length === 0) return hold({ kind: "standing", section: area[0], count: area[1] });
    try {
      await hold({ kind: "seats", seats: [...selected, ...ground.world.pickPlaces(standing)] });
    } catch (error) {
      const lost = error instanceof ProblemError && error.code === "seats_taken" ? error.seats : [];
      const replaceable = areas.length > 0 && lost.length > 0 && !lost.some((seatNo) => selected.includes(seatNo));
      if (!replaceable || triesLeft === 0) throw error;
      await ground.world.refreshMap();
      await holdChosen(triesLeft - 1);
    }
  };

  const pay = async (orderId: string, token: string, kind?: string): Promise<void> => {
    const { payment, order } = await calls.startPayment(performanceId, orderId, token, kind);
    if (calls.isUnpaid(order)) dispatch({ type: "payable", payment, order });
    else settled(orderId, token);
  };

  const settled = (orderId: string, token: string): void => {
    remember(performanceId, EMPTY);
    ground.world.onOrder(orderId, token);
  };

  /** Prices a wish; the wish is shown at once and taken back when the server doesn't follow. */
  const wishFor = async (wish: Wish): Promise<void> => {
    const { hold: held, wish: before } = ground.state;
    if (!held) return;
    const question = (questions += 1);
    // A type shows as chosen at once; a code is only in the price when the server says so.
    dispatch({ type: "wished", wish: { ...wish, coupon: before.coupon } });
    try {
      const answer = await priced(held.id, wish);
      if (question === questions) dispatch({ type: "quoted", ...answer });
    } catch (error) {
      if (question !== questions) return;
      dispatch({ type: "wished", wish: before });
      throw error;
    }
  };

  return {
    fail,
    toggle: (seatNo) => dispatch({ type: "toggle", seatNo, maxSeats: ground.world.maxSeats }),
    choose: (seats) => dispatch({ type: "choose", seats, maxSeats: ground.world.maxSeats }),
    stand: (area, count) => dispatch({ type: "stand", area, count, maxSeats: ground.world.maxSeats }),
    holdSelected: () => act("holding", () => holdChosen(STANDING_TRIES)),
    holdBest: (wish) =>
      act("holding", async () => {
        try {
          await hold({ kind: "best", wish });
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          const figure = (name: string): number => Number(error.facts[name] ?? 0);
          if (error.code === "not_together") dispatch({ type: "failed", notice: notTogether(wish, figure("largest"), elsewhereOf(error.facts)), error });
          else if (error.code === "not_enough_left") dispatch({ type: "failed", notice: notEnoughLeft(wish, figure("left"), elsewhereOf(error.facts)), error });
          else throw error;
        }
      }),

    moreTime: () =>
      act("extending", async () => {
        const { hold: held } = ground.state;
        if (!held) return;
        try {
          dispatch({ type: "extended", hold: await calls.extend(held.id) });
        } catch (error) {
          if (codeOf(error) !== "hold_at_cap") throw error;
          dispatch({ type: "capped" });
        }
      }),

    requote: async () => {
      await wishFor(ground.state.wish).catch(() => undefined);
    },
    applyCoupon: (code) => act("quoting", () => wishFor({ ...ground.state.wish, coupon: code })),
    chooseType: async (seatNo, ticketTypeId) => {
      // Not by `act`: another seat's type may be chosen while this one is being priced.
      last = () => act("quoting", () => wishFor(withType(ground.state.wish, seatNo, ticketTypeId)));
      await wishFor(withType(ground.state.wish, seatNo, ticketTypeId)).catch(fail);
    },

    placeOrder: (buyer) =>
      act("ordering", async () => {
        const { hold: held, order: known, wish } = ground.state;
        if (!held) return;
        try {
          const begun = known ? { order: known, payment: null } : await calls.checkOut(performanceId, held.id, buyer, wish);
          const { order, payment } = begun;
          dispatch({ type: "ordered", order });
          if (!calls.isUnpaid(order)) settled(order.id, order.token);
          else if (payment) dispatch({ type: "payable", payment, order });
          // The order stands, only its payment could not be begun: that is asked for on its own.
          else await pay(order.id, order.token);
        } catch (error) {
          const code = codeOf(error);
          if (wish.coupon === null || !isCouponCode(code)) throw error;
          // Good when it was tried, and not any more: the new total is shown before anything is bought.
          const answer = await priced(held.id, { ...wish, coupon: null });
          const facts = error instanceof ProblemError ? error.facts : {};
          dispatch({ type: "busy", busy: "quoting" });
          dispatch({ type: "quoted", ...answer, coupon: explainCoupon(code, wish.coupon, facts) });
        }
      }),
    retryPayment: () =>
      act("ordering", async () => {
        const { order } = ground.state;
        if (order) await pay(order.id, order.token);
      }),
    payBy: (kind) =>
      act("ordering", async () => {
        const { order, payment } = ground.state;
        if (!order || payment?.kind === kind) {
          dispatch({ type: "idle" });
          return;
        }
        const left = await calls.leavePayment(order.id, order.token);
        if (left.state === "pending") await pay(order.id, order.token, kind);
        else if (calls.isUnpaid(left) || left.state === "expiring") throw new ProblemError("order_moving", 409, "");
        else settled(order.id, order.token);
      }),
    changeSeats: () =>
      act("releasing", async () => {
        const { hold: held, order } = ground.state;
        const outcome = await calls.giveBack(held?.id ?? null, order);
        if (outcome !== null) settled(outcome.id, outcome.token);
        else dispatch({ type: "released", notice: null });
      }),

    look: async (atDeadline) => {
      const { hold: held, order } = ground.state;
      if (!held && !order) return;
      const outcome = await calls.standing(held?.id ?? null, order, atDeadline);
      if (!ground.alive) return;
      if (outcome.kind === "extended") dispatch({ type: "extended", ...outcome });
      else if (outcome.kind === "settled") settled(outcome.order.id, outcome.order.token);
      else if (outcome.kind === "ended") fail(new ProblemError("hold_expired", 410, ""));
    },
    confirmed: async () => {
      const { order } = ground.state;
      if (!order) return;
      // The order page asks again; an answer lost here costs a second, not a payment.
      await calls.checkPayment(order.id, order.token).catch(() => undefined);
      settled(order.id, order.token);
    },
    ask: async () => {
      const { order } = ground.state;
      if (!order) return false;
      const now = await calls.checkPayment(order.id, order.token).catch(() => null);
      if (now === null) return null;
      if (calls.isUnpaid(now)) {
        dispatch({ type: "extended", order: now });
        return false;
      }
      settled(order.id, order.token);
      return true;
    },
    again: async () => {
      await (last ?? (() => Promise.resolve()))();
    },
    callOff: () => {
      const step = stepOf(ground.state);
      if (step !== "choose" || chosenCount(ground.state) > 0) dispatch({ type: "released", notice: explain(new ProblemError("performance_cancelled", 409, "", { facts: { step } }), circumstances()) });
    },
    close: () => dispatch({ type: "closed" }),
    lose: (taken) => {
      const { state, world } = ground;
      // While a hold is under way its own broadcast may overtake its answer.
      if (state.hold !== null || state.order !== null || state.busy !== null) return;
      const lost = state.selected.filter((seatNo) => taken.includes(seatNo));
      if (lost.length === 0) return;
      const kept = state.selected.filter((seatNo) => !lost.includes(seatNo));
      dispatch({ type: "lost", seats: lost, notice: seatsTaken(lost, world.insteadOf(lost), { ...circumstances(), kept }) });
    },
  };
}
