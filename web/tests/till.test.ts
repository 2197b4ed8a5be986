// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Hold, Order, Quote } from "@/client/frontrow.schemas";
import { checkoutActions, Ground } from "@/features/checkout/actions";
import * as calls from "@/features/checkout/calls";
import { confirm } from "@/features/checkout/confirm";
import { sumsOf, withType } from "@/features/checkout/quote";
import { Siblings, type Channel } from "@/features/checkout/siblings";
import { chosenCount, initialState, reduce, type CheckoutChange, type CheckoutState } from "@/features/checkout/state";
import type { StripeClient, StripeElements, StripeError } from "@/features/checkout/stripe";
import { sumWords } from "@/features/checkout/SumLines";
import { EMPTY } from "@/shared/lib/checkoutMemory";
import { ProblemError } from "@/shared/lib/problem";
import { learnWords } from "@/features/checkout/words";

await learnWords();

const seat = (seat_no: number, label = String(seat_no)) => ({ seat_no, section: "Stalls", row: label && "F", label, category: "A", ticket_type_id: "adult", amount: 1000, fee: 100, total: 1100 });
const held = { id: "h", seats: [seat(1), seat(2)], total: 2200, currency: "EUR", expires_at: "2026-11-22T12:10:00Z" } as unknown as Hold;
const quoted = (change: Partial<Quote> = {}): Quote =>
  ({ lines: [], coupon: null, problems: [], ticket_types: [], currency: "EUR", subtotal: 1500, discount: 0, fees: 200, tax: 210, added_tax: 0, total: 1700, ...change }) as unknown as Quote;

vi.mock("@/features/checkout/calls", async (real) => ({ ...(await real<typeof calls>()), quote: vi.fn(), extend: vi.fn(), checkOut: vi.fn(), checkPayment: vi.fn(), startPayment: vi.fn(), hold: vi.fn(), release: vi.fn() }));
const quote = vi.mocked(calls.quote);

/** A page without a page: its state, changed by what the verbs tell. */
function page(from: Partial<CheckoutState> = {}) {
  const onOrder = vi.fn();
  const world = { performanceId: "p", maxSeats: 3, name: (seats: readonly number[]) => seats.join(), insteadOf: () => [], pickPlaces: () => [41], refreshMap: () => Promise.resolve(), onOrder };
  const ground: Ground = new Ground("p", (change) => ground.keep(reduce(ground.state, change), world), { ...initialState(EMPTY), ...from }, world);
  return { ground, onOrder, actions: checkoutActions(ground) };
}

beforeEach(() => {
  sessionStorage.clear();
  vi.clearAllMocks();
});

describe("standing places", () => {
  const run = (...changes: CheckoutChange[]): CheckoutState => changes.reduce(reduce, initialState(EMPTY));
  const stand = (area: string, count: number): CheckoutChange => ({ type: "stand", area, count, maxSeats: 3 });

  it("are counted, together with numbered seats, up to the limit of an order", () => {
    const state = run({ type: "toggle", seatNo: 7, maxSeats: 3 }, stand("Floor", 2));
    expect(chosenCount(state)).toBe(3);
    const over = reduce(state, stand("Floor", 3));
    expect(over.standing).toEqual({ Floor: 2 });
    expect(over.notice?.code).toBe("too_many_seats");
    expect(reduce(state, { type: "toggle", seatNo: 8, maxSeats: 3 }).notice?.code).toBe("too_many_seats");
    expect(reduce(state, stand("Floor", 0)).standing).toEqual({});
  });

  it("stay a choice when a hold of them ends, and best available seats become one", () => {
    const floor = { ...held, seats: [{ ...seat(40, "7"), row: "", section: "Floor" }] };
    const state = run(stand("Floor", 1), { type: "held", hold: floor }, { type: "released", notice: null });
    expect(state).toMatchObject({ standing: { Floor: 1 }, selected: [] });
    expect(run({ type: "held", hold: held }, { type: "released", notice: null }).selected).toEqual([1, 2]);
  });
});

