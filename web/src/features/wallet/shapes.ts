import type { Order, OwnRefund } from "@/client/frontrow.schemas";

export type FullLine = Order["lines"][number];

/** An order with the money that went back, which is told apart. */
export interface FullOrder extends Order {
  refunds: OwnRefund[];
}
