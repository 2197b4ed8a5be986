import type { EventDetail, PerformanceSummary } from "@/client/frontrow.schemas";
import { zoneNote } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { byMonth, isBuyable } from "./eventWords";
import { PerformanceRow } from "./PerformanceRow";

/** Every date of an event; a long run is folded by month, the first with seats open. */
export function Dates({ event }: { event: EventDetail }) {
  const next = event.performances.find(isBuyable);
  const months = byMonth(event.performances, event.timezone);
  const zone = zoneNote(event.starts_at, event.timezone);
  const folded = event.performances.length > 12;
  const rows = (performances: PerformanceSummary[]) => (
    <ul>
      {performances.map((performance) => (
        <PerformanceRow key={performance.id} performance={performance} timezone={event.timezone} currency={event.currency} venue={event.venue.name} next={performance === next} />
      ))}
    </ul>
  );
  return (
    <section aria-labelledby="dates" className="lg:order-2">
      <div className="flex items-baseline justify-between gap-4 border-b border-ink pb-2">
        <h2 id="dates" tabIndex={-1} className="text-xl">
          Dates
        </h2>
        {zone && <p className="text-sm text-muted">in {zone}</p>}
      </div>
      {months.map(([month, performances]) =>
        month === null ? (
          <div key="all">{rows(performances)}</div>
        ) : folded ? (
          <details key={month} open={next ? performances.includes(next) : month === months[0]?.[0]} className="fold">
            <summary className="flex min-h-12 items-center justify-between border-b border-hairline">
              <span className="font-display text-lg">{month}</span>
              <span className="text-sm text-muted">{count(performances.length, "date")}</span>
            </summary>
            {rows(performances)}
          </details>
        ) : (
          <div key={month}>
            <h3 className="pt-5 font-display text-lg italic">{month}</h3>
            {rows(performances)}
          </div>
        ),
      )}
      {event.performances.length === 0 && <p className="py-6 text-muted">No dates are announced yet.</p>}
    </section>
  );
}
