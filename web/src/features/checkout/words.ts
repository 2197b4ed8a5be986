/** Every way buying can fail, in words: what happened, what it means for seats and money, and what to do. */
import { count, listing } from "@/shared/lib/locale";
import { money } from "@/shared/lib/money";
import { ProblemError } from "@/shared/lib/problem";
import type { BestWish } from "./calls";

export interface Explanation {
  code: string;
  title: string;
  body: string;
  /** Seats offered instead of those that were lost. */
  instead?: number[];
  /** Other wishes that can be met. */
  offers?: { label: string; wish: BestWish }[];
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
  };
}

/** No block of seats is as long as wished: shorter ones, or several. */
export function notTogether(wish: BestWish, largest: number): Explanation {
  const offers = [{ label: `Take ${wish.count} in separate blocks`, wish: { ...wish, split: true } }];
  if (largest > 0) offers.push({ label: `Take ${largest} together`, wish: { ...wish, count: largest } });
  return {
    code: "not_together",
    title: `No ${count(wish.count, "free seat")} side by side${wish.category ? " at this price" : ""}`,
    body: `${largest > 0 ? `At most ${largest} are together. ` : ""}Nothing is held or charged.`,
    offers,
  };
}

type Sentence = readonly [title: string, body: string];

/** While choosing: nothing is held yet. */
const CHOOSING: Record<string, Sentence> = {
  seats_taken: ["Some of these seats were just taken", "Nothing is held or charged. The map shows what is free now: choose others and try again."],
  sales_closed: ["Sales are closed for this date", "Nothing was held or charged. Other dates of the event may still be open."],
  unknown_seats: ["The house has changed", "Nothing was held or charged. Reload the page to see the seats as they are now."],
  not_together: ["There are not so many seats together any more", "Nothing is held or charged. Try fewer, another price, or choose seats apart on the map."],
};

/** While the seats are held. */
const HOLDING: Record<string, Sentence> = {
  hold_expired: ["Your hold has ended", "The seats went back on sale and nothing was charged. If they are still free, you can hold them again."],
  hold_in_use: ["These seats belong to an order already", "They are still held for you and nothing was charged. Reload the page to go on with that order."],
  hold_at_cap: ["More time than this is not possible", "Others are waiting, too. Your seats stay held until the clock reaches zero, and nothing is charged unless you pay."],
  not_found: ["These seats are no longer held for you", "Nothing was charged. If they are still free, you can hold them again."],
};

/** While ordering and paying. */
const PAYING: Record<string, Sentence> = {
  payment_declined: ["Your card was declined", "Nothing was charged and your seats are still held. Try another card, or another way to pay."],
  stripe_unavailable: ["The payment service does not answer", "Your seats stay held and nothing was charged. Try again in a moment."],
  order_not_payable: ["This order can no longer be paid", "Nothing was charged for it. Change seats to start again with the same choice."],
  place_without_price: ["Some of these places have no price yet", "They are still held for you and nothing was charged. Change seats to choose others."],
  ticket_type_not_for_seat: ["That ticket is not sold for this seat", "Your seats stay held and nothing was charged. Choose another kind of ticket for it."],
  lines_not_there: ["Some of these tickets are not part of the order any more", "Nothing else was changed. Reload the page to see the order as it is now."],
  order_moving: ["Your payment is being settled this very moment", "Your seats stay yours until that is done. Wait a few seconds and look again."],
  nothing_to_pay: ["There is nothing to pay here any more", "Nothing was charged a second time. The order's page says how it stands."],
};

/** After buying: mails, and what staff do with money and places. */
const AFTERWARDS: Record<string, Sentence> = {
  order_not_paid: ["This order is not paid", "There is no money to give back and nothing was changed. Its seats are as they were."],
  not_refundable: ["That is more than can still be given back", "Nothing was changed. Refunds that are on their way count, too."],
  nothing_to_resend: ["This order has no tickets to send", "Nothing was changed: its seats and money are as its page says."],
  resent_too_often: ["These tickets were sent a few times already", "Nothing was changed, and your seats are yours. Look in the spam folder, or ask again later."],
  ticket_used: ["Somebody was let in with one of these tickets", "Nothing was changed: seats and money are as they were. Check at the door first; then it can be done all the same."],
};

/** On the way to us and back. */
const ALWAYS: Record<string, Sentence> = {
  busy: ["Very many people are choosing seats right now", "Your choice is kept and nothing was charged. Try again in a few seconds."],
  rate_limited: ["That was very fast", "Your choice is kept and nothing was charged. Wait a few seconds, then try again."],
  network: ["The connection was lost", "Your choice is kept. Check your connection and press the button again: it cannot hold or charge twice."],
  outcome_unknown: ["We lost the line while saving", "Your choice is kept. Press the button again: it finds what was saved, and cannot hold or charge twice."],
  csrf_failed: ["Your browser lost its session with us", "Nothing was held or charged. Reload the page and try again; your choice is kept."],
  idempotency_mismatch: ["Two different requests crossed each other", "Nothing was held or charged by the second. Press the button again."],
  invalid_request: ["Something in this form was not understood", "Nothing was charged and your seats are as they were. Check the fields, then try again."],
  not_logged_in: ["You are not logged in any more", "Your choice is kept and nothing was charged. Log in again, or go on without an account."],
  forbidden: ["This is not open to you", "Nothing was changed, held or charged."],
};

type Facts = Readonly<Record<string, unknown>>;

const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : []);

