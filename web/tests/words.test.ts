import { describe, expect, it } from "vitest";
import { countdown, zoneNote } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { money, price } from "@/shared/lib/money";
import { seatsWords, seatWords } from "@/shared/lib/seatWords";
import { learnServerTime, millisecondsUntil } from "@/shared/lib/serverClock";
import { isOver, isPassing, orderWords, refundWords, ticketWords, withToken, wordsOf } from "@/features/wallet/orderWords";

const seat = (section: string, row: string, label: string) => ({ section, row, label });

describe("money", () => {
  it("is exact for totals and short for lists", () => {
    expect(money(8400, "EUR")).toBe("€84.00");
    expect(price(8400, "EUR")).toBe("€84");
    expect(price(2850, "EUR")).toBe("€28.50");
  });

  it("knows currencies without cents, and with thousandths", () => {
    expect(money(1200, "JPY")).toMatch(/1,200$/);
    expect(money(12345, "KWD")).toMatch(/12\.345$/);
  });
});

describe("seats in words", () => {
  it("name each row once, in seat order, and places without rows", () => {
    expect(seatWords(seat("Stalls", "F", "12"))).toBe("Stalls, row F, seat 12");
    expect(seatsWords([seat("Stalls", "F", "12"), seat("Stalls", "F", "9"), seat("Stalls", "G", "3"), seat("Floor", "", "7")])).toBe(
      "Stalls, row F, seats 9 and 12; row G, seat 3; Floor, place 7",
    );
    expect(seatsWords([seat("Floor", "", ""), seat("Floor", "", "")])).toBe("Floor, 2 standing places");
    expect(seatWords(seat("Floor", "", ""))).toBe("Floor, standing place");
  });
});

describe("time", () => {
  it("names the event's zone only when the reader's clock differs", () => {
    expect(zoneNote("2026-12-24T18:30:00Z", "Europe/Helsinki", "Europe/Amsterdam")).toBe("Helsinki time");
    expect(zoneNote("2026-12-24T18:30:00Z", "Europe/Amsterdam", "Europe/Brussels")).toBeNull();
    expect(zoneNote("2026-12-24T18:30:00Z", "America/Argentina/Buenos_Aires", "Europe/Brussels")).toBe("Buenos Aires time");
  });

  it("counts down in whole seconds, never below nothing", () => {
    expect(countdown(599_001)).toBe("10:00");
    expect(countdown(59_000)).toBe("0:59");
    expect(countdown(-5)).toBe("0:00");
    expect(countdown(3_661_000)).toBe("1:01:01");
  });

  it("goes by the server's clock, however wrong the device's is", () => {
    const device = Date.parse("2020-01-01T00:00:00Z");
    learnServerTime("2026-11-22T12:00:00Z", device);
    expect(millisecondsUntil("2026-11-22T12:10:00Z", device)).toBe(600_000);
    expect(millisecondsUntil("2026-11-22T12:10:00Z", device + 60_000)).toBe(540_000);
    learnServerTime("nonsense", device);
    expect(millisecondsUntil("2026-11-22T12:10:00Z", device)).toBe(600_000);
  });

  it("speaks of one and of many", () => {
    expect(count(1, "seat")).toBe("1 seat");
    expect(count(1200, "seat")).toBe("1,200 seats");
  });
});

describe("orders in words", () => {
  const states = ["pending", "paying", "capturing", "expiring", "failed", "expired", "cancelled", "refund_due", "refunded"];

  it.each(states)("%s says what it means for seats or money", (state) => {
    expect(orderWords(state).title).not.toBe("Your order");
    expect(orderWords(state).body).toMatch(/seat|charged|refund|tickets/i);
  });

  it("tells what happened to the money of a paid order that was cancelled or refunded", () => {
    const order = { state: "cancelled", currency: "EUR", total: 8400, paid_at: "2026-11-22T12:00:00Z" };
    expect(wordsOf({ ...order, paid_at: null }).body).toMatch(/nothing was charged/);
    expect(wordsOf(order).body).toMatch(/no longer valid/);
    expect(wordsOf({ ...order, refunds: [{ amount: 8400, state: "pending" }] }).body).toContain("All of it, €84.00, is on its way back");
    expect(refundWords({ ...order, state: "paid", refunds: [{ amount: 4200, state: "succeeded" }, { amount: 4200, state: "failed" }] })).toMatch(/^€42\.00 went back/);
    expect(refundWords({ ...order, state: "paid", refunds: [] })).toBeNull();
  });

  it("counts only tickets that open the door", () => {
    expect(ticketWords([{ state: "valid" }, { state: "void" }])).toBe("Here is your ticket");
    expect(ticketWords([{ state: "valid" }, { state: "valid" }])).toBe("Here are your 2 tickets");
    expect(ticketWords([{ state: "void" }])).toBe("These tickets are no longer valid");
  });

  it("knows which states pass by themselves and which are over", () => {
    expect(states.filter(isPassing)).toEqual(["paying", "capturing", "expiring"]);
    expect(states.filter(isOver)).toEqual(["failed", "expired", "cancelled"]);
  });

  it("carries the secret to every address of the order, once", () => {
    expect(withToken("/api/tickets/1/qr.svg", "a b")).toBe("/api/tickets/1/qr.svg?token=a%20b");
    expect(withToken("/x?size=2", "t")).toBe("/x?size=2&token=t");
    expect(withToken("/x?token=t", "t")).toBe("/x?token=t");
    expect(withToken("/x", "")).toBe("/x");
  });
});
