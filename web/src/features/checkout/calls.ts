/**
 * The calls of a purchase, each safe to repeat: reads are, and writes carry an idempotency key that lives in the
 * tab's memory until the outcome is known.
 */
import * as client from "@/client/frontrow";
import type { Checkout, Hold, HoldRequest, Order, Payment, Quote, QuoteRequest } from "@/client/frontrow.schemas";
import { lastWord } from "@/shared/lib/http";
import { attemptKey, settle, type AttemptName, type CheckoutMemory } from "@/shared/lib/checkoutMemory";
import { insist } from "@/shared/lib/insist";
import { codeOf, isUnknown } from "@/shared/lib/problem";
import { learnServerTime, millisecondsUntil } from "@/shared/lib/serverClock";
import type { Buyer } from "./BuyerForm";
import type { Wish } from "./quote";

/** What a reload found of an earlier purchase. */
export type Found =
  | { kind: "nothing" }
  | { kind: "ended" }
  | { kind: "hold"; hold: Hold }
  | { kind: "order"; order: Order; payment: Payment | null }
  | { kind: "settled"; order: Order };

const UNPAID = new Set(["pending", "paying"]);
const OVER = new Set(["expired", "failed", "cancelled"]);

/** Whether there is still something to pay; a free order is paid as soon as it is placed. */
export const isUnpaid = (order: Order): boolean => UNPAID.has(order.state);

function learned<T extends { server_time: string }>(answer: T): T {
  learnServerTime(answer.server_time);
  return answer;
}

async function once<T>(performanceId: string, name: AttemptName, body: unknown, call: (key: string) => Promise<T>): Promise<T> {
  const key = attemptKey(performanceId, name, body);
  try {
    const answer = await insist(() => call(key));
    settle(performanceId, name);
    return answer;
  } catch (error) {
    // Only a lost answer keeps its key: after a refusal the same button is a new attempt.
    if (!isUnknown(error)) settle(performanceId, name);
    throw error;
  }
}

const keyed = (key: string): RequestInit => ({ headers: { "Idempotency-Key": key } });

/** The server's choice: so many seats side by side; `split` takes them in several blocks when no single one is left. */
export interface BestWish {
  count: number;
  category: string | null;
  accessible: boolean;
  split: boolean;
}

/** Places by number, or the best together, or any so many of a standing area. */
export type Wanted = { kind: "seats"; seats: readonly number[] } | { kind: "best"; wish: BestWish } | { kind: "standing"; section: string; count: number };

function holdRequest(wanted: Wanted): HoldRequest {
  switch (wanted.kind) {
    case "best":
      return { best: wanted.wish };
    case "standing":
      return { standing: { section: wanted.section, count: wanted.count } };
    default:
      return { seats: [...wanted.seats].sort((a, b) => a - b) };
  }
}

export async function hold(performanceId: string, wanted: Wanted): Promise<Hold> {
  const body = holdRequest(wanted);
  return learned(await once(performanceId, "hold", body, (key) => client.holdSeats(performanceId, body, keyed(key))));
}

/** More time for the same seats; refuses with `hold_at_cap`. */
export async function extend(holdId: string): Promise<Hold> {
  return learned(await insist(() => client.extendHold(holdId)));
}

/** The tab is being closed or reloaded: the seats stay for half a minute, in case it was a reload. */
export function abandon(holdId: string): void {
  lastWord(client.getAbandonHoldUrl(holdId), "POST");
}

/** The buyer went on to another page: the seats go back on sale at once. */
export function release(holdId: string): void {
  lastWord(client.getReleaseHoldUrl(holdId), "DELETE");
}

const wished = ({ coupon, types }: Wish): Pick<QuoteRequest, "ticket_types" | "coupon"> => ({ ticket_types: types, coupon });

/** What the held seats cost with these wishes. A code that can't be used is no refusal: the quote says why. */
export async function quote(holdId: string, wish: Wish): Promise<Quote> {
  return learned(await insist(() => client.quoteHold(holdId, wished(wish))));
}

/**
 * The order and its payment, begun by one request. The payment is null when only it could not be begun: the order stands,
 * and {@link startPayment} asks for it again.
 */
export async function checkOut(performanceId: string, holdId: string, buyer: Buyer, wish: Wish): Promise<Checkout> {
  // What the buyer gets by mail speaks the language of the pages.
  const body = { hold_id: holdId, ...buyer, locale: document.documentElement.lang, payment_kind: "card", ...wished(wish) };
  const begun = await once(performanceId, "order", body, (key) => client.checkOut(body, keyed(key)));
  learned(begun.order);
  return begun;
}

