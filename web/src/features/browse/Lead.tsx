import { Link } from "@tanstack/react-router";
import type { EventSummary } from "@/client/frontrow.schemas";
import { longDate, clock, zoneNote } from "@/shared/lib/dates";
import { Availability } from "@/shared/ui/Availability";
import { buttonClass } from "@/shared/ui/Button";
import { Picture } from "@/shared/ui/Picture";

const FRAME = "-mx-[clamp(1rem,4vw,3rem)] mt-5 grid gap-y-5 sm:mx-0 sm:mt-7 lg:grid-cols-12 lg:items-end lg:gap-x-10";
const PICTURE = "aspect-[3/2] w-full sm:rounded-md lg:aspect-[16/10]";

/** The evening that opens the programme: its picture large, its title larger. */
export function Lead({ event }: { event: EventSummary }) {
  const zone = zoneNote(event.starts_at, event.timezone);
  return (
    <article className={FRAME}>
      <Link to="/events/$slug" params={{ slug: event.slug }} tabIndex={-1} aria-hidden="true" className="lg:col-span-7">
        <Picture src={event.image_url} title={event.title} eager width={1600} height={1000} className={PICTURE} />
      </Link>
      <div className="px-[clamp(1rem,4vw,3rem)] sm:px-0 lg:col-span-5 lg:pb-1">
        <p className="text-sm text-muted tabular-nums">
          {longDate(event.starts_at, event.timezone)}, {clock(event.starts_at, event.timezone)}
          {zone && ` (${zone})`}
        </p>
        <h2 className="mt-3 text-4xl font-light lg:text-5xl">
          <Link to="/events/$slug" params={{ slug: event.slug }} className="hover:underline decoration-1 underline-offset-[0.12em]">
            {event.title}
          </Link>
        </h2>
        <p className="mt-3 font-display text-lg italic">{event.subtitle}</p>
        <p className="mt-4">
          {event.venue.name}, {event.venue.city}
        </p>
        <div className="mt-5 flex flex-wrap items-center gap-x-6 gap-y-3">
          <Link to="/events/$slug" params={{ slug: event.slug }} className={buttonClass("next")}>
            Dates and seats
          </Link>
          <Availability state={event.availability} from={event.from_price} currency={event.currency} />
        </div>
      </div>
    </article>
  );
}

/** Keeps the lead's place while it's on its way, so that nothing below it jumps. */
export function LeadSpace() {
  return (
    <div className={FRAME} aria-hidden="true">
      <div className={`skeleton lg:col-span-7 ${PICTURE}`} />
      <div className="h-72 lg:col-span-5 lg:h-auto" />
    </div>
  );
}
