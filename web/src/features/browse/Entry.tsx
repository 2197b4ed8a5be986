import { Link } from "@tanstack/react-router";
import type { EventSummary } from "@/client/frontrow.schemas";
import { datePieces, zoneNote } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { Availability } from "@/shared/ui/Availability";
import { Picture } from "@/shared/ui/Picture";

/** One line of the programme: date, title, where, what it costs, and a glimpse of the evening. */
export function Entry({ event }: { event: EventSummary }) {
  const date = datePieces(event.starts_at, event.timezone);
  const zone = zoneNote(event.starts_at, event.timezone);
  const more = event.performance_count - 1;
  return (
    <li className="border-b border-hairline">
      <Link
        to="/events/$slug"
        params={{ slug: event.slug }}
        className="group grid grid-cols-[3.5rem_1fr_5.5rem] gap-x-4 py-5 sm:grid-cols-[6.5rem_1fr_11rem] sm:gap-x-8 sm:py-6 lg:grid-cols-[7.5rem_1fr_12rem_13rem]"
      >
        <p className="tabular-nums">
          <span className="block font-display text-3xl leading-none sm:text-4xl">{date.day}</span>
          <span className="mt-1.5 block text-sm text-muted">
            {date.weekday}
            <span className="block sm:inline sm:before:content-[',_']">{date.time}</span>
            {zone && <span className="block text-xs leading-tight">{zone}</span>}
          </span>
        </p>
        <div className="min-w-0">
          <h4 className="font-display text-lg leading-snug decoration-1 underline-offset-4 group-hover:underline sm:text-xl">{event.title}</h4>
          <p className="mt-0.5 line-clamp-2 text-sm text-muted sm:text-base">{event.subtitle}</p>
          <p className="mt-2 text-sm">
            {event.venue.name}, {event.venue.city}
          </p>
          <p className="mt-1 text-sm lg:hidden">
            <Availability state={event.availability} from={event.from_price} currency={event.currency} />
          </p>
        </div>
        <div className="hidden text-right text-sm lg:block">
          <p className="text-base">
            <Availability state={event.availability} from={event.from_price} currency={event.currency} />
          </p>
          {more > 0 && <p className="mt-1 text-muted">and {count(more, "more date")}</p>}
        </div>
        <Picture src={event.image_url} title={event.title} className="aspect-square w-full rounded-md sm:aspect-[3/2]" />
      </Link>
    </li>
  );
}
