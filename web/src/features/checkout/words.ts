/** Every way buying can fail, in words: what happened, what it means for seats and money, and what to do. */
import { count } from "@/shared/lib/locale";
import { ProblemError } from "@/shared/lib/problem";

export interface Explanation {
  code: string;
  title: string;
  body: string;
  /** Seats offered instead of those that were lost. */
  instead?: number[];
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

const SENTENCES: Record<string, readonly [string, string]> = {
  hold_expired: ["Your hold has ended", "The seats went back on sale and nothing was charged. If they are still free, you can hold them again."],
  sales_closed: ["Sales are closed for this date", "Nothing was held or charged. Other dates of the event may still be open."],
  busy: ["Very many people are choosing seats right now", "Your choice is kept and nothing is held or charged yet. Try again in a few seconds."],
  payment_declined: ["Your card was declined", "Nothing was charged and your seats are still held. Try another card, or another way to pay."],
  stripe_unavailable: ["The payment service does not answer", "Your seats stay held and nothing was charged. Try again in a moment."],
  order_not_payable: ["This order can no longer be paid", "Nothing was charged for it. Change seats to start again with the same choice."],
  network: ["The connection was lost", "Your choice is kept. Check your connection and press the button again: it cannot hold or charge twice."],
  csrf_failed: ["Your browser lost its session with us", "Nothing was held or charged. Reload the page and try again; your choice is kept."],
  not_found: ["These seats are no longer held for you", "Nothing was charged. If they are still free, you can hold them again."],
  rate_limited: ["That was very fast", "Your choice is kept and nothing was charged. Wait a few seconds, then try again."],
};

const UNEXPECTED = ["Something went wrong on our side", "Your choice is kept. Press the button again: it cannot hold or charge twice."] as const;

export function explain(error: unknown, circumstances: Circumstances): Explanation {
  if (!(error instanceof ProblemError)) return { code: "unexpected", title: UNEXPECTED[0], body: UNEXPECTED[1] };
  if (error.code === "too_many_seats") {
    return {
      code: error.code,
      title: `At most ${count(circumstances.maxSeats, "seat")} in one order`,
      body: "Give one back to choose another. For a larger group, ask the box office.",
    };
  }
  const [title, body] = SENTENCES[error.code] ?? UNEXPECTED;
  return { code: error.code, title, body };
}

/** What Stripe's script says about a card is written for buyers; it is kept and put in its place. */
export function declined(message: string | undefined): Explanation {
  const [title, body] = SENTENCES["payment_declined"] ?? UNEXPECTED;
  return { code: "payment_declined", title: message?.replace(/\.$/, "") ?? title, body };
}
