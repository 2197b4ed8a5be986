import { Link } from "@tanstack/react-router";
import type { Order } from "@/client/frontrow.schemas";
import { clock, datePieces } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { Picture } from "@/shared/ui/Picture";
import { wordsOf } from "./orderWords";

/** An order in the list: when, what, where, and how it stands. */
export function OrderRow({ order }: { order: Order }) {
  const { performance, event } = order;
  const date = datePieces(performance.starts_at, performance.timezone);
  const tickets = order.lines.filter((line) => !line.cancelled).length;
  const words = order.state === "paid" && !performance.cancelled ? count(tickets, "ticket") : wordsOf(order).title;
  return (
    <li className="border-b border-hairline">
      {/* The token is the order's own: it opens what was bought without an account, too. */}
      <Link
        to="/orders/$id"
        params={{ id: order.id }}
        search={{ token: order.token }}
        className="group grid grid-cols-[4rem_1fr_5rem] items-center gap-x-4 py-5 sm:grid-cols-[7rem_1fr_9rem] sm:gap-x-8"
      >
        <p className="tabular-nums">
          <span className="block font-display text-3xl leading-none">{date.day}</span>
          <span className="mt-1 block text-sm text-muted">
            {date.month} {date.year}
          </span>
        </p>
        <div className="min-w-0">
          <p className="font-display text-lg leading-snug underline-offset-4 group-hover:underline">{event.title}</p>
          <p className="text-sm text-muted">
            {clock(performance.starts_at, performance.timezone)}, {performance.venue.name}
          </p>
          <p className="mt-1 text-sm">
            {words} · <span className="tabular-nums">{order.code}</span>
          </p>
          {performance.message && <p className="mt-1 line-clamp-2 text-sm break-words">“{performance.message}”</p>}
        </div>
        <Picture src={event.image_url} title={event.title} className="aspect-square w-full rounded-md sm:aspect-[3/2]" />
      </Link>
    </li>
  );
}
