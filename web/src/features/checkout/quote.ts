/** What a hold costs with the buyer's wishes: a coupon, a ticket type for each seat. The server prices; nothing is added up here. */
import type { Hold, Order, Quote } from "@/client/frontrow.schemas";

export interface Wish {
  /** A coupon that the server has accepted in a quote. */
  coupon: string | null;
  /** Seat number → ticket type; a seat that isn't named has the one it was held with. */
  types: Readonly<Record<number, string>>;
}

export const NO_WISH: Wish = { coupon: null, types: {} };

/** All minor units; `total = subtotal − discount + fees + added_tax`. */
export interface Sums {
  subtotal: number;
  discount: number;
  fees: number;
  /** The part of the total that is tax; null while nobody has been asked. */
  tax: number | null;
  /** The part of the tax that comes on top of the prices; the rest is in them. */
  added_tax: number;
  total: number;
}

/** The best that is known: the order's, else the quote's, else the hold's own prices. */
export function sumsOf({ order, quote, hold }: { order: Order | null; quote: Quote | null; hold: Hold | null }): Sums | null {
  if (order) return order;
  if (quote) return quote;
  if (!hold) return null;
  const sum = (of: "amount" | "fee"): number => hold.seats.reduce((total, seat) => total + seat[of], 0);
  // What is neither face value nor fee is tax on top.
  return { subtotal: sum("amount"), discount: 0, fees: sum("fee"), tax: null, added_tax: hold.total - sum("amount") - sum("fee"), total: hold.total };
}

export function withType(wish: Wish, seatNo: number, ticketTypeId: string): Wish {
  return { ...wish, types: { ...wish.types, [seatNo]: ticketTypeId } };
}