describe("holding", () => {
  const hold = vi.mocked(calls.hold);

  it("asks for a number of places where nothing else is wanted, and replaces lost ones where something is", async () => {
    hold.mockReset().mockResolvedValueOnce(held);
    await page({ standing: { Floor: 2 } }).actions.holdSelected();
    expect(hold).toHaveBeenCalledWith("p", { kind: "standing", section: "Floor", count: 2 });
    hold.mockReset().mockRejectedValueOnce(new ProblemError("seats_taken", 409, "", { seats: [41] })).mockResolvedValueOnce(held);
    const { ground, actions } = page({ selected: [1], standing: { Floor: 1 } });
    await actions.holdSelected();
    expect(hold).toHaveBeenCalledTimes(2);
    expect(hold).toHaveBeenCalledWith("p", { kind: "seats", seats: [1, 41] });
    expect(ground.state.hold?.id).toBe("h");
  });

  it("of the best together offers what there is", async () => {
    hold.mockReset().mockRejectedValueOnce(new ProblemError("not_together", 409, "", { facts: { largest: 2 } }));
    const { ground, actions } = page();
    await actions.holdBest({ count: 3, category: null, accessible: false, split: false });
    expect(ground.state.notice).toMatchObject({ code: "not_together", offers: [{ wish: { count: 2 } }, { wish: { split: true } }] });
    hold.mockReset().mockRejectedValueOnce(new ProblemError("not_enough_left", 409, "", { facts: { left: 1 } }));
    await actions.holdBest({ count: 3, category: "A", accessible: false, split: false });
    expect(ground.state.notice).toMatchObject({ title: "Only 1 place left", offers: [{ wish: { count: 1 } }] });
  });

  it("says that the house's choice leaves one seat alone, and takes the words away again", async () => {
    hold.mockReset().mockResolvedValueOnce({ ...held, leaves_single: true });
    const { ground, actions } = page();
    await actions.holdBest({ count: 2, category: null, accessible: false, split: false });
    expect(ground.state).toMatchObject({ hold: { id: "h" }, notice: { code: "leaves_single", calm: true } });
    actions.close();
    expect(ground.state.notice).toBeNull();
  });
});

describe("prices", () => {
  it("are the hold's until the quote is there, and the order's in the end", () => {
    expect(sumsOf({ hold: held, quote: null, order: null })).toEqual({ subtotal: 2000, discount: 0, fees: 200, tax: null, added_tax: 0, total: 2200 });
    expect(sumsOf({ hold: held, quote: quoted(), order: null })?.total).toBe(1700);
    expect(sumsOf({ hold: held, quote: quoted(), order: { total: 5 } as Order })?.total).toBe(5);
  });

  it("say what is in them", () => {
    expect(sumWords(quoted({ discount: 500 }), "EUR")).toBe("€2.00 fees and €2.10 tax included; you save €5.00");
    expect(sumWords({ ...quoted({ fees: 0 }), tax: null }, "EUR")).toBe("");
  });

  it("of a new type show at once, and go back when the server does not follow", async () => {
    quote.mockRejectedValueOnce(new ProblemError("ticket_type_not_for_seat", 422, ""));
    const { ground, actions } = page({ hold: held });
    const asked = actions.chooseType(2, "child");
    expect(ground.state.wish.types).toEqual({ 2: "child" });
    await asked;
    expect(ground.state.wish.types).toEqual({});
    expect(ground.state.notice?.code).toBe("ticket_type_not_for_seat");
    expect(withType({ coupon: "TEN", types: { 1: "adult" } }, 2, "child")).toEqual({ coupon: "TEN", types: { 1: "adult", 2: "child" } });
  });

  it("answer the latest question, however late an earlier answer comes", async () => {
    const { ground, actions } = page({ hold: held });
    let answerFirst: (quote: Quote) => void = () => undefined;
    quote.mockReturnValueOnce(new Promise((resolve) => (answerFirst = resolve))).mockResolvedValueOnce(quoted({ total: 2 }));
    const first = actions.chooseType(1, "child");
    await actions.chooseType(2, "child");
    answerFirst(quoted({ total: 1 }));
    await first;
    expect(ground.state.quote?.total).toBe(2);
  });
});

