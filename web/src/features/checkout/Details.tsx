import { ProblemError } from "@/shared/lib/problem";
import { Button } from "@/shared/ui/Button";
import { Notice } from "@/shared/ui/Notice";
import { BuyerForm } from "./BuyerForm";
import { Countdown } from "./Countdown";
import { CouponBox } from "./CouponBox";
import type { OrderPanelProps } from "./OrderPanel";
import { InBar, Total } from "./panel";
import { Problem, WayOn } from "./Problem";
import { sumsOf } from "./quote";
import { SeatLines, type Line } from "./SeatLines";
import { atCap } from "./state";
import { SumLines, sumWords } from "./SumLines";
import { explain } from "./words";

const FORM = "buyer-form";

/** The held seats, each as the ticket that is wanted and at what that costs now. */
function heldLines({ checkout }: OrderPanelProps): Line[] {
  const { hold, order, quote, wish } = checkout;
  if (order) {
    return order.lines.map((line) => ({ seatNo: line.seat_no, section: line.section, row: line.row, label: line.label, total: line.total, category: line.ticket_type }));
  }
  return (hold?.seats ?? []).map((seat) => {
    const priced = quote?.lines.find((line) => line.seat_no === seat.seat_no);
    const typeId = wish.types[seat.seat_no] ?? priced?.ticket_type_id ?? seat.ticket_type_id;
    const types = (quote?.ticket_types ?? []).filter((type) => type.category === seat.category && (type.on_sale || type.id === typeId));
    return {
      seatNo: seat.seat_no,
      section: seat.section,
      row: seat.row,
      label: seat.label,
      total: priced?.total ?? seat.total,
      category: types.length > 1 ? "" : (types.find((type) => type.id === typeId)?.name ?? ""),
      typeId,
      types,
    };
  });
}

/** The seats are held: who they are for, as what kind of ticket, with which code. */
export function Details(props: OrderPanelProps) {
  const { checkout, currency, buyer, nameSeats, maxSeats } = props;
  const { hold, order, wish, quote, busy } = checkout;
  const until = order?.expires_at ?? hold?.expires_at ?? null;
  const sums = sumsOf(checkout);
  const free = sums !== null && sums.total === 0;
  const problems = order === null ? (quote?.problems ?? []) : [];
  const next = free ? "Get your tickets" : "Continue to payment";
  return (
    <>
      {until && (
        <Countdown
          until={until}
          onEnd={() => void checkout.look(true)}
          capped={order === null && atCap(checkout)}
          busy={busy === "extending"}
          onMore={order === null ? () => void checkout.moreTime() : undefined}
        />
      )}
      <Problem {...props} />
      <div>
        <SeatLines lines={heldLines(props)} currency={currency} onType={order === null ? (seatNo, typeId) => void checkout.chooseType(seatNo, typeId) : undefined} />
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <Button tone="quiet" className="min-h-11 text-sm font-normal" busy={busy === "releasing"} onClick={() => void checkout.changeSeats()}>
            Change seats
          </Button>
          {order === null && (
            <CouponBox
              applied={wish.coupon}
              discount={quote?.discount ?? 0}
              currency={currency}
              refusal={checkout.coupon}
              busy={busy === "quoting"}
              onUse={(code) => void checkout.applyCoupon(code)}
            />
          )}
        </div>
      </div>
      {sums && <SumLines sums={sums} currency={currency} />}
      {problems.map(({ code, facts }) => {
        const said = explain(new ProblemError(code, 409, "", { facts: { currency, ...facts } }), { name: nameSeats, kept: [], maxSeats });
        return (
          <Notice key={code} title={said.title}>
            <p>{said.body}</p>
            {(said.way === "release" || (said.way === "plain" && wish.coupon !== null)) && <WayOn said={said} checkout={checkout} eventSlug={props.eventSlug} />}
          </Notice>
        );
      })}
      {order === null && (
        <BuyerForm
          key={buyer?.email ?? "guest"}
          id={FORM}
          initial={buyer ?? { name: "", email: "" }}
          error={checkout.error}
          onSubmit={(details) => void checkout.placeOrder(details)}
        />
      )}
      <InBar>
        {sums && <Total amount={sums.total} currency={currency} small={sumWords(sums, currency)} />}
        {order === null ? (
          <Button tone="next" type="submit" form={FORM} className="lg:w-full" busy={busy === "ordering"} disabled={busy === "quoting" || problems.length > 0}>
            {next}
          </Button>
        ) : (
          <Button tone="next" className="lg:w-full" busy={busy === "ordering"} onClick={() => void checkout.retryPayment()}>
            {next}
          </Button>
        )}
      </InBar>
    </>
  );
}
