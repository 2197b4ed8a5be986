import { Link } from "@tanstack/react-router";
import type { EventSummary } from "@/client/frontrow.schemas";
import { datePieces, zoneNote } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { AccessMark } from "@/shared/ui/AccessMark";
import { Availability } from "@/shared/ui/Availability";
import { Picture } from "@/shared/ui/Picture";

/** One line of the programme: date, title, where, what it costs, and a glimpse of the evening. */
export function Entry({ event, month = false }: { event: EventSummary; month?: boolean }) {
  const date = datePieces(event.starts_at, event.timezone);
  const zone = zoneNote(event.starts_at, event.timezone);
  const more = event.performance_count - 1;
  const offer = event.cancelled ? (
    <span className="font-medium">Cancelled</span>
  ) : (
    <>
      <Availability state={event.availability} from={event.from_price} currency={event.currency} />
      {event.accessible && event.availability !== "sold_out" && (
        <span className="ml-2 text-muted">
          <AccessMark />
        </span>
      )}
    </>
  );
  return (
    <li className="entry border-b border-hairline">
      <Link
        to="/events/$slug"
        params={{ slug: event.slug }}
        data-entry
        className="group grid grid-cols-[3.75rem_1fr_5.5rem] gap-x-3 py-5 sm:grid-cols-[6rem_1fr_10rem] sm:gap-x-6 sm:py-6 xl:grid-cols-[6.5rem_1fr_9rem_11rem]"
      >
        <p className="tabular-nums">
          <span className={`block font-display text-3xl leading-none sm:text-4xl ${event.cancelled ? "text-muted line-through decoration-1" : ""}`}>{date.day}</span>
          {month && <span className="mt-1 block text-sm">{date.month}</span>}
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
          <p className="mt-1 text-sm xl:hidden">{offer}</p>
        </div>
        <div className="hidden text-right text-sm xl:block">
          <p className="text-base">{offer}</p>
          {more > 0 && !event.cancelled && <p className="mt-1 text-muted">and {count(more, "more date")}</p>}
        </div>
        <Picture src={event.image_url} title={event.title} width={480} height={320} className="aspect-square w-full rounded-md sm:aspect-[3/2]" />
      </Link>
    </li>
  );
}
