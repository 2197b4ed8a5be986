import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { EventSummary } from "@/client/frontrow.schemas";
import { monthName } from "@/shared/lib/dates";
import { useTitle } from "@/shared/lib/title";
import { Button } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Waiting } from "@/shared/ui/Waiting";
import { Entry } from "./Entry";
import { Lead } from "./Lead";
import { useEvents } from "./useEvents";

/** The printed programme of everything on sale: one evening leads, the rest follows by month. */
export function ProgrammePage() {
  const { q } = useSearch({ from: "/" });
  useTitle(q ? `“${q}”` : undefined);
  const events = useEvents(q);
  if (events.isError && !events.data) return <Failure error={events.error} what="the programme" onRetry={() => void events.refetch()} />;

  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  const lead = q ? undefined : items.find((event) => event.image_url && event.availability !== "sold_out") ?? items[0];
  const rest = items.filter((event) => event !== lead);
  return (
    <div className="page">
      <h1 className="sr-only">Programme</h1>
      {lead && <Lead event={lead} />}
      <div className="mt-10 flex flex-wrap items-end justify-between gap-x-8 gap-y-4 sm:mt-14">
        <h2 className="text-2xl">{q ? "Found" : "Programme"}</h2>
        <SearchBox q={q} />
      </div>
      {events.isPending && <Waiting what="the programme" lines={6} />}
      {events.data && items.length === 0 && <Nothing q={q} />}
      {byMonth(rest).map(([month, entries]) => (
        <section key={month} className="mt-6 sm:mt-8" aria-label={month}>
          <h3 className="border-b border-ink pb-2 font-sans text-sm font-medium tracking-normal">{month}</h3>
          <ul>
            {entries.map((event) => (
              <Entry key={event.id} event={event} />
            ))}
          </ul>
        </section>
      ))}
      {events.hasNextPage && (
        <div className="mt-10 text-center">
          <Button busy={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
            Show more evenings
          </Button>
        </div>
      )}
    </div>
  );
}

function byMonth(events: EventSummary[]): [string, EventSummary[]][] {
  const months = new Map<string, EventSummary[]>();
  for (const event of events) {
    const month = monthName(event.starts_at, event.timezone);
    const known = months.get(month);
    if (known) known.push(event);
    else months.set(month, [event]);
  }
  return [...months];
}

const PAUSE_MS = 250;

function SearchBox({ q }: { q: string | undefined }) {
  const navigate = useNavigate({ from: "/" });
  const [text, setText] = useState(q ?? "");
  useEffect(() => {
    const wanted = text.trim() || undefined;
    if (wanted === q) return;
    const timer = window.setTimeout(() => void navigate({ search: { q: wanted }, replace: true, resetScroll: false }), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, q, navigate]);
  return (
    <form role="search" className="w-full sm:w-80" onSubmit={(event) => event.preventDefault()}>
      <label htmlFor="programme-search" className="sr-only">
        Search the programme
      </label>
      <input
        id="programme-search"
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Title, artist, venue or city"
        className="min-h-12 w-full border-b border-control bg-transparent px-1 text-base placeholder:text-muted hover:border-ink"
        autoComplete="off"
      />
    </form>
  );
}

function Nothing({ q }: { q: string | undefined }) {
  return (
    <div className="py-16" role="status">
      <p className="font-display text-2xl">{q ? `Nothing found for “${q}”` : "Nothing on sale at the moment"}</p>
      <p className="mt-2 text-muted">{q ? "Try fewer letters, the name of the venue, or the city." : "New evenings appear here as soon as they are announced."}</p>
    </div>
  );
}