describe("a coupon", () => {
  it("is in the price, as it is stored", async () => {
    quote.mockResolvedValueOnce(quoted({ discount: 500, coupon: { code: "TEN", discount: 500, problem: null } }));
    const { ground, actions } = page({ hold: held });
    await actions.applyCoupon("ten");
    expect(ground.state).toMatchObject({ wish: { coupon: "TEN" }, coupon: null, busy: null });
  });

  it("that can't be used leaves the price without it, and says why", async () => {
    quote.mockResolvedValueOnce(quoted({ coupon: { code: "OLD", discount: 0, problem: { code: "coupon_expired", title: "", detail: "", facts: {} } } }));
    const { ground, actions } = page({ hold: held });
    await actions.applyCoupon("old");
    expect(ground.state.wish.coupon).toBeNull();
    expect(ground.state.coupon?.title).toBe("The code OLD has expired");
    expect(ground.state.quote?.total).toBe(1700);
  });

  it("that was used up while the form was filled in shows the new total before anything is bought", async () => {
    vi.mocked(calls.checkOut).mockRejectedValueOnce(new ProblemError("coupon_used_up", 409, ""));
    quote.mockResolvedValueOnce(quoted());
    const { ground, actions } = page({ hold: held, wish: { coupon: "TEN", types: {} } });
    await actions.placeOrder({ name: "Ada", email: "ada@example.org" });
    expect(ground.state).toMatchObject({ order: null, busy: null, wish: { coupon: null }, coupon: { code: "coupon_used_up" } });
  });
});

describe("buying", () => {
  const order = { id: "o", token: "t", state: "paying" } as Order;
  const ada = { name: "Ada", email: "ada@example.org" };

  it("begins order and payment by one request", async () => {
    vi.mocked(calls.checkOut).mockResolvedValueOnce({ order, payment: { id: "pay" } as never, problem: null });
    const { ground, actions } = page({ hold: held });
    await actions.placeOrder(ada);
    expect(ground.state).toMatchObject({ order: { id: "o" }, payment: { id: "pay" }, busy: null });
    expect(vi.mocked(calls.startPayment)).not.toHaveBeenCalled();
  });

  it("asks for the payment on its own when only that could not be begun, and keeps the order when it can't be", async () => {
    vi.mocked(calls.checkOut).mockResolvedValueOnce({ order: { ...order, state: "pending" }, payment: null, problem: null });
    vi.mocked(calls.startPayment).mockRejectedValueOnce(new ProblemError("stripe_unavailable", 503, ""));
    const { ground, actions } = page({ hold: held });
    await actions.placeOrder(ada);
    expect(ground.state).toMatchObject({ order: { id: "o" }, payment: null, busy: null, notice: { code: "stripe_unavailable", way: "again" } });
    vi.mocked(calls.startPayment).mockReset().mockResolvedValueOnce({ payment: { id: "pay" } as never, order });
    await actions.again();
    expect(ground.state).toMatchObject({ payment: { id: "pay" }, notice: null });
    expect(vi.mocked(calls.checkOut)).toHaveBeenCalledTimes(1);
  });

  it("of what costs nothing ends with the order", async () => {
    vi.mocked(calls.checkOut).mockResolvedValueOnce({ order: { ...order, state: "paid" }, payment: null, problem: null });
    const { onOrder, actions } = page({ hold: held });
    await actions.placeOrder(ada);
    expect(onOrder).toHaveBeenCalledWith("o", "t");
  });

  it("asks how a payment stands whose answer was lost: arrived, not arrived, or not known yet", async () => {
    const check = vi.mocked(calls.checkPayment);
    const { onOrder, actions } = page({ order });
    check.mockRejectedValueOnce(new ProblemError("network", 0, ""));
    await expect(actions.ask()).resolves.toBeNull();
    check.mockResolvedValueOnce(order);
    await expect(actions.ask()).resolves.toBe(false);
    expect(onOrder).not.toHaveBeenCalled();
    check.mockResolvedValueOnce({ ...order, state: "capturing" });
    await expect(actions.ask()).resolves.toBe(true);
    expect(onOrder).toHaveBeenCalledWith("o", "t");
  });

  it("takes more time while there is some, and says when there is none", async () => {
    vi.mocked(calls.extend).mockResolvedValueOnce({ ...held, expires_at: "2026-11-22T12:20:00Z" });
    const { ground, actions } = page({ hold: held });
    await actions.moreTime();
    expect(ground.state.hold?.expires_at).toBe("2026-11-22T12:20:00Z");
    vi.mocked(calls.extend).mockRejectedValueOnce(new ProblemError("hold_at_cap", 409, ""));
    await actions.moreTime();
    expect(ground.state).toMatchObject({ capped: true, notice: null, busy: null, hold: { id: "h" } });
  });

  it("gives back seats that came after the buyer had gone", async () => {
    vi.mocked(calls.hold).mockResolvedValueOnce(held);
    const { ground, actions } = page({ selected: [1, 2] });
    const holding = actions.holdSelected();
    ground.live(false);
    await holding;
    expect(vi.mocked(calls.release)).toHaveBeenCalledWith("h");
    expect(ground.state.hold).toBeNull();
  });
});

