import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { getConfig } from "@/client/frontrow";
import type { Payment } from "@/client/frontrow.schemas";
import { beginAction } from "@/shared/lib/correlation";
import { money } from "@/shared/lib/money";
import { useTheme } from "@/shared/lib/theme";
import { Button } from "@/shared/ui/Button";
import { Notice } from "@/shared/ui/Notice";
import { loadStripe, type StripeClient, type StripeElements } from "./stripe";
import { declined, type Explanation } from "./words";

interface PaymentFormProps {
  payment: Payment;
  returnUrl: string;
  buyer: { name: string; email: string };
  /** The card was accepted: what follows is between us and the payment service. */
  onConfirmed: () => void;
}

interface Ready {
  stripe: StripeClient;
  elements: StripeElements;
}

const UNREACHABLE: Explanation = {
  code: "stripe_unavailable",
  title: "The payment service does not answer",
  body: "Your seats stay held and nothing was charged. Check your connection and try again.",
};

const INTERRUPTED: Explanation = {
  code: "network",
  title: "The connection was lost while paying",
  body: "Your seats are still held. Press Pay again: the same payment cannot be charged twice.",
};

/** The one place where a payment is confirmed, with Stripe's own fields. Card data never touches our code. */
export function PaymentForm({ payment, returnUrl, buyer, onConfirmed }: PaymentFormProps) {
  const theme = useTheme();
  const config = useQuery({ queryKey: ["config"], queryFn: ({ signal }) => getConfig({ signal }), staleTime: Infinity });
  const place = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState<Ready | null>(null);
  const [problem, setProblem] = useState<Explanation | null>(null);
  const [paying, setPaying] = useState(false);
  const [tries, setTries] = useState(0);
  const scriptUrl = config.data?.stripe_script_url;
  const secret = payment.client_secret;

  useEffect(() => {
    const target = place.current;
    if (!target || !scriptUrl || !secret) return;
    let gone = false;
    let destroy: (() => void) | undefined;
    loadStripe(scriptUrl, payment.publishable_key)
      .then((stripe) => {
        if (gone) return;
        const elements = stripe.elements({ clientSecret: secret, appearance: appearance(theme) });
        const element = elements.create("payment", { layout: "tabs", defaultValues: { billingDetails: buyer } });
        element.on?.("loaderror", () => setProblem(UNREACHABLE));
        element.mount(target);
        destroy = () => element.destroy?.();
        setProblem(null);
        setReady({ stripe, elements });
      })
      .catch(() => {
        if (!gone) setProblem(UNREACHABLE);
      });
    return () => {
      gone = true;
      setReady(null);
      destroy?.();
    };
    // The buyer only prefills; new fields for a changed name would throw away a typed card.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scriptUrl, secret, payment.publishable_key, theme, tries]);

  const pay = async (): Promise<void> => {
    if (!ready || !secret) return;
    beginAction();
    setPaying(true);
    setProblem(null);
    try {
      const { error } = await ready.stripe.confirmPayment({
        elements: ready.elements,
        clientSecret: secret,
        redirect: "if_required",
        confirmParams: { return_url: returnUrl },
      });
      if (!error) {
        onConfirmed();
        return;
      }
      // A field left empty is said beside the field by Stripe itself; a refused card is said by us.
      if (error.type === "api_connection_error" || error.type === "api_error") setProblem(INTERRUPTED);
      else if (error.type !== "validation_error") setProblem(declined(error.message));
    } catch {
      setProblem(INTERRUPTED);
    }
    setPaying(false);
  };

  return (
    <div className="space-y-4">
      <div ref={place} className="min-h-40" aria-label="Payment details" role="group" aria-busy={!ready} />
      {(problem ?? (config.isError ? UNREACHABLE : null)) && (
        <Notice tone="bad" title={(problem ?? UNREACHABLE).title}>
          {(problem ?? UNREACHABLE).body}
        </Notice>
      )}
      {!ready && (problem !== null || config.isError) ? (
        <Button
          tone="next"
          className="w-full"
          onClick={() => {
            setProblem(null);
            if (config.isError) void config.refetch();
            setTries((count) => count + 1);
          }}
        >
          Try again
        </Button>
      ) : (
        <Button tone="next" data-testid="pay-button" className="w-full" busy={paying} disabled={!ready} onClick={() => void pay()}>
          Pay {money(payment.amount, payment.currency)}
        </Button>
      )}
    </div>
  );
}

/** Stripe's fields live in a frame of their own and cannot see our styles; this tells them enough to match. */
function appearance(theme: "light" | "dark"): Record<string, unknown> {
  const dark = theme === "dark";
  return {
    theme: dark ? "night" : "stripe",
    variables: {
      colorPrimary: dark ? "#F3EDE4" : "#1B1A19",
      colorBackground: dark ? "#211E1B" : "#FFFDF9",
      colorText: dark ? "#F3EDE4" : "#1B1A19",
      colorDanger: dark ? "#FF9A8C" : "#9C1F18",
      fontFamily: '"Inter Variable", Inter, system-ui, sans-serif',
      fontSizeBase: "17px",
      borderRadius: "6px",
    },
  };
}
