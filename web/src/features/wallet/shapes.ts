import type { Order } from "@/client/frontrow.schemas";

export type FullLine = Order["lines"][number] & { cancelled?: boolean };

export interface FullOrder extends Omit<Order, "lines"> {
  lines: FullLine[];
  added_tax?: number;
  tax_lines?: { tax_bp: number; included: number; added: number }[];
  cancelled_total?: number;
  coupon_code?: string | null;
  ics_url?: string | null;
  can_resend?: boolean;
  refunds?: { id: string; amount: number; state: string; created_at: string }[];
}
