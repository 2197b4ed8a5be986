// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import type { Hold } from "@/client/frontrow.schemas";
import { checkoutActions, Ground } from "@/features/checkout/actions";
import { initialState, mineOf, reduce, stepOf, type CheckoutChange, type CheckoutState } from "@/features/checkout/state";
import { declined, elsewhereOf, explain, explainCoupon, notEnoughLeft, notTogether, seatsTaken, learnWords } from "@/features/checkout/words";
import { attemptKey, EMPTY, recall, remember, settle } from "@/shared/lib/checkoutMemory";
import { isUnknown, ProblemError } from "@/shared/lib/problem";

await learnWords();

const hold = (seats: number[]): Hold => ({
  id: "h",
  performance_id: "p",
  state: "active",
  seats: seats.map((seat_no) => ({ seat_no, section: "Stalls", row: "F", label: String(seat_no), category: "A", ticket_type_id: "t", amount: 1000, fee: 100, total: 1100 })),
  total: seats.length * 1100,
  currency: "EUR",
  created_at: "2026-11-22T12:00:00Z",
  expires_at: "2026-11-22T12:10:00Z",
  cap_at: "2026-11-22T12:20:00Z",
  server_time: "2026-11-22T12:00:00Z",
  leaves_single: false,
});

const run = (changes: CheckoutChange[], from: CheckoutState = initialState(EMPTY)): CheckoutState => changes.reduce(reduce, from);
const toggle = (seatNo: number, maxSeats = 3): CheckoutChange => ({ type: "toggle", seatNo, maxSeats });
const circumstances = { name: (seats: readonly number[]) => `Row F, seat ${seats.join(" and ")}`, kept: [11], maxSeats: 8 };

describe("choosing", () => {
  it("adds and gives back", () => {
    expect(run([toggle(1), toggle(2), toggle(1)]).selected).toEqual([2]);
  });

  it("stops at the limit and says why", () => {
    const state = run([toggle(1), toggle(2), toggle(3), toggle(4)]);
    expect(state.selected).toEqual([1, 2, 3]);
    expect(state.notice?.code).toBe("too_many_seats");
  });

  it("changes nothing while seats are held", () => {
    const state = run([toggle(1), { type: "held", hold: hold([1]) }, toggle(2)]);
    expect([...mineOf(state)]).toEqual([1]);
    expect(stepOf(state)).toBe("details");
  });

  it("keeps the choice when the hold ended, so that the same seats can be held again", () => {
    const notice = explain(new ProblemError("hold_expired", 410, ""), circumstances);
    const state = run([toggle(1), toggle(2), { type: "held", hold: hold([1, 2]) }, { type: "released", notice }]);
    expect(state.selected).toEqual([1, 2]);
    expect(stepOf(state)).toBe("choose");
    expect(state.notice?.title).toBe("Your hold has ended");
  });

  it("loses only the seats that were taken", () => {
    const state = run([toggle(1), toggle(2), { type: "busy", busy: "holding" }, { type: "lost", seats: [2], notice: seatsTaken([2], [], circumstances) }]);
    expect(state.selected).toEqual([1]);
    expect(state.busy).toBeNull();
  });
});

