/**
 * The calls of a purchase, each safe to repeat: reads are, and writes carry an idempotency key that lives in the
 * tab's memory until the outcome is known.
 */
import * as client from "@/client/frontrow";
import type { Hold, Order, Payment } from "@/client/frontrow.schemas";
import { attemptKey, settle, type AttemptName, type CheckoutMemory } from "@/shared/lib/checkoutMemory";
import { insist } from "@/shared/lib/insist";
import { codeOf, isUnknown } from "@/shared/lib/problem";
import { learnServerTime, millisecondsUntil } from "@/shared/lib/serverClock";
import type { Buyer } from "./BuyerForm";

/** What a reload found of an earlier purchase. */
export type Found =
  | { kind: "nothing" }
  | { kind: "ended" }
  | { kind: "hold"; hold: Hold }
  | { kind: "order"; order: Order; payment: Payment | null }
  | { kind: "settled"; order: Order };

const UNPAID = new Set(["pending", "paying"]);
const OVER = new Set(["expired", "failed", "cancelled"]);

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

export async function hold(performanceId: string, seats: readonly number[]): Promise<Hold> {
  const body = { seats: [...seats].sort((a, b) => a - b) };
  return learned(await once(performanceId, "hold", body, (key) => client.holdSeats(performanceId, body, keyed(key))));
}

export async function placeOrder(performanceId: string, holdId: string, buyer: Buyer): Promise<Order> {
  // What the buyer gets by mail speaks the language of the pages.
  const body = { hold_id: holdId, ...buyer, locale: document.documentElement.lang };
  return learned(await once(performanceId, "order", body, (key) => client.placeOrder(body, keyed(key))));
}

/** Starts (or finds again) the payment, and reads the order's new deadline, which paying extends. */
export async function startPayment(performanceId: string, orderId: string, token: string): Promise<{ payment: Payment; order: Order }> {
  const payment = await once(performanceId, "payment", { orderId }, (key) => client.startPayment(orderId, { token }, keyed(key)));
  return { payment, order: await readOrder(orderId, token) };
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
    return millisecondsUntil(found.expires_at) > 0 ? found : null;
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

/** The countdown reached zero: what does the server say? Paying may have extended the deadline meanwhile. */
export async function lookAfterDeadline(
  holdId: string | null,
  order: Order | null,
): Promise<{ kind: "extended"; hold?: Hold; order?: Order } | { kind: "settled"; order: Order } | { kind: "ended" }> {
  try {
    if (order) {
      const now = await readOrder(order.id, order.token);
      if (OVER.has(now.state)) return { kind: "ended" };
      if (!UNPAID.has(now.state)) return { kind: "settled", order: now };
      const extended = now.expires_at !== null && millisecondsUntil(now.expires_at) > 0;
      if (extended) return { kind: "extended", order: now };
      // A payment may be under way this very second: the order's page waits for its outcome, and must not be told too early.
      return now.state === "paying" ? { kind: "settled", order: now } : { kind: "ended" };
    }
    const held = holdId ? await readHold(holdId) : null;
    return held ? { kind: "extended", hold: held } : { kind: "ended" };
  } catch {
    return { kind: "ended" };
  }
}

export async function restore(performanceId: string, memory: CheckoutMemory): Promise<Found> {
  if (memory.orderId) return restoreOrder(performanceId, memory.orderId, memory.orderToken ?? "");
  if (!memory.holdId) return { kind: "nothing" };
  const held = await readHold(memory.holdId);
  return held ? { kind: "hold", hold: held } : { kind: "ended" };
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
