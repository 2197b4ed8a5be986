import { Link } from "@tanstack/react-router";
import type { CalendarDay, CalendarPerformance } from "@/client/frontrow.schemas";
import { clock, zoneNote } from "@/shared/lib/dates";
import { Availability } from "@/shared/ui/Availability";
import { dayName } from "./days";

/** What is on, day by day: when, what, where, from how much, and whether there is still room. */
export function Agenda({ days }: { days: CalendarDay[] }) {
  return (
    <>
      {days.map((day) => (
        <section key={day.date} id={`on-${day.date}`} className="scroll-mt-4 pt-5" aria-label={dayName(day.date)}>
          <h4 className="font-display text-lg">{dayName(day.date)}</h4>
          <ul className="mt-1 border-t border-hairline">
            {day.performances.map((performance) => (
              <Line key={performance.performance_id} performance={performance} />
            ))}
          </ul>
          {day.count > day.performances.length && (
            <p className="pt-3 text-sm">
              <Link to="/" search={{ when: day.date }} className="text-link">
                All {day.count} of this day
              </Link>
            </p>
          )}
        </section>
      ))}
    </>
  );
}

function Line({ performance }: { performance: CalendarPerformance }) {
  const { performance_id: id, event_slug: slug, starts_at: startsAt, timezone, title, venue, availability } = performance;
  const zone = zoneNote(startsAt, timezone);
  const inside = (
    <>
      <span className="tabular-nums">{clock(startsAt, timezone)}</span>
      <span className="min-w-0">
        <span className="block font-display text-base leading-snug decoration-1 underline-offset-4 group-hover:underline">{title}</span>
        <span className="block text-sm text-muted">
          {venue.name}, {venue.city}
          {zone && ` · ${zone}`}
        </span>
        <span className="block text-sm">
          <Availability state={availability} from={performance.from_price} currency={performance.currency} />
        </span>
      </span>
    </>
  );
  const line = "group grid grid-cols-[3.5rem_1fr] gap-x-2 py-3";
  return (
    <li className="border-b border-hairline">
      {availability === "sold_out" ? (
        // Whoever finds a house full wants the other dates, not the full house.
        <Link to="/events/$slug" params={{ slug }} className={line}>
          {inside}
        </Link>
      ) : (
        <Link to="/performances/$id" params={{ id }} className={line}>
          {inside}
        </Link>
      )}
    </li>
  );
}
