import { Link } from "@tanstack/react-router";
import type { EventDetail } from "@/client/frontrow.schemas";
import { clock, datePieces, shortDateTime } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { Availability } from "@/shared/ui/Availability";
import { buttonClass } from "@/shared/ui/Button";

interface PerformanceRowProps {
  performance: EventDetail["performances"][number];
  timezone: string;
  currency: string;
  /** The event's own venue; a performance elsewhere says so. */
  venue: string;
  /** Whether this date is the page's next step. */
  next: boolean;
}

export function PerformanceRow({ performance, timezone, currency, venue, next }: PerformanceRowProps) {
  const date = datePieces(performance.starts_at, timezone);
  const buyable = performance.sales === "open" && performance.availability !== "sold_out";
  const spoken = shortDateTime(performance.starts_at, timezone);
  return (
    <li className="grid grid-cols-[4.5rem_1fr_auto] items-center gap-x-4 border-b border-hairline py-4">
      <p className="tabular-nums">
        <span className="block font-display text-2xl leading-none">{date.day}</span>
        <span className="mt-1 block text-sm text-muted">
          {date.weekday}, {date.month}
        </span>
      </p>
      <div className="text-sm">
        <p className="text-base font-medium tabular-nums">{date.time}</p>
        {performance.doors_at && <p className="text-muted tabular-nums">Doors {clock(performance.doors_at, timezone)}</p>}
        {performance.venue.name !== venue && <p>{performance.venue.name}</p>}
        <p>
          {performance.sales === "soon" ? (
            <span className="text-muted">
              On sale {performance.sales_open_at ? `from ${shortDateTime(performance.sales_open_at, timezone)}` : "soon"}
            </span>
          ) : performance.sales === "closed" ? (
            <span className="text-muted">Sales have ended</span>
          ) : (
            <Availability state={performance.availability} from={performance.from_price} currency={currency} />
          )}
        </p>
        {buyable && performance.availability === "few" && <p className="text-muted">{count(performance.seats_free, "seat")} free</p>}
      </div>
      {buyable && (
        <Link
          to="/performances/$id"
          params={{ id: performance.id }}
          className={buttonClass(next ? "next" : "ink", "text-sm")}
          aria-label={`Choose seats, ${spoken}`}
        >
          Choose seats
        </Link>
      )}
    </li>
  );
}