describe("words", () => {
  it("name the lost seats, what is kept, what is near, and that nothing was charged", () => {
    const { title, body, instead } = seatsTaken([12], [30], circumstances);
    expect(title).toBe("Row F, seat 12 was just taken.");
    expect(body).toBe("Row F, seat 11 is still chosen. Nearest free: Row F, seat 30. Nothing is held or charged yet.");
    expect(instead).toEqual([30]);
  });

  it("offer what can be had when no block is as long as wished", () => {
    const wish = { count: 6, category: "A", accessible: false, split: false };
    const block = (section: string, category: string, together: number) => ({ section, category, together });
    const { title, body, offers } = notTogether(wish, 4, [block("Stalls", "A", 4), block("Balcony", "B", 8), block("Gallery", "B", 6), block("Box 1", "A", 1)]);
    expect(title).toBe("No 6 free seats side by side at this price");
    expect(body).toBe("Side by side there are: Stalls 4, Balcony 8, Gallery 6. Nothing is held or charged.");
    expect(offers?.map(({ label, wish: { count, category, split } }) => [label, count, category, split])).toEqual([
      ["Take 6 in Balcony, price B", 6, "B", false],
      ["Take 4 together", 4, "A", false],
      ["Take 6 in separate blocks", 6, "A", true],
    ]);
    expect(notTogether({ ...wish, category: null }, 0).offers).toHaveLength(1);
  });

  it("offer the last ones, and understand only what the house really said", () => {
    const wish = { count: 3, category: null, accessible: true, split: false };
    expect(notEnoughLeft(wish, 1)).toMatchObject({ title: "Only 1 place left", offers: [{ label: "Take the last one", wish: { count: 1, split: true } }, { wish: { accessible: false } }] });
    expect(notEnoughLeft({ ...wish, accessible: false }, 0)).toMatchObject({ title: "None of these places are left", way: "close" });
    expect(elsewhereOf({ instead: [{ section: "Stalls", category: "A", together: 2 }, { section: 1 }, null] })).toEqual([{ section: "Stalls", category: "A", together: 2 }]);
    expect(elsewhereOf({ instead: "Stalls" })).toEqual([]);
  });

  it("tell of seats that are held elsewhere", () => {
    expect(explain(new ProblemError("too_many_seats", 409, "", { facts: { max_seats: 10, held: 8 } }), circumstances).body).toContain("You hold 8 seats");
  });

  it("name the numbers that a refusal carries", () => {
    const limit = new ProblemError("account_limit", 409, "", { facts: { limit: 4, left: 1 } });
    expect(explain(limit, circumstances)).toMatchObject({ title: "At most 4 seats a person for this date", body: expect.stringContaining("You can still have 1.") as string });
    const family = new ProblemError("ticket_type_quantity", 409, "", { facts: { ticket_type: "Family", minimum: 3, maximum: null } });
    expect(explain(family, circumstances).title).toBe("Family: at least 3 in one order");
    expect(explainCoupon("coupon_minimum", "TEN", { minimum: 5000, currency: "EUR" }).title).toBe("The code TEN needs tickets for €50.00 or more");
    expect(explainCoupon("coupon_of_tomorrow", "TEN").title).toBe("The code TEN cannot be used here");
  });

  it("keep what the card's issuer said", () => {
    expect(declined("Your card has insufficient funds.").title).toBe("Your card has insufficient funds");
    expect(declined(undefined).title).toBe("Your card was declined");
  });
});

describe("attempts", () => {
  beforeEach(() => {
    sessionStorage.clear();
  });

  it("keep their key until the outcome is known, and only for the same request", () => {
    const first = attemptKey("p", "hold", { seats: [1, 2] });
    expect(attemptKey("p", "hold", { seats: [1, 2] })).toBe(first);
    expect(attemptKey("p", "hold", { seats: [1, 3] })).not.toBe(first);
    const second = attemptKey("p", "hold", { seats: [1, 3] });
    settle("p", "hold");
    expect(attemptKey("p", "hold", { seats: [1, 3] })).not.toBe(second);
  });

  it("of different performances do not mix", () => {
    expect(attemptKey("p", "hold", 1)).not.toBe(attemptKey("q", "hold", 1));
  });

  it("are unknown when the answer was lost or the server stumbled, and known when it refused", () => {
    expect(isUnknown(new ProblemError("network", 0, ""))).toBe(true);
    expect(isUnknown(new ProblemError("unexpected", 502, ""))).toBe(true);
    expect(isUnknown(new ProblemError("seats_taken", 409, ""))).toBe(false);
    expect(isUnknown(new ProblemError("busy", 503, ""))).toBe(false);
  });
});

describe("memory", () => {
  it("survives a reload and damage", () => {
    remember("p", { selected: [4], holdId: "h" });
    expect(recall("p")).toMatchObject({ selected: [4], holdId: "h", orderId: null });
    expect(initialState(recall("p")).busy).toBe("restoring");
    sessionStorage.setItem("frontrow.checkout.p", "{half");
    expect(recall("p")).toEqual(EMPTY);
  });
});

describe("a cancellation while the page is open", () => {
  const world = { performanceId: "p", maxSeats: 8, name: circumstances.name, insteadOf: () => [], pickPlaces: () => [], refreshMap: () => Promise.resolve(), onOrder: () => undefined };
  const callOff = (state: CheckoutState): CheckoutState => {
    let after = state;
    checkoutActions(new Ground("p", (change) => (after = reduce(after, change)), state, world)).callOff();
    return after;
  };

  it("lets the held seats go and says that nothing was charged", () => {
    const after = callOff(run([toggle(1), { type: "held", hold: hold([1]) }]));
    expect(stepOf(after)).toBe("choose");
    expect(after.hold).toBeNull();
    expect(after.notice).toMatchObject({ code: "performance_cancelled", title: "This evening was cancelled", way: "dates" });
    expect(after.notice?.body).toMatch(/not held any more, and nothing was charged/);
  });

  it("says to who had only chosen that nothing is sold, and to who had chosen nothing no word more than the page does", () => {
    expect(callOff(run([toggle(1)])).notice?.body).toMatch(/no seat is sold/);
    expect(callOff(run([])).notice).toBeNull();
  });
});
