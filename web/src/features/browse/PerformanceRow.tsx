import { Link } from "@tanstack/react-router";
import type { PerformanceSummary } from "@/client/frontrow.schemas";
import { clock, datePieces, shortDateTime } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { AccessMark } from "@/shared/ui/AccessMark";
import { Availability } from "@/shared/ui/Availability";
import { buttonClass } from "@/shared/ui/Button";
import { isBuyable } from "./eventWords";

interface PerformanceRowProps {
  performance: PerformanceSummary;
  timezone: string;
  currency: string;
  /** The event's own venue; a performance elsewhere says so. */
  venue: string;
  /** Whether this date is the page's next step. */
  next: boolean;
}

export function PerformanceRow({ performance, timezone, currency, venue, next }: PerformanceRowProps) {
  const date = datePieces(performance.starts_at, timezone);
  const buyable = isBuyable(performance);
  const spoken = shortDateTime(performance.starts_at, timezone);
  return (
    <li className="grid grid-cols-[4.5rem_1fr_auto] items-center gap-x-4 border-b border-hairline py-4">
      <p className={`tabular-nums ${buyable ? "" : "text-muted"}`}>
        <span className="block font-display text-2xl leading-none">{date.day}</span>
        <span className="mt-1 block text-sm text-muted">
          {date.weekday}, {date.month}
        </span>
      </p>
      <div className="text-sm">
        <p className={`text-base font-medium tabular-nums ${buyable ? "" : "text-muted"} ${performance.cancelled ? "line-through" : ""}`}>{date.time}</p>
        {performance.doors_at && buyable && <p className="text-muted tabular-nums">Doors {clock(performance.doors_at, timezone)}</p>}
        {performance.venue.name !== venue && <p>{performance.venue.name}</p>}
        <p>
          <State performance={performance} timezone={timezone} currency={currency} />
          {buyable && performance.accessible && (
            <span className="ml-2 text-muted">
              <AccessMark />
            </span>
          )}
        </p>
        {buyable && performance.availability === "few" && <p className="text-muted">{count(performance.seats_free, "seat")} free</p>}
      </div>
      {buyable && (
        <Link
          to="/performances/$id"
          params={{ id: performance.id }}
          className={buttonClass("ink", `text-sm ${next ? "border-ink" : ""}`)}
          aria-label={`Choose seats, ${spoken}`}
        >
          Choose seats
        </Link>
      )}
    </li>
  );
}

function State({ performance, timezone, currency }: Pick<PerformanceRowProps, "performance" | "timezone" | "currency">) {
  if (performance.cancelled) return <span className="text-muted">Cancelled</span>;
  if (performance.availability === "sold_out") return <span className="text-muted">Sold out</span>;
  if (performance.sales === "soon") {
    const opens = performance.sales_open_at;
    return <span className="text-muted">On sale {opens ? `from ${shortDateTime(opens, timezone)}` : "soon"}</span>;
  }
  if (performance.sales === "closed") return <span className="text-muted">Sales have ended</span>;
  return <Availability state={performance.availability} from={performance.from_price} currency={currency} />;
}
