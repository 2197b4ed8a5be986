import type { Order } from "@/client/frontrow.schemas";

export type FullLine = Order["lines"][number];

export interface FullOrder extends Order {
  refunds?: { id: string; amount: number; state: string; created_at: string }[];
}
