/**
 * Orders that stay readable without a connection: what the server last said of them, and the pictures of their codes,
 * in a cache of this browser. Kept for whoever opened them here; logging out empties it. Nothing of the till is kept:
 * no seats, no holds, no prices.
 */
import type { Order } from "@/client/frontrow.schemas";

/** The worker looks for the pictures of codes in it, too. */
export const KEPT = "frontrow-tickets-1";

const AT = "X-Kept-At";
const OWNER = "X-Kept-For";

export interface KeptOrder {
  order: Order;
  /** When the server said so, in milliseconds of this device's clock. */
  at: number;
  /** The account that was logged in; empty for a guest. */
  owner: string;
}

const pathOf = (orderId: string): string => `/api/orders/${orderId}`;

/** A ticket's picture without the secret in its address: the cache is this browser's own. */
const pictureOf = (address: string): string => address.replace(/\?.*/, "");

/** Old browsers and plain http addresses have no such cache; then everything is as online, and nothing is kept. */
const able = (): boolean => typeof caches !== "undefined";

async function attempt<T>(work: (cache: Cache) => Promise<T>, otherwise: T): Promise<T> {
  if (!able()) return otherwise;
  try {
    return await work(await caches.open(KEPT));
  } catch {
    // A full or forbidden storage costs reading offline, and nothing else.
    return otherwise;
  }
}

async function read(answer: Response | undefined): Promise<KeptOrder | null> {
  if (!answer) return null;
  const order = (await answer.json()) as Order;
  return { order, at: Number(answer.headers.get(AT)), owner: answer.headers.get(OWNER) ?? "" };
}

/** Keeps an order and the pictures of its valid tickets; `withSecret` adds to an address what opens it. */
export async function keep(order: Order, owner: string, withSecret: (address: string) => string): Promise<void> {
  await attempt(async (cache) => {
    // A code that is the same needs no second picture.
    const before = await read(await cache.match(pathOf(order.id)));
    const drawn = new Map(before?.order.tickets.map((ticket) => [ticket.id, ticket.code]));
    const headers = { "Content-Type": "application/json", [AT]: String(Date.now()), [OWNER]: owner };
    await cache.put(pathOf(order.id), new Response(JSON.stringify(order), { headers }));
    for (const ticket of order.tickets) {
      const path = pictureOf(ticket.qr_svg_url);
      if (ticket.state !== "valid") await cache.delete(path);
      else if (drawn.get(ticket.id) !== ticket.code || !(await cache.match(path))) {
        const picture = await fetch(withSecret(ticket.qr_svg_url), { credentials: "same-origin" });
        if (picture.ok) await cache.put(path, picture);
      }
    }
  }, undefined);
}

export function keptOrder(orderId: string): Promise<KeptOrder | null> {
  return attempt(async (cache) => read(await cache.match(pathOf(orderId))), null);
}

export function keptOrders(): Promise<KeptOrder[]> {
  return attempt(async (cache) => {
    const found: KeptOrder[] = [];
    for (const request of await cache.keys()) {
      const kept = /\/api\/orders\/[^/]+$/.test(new URL(request.url).pathname) ? await read(await cache.match(request)) : null;
      if (kept) found.push(kept);
    }
    return found;
  }, []);
}

async function drop(cache: Cache, { order }: KeptOrder): Promise<void> {
  await cache.delete(pathOf(order.id));
  for (const ticket of order.tickets) await cache.delete(pictureOf(ticket.qr_svg_url));
}

/** One order is not to be read here any more: taken back, given away, or somebody else's. */
export async function forget(orderId: string): Promise<void> {
  const kept = await keptOrder(orderId);
  if (kept) await attempt((cache) => drop(cache, kept), undefined);
}

/** Somebody else is logged in now: what was kept for another account goes; a guest's orders have no account and stay. */
export async function forgetOthers(owner: string): Promise<void> {
  for (const kept of await keptOrders()) if (kept.owner !== "" && kept.owner !== owner) await attempt((cache) => drop(cache, kept), undefined);
}

/** Logging out: the next person at this screen finds nothing. */
export async function forgetAll(): Promise<void> {
  if (able()) await caches.delete(KEPT).catch(() => false);
}
