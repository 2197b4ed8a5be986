/** What each state of an order means for the buyer: what happened, what it means for seats and money. */
import { count } from "@/shared/lib/locale";
import { money } from "@/shared/lib/money";

export interface OrderWords {
  title: string;
  body: string;
}

/** The part of an order that money words need. */
export interface OrderMoney {
  state: string;
  currency: string;
  total: number;
  paid_at: string | null;
  refunds?: readonly { amount: number; state: string }[];
  performance?: { cancelled?: boolean };
}

const WORDS: Record<string, OrderWords> = {
  pending: { title: "Your seats are held", body: "The order is not paid yet. Finish paying before the time is over, or the seats go back on sale." },
  paying: { title: "Waiting for your payment", body: "As soon as the payment service tells us it went through, your tickets appear here. You can leave this page open." },
  capturing: { title: "Your payment went through", body: "The seats are yours. We are writing your tickets; this takes a few seconds." },
  expiring: { title: "Checking with the payment service", body: "Time ran out while the payment was under way. If it went through you get your tickets; if not, nothing is charged." },
  failed: { title: "The payment did not go through", body: "Nothing was charged and the seats are back on sale." },
  expired: { title: "Time ran out for this order", body: "The seats are back on sale. Nothing was charged; if your bank shows a reservation, it disappears by itself." },
  cancelled: { title: "This order was cancelled", body: "The seats are back on sale and nothing was charged." },
  refund_due: { title: "Your money is on its way back", body: "The payment arrived after the seats were gone. The whole amount is being refunded; banks take up to ten days." },
  refunded: { title: "This order was refunded", body: "The whole amount was returned. The tickets of this order are no longer valid." },
};

export function orderWords(state: string): OrderWords {
  return WORDS[state] ?? { title: "Your order", body: "" };
}

export interface Refunded {
  /** Arrived, or as good as: Stripe has sent it. */
  done: number;
  pending: number;
}

/** Failed refunds don't count: the house tries again or calls. */
export function refundedOf({ refunds }: Pick<OrderMoney, "refunds">): Refunded {
  const sum = (state: string): number => (refunds ?? []).reduce((total, refund) => total + (refund.state === state ? refund.amount : 0), 0);
  return { done: sum("succeeded"), pending: sum("pending") };
}

/** What happened to the money, in a sentence or two; null when nothing came back. */
export function refundWords(order: OrderMoney): string | null {
  const { done, pending } = refundedOf(order);
  const said = (amount: number): string => (amount === order.total ? `All of it, ${money(amount, order.currency)},` : money(amount, order.currency));
  const sentences = [
    done > 0 ? `${said(done)} went back the way you paid; banks take up to ten days to show it.` : "",
    pending > 0 ? `${said(pending)} ${done > 0 ? "more " : ""}is on its way back to you.` : "",
  ].filter(Boolean);
  return sentences.length > 0 ? sentences.join(" ") : null;
}

/** The words of an order with its money: a cancelled order may have been paid before. */
export function wordsOf(order: OrderMoney): OrderWords {
  const words = orderWords(order.state);
  const money = refundWords(order);
  if (order.performance?.cancelled) return calledOff(order, money);
  if (order.state === "cancelled" && order.paid_at !== null) {
    return { ...words, body: `Its tickets are no longer valid. ${money ?? "The house is settling what you paid."}` };
  }
  if (order.state === "refunded" && money) return { ...words, body: `${money} The tickets of this order are no longer valid.` };
  return words;
}

/** The evening won't take place: whatever state its order is in, that is what matters, and then the money. */
function calledOff({ state, paid_at, total }: OrderMoney, money: string | null): OrderWords {
  const title = "This evening was cancelled";
  if (paid_at === null) return { title, body: `It won't take place, so this order has ended. ${money ?? "Nothing was charged; if your bank shows a reservation, it disappears by itself."}` };
  const back = total === 0 ? "You paid nothing for them, so no money goes back." : "What you paid goes back by itself; a mail tells you how.";
  const waiting = state === "paid" ? "It won't take place." : "It won't take place, and its tickets are no longer valid.";
  return { title, body: `${waiting} ${money ?? back}` };
}

/** "Here are your 2 tickets"; void ones are named apart. */
export function ticketWords(tickets: readonly { state: string }[]): string {
  const valid = tickets.filter((ticket) => ticket.state !== "void").length;
  if (valid === 0) return "These tickets are no longer valid";
  return valid === 1 ? "Here is your ticket" : `Here are your ${count(valid, "ticket")}`;
}

/** States that pass by themselves: the page asks again every second. */
export function isPassing(state: string): boolean {
  return state === "paying" || state === "capturing" || state === "expiring";
}

/** States after which buying starts again. */
export function isOver(state: string): boolean {
  return state === "failed" || state === "expired" || state === "cancelled";
}

/** A secret link's token goes with every address that belongs to the order. */
export function withToken(url: string, token: string): string {
  if (!token || url.includes("token=")) return url;
  return `${url}${url.includes("?") ? "&" : "?"}token=${encodeURIComponent(token)}`;
}

/** Nearest first. */
export function byDate(a: PlacedInTime, b: PlacedInTime): number {
  return Date.parse(a.performance.starts_at) - Date.parse(b.performance.starts_at);
}

/** An evening is over some hours after it began: whoever is late, or in the interval, still needs the code. */
export function isPast(order: PlacedInTime, now: number): boolean {
  return Date.parse(order.performance.starts_at) + EVENING_MS < now;
}

interface PlacedInTime {
  performance: { starts_at: string };
}

const EVENING_MS = 6 * 60 * 60_000;