/** Refusals that carry numbers and names. */
const WITH_FACTS: Record<string, (facts: Facts) => Sentence> = {
  not_enough_left: ({ left }) => [
    number(left) > 0 ? `Only ${count(number(left), "place")} left` : "None of these places are left",
    "Nothing is held or charged. Try fewer, or another price.",
  ],
  ticket_type_not_on_sale: ({ ticket_types: names }) => [
    `${texts(names).length > 0 ? listing(texts(names)) : "One of these kinds of ticket"} cannot be bought now`,
    "Your seats stay held and nothing was charged. Choose another kind of ticket for them.",
  ],
  ticket_type_quantity: ({ ticket_type: name, minimum, maximum }) => {
    const most = maximum == null ? "" : `at most ${number(maximum)}`;
    const least = number(minimum) > 1 ? `at least ${number(minimum)}` : "";
    return [
      `${text(name, "This kind of ticket")}: ${[least, most].filter(Boolean).join(", ") || "another number"} in one order`,
      "Your seats stay held and nothing was charged. Choose another kind of ticket for some of them.",
    ];
  },
  account_limit: ({ limit, left }) => [
    `At most ${count(number(limit), "seat")} a person for this date`,
    `${number(left) > 0 ? `You can still have ${number(left)}.` : "You have yours already."} Your seats stay held and nothing was charged; change seats to take fewer.`,
  ],
  total_below_minimum: ({ minimum, currency }) => [
    `A card takes ${typeof currency === "string" ? money(number(minimum), currency) : "a little more"} or more`,
    "Nothing was charged and your seats stay held. Do without the code, or choose another kind of ticket for one of them.",
  ],
};

const SENTENCES: Record<string, Sentence> = { ...CHOOSING, ...HOLDING, ...PAYING, ...AFTERWARDS, ...ALWAYS };

const UNEXPECTED: Sentence = ["Something went wrong on our side", "Your choice is kept. Press the button again: it cannot hold or charge twice."];

/** Whether we have words of our own for a code; a test holds this against the API's document. */
export function hasWords(code: string): boolean {
  return code in SENTENCES || code in WITH_FACTS || code in COUPON || code === "too_many_seats";
}

export function explain(error: unknown, circumstances: Circumstances): Explanation {
  if (!(error instanceof ProblemError)) return { code: "unexpected", title: UNEXPECTED[0], body: UNEXPECTED[1] };
  if (error.code === "too_many_seats") return tooManySeats(number(error.facts["max_seats"]) || circumstances.maxSeats, number(error.facts["held"]));
  const [title, body] = WITH_FACTS[error.code]?.(error.facts) ?? SENTENCES[error.code] ?? UNEXPECTED;
  return { code: error.code, title, body };
}

const WITHOUT = "Your seats stay held, and the price is the one without a code.";

/** What became of a code that was typed in; the price is then the one without it. */
const COUPON: Record<string, (code: string, facts: Facts) => Sentence> = {
  coupon_unknown: (code) => [`There is no code ${code} for this event`, `Check it letter by letter. ${WITHOUT}`],
  coupon_not_yet_valid: (code) => [`The code ${code} is not valid yet`, `It starts later. ${WITHOUT}`],
  coupon_expired: (code) => [`The code ${code} has expired`, WITHOUT],
  coupon_used_up: (code) => [`The code ${code} is used up`, `It was good for a limited number of orders. ${WITHOUT}`],
  coupon_used_by_you: (code) => [`You have used the code ${code} already`, `It is good for a limited number of orders a person. ${WITHOUT}`],
  coupon_wrong_tickets: (code) => [`The code ${code} is for other tickets`, `It may fit another kind of ticket or another price. ${WITHOUT}`],
  coupon_wrong_currency: (code) => [`The code ${code} is worth an amount of another currency`, WITHOUT],
  coupon_minimum: (code, { minimum, currency }) => [
    `The code ${code} needs tickets for ${typeof currency === "string" ? money(number(minimum), currency) : "a larger sum"} or more`,
    WITHOUT,
  ],
  coupon_changed: (code) => [`The code ${code} was changed a moment ago`, "Nothing was ordered or charged and your seats stay held. Apply it again to see the new price."],
  coupon_refused: (code) => [`The code ${code} cannot be used here`, WITHOUT],
};

export function isCouponCode(code: string): boolean {
  return code in COUPON;
}

export function explainCoupon(code: string, typed: string, facts: Facts = {}): Explanation {
  const [title, body] = (COUPON[code] ?? COUPON["coupon_refused"])?.(typed, facts) ?? UNEXPECTED;
  return { code, title, body };
}

/** What Stripe's script says about a card is written for buyers; it is kept and put in its place. */
export function declined(message: string | undefined): Explanation {
  const [title, body] = SENTENCES["payment_declined"] ?? UNEXPECTED;
  return { code: "payment_declined", title: message?.replace(/\.$/, "") ?? title, body };
}

/** Back from a bank's own page without its yes. */
export const RETURNED: Explanation = {
  code: "payment_declined",
  title: "The payment was not confirmed",
  body: "Nothing was charged and your seats are still held. Try again, or another way to pay.",
};

export const UNREACHABLE: Explanation = {
  code: "stripe_unavailable",
  title: "The payment service does not answer",
  body: "Your seats stay held and nothing was charged. Check your connection and try again.",
};

export const INTERRUPTED: Explanation = {
  code: "network",
  title: "The connection was lost while paying",
  body: "Your seats are still held. Press Pay again: the same payment cannot be charged twice.",
};
