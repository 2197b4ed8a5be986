/** Every way buying can fail, in words: what happened, what it means for seats and money, and what to do. */
import { count } from "@/shared/lib/locale";
import { ProblemError } from "@/shared/lib/problem";
import type { BestWish } from "./calls";
import { number, UNEXPECTED, type Facts, type Sentence } from "./sentence";

let tables: typeof import("./sentences") | null = null;

/** The sentences come after the first view: nothing is refused before something was asked for. */
export async function learnWords(): Promise<void> {
  tables ??= await import("./sentences");
}

export interface Explanation extends Sentence {
  code: string;
  /** Seats offered instead of those that were lost. */
  instead?: number[];
  /** Other wishes that can be met. */
  offers?: { label: string; wish: BestWish }[];
  /** Not a refusal, but something worth knowing. */
  calm?: boolean;
}

export interface Circumstances {
  /** "Row F, seats 11 and 12" for seat numbers. */
  name: (seats: readonly number[]) => string;
  /** Seats that stay chosen or held. */
  kept: readonly number[];
  maxSeats: number;
}

const verb = (seats: readonly number[]): string => (seats.length === 1 ? "was" : "were");

/** Seats lost before they were held; `instead` is named when there is something as near and as large. */
export function seatsTaken(lost: readonly number[], instead: readonly number[], { name, kept }: Circumstances): Explanation {
  const still = kept.length > 0 ? `${name(kept)} ${kept.length === 1 ? "is" : "are"} still chosen. ` : "";
  const near = instead.length > 0 ? `Nearest free: ${name(instead)}. ` : "";
  return {
    code: "seats_taken",
    title: `${name(lost)} ${verb(lost)} just taken.`,
    body: `${still}${near}Nothing is held or charged yet.`,
    instead: [...instead],
  };
}

/** `held`: how many seats of this date the buyer has in other tabs or orders that aren't paid yet. */
export function tooManySeats(maxSeats: number, held = 0): Explanation {
  const elsewhere = `You hold ${count(held, "seat")} of this date already, perhaps in another tab; finish or leave that first. `;
  return {
    code: "too_many_seats",
    title: `At most ${count(maxSeats, "seat")} at once`,
    body: `Nothing more is held or charged. ${held > 0 ? elsewhere : "Give one back to choose another. "}For a larger group, ask the box office.`,
    ...(held > 0 ? { way: "again", label: "Try again" } : { way: "close", label: "All right" }),
  };
}

/** What would do instead: a section's largest block, and its price. */
export interface Elsewhere {
  section: string;
  category: string;
  together: number;
}

/** "Stalls has 4 together, Balcony 2." */
function elsewhereWords(elsewhere: readonly Elsewhere[]): string {
  const best = new Map<string, number>();
  for (const { section, together } of elsewhere) best.set(section, Math.max(together, best.get(section) ?? 0));
  const parts = [...best].filter(([, together]) => together > 1).slice(0, 3).map(([section, together]) => `${section} ${together}`);
  return parts.length > 0 ? `Side by side there are: ${parts.join(", ")}. ` : "";
}

type Offers = NonNullable<Explanation["offers"]>;

/** The other prices at which so many can be had together, the first of each. */
function otherPrices(wish: BestWish, elsewhere: readonly Elsewhere[]): Offers {
  const enough = elsewhere.filter(({ category, together }) => category !== wish.category && together >= wish.count);
  const first = [...new Map(enough.toReversed().map((block) => [block.category, block])).values()].reverse();
  return first.slice(0, 2).map(({ category, section }) => ({ label: `Take ${wish.count} in ${section}, price ${category}`, wish: { ...wish, category } }));
}

/** No block of seats is as long as wished: other prices, shorter blocks, or several. `largest`: of what was wished. */
export function notTogether(wish: BestWish, largest: number, elsewhere: readonly Elsewhere[] = []): Explanation {
  const offers = wish.category === null ? [] : otherPrices(wish, elsewhere);
  if (largest > 1) offers.push({ label: `Take ${largest} together`, wish: { ...wish, count: largest } });
  offers.push({ label: `Take ${wish.count} in separate blocks`, wish: { ...wish, split: true } });
  return {
    code: "not_together",
    title: `No ${count(wish.count, "free seat")} side by side${wish.category ? " at this price" : ""}`,
    body: `${elsewhereWords(elsewhere) || (largest > 1 ? `At most ${largest} are together. ` : "")}Nothing is held or charged.`,
    offers,
  };
}

