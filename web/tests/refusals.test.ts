import { describe, expect, it } from "vitest";
import { UNEXPECTED } from "@/features/checkout/sentence";
import { SENTENCES } from "@/features/checkout/sentences";
import { explain, explainCoupon, hasWords, isCouponCode, learnWords, type Explanation } from "@/features/checkout/words";
import { ProblemError } from "@/shared/lib/problem";
import { codesOf } from "./openapi";

await learnWords();

/** Every door that a buyer's page knocks at, from the seats' states to the mail that is sent again. */
const DOORS = /^\/api\/(performances\/[^/]+\/(seats|holds)|holds|orders|checkouts|tickets|seat-maps|config|me|account)/;
const CODES = [...codesOf((path) => DOORS.test(path))].sort();
/** What the page itself finds out, without the API's document. */
const OUR_OWN = ["network", "payment_declined", "csrf_failed", "rate_limited", "coupon_refused"];

/** The way on is something that stands there anyway: the form, its fields, the list of seats. */
const ON_THE_PAGE = new Set(["payment_declined", "invalid_request", "ticket_type_not_for_seat"]);

const said = (code: string): Explanation =>
  isCouponCode(code) ? explainCoupon(code, "TEN") : explain(new ProblemError(code, 409, ""), { name: () => "Row F, seat 11", kept: [], maxSeats: 8 });

describe("every code of the buying doors", () => {
  it("is one that the document names: the walk isn't empty", () => {
    expect(CODES).toEqual(expect.arrayContaining(["seats_taken", "hold_expired", "stripe_unavailable", "coupon_used_up", "outcome_unknown", "resent_too_often"]));
    expect(codesOf((path) => path === "/api/checkouts").size).toBeGreaterThan(15);
  });

  it("has words of its own", () => {
    expect(CODES.filter((code) => !hasWords(code))).toEqual([]);
    expect(hasWords("a_code_of_tomorrow")).toBe(false);
  });

  it.each([...new Set([...CODES, ...OUR_OWN])])("%s says what happened and what it means for seats or money", (code) => {
    const { title, body } = said(code);
    expect(title).not.toBe(UNEXPECTED.title);
    expect(title.length).toBeGreaterThan(8);
    expect(body).toMatch(/held|charged|seats|money/i);
    expect(`${title} ${body}`).not.toMatch(/undefined|null|NaN|\bcode:/);
  });

  it.each([...new Set([...CODES, ...OUR_OWN])].filter((code) => !isCouponCode(code) && !ON_THE_PAGE.has(code)))("%s has a button for the way on", (code) => {
    const { way, label } = said(code);
    expect(way).toBeDefined();
    expect(label).toMatch(/^[A-Z]/);
  });

  it("of a kind that nobody has thought of is still safe to press again", () => {
    expect(said("a_code_of_tomorrow")).toMatchObject({ title: UNEXPECTED.title, way: "again" });
    expect(explain(new Error("a slip"), { name: () => "", kept: [], maxSeats: 8 }).way).toBe("again");
  });
});

describe("sentences", () => {
  it("never blame the buyer and are short", () => {
    for (const { title, body } of Object.values(SENTENCES)) {
      expect(title.length).toBeLessThan(64);
      expect(body.length).toBeLessThan(170);
      expect(`${title} ${body}`).not.toMatch(/error|invalid|illegal|forbidden|please/i);
    }
  });
});
