import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useDeferredValue } from "react";
import { getGetEventCalendarUrl } from "@/client/frontrow";
import type { EventDetail } from "@/client/frontrow.schemas";
import { isMissing } from "@/shared/lib/problem";
import { useTitle } from "@/shared/lib/title";
import { AccessMark } from "@/shared/ui/AccessMark";
import { buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Picture } from "@/shared/ui/Picture";
import { Waiting } from "@/shared/ui/Waiting";
import { Dates } from "./Dates";
import { dateRange, isBuyable, priceRange, soldOutWords } from "./eventWords";
import { eventQuery } from "./queries";
import { ShareButton } from "./ShareButton";

export function EventPage() {
  const { slug } = useParams({ from: "/events/$slug" });
  const event = useQuery(eventQuery(slug));
  // Drawn in small pieces, so that a slow phone answers the finger meanwhile.
  const drawn = useDeferredValue(event.data);
  useTitle(event.data?.title);
  if (isMissing(event.error)) return <Gone />;
  if (event.isError && !event.data) return <Failure error={event.error} what="this event" onRetry={() => void event.refetch()} />;
  if (!event.data || !drawn) {
    return (
      <div className="page min-h-dvh">
        <Waiting what="the event" lines={7} />
      </div>
    );
  }
  return <Programme event={drawn} />;
}

function Programme({ event }: { event: EventDetail }) {
  const buyable = event.performances.filter(isBuyable);
  const only = event.performances.filter((performance) => !performance.cancelled).length === 1 ? buyable[0] : undefined;
  const soldOut = soldOutWords(event);
  const calledOff = event.cancelled;
  const prices = priceRange(event.performances, event.currency);
  const paragraphs = event.description.split(/\n{2,}/).filter((paragraph) => paragraph.trim());
  return (
    <article>
      <header className="lg:page grid gap-y-7 lg:grid-cols-12 lg:items-end lg:gap-x-12 lg:pt-8">
        <div className="sm:page lg:col-span-7 lg:p-0 sm:pt-6 lg:pt-0">
          <Picture src={event.image_url} title={event.title} eager width={1600} height={1067} className="aspect-[3/2] w-full sm:rounded-md" />
        </div>
        <div className="page lg:col-span-5 lg:p-0">
          <p className="text-sm text-muted">
            <span className="inline-block first-letter:uppercase">{event.category}</span> · presented by{" "}
            <Link to="/organisers/$slug" params={{ slug: event.organiser.slug }} className="text-link">
              {event.organiser.name}
            </Link>
          </p>
          <h1 className="mt-3 text-4xl font-light sm:text-5xl">{event.title}</h1>
          <p className="mt-3 font-display text-lg italic sm:text-xl">{event.subtitle}</p>
          <p className="mt-5">
            {dateRange(event)}
            <span className="block">
              {event.venue.name}, {event.venue.city}
            </span>
          </p>
          {prices && (
            <p className="mt-2 tabular-nums">
              <span className="font-medium">{prices}</span> <span className="text-muted">fees included</span>
            </p>
          )}
          {event.accessible && !calledOff && (
            <p className="mt-2 text-sm text-muted">
              <AccessMark spelled />
            </p>
          )}
          {calledOff && (
            <div className="mt-5 border-l-3 border-ink pl-4">
              <p className="font-medium">This event was cancelled</p>
              <p className="mt-1 text-sm leading-relaxed">It won’t take place. Everybody who has tickets gets their money back by itself, and a mail that says so.</p>
            </div>
          )}
          {soldOut && <SoldOut event={event} words={soldOut} all={buyable.length === 0} />}
          {buyable.length > 0 && (
            <p className="mt-6">
              {only ? (
                <Link to="/performances/$id" params={{ id: only.id }} className={buttonClass("next")}>
                  Choose seats
                </Link>
              ) : (
                <a href="#dates" className={buttonClass("next")}>
                  Choose a date
                </a>
              )}
            </p>
          )}
        </div>
      </header>
      <div className="page mt-10 grid gap-x-16 gap-y-12 lg:mt-14 lg:grid-cols-[minmax(0,1fr)_27rem]">
        <Dates event={event} />
        <div className="space-y-12">
          <section aria-label="About the evening" className="prose-width space-y-4">
            {paragraphs.map((paragraph, n) => (
              // The first paragraph speaks a little louder, as in a printed programme.
              <p key={paragraph} className={n === 0 ? "font-display text-lg leading-normal" : ""}>
                {paragraph}
              </p>
            ))}
          </section>
          <Venues event={event} />
          <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
            {event.performances.length > 0 && (
              <a href={getGetEventCalendarUrl(event.slug)} download={`${event.slug}.ics`} className={buttonClass("quiet")}>
                Add to calendar
              </a>
            )}
            <ShareButton title={event.title} path={`/events/${event.slug}`} />
          </div>
        </div>
      </div>
    </article>
  );
}

/** Full houses: what that means, and where else to go from here. */
function SoldOut({ event, words, all }: { event: EventDetail; words: string; all: boolean }) {
  return (
    <div className="mt-5 border-l-3 border-ink pl-4">
      <p className="font-medium">{words}</p>
      {all && (
        <p className="mt-1 text-sm leading-relaxed">
          See what else is on{" "}
          <Link to="/" search={{ city: [event.venue.city] }} className="text-link">
            in {event.venue.city}
          </Link>
          , more{" "}
          <Link to="/" search={{ category: [event.category] }} className="text-link">
            {event.category}
          </Link>
          , or everything{" "}
          <Link to="/organisers/$slug" params={{ slug: event.organiser.slug }} className="text-link">
            by {event.organiser.name}
          </Link>
          .
        </p>
      )}
    </div>
  );
}

function Venues({ event }: { event: EventDetail }) {
  const venues = [...new Map(event.performances.map(({ venue }) => [`${venue.name}\n${venue.address}`, venue])).values()];
  if (venues.length === 0) return null;
  return (
    <section aria-labelledby="venue" className="prose-width">
      <h2 id="venue" className="border-b border-ink pb-2 text-xl">
        {venues.length === 1 ? "Venue" : "Venues"}
      </h2>
      {venues.map((venue) => (
        <address key={venue.name + venue.address} className="pt-4 not-italic">
          <span className="block font-display text-lg">{venue.name}</span>
          {venue.address || venue.city}
        </address>
      ))}
    </section>
  );
}

function Gone() {
  useTitle("Not found");
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