/**
 * Starts (or finds again) the payment, and reads the order's new deadline, which paying extends. A payment that another
 * tab began comes as it is, whatever its kind.
 */
export async function startPayment(performanceId: string, orderId: string, token: string, kind = "card"): Promise<{ payment: Payment; order: Order }> {
  const payment = await once(performanceId, "payment", { orderId, kind }, (key) => client.startPayment(orderId, { kind }, { token }, keyed(key)));
  return { payment, order: await readOrder(orderId, token) };
}

/** Back from the payment to the order, which can then be paid in another way; money that was taken already stays. */
export async function leavePayment(orderId: string, token: string): Promise<Order> {
  return learned(await insist(() => client.leavePayment(orderId, { token })));
}

export async function readOrder(orderId: string, token: string): Promise<Order> {
  return learned(await insist(() => client.getOrder(orderId, { token })));
}

export async function checkPayment(orderId: string, token: string): Promise<Order> {
  return learned(await insist(() => client.checkPayment(orderId, { token })));
}

const isGone = (error: unknown): boolean => ["not_found", "hold_expired"].includes(codeOf(error));

async function readHold(holdId: string): Promise<Hold | null> {
  try {
    const found = learned(await insist(() => client.getHold(holdId)));
    // Given back in another tab, or by the house: what its clock would still say doesn't count.
    const over = found.state === "released" || found.state === "expired";
    return !over && millisecondsUntil(found.expires_at) > 0 ? found : null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/**
 * Frees the seats. Returns the order when it turned out to be beyond giving back (being captured, or paid): then its
 * own page says how it went.
 */
export async function giveBack(holdId: string | null, order: Order | null): Promise<Order | null> {
  try {
    if (order) await insist(() => client.cancelOrder(order.id, { token: order.token }));
    else if (holdId) await insist(() => client.releaseHold(holdId));
  } catch (error) {
    if (isGone(error)) return null;
    if (!order || codeOf(error) === "network") throw error;
    const now = await readOrder(order.id, order.token);
    return OVER.has(now.state) ? null : now;
  }
  return null;
}

export type Standing = { kind: "extended"; hold?: Hold; order?: Order } | { kind: "settled"; order: Order } | { kind: "ended" } | { kind: "unknown" };

/**
 * What does the server say about the hold or the order? `atDeadline`: the countdown reached zero, and an order that is
 * being paid must not be told too early that it ended. Between times a lost answer says nothing.
 */
export async function standing(holdId: string | null, order: Order | null, atDeadline: boolean): Promise<Standing> {
  try {
    if (order) {
      const now = await readOrder(order.id, order.token);
      if (OVER.has(now.state)) return { kind: "ended" };
      if (!UNPAID.has(now.state)) return { kind: "settled", order: now };
      const extended = now.expires_at !== null && millisecondsUntil(now.expires_at) > 0;
      if (extended) return { kind: "extended", order: now };
      // A payment may be under way this very second: the order's page waits for its outcome.
      return now.state === "paying" ? { kind: "settled", order: now } : { kind: "ended" };
    }
    const held = holdId ? await readHold(holdId) : null;
    return held ? { kind: "extended", hold: held } : { kind: "ended" };
  } catch {
    return { kind: atDeadline ? "ended" : "unknown" };
  }
}

export async function restore(performanceId: string, memory: CheckoutMemory): Promise<Found> {
  if (memory.orderId) return restoreOrder(performanceId, memory.orderId, memory.orderToken ?? "");
  if (!memory.holdId) return { kind: "nothing" };
  const held = memory.abandoned ? await takeUpAgain(memory.holdId) : await readHold(memory.holdId);
  return held ? { kind: "hold", hold: held } : { kind: "ended" };
}

/** After a reload: the server was told that the page went away, so it is told that it is back. */
async function takeUpAgain(holdId: string): Promise<Hold | null> {
  try {
    return await extend(holdId);
  } catch {
    return readHold(holdId);
  }
}

async function restoreOrder(performanceId: string, orderId: string, token: string): Promise<Found> {
  let order: Order;
  try {
    order = await readOrder(orderId, token);
  } catch (error) {
    if (isGone(error)) return { kind: "ended" };
    throw error;
  }
  if (OVER.has(order.state)) return { kind: "ended" };
  if (!UNPAID.has(order.state)) return { kind: "settled", order };
  try {
    return { kind: "order", ...(await startPayment(performanceId, orderId, token)) };
  } catch (error) {
    if (isGone(error)) return { kind: "ended" };
    return { kind: "order", order, payment: null };
  }
}