describe("the press of Pay", () => {
  const stripe = (submit: StripeError | null, answer: StripeError | null | Error) => {
    const elements = { submit: () => Promise.resolve(submit ? { error: submit } : {}) } as unknown as StripeElements;
    const client = { confirmPayment: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ? { error: answer } : {})) } as unknown as StripeClient;
    return confirm(client, elements, "https://frontrow.example/orders/o");
  };

  it.each([
    [{ type: "validation_error" }, null, { kind: "incomplete" }],
    [null, null, { kind: "accepted" }],
    [null, { type: "card_error", message: "No." }, { kind: "declined", message: "No." }],
    [null, { type: "invalid_request_error", code: "payment_intent_authentication_failure" }, { kind: "unanswered" }],
    [null, { type: "invalid_request_error", code: "payment_intent_unexpected_state" }, { kind: "elsewhere" }],
    [null, { type: "api_connection_error" }, { kind: "interrupted" }],
    [null, new Error("gone"), { kind: "interrupted" }],
  ] as const)("%j, %j", async (submit, answer, outcome) => {
    await expect(stripe(submit, answer)).resolves.toEqual(outcome);
  });
});

describe("other tabs with the same hold", () => {
  it("are known while they are there, and hear of the order", () => {
    const open: { channel: Channel; name: string }[] = [];
    const wire = (name: string): Channel => {
      const channel: Channel = {
        onmessage: null,
        postMessage: (data) => open.filter((other) => other.name === name && other.channel !== channel).forEach((other) => other.channel.onmessage?.({ data } as MessageEvent)),
        close: () => undefined,
      };
      open.push({ channel, name });
      return channel;
    };
    const heard = vi.fn();
    const first = new Siblings("h", heard, wire);
    expect(first.any).toBe(false);
    const second = new Siblings("h", vi.fn(), wire);
    expect([first.any, second.any]).toEqual([true, true]);
    second.say("look", { orderId: "o", orderToken: "t" });
    expect(heard).toHaveBeenCalledWith({ orderId: "o", orderToken: "t" });
    second.close();
    expect(first.any).toBe(false);
    expect(new Siblings("other", vi.fn(), wire).any).toBe(false);
  });
});
