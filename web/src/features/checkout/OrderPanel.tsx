import { useEffect, useRef, useState, type ReactNode } from "react";
import { count } from "@/shared/lib/locale";
import { money } from "@/shared/lib/money";
import { Button } from "@/shared/ui/Button";
import { Notice } from "@/shared/ui/Notice";
import { BuyerForm, type Buyer } from "./BuyerForm";
import { Countdown } from "./Countdown";
import { PaymentForm } from "./PaymentForm";
import { SeatLines, type Line } from "./SeatLines";
import { stepOf } from "./state";
import type { Checkout } from "./useCheckout";

export interface OrderPanelProps {
  checkout: Checkout;
  /** Name and price of a chosen seat, from the map. */
  lineOf: (seatNo: number) => Line;
  currency: string;
  /** Known when logged in. */
  buyer: Buyer | null;
  nameSeats: (seats: readonly number[]) => string;
  /** What the order is for; shown above everything else where the map does not. */
  heading: ReactNode;
  salesOpen: boolean;
}

/** The order: chosen, held, ordered, paid, in one column that never loses what was done. */
export function OrderPanel(props: OrderPanelProps) {
  const { checkout, heading } = props;
  const step = stepOf(checkout);
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef(step);
  useEffect(() => {
    // A new step is announced by moving there; the first render must not steal the focus.
    if (before.current !== step) title.current?.focus();
    before.current = step;
  }, [step]);

  const [sheetOpen, setSheetOpen] = useState(false);
  const open = sheetOpen || step !== "choose" || checkout.notice !== null;
  return (
    <section data-testid="order-panel" data-open={open} aria-labelledby="order-title" className="order-panel">
      <div className="order-scroll">
        {heading}
        <h2 id="order-title" ref={title} tabIndex={-1} className="text-xl outline-none">
          {step === "choose" ? "Your seats" : step === "details" ? "Your details" : "Payment"}
        </h2>
        {checkout.busy === "restoring" ? <p role="status">Finding your seats again …</p> : step === "choose" ? <Choose {...props} /> : <Held {...props} />}
      </div>
      {step === "choose" && <ChooseBar {...props} open={open} onOpen={() => setSheetOpen(!sheetOpen)} />}
    </section>
  );
}

function linesOf({ checkout, lineOf }: OrderPanelProps): Line[] {
  const { order, hold } = checkout;
  if (order) {
    return order.lines.map((line) => ({ seatNo: line.seat_no, section: line.section, row: line.row, label: line.label, total: line.total, category: line.ticket_type }));
  }
  if (hold) {
    return hold.seats.map((seat) => ({ ...lineOf(seat.seat_no), section: seat.section, row: seat.row, label: seat.label, total: seat.total }));
  }
  return checkout.selected.map(lineOf);
}

function totalOf({ checkout, lineOf }: OrderPanelProps): number {
  if (checkout.order) return checkout.order.total;
  if (checkout.hold) return checkout.hold.total;
  return checkout.selected.reduce((sum, seatNo) => sum + (lineOf(seatNo).total ?? 0), 0);
}

function Problem({ checkout, nameSeats }: OrderPanelProps) {
  const { notice } = checkout;
  if (!notice) return null;
  const instead = notice.instead ?? [];
  return (
    <Notice tone="bad" title={notice.title}>
      <p>{notice.body}</p>
      {instead.length > 0 && (
        <Button tone="quiet" className="min-h-11 text-sm" aria-label={`Choose ${nameSeats(instead)} instead`} onClick={() => checkout.choose(instead)}>
          Choose {instead.length === 1 ? "it" : "these"} instead
        </Button>
      )}
    </Notice>
  );
}

function Choose(props: OrderPanelProps) {
  const { checkout, currency } = props;
  const lines = linesOf(props);
  return (
    <>
      <Problem {...props} />
      {lines.length === 0 ? (
        <p className="max-w-[22rem] text-muted">Choose a seat on the map or in the list. Every price is the whole price, fees included.</p>
      ) : (
        <SeatLines lines={lines} currency={currency} onRemove={checkout.busy === null ? checkout.toggle : undefined} />
      )}
    </>
  );
}

/** The total and the next step, always in sight. On a phone this is what the closed sheet shows. */
function ChooseBar(props: OrderPanelProps & { open: boolean; onOpen: () => void }) {
  const { checkout, currency, open, onOpen, salesOpen } = props;
  const n = checkout.selected.length;
  return (
    <div className="order-bar">
      <div className="flex items-baseline justify-between gap-4 max-lg:flex-1 max-lg:flex-col max-lg:items-start max-lg:gap-0 lg:mb-4">
        <p className="hidden lg:block">Total, fees included</p>
        <p className="font-display text-xl leading-tight tabular-nums" aria-live="polite">
          <span className="sr-only">Total </span>
          {money(totalOf(props), currency)}
        </p>
        {n === 0 ? (
          <p className="text-sm text-muted lg:hidden">No seats chosen yet</p>
        ) : (
          <button type="button" className="-my-1 inline-flex min-h-8 items-center text-sm text-link lg:hidden" aria-expanded={open} onClick={onOpen}>
            {count(n, "seat")} · {open ? "hide" : "show"}
          </button>
        )}
      </div>
      <Button tone="next" className="lg:w-full" disabled={n === 0 || !salesOpen} busy={checkout.busy === "holding"} onClick={() => void checkout.holdSelected()}>
        {n === 1 ? "Hold this seat" : "Hold these seats"}
      </Button>
    </div>
  );
}

function Held(props: OrderPanelProps) {
  const { checkout, currency, buyer, nameSeats } = props;
  const { hold, order, payment } = checkout;
  // Once it comes to paying, one line for the seats leaves the room to the card.
  const paying = order !== null && payment !== null;
  const until = order?.expires_at ?? hold?.expires_at ?? null;
  const lines = linesOf(props);
  return (
    <>
      {until && <Countdown key={until} until={until} onEnd={() => void checkout.ended()} />}
      <Problem {...props} />
      <div>
        {paying ? <p>{nameSeats(lines.map((line) => line.seatNo))}</p> : <SeatLines lines={lines} currency={currency} />}
        <p className="flex items-baseline justify-between gap-4 pt-3">
          <span>Total, fees included</span>
          <span className="font-display text-xl leading-tight tabular-nums">{money(totalOf(props), currency)}</span>
        </p>
        <Button tone="quiet" className="min-h-11 text-sm font-normal" busy={checkout.busy === "releasing"} onClick={() => void checkout.changeSeats()}>
          Change seats
        </Button>
      </div>
      {paying ? (
        <>
          <p className="text-sm">
            <span className="text-muted">Tickets for</span> {order.name}, {order.email}
          </p>
          <PaymentForm
            payment={payment}
            buyer={{ name: order.name, email: order.email }}
            returnUrl={`${location.origin}/orders/${order.id}?token=${encodeURIComponent(order.token)}`}
            onConfirmed={() => void checkout.confirmed()}
          />
        </>
      ) : order ? (
        <Button tone="next" className="w-full" busy={checkout.busy === "ordering"} onClick={() => void checkout.retryPayment()}>
          Continue to payment
        </Button>
      ) : (
        <BuyerForm
          key={buyer?.email ?? "guest"}
          initial={buyer ?? { name: "", email: "" }}
          busy={checkout.busy === "ordering"}
          error={checkout.error}
          onSubmit={(details) => void checkout.placeOrder(details)}
        />
      )}
    </>
  );
}
