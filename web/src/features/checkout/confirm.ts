/**
 * One press of "Pay", apart from any page: checks the fields, confirms with Stripe, and says in one of six words how
 * it went. What it means for seats and money is said by the caller.
 */
import type { StripeClient, StripeElements, StripeError } from "./stripe";

export type Confirmation =
  /** The money is on its way: the server looks and settles. */
  | { kind: "accepted" }
  /** A field is empty or wrong; Stripe says so beside it. */
  | { kind: "incomplete" }
  /** The card, bank or buyer said no. */
  | { kind: "declined"; message: string | undefined }
  /** The bank asked the buyer, and got no yes: closed, left, or answered with no. */
  | { kind: "unanswered" }
  /** Nobody knows; pressing again is the same payment. */
  | { kind: "interrupted" }
  /** The payment isn't waiting for a card any more: paid in another tab, or ended. The order knows. */
  | { kind: "elsewhere" };

const LOST = new Set(["api_connection_error", "api_error", "rate_limit_error"]);
/** A state in which nothing more can be confirmed. */
const BEYOND = new Set(["succeeded", "requires_capture", "processing", "canceled"]);

function refused(error: StripeError): Confirmation {
  if (error.type === "validation_error") return { kind: "incomplete" };
  if (error.type === undefined || LOST.has(error.type)) return { kind: "interrupted" };
  if (error.code === "payment_intent_unexpected_state" || BEYOND.has(error.payment_intent?.status ?? "")) return { kind: "elsewhere" };
  if (error.code === "payment_intent_authentication_failure") return { kind: "unanswered" };
  return { kind: "declined", message: error.message };
}

/** Never throws. */
export async function confirm(stripe: StripeClient, elements: StripeElements, returnUrl: string): Promise<Confirmation> {
  try {
    const checked = await elements.submit();
    if (checked.error) return refused(checked.error);
    const { error } = await stripe.confirmPayment({ elements, redirect: "if_required", confirmParams: { return_url: returnUrl } });
    return error ? refused(error) : { kind: "accepted" };
  } catch {
    return { kind: "interrupted" };
  }
}
