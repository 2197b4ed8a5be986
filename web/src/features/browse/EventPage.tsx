import { Link, useParams } from "@tanstack/react-router";
import type { EventDetail } from "@/client/frontrow.schemas";
import { longDate, zoneNote } from "@/shared/lib/dates";
import { isMissing } from "@/shared/lib/problem";
import { useTitle } from "@/shared/lib/title";
import { buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Picture } from "@/shared/ui/Picture";
import { Waiting } from "@/shared/ui/Waiting";
import { PerformanceRow } from "./PerformanceRow";
import { useEvent } from "./useEvents";

export function EventPage() {
  const { slug } = useParams({ from: "/events/$slug" });
  const event = useEvent(slug);
  useTitle(event.data?.title);
  if (isMissing(event.error)) return <Gone />;
  if (event.isError && !event.data) return <Failure error={event.error} what="this event" onRetry={() => void event.refetch()} />;
  if (!event.data) {
    return (
      <div className="page">
        <Waiting what="the event" lines={7} />
      </div>
    );
  }
  return <Programme event={event.data} />;
}

function Programme({ event }: { event: EventDetail }) {
  const first = event.performances.find((performance) => performance.sales === "open" && performance.availability !== "sold_out");
  const zone = zoneNote(event.starts_at, event.timezone);
  return (
    <article>
      <div className="sm:page sm:pt-8">
        <Picture src={event.image_url} title={event.title} eager className="aspect-[4/3] w-full sm:aspect-[2/1] sm:rounded-md" />
      </div>
      <div className="page mt-8 grid gap-x-16 gap-y-12 lg:mt-12 lg:grid-cols-[minmax(0,1fr)_27rem]">
        <header className="lg:col-span-2">
          <p className="text-sm text-muted first-letter:uppercase">
            {event.category} · {event.organiser.name}
          </p>
          <h1 className="mt-3 max-w-[20ch] text-4xl font-light sm:text-5xl">{event.title}</h1>
          <p className="mt-3 max-w-[36rem] font-display text-lg italic sm:text-xl">{event.subtitle}</p>
          <p className="mt-5">
            {event.venue.name}, {event.venue.city}
            <span className="text-muted"> · {dateRange(event)}</span>
          </p>
        </header>
        <section aria-labelledby="dates" className="lg:order-2">
          <div className="flex items-baseline justify-between gap-4 border-b border-ink pb-2">
            <h2 id="dates" className="text-xl">
              Dates
            </h2>
            {zone && <p className="text-sm text-muted">in {zone}</p>}
          </div>
          <ul>
            {event.performances.map((performance) => (
              <PerformanceRow
                key={performance.id}
                performance={performance}
                timezone={event.timezone}
                currency={event.currency}
                venue={event.venue.name}
                next={performance === first}
              />
            ))}
          </ul>
          {event.performances.length === 0 && <p className="py-6 text-muted">No dates are announced yet.</p>}
        </section>
        <section aria-label="About the evening" className="prose-width space-y-4">
          {event.description.split(/\n{2,}/).map((paragraph, n) => (
            // The first paragraph speaks a little louder, as in a printed programme.
            <p key={paragraph} className={n === 0 ? "font-display text-lg leading-normal" : ""}>
              {paragraph}
            </p>
          ))}
        </section>
      </div>
    </article>
  );
}

function dateRange(event: EventDetail): string {
  const dates = event.performances.map((performance) => performance.starts_at).sort();
  const first = dates[0] ?? event.starts_at;
  const last = dates.at(-1) ?? first;
  const from = longDate(first, event.timezone);
  const to = longDate(last, event.timezone);
  return from === to ? from : `${from} to ${to}`;
}

function Gone() {
  return (
    <div className="page py-24">
      <h1 className="text-3xl">This evening is not in the programme</h1>
      <p className="mt-4">It may have been taken off, or the address was mistyped.</p>
      <Link to="/" className={buttonClass("next", "mt-8")}>
        See what is on
      </Link>
    </div>
  );
}
