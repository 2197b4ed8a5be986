import { useEffect, useRef, useState } from "react";
import type { Payment } from "@/client/frontrow.schemas";
import { beginAction } from "@/shared/lib/correlation";
import { money } from "@/shared/lib/money";
import { useTheme } from "@/shared/lib/theme";
import { Button } from "@/shared/ui/Button";
import { Notice } from "@/shared/ui/Notice";
import { useConfig } from "./config";
import { confirm } from "./confirm";
import { InSight } from "./InSight";
import { InBar } from "./panel";
import { loadStripe, type StripeClient, type StripeElements } from "./stripe";
import { ASKING, declined, NOT_ARRIVED, STILL_ASKING, UNANSWERED, UNREACHABLE, type Explanation } from "./words";

interface PaymentFormProps {
  payment: Payment;
  returnUrl: string;
  buyer: { name: string; email: string };
  /** The payment was accepted, or is done already: what follows is between us and the payment service. */
  onConfirmed: () => void;
  /** Nobody knows how it went: asks. True when the order's page takes over, false when nothing arrived, null when that can't be told yet. */
  onUnknown: () => Promise<boolean | null>;
}

/** While nobody can say how a payment went, it is asked for this often, and as soon as the line is back. */
const ASK_AGAIN_MS = 5_000;

interface Ready {
  stripe: StripeClient;
  elements: StripeElements;
}

/** The one place where a payment is confirmed, with Stripe's own fields. Card data never touches our code. */
export function PaymentForm({ payment, returnUrl, buyer, onConfirmed, onUnknown }: PaymentFormProps) {
  const theme = useTheme();
  const config = useConfig();
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
        element.on?.("ready", () => {
          if (gone) return;
          setProblem(null);
          setReady({ stripe, elements });
        });
        element.mount(target);
        destroy = () => element.destroy?.();
      })
      .catch(() => {
        if (!gone) setProblem(UNREACHABLE);
      });
    return () => {
      gone = true;
      setReady(null);
      destroy?.();
    };
    // Buyer and theme only dress the fields; making new ones for them would throw away a typed card.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scriptUrl, secret, payment.publishable_key, tries]);

  // House lights up or down: the fields follow, and what is typed in them stays.
  useEffect(() => ready?.elements.update({ appearance: appearance(theme) }), [ready, theme]);

  const asked = async (): Promise<boolean> => {
    const arrived = await onUnknown();
    if (!arrived) setProblem(arrived === null ? STILL_ASKING : NOT_ARRIVED);
    return arrived === true;
  };
  const unknown = problem === STILL_ASKING;
  useEffect(() => {
    if (!unknown) return;
    const look = (): void => void onUnknown().then((arrived) => arrived === false && setProblem(NOT_ARRIVED));
    const timer = window.setInterval(look, ASK_AGAIN_MS);
    window.addEventListener("online", look);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("online", look);
    };
  }, [unknown, onUnknown]);

  const pay = async (): Promise<void> => {
    if (!ready || !secret) return;
    beginAction();
    setPaying(true);
    setProblem(null);
    const outcome = await confirm(ready.stripe, ready.elements, returnUrl);
    switch (outcome.kind) {
      case "accepted":
      case "elsewhere":
        // The button stays busy until the order's page takes over.
        onConfirmed();
        return;
      case "declined":
        setProblem(declined(outcome.message));
        break;
      case "unanswered":
        setProblem(UNANSWERED);
        break;
      case "interrupted":
        setProblem(ASKING);
        if (await asked()) return;
        break;
      case "incomplete":
        // A field left empty is said beside the field by Stripe itself.
        break;
    }
    setPaying(false);
  };

  const again = (): void => {
    setProblem(null);
    if (config.isError) void config.refetch();
    setTries((count) => count + 1);
  };

  return (
    <div className="space-y-4">
      <div ref={place} className="min-h-40" aria-label="Payment details" role="group" aria-busy={!ready} />
      {(problem ?? (config.isError ? UNREACHABLE : null)) && (
        <InSight news={problem}>
          <Notice tone={problem?.calm ? "plain" : "bad"} title={(problem ?? UNREACHABLE).title}>
            {(problem ?? UNREACHABLE).body}
          </Notice>
        </InSight>
      )}
      <InBar>
        {!ready && (problem !== null || config.isError) ? (
          <Button tone="next" className="lg:w-full" onClick={again}>
            Try again
          </Button>
        ) : (
          <Button tone="next" data-testid="pay-button" className="lg:w-full" busy={paying} disabled={!ready} onClick={() => void pay()}>
            Pay {money(payment.amount, payment.currency)}
          </Button>
        )}
      </InBar>
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
