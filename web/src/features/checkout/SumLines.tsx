import { money } from "@/shared/lib/money";
import type { Sums } from "./quote";

const ROW = "flex items-baseline justify-between gap-4 tabular-nums";

/** How the total comes about. The total itself stands in the bar, always in sight. */
export function SumLines({ sums, currency }: { sums: Sums; currency: string }) {
  const added = sums.added_tax;
  const included = (sums.tax ?? 0) - added;
  return (
    <dl className="space-y-0.5 text-sm" data-testid="sums">
      <div className={ROW}>
        <dt>Seats</dt>
        <dd>{money(sums.subtotal, currency)}</dd>
      </div>
      {sums.discount > 0 && (
        <div className={`${ROW} text-good`}>
          <dt>Discount</dt>
          <dd>−{money(sums.discount, currency)}</dd>
        </div>
      )}
      <div className={ROW}>
        <dt>Fees</dt>
        <dd>{money(sums.fees, currency)}</dd>
      </div>
      {added > 0 && (
        <div className={ROW}>
          <dt>Tax</dt>
          <dd>{money(added, currency)}</dd>
        </div>
      )}
      {included > 0 && (
        <div className={`${ROW} text-muted`}>
          <dt>Tax, included in these prices</dt>
          <dd>{money(included, currency)}</dd>
        </div>
      )}
    </dl>
  );
}

/** "€3.00 fees and €7.64 tax included; you save €8.40": the same in one line, under the total. */
export function sumWords({ discount, fees, tax }: Sums, currency: string): string {
  const parts = [fees > 0 ? `${money(fees, currency)} fees` : "", tax !== null && tax > 0 ? `${money(tax, currency)} tax` : ""].filter(Boolean);
  const included = parts.length > 0 ? `${parts.join(" and ")} included` : "";
  const saved = discount > 0 ? `you save ${money(discount, currency)}` : "";
  return [included, saved].filter(Boolean).join("; ");
}
