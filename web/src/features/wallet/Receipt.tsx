import { dayAndMonth } from "@/shared/lib/dates";
import { money, percent } from "@/shared/lib/money";
import { seatWords } from "@/shared/lib/seatWords";
import { refundedOf } from "./orderWords";
import type { FullOrder, FullLine } from "./shapes";

const ROW = "flex items-baseline justify-between gap-4 py-1.5 tabular-nums";

const REFUND: Record<string, string> = { pending: "Refund on its way", succeeded: "Refunded", failed: "Refund did not arrive; we are looking into it" };

/** What was bought, what was given back, what came back: nothing that was sold is ever rewritten. */
export function Receipt({ order }: { order: FullOrder }) {
  const { currency } = order;
  const { tax_lines: taxes, cancelled_total: cancelled } = order;
  const { refunds } = order;
  const { done } = refundedOf(order);
  return (
    <section aria-labelledby="receipt">
      <h2 id="receipt" className="border-b border-ink pb-2 text-xl">
        The bill
      </h2>
      <dl className="mt-3">
        {order.lines.map((line) => (
          <SoldLine key={line.id} line={line} currency={currency} />
        ))}
        <div className={`${ROW} mt-1 border-t border-hairline pt-3`}>
          <dt>Seats</dt>
          <dd>{money(order.subtotal, currency)}</dd>
        </div>
        {order.discount > 0 && (
          <div className={`${ROW} text-good`}>
            <dt>Discount{order.coupon_code ? ` with ${order.coupon_code}` : ""}</dt>
            <dd>−{money(order.discount, currency)}</dd>
          </div>
        )}
        <div className={ROW}>
          <dt>Fees</dt>
          <dd>{money(order.fees, currency)}</dd>
        </div>
        {taxes
          .filter(({ added }) => added > 0)
          .map(({ tax_bp, added }) => (
            <div key={tax_bp} className={ROW}>
              <dt>Tax {percent(tax_bp)}</dt>
              <dd>{money(added, currency)}</dd>
            </div>
          ))}
        <div className={`${ROW} mt-1 border-t border-hairline pt-3`}>
          <dt>Total</dt>
          <dd className="font-display text-xl leading-tight">{money(order.total, currency)}</dd>
        </div>
        {taxes
          .filter(({ included }) => included > 0)
          .map(({ tax_bp, included }) => (
            <div key={tax_bp} className={`${ROW} text-sm text-muted`}>
              <dt>of which tax {percent(tax_bp)}</dt>
              <dd>{money(included, currency)}</dd>
            </div>
          ))}
        {cancelled > 0 && (
          <div className={`${ROW} mt-2 border-t border-hairline pt-3`}>
            <dt>Cancelled</dt>
            <dd>−{money(cancelled, currency)}</dd>
          </div>
        )}
        {refunds.map((refund) => (
          <div key={refund.id} className={ROW} data-testid="refund">
            <dt>
              {REFUND[refund.state] ?? "Refund"}
              <span className="text-sm text-muted"> {dayAndMonth(refund.created_at)}</span>
            </dt>
            <dd className={refund.state === "failed" ? "line-through" : ""}>−{money(refund.amount, currency)}</dd>
          </div>
        ))}
        {done > 0 && (
          <div className={`${ROW} mt-1 border-t border-hairline pt-3`}>
            <dt>Paid in the end</dt>
            <dd className="font-display text-lg leading-tight">{money(order.total - done, currency)}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

/** A place as it was sold; one that was given back is struck out, and its figures stay. */
function SoldLine({ line, currency }: { line: FullLine; currency: string }) {
  return (
    <div className={`flex items-baseline justify-between gap-4 py-1 text-sm tabular-nums ${line.cancelled ? "text-muted" : ""}`}>
      <dt>
        <span className={line.cancelled ? "line-through" : ""}>{seatWords(line)}</span>
        <span className="text-muted">
          {line.ticket_type && ` · ${line.ticket_type}`}
          {line.cancelled && " · cancelled"}
        </span>
      </dt>
      <dd>
        {line.discount > 0 && (
          <s className="mr-2 text-muted">
            <span className="sr-only">instead of </span>
            {money(line.total + line.discount, currency)}
          </s>
        )}
        {money(line.total, currency)}
      </dd>
    </div>
  );
}
