/** What a hold costs with the buyer's wishes: a coupon, a ticket type for each seat. The server prices; nothing is added up here. */
import type { Hold, Order } from "@/client/frontrow.schemas";

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
  added_tax?: number;
  total: number;
}

export interface QuoteLine {
  seat_no: number;
  ticket_type_id: string;
  ticket_type: string;
  total: number;
}

export interface QuoteTicketType {
  id: string;
  category: string;
  name: string;
  total: number;
  min_per_order: number;
  max_per_order: number | null;
  on_sale: boolean;
}

export interface Quote extends Sums {
  lines: QuoteLine[];
  coupon: { code: string; discount: number; problem: { code: string } | null } | null;
  /** What else an order would be refused for. */
  problems: { code: string }[];
  ticket_types: QuoteTicketType[];
  max_per_account: number | null;
}

/** The numbers that the words of a problem need, from the quote that found it. */
export function factsOf(code: string, quote: Quote): Record<string, unknown> {
  if (code === "account_limit") return { limit: quote.max_per_account ?? 0, left: quote.max_per_account ?? 0 };
  const sold = (id: string): number => quote.lines.filter((line) => line.ticket_type_id === id).length;
  const chosen = quote.ticket_types.filter((type) => sold(type.id) > 0);
  if (code === "ticket_type_not_on_sale") return { ticket_types: chosen.filter((type) => !type.on_sale).map((type) => type.name) };
  const wrong = chosen.find((type) => sold(type.id) < type.min_per_order || sold(type.id) > (type.max_per_order ?? Infinity));
  return code === "ticket_type_quantity" && wrong ? { ticket_type: wrong.name, minimum: wrong.min_per_order, maximum: wrong.max_per_order } : {};
}

/** The best that is known: the order's, else the quote's, else the hold's own prices. */
export function sumsOf({ order, quote, hold }: { order: Order | null; quote: Quote | null; hold: Hold | null }): Sums | null {
  if (order) return order;
  if (quote) return quote;
  if (!hold) return null;
  const sum = (of: "amount" | "fee"): number => hold.seats.reduce((total, seat) => total + seat[of], 0);
  return { subtotal: sum("amount"), discount: 0, fees: sum("fee"), tax: null, total: hold.total };
}

export function withType(wish: Wish, seatNo: number, ticketTypeId: string): Wish {
  return { ...wish, types: { ...wish.types, [seatNo]: ticketTypeId } };
}
