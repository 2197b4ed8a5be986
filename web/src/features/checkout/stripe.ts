/**
 * Loading the payment script. Its address is a setting of the server: Stripe's own, or the stand-in's on a machine
 * without Stripe; both speak the same few calls. This is the only script that ever comes from another host.
 */

export interface StripeError {
  type?: string;
  code?: string;
  decline_code?: string;
  message?: string;
  payment_intent?: { status?: string };
}

export interface StripeElement {
  mount(target: HTMLElement): void;
  destroy?: () => void;
  on?: (event: "ready" | "loaderror" | "change", handler: (detail: { error?: StripeError }) => void) => void;
}

export interface StripeElements {
  create(kind: "payment", options?: Record<string, unknown>): StripeElement;
  update(options: { appearance?: Record<string, unknown> }): void;
  /** Checks the fields and runs what a wallet needs; must come first thing after the press. */
  submit(): Promise<{ error?: StripeError }>;
}

export interface StripeClient {
  elements(options: { clientSecret: string; appearance?: Record<string, unknown>; locale?: string }): StripeElements;
  /** Resolves unless the buyer is sent away (a bank's own page); then the return address goes on. */
  confirmPayment(options: {
    elements: StripeElements;
    redirect: "if_required";
    confirmParams: { return_url: string };
  }): Promise<{ error?: StripeError; paymentIntent?: { id: string; status: string } }>;
}

type StripeFactory = (publishableKey: string, options?: { locale?: string }) => StripeClient;

declare global {
  interface Window {
    Stripe?: StripeFactory;
  }
}

let loading: Promise<StripeFactory> | null = null;

function loadScript(url: string): Promise<StripeFactory> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.async = true;
    script.onload = () => (window.Stripe ? resolve(window.Stripe) : reject(new Error("the payment script did not introduce itself")));
    script.onerror = () => {
      script.remove();
      reject(new Error("the payment script did not load"));
    };
    document.head.append(script);
  });
}

/** The script is loaded once; a failed load may be tried again. */
export async function loadStripe(scriptUrl: string, publishableKey: string): Promise<StripeClient> {
  const options = { locale: document.documentElement.lang || "en" };
  if (window.Stripe) return window.Stripe(publishableKey, options);
  loading ??= loadScript(scriptUrl).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return (await loading)(publishableKey, options);
}