/** So few are left at that price, together or not. */
export function notEnoughLeft(wish: BestWish, left: number, elsewhere: readonly Elsewhere[] = []): Explanation {
  const offers = wish.category === null ? [] : otherPrices(wish, elsewhere);
  if (left > 0) offers.push({ label: left === 1 ? "Take the last one" : `Take the last ${left}`, wish: { ...wish, count: left, split: true } });
  if (wish.accessible) offers.push({ label: "Look without a wheelchair place", wish: { ...wish, accessible: false } });
  const said = tables?.WITH_FACTS["not_enough_left"]?.({ left }) ?? UNEXPECTED;
  const body = `${elsewhereWords(elsewhere)}Nothing is held or charged.`;
  return { code: "not_enough_left", ...said, ...(offers.length > 0 && { body, offers, way: undefined, label: undefined }) };
}

/** What a refusal says would do; anything else in its place is nothing. */
export function elsewhereOf(facts: Facts): Elsewhere[] {
  const said = facts["instead"];
  const is = (value: unknown): value is Elsewhere =>
    typeof value === "object" && value !== null && "section" in value && typeof value.section === "string" && "category" in value && typeof value.category === "string" && "together" in value && typeof value.together === "number";
  return Array.isArray(said) ? said.filter(is) : [];
}

/** The house's choice leaves one seat alone, because there was no other choice as large. */
export const LEAVES_SINGLE: Explanation = {
  code: "leaves_single",
  title: "One seat beside yours stays on its own",
  body: "There was no other choice of as many seats together. That is all right; these are yours to take.",
  calm: true,
};

/** Whether we have words of our own for a code; a test holds this against the API's document. */
export function hasWords(code: string): boolean {
  return code === "too_many_seats" || (tables !== null && (code in tables.SENTENCES || code in tables.WITH_FACTS || code in tables.COUPON));
}

export function explain(error: unknown, circumstances: Circumstances): Explanation {
  if (!(error instanceof ProblemError)) return { code: "unexpected", ...UNEXPECTED };
  if (error.code === "too_many_seats") return tooManySeats(number(error.facts["max_seats"]) || circumstances.maxSeats, number(error.facts["held"]));
  return { code: error.code, ...(tables?.WITH_FACTS[error.code]?.(error.facts) ?? tables?.SENTENCES[error.code] ?? UNEXPECTED) };
}

export function isCouponCode(code: string): boolean {
  return tables !== null && code in tables.COUPON;
}

export function explainCoupon(code: string, typed: string, facts: Facts = {}): Explanation {
  return { code, ...((tables?.COUPON[code] ?? tables?.COUPON["coupon_refused"])?.(typed, facts) ?? UNEXPECTED) };
}

/** What Stripe's script says about a card is written for buyers; it is kept and put in its place. */
export function declined(message: string | undefined): Explanation {
  const said = tables?.SENTENCES["payment_declined"] ?? UNEXPECTED;
  return { code: "payment_declined", title: message?.replace(/\.$/, "") ?? said.title, body: said.body };
}

/** Back from a bank's own page without its yes. */
export const RETURNED: Explanation = {
  code: "payment_declined",
  title: "The payment was not confirmed",
  body: "Nothing was charged and your seats are still held. Try again, or another way to pay.",
};

/** The bank's own question was left without an answer. */
export const UNANSWERED: Explanation = {
  code: "payment_declined",
  title: "Your bank did not get its yes",
  body: "Nothing was charged and your seats are still held. Press Pay again to answer your bank's question, or use another card.",
};

export const UNREACHABLE: Explanation = {
  code: "stripe_unavailable",
  title: "The payment service does not answer",
  body: "Your seats stay held and nothing was charged. Check your connection and try again.",
};

/** The connection went while the card was being asked; the page finds out by itself. */
export const ASKING: Explanation = {
  code: "network",
  title: "The connection was lost while paying",
  body: "Your seats are still held. We are asking whether the payment arrived; nothing is charged twice.",
  calm: true,
};

/** We asked, and the payment hadn't arrived. */
export const NOT_ARRIVED: Explanation = {
  code: "network",
  title: "The payment did not arrive",
  body: "Nothing was charged and your seats are still held. Press Pay again: the same payment cannot be charged twice.",
};

/** We could not ask yet. */
export const STILL_ASKING: Explanation = {
  code: "network",
  title: "We cannot reach the payment service yet",
  body: "Your seats are still held, and nothing is charged twice. We go on asking; you can also press Pay again.",
};
