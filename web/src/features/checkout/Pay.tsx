import { Button } from "@/shared/ui/Button";
import { Countdown } from "./Countdown";
import type { OrderPanelProps } from "./OrderPanel";
import { InBar, Total } from "./panel";
import { PaymentForm } from "./PaymentForm";
import { Problem } from "./Problem";
import { sumsOf } from "./quote";
import { sumWords } from "./SumLines";
import { WaysToPay } from "./WaysToPay";

/** Once it comes to paying, one line for the seats leaves the room to the card. */
export function Pay(props: OrderPanelProps) {
  const { checkout, currency, nameSeats } = props;
  const { order, payment } = checkout;
  if (!order || !payment) return null;
  const sums = sumsOf(checkout);
  return (
    <>
      {order.expires_at && <Countdown until={order.expires_at} onEnd={() => void checkout.look(true)} />}
      <Problem {...props} />
      <div>
        <p>{nameSeats(order.lines.map((line) => line.seat_no))}</p>
        <p className="text-sm">
          <span className="text-muted">Tickets for</span> {order.name}, {order.email}
        </p>
        <Button tone="quiet" className="min-h-11 text-sm font-normal" busy={checkout.busy === "releasing"} onClick={() => void checkout.changeSeats()}>
          Change seats
        </Button>
      </div>
      <InBar>{sums && <Total amount={sums.total} currency={currency} small={sumWords(sums, currency)} />}</InBar>
      <WaysToPay chosen={payment.kind} currency={payment.currency} busy={checkout.busy !== null} onChoose={(kind) => void checkout.payBy(kind)} />
      <PaymentForm
        key={payment.id}
        payment={payment}
        buyer={{ name: order.name, email: order.email }}
        returnUrl={`${location.origin}/orders/${order.id}?token=${encodeURIComponent(order.token)}`}
        onConfirmed={() => void checkout.confirmed()}
        onUnknown={checkout.ask}
      />
    </>
  );
}
