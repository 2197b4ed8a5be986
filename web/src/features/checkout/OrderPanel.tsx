import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { soon } from "@/shared/lib/soon";
import { Waiting } from "@/shared/ui/Waiting";
import type { PriceChoice } from "./BestSeats";
import type { Buyer } from "./BuyerForm";
import { Choose } from "./Choose";
import { PanelParts } from "./panel";
import type { Line } from "./SeatLines";
import { chosenCount, stepOf } from "./state";
import type { Checkout } from "./useCheckout";
import { learnWords } from "./words";

export interface OrderPanelProps {
  checkout: Checkout;
  /** Name and price of a chosen seat, from the map. */
  lineOf: (seatNo: number) => Line;
  /** What a place of a standing area costs, by the area's name. */
  areaPrice: (area: string) => number | null;
  /** The prices that have numbered seats, for "best available". */
  priceChoices: readonly PriceChoice[];
  /** Whether the house has wheelchair places. */
  accessible: boolean;
  currency: string;
  maxSeats: number;
  /** Known when logged in. */
  buyer: Buyer | null;
  nameSeats: (seats: readonly number[]) => string;
  /** What the order is for; shown above everything else where the map does not. */
  heading: ReactNode;
  salesOpen: boolean;
  /** Whose other dates are offered when this one's sale is over. */
  eventSlug?: string | undefined;
}

// The steps after choosing come while the buyer chooses: the first view needs neither forms nor payment.
const loadSteps = () => import("./steps");
const Details = lazy(async () => ({ default: (await loadSteps()).Details }));
const Pay = lazy(async () => ({ default: (await loadSteps()).Pay }));

const TITLES = { choose: "Your seats", details: "Your details", pay: "Payment" };

/** The order: chosen, held, ordered, paid, in one column that never loses what was done. */
export function OrderPanel(props: OrderPanelProps) {
  const { checkout, heading } = props;
  const step = stepOf(checkout);
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef(step);
  useEffect(() => {
    // A new step is announced by moving there; the first render must not steal the focus. With the next frame: only there
    // is it known anyhow where everything lies.
    if (before.current !== step) requestAnimationFrame(() => title.current?.focus());
    before.current = step;
  }, [step]);

  const choosing = step === "choose" && chosenCount(checkout) === 0;
  useEffect(() => soon(() => void learnWords().catch(() => undefined)), []);
  useEffect(() => {
    // A lost chunk is asked for again when it is needed.
    return choosing ? undefined : soon(() => void loadSteps().catch(() => undefined));
  }, [choosing]);

  const [sheetOpen, setSheetOpen] = useState(false);
  const open = sheetOpen || step !== "choose" || checkout.notice !== null;
  const restoring = checkout.busy === "restoring";
  return (
    <section data-testid="order-panel" data-open={open} data-step={step} aria-labelledby="order-title" className="order-panel">
      <PanelParts key={step}>
        {heading}
        <h2 id="order-title" ref={title} tabIndex={-1} className="text-xl outline-none">
          {TITLES[step]}
        </h2>
        {restoring ? (
          <p role="status">Finding your seats again …</p>
        ) : step === "choose" ? (
          <Choose {...props} open={open} onOpen={() => setSheetOpen(!open)} />
        ) : (
          <Suspense fallback={<Waiting what="the next step" />}>{step === "pay" ? <Pay {...props} /> : <Details {...props} />}</Suspense>
        )}
      </PanelParts>
    </section>
  );
}
