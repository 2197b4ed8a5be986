import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { EventPage, EventSummary } from "@/client/frontrow.schemas";
import { monthName } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { Button } from "@/shared/ui/Button";
import { Entry } from "./Entry";

interface EventListProps {
  events: Pick<UseInfiniteQueryResult<InfiniteData<EventPage>>, "hasNextPage" | "isFetchingNextPage" | "isPlaceholderData" | "fetchNextPage">;
  /** What is drawn of them; it may lag behind a little. */
  pages: readonly EventPage[] | undefined;
  /** Shown elsewhere on the page already. */
  except?: EventSummary | undefined;
  /** Months head the list; what was searched stands by how well it fits, without them. */
  byMonth: boolean;
}

/** So many pages come by themselves before the reader is asked: the foot of the page must be reachable. */
const BY_THEMSELVES = 4;

/** Lines of the programme, more of them as one nears the end. */
export function EventList({ events, pages = [], except, byMonth }: EventListProps) {
  const list = useRef<HTMLDivElement>(null);
  const goesOnAt = useRef<number | null>(null);
  const items = pages.flatMap((page) => page.items);
  const shown = items.filter((event) => event.id !== except?.id);
  const total = pages[0]?.total;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = events;

  const more = (byKey: boolean): void => {
    // Who pressed a key goes on with the first of the new lines; a finger is where it is.
    goesOnAt.current = byKey ? shown.length : null;
    void fetchNextPage();
  };
  useEffect(() => {
    const at = goesOnAt.current;
    if (at === null || shown.length <= at) return;
    goesOnAt.current = null;
    list.current?.querySelectorAll<HTMLElement>("a[data-entry]")[at]?.focus();
  }, [shown.length]);
  return (
    <div ref={list} className={events.isPlaceholderData ? "opacity-60 transition-opacity delay-150 duration-150" : undefined}>
      {byMonth ? (
        months(shown).map(([month, entries]) => (
          <section key={month} className="mb-8" aria-label={month}>
            <h3 className="border-b border-ink pb-2 font-sans text-sm font-medium tracking-normal">{month}</h3>
            <Lines events={entries} />
          </section>
        ))
      ) : (
        <div className="border-t border-ink">
          <Lines events={shown} month />
        </div>
      )}
      <p role="status" className="sr-only">
        {items.length > 0 && (hasNextPage ? `${items.length} ${total ? `of ${total} ` : ""}events shown` : `All ${count(items.length, "event")} shown`)}
      </p>
      {hasNextPage && items.length > 0 && (
        <div className="mt-8 text-center">
          <Near key={items.length} when={pages.length < BY_THEMSELVES && !isFetchingNextPage} onNear={() => void fetchNextPage()} />
          <Button busy={isFetchingNextPage} onClick={(event) => more(event.detail === 0)}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

function Lines({ events, month = false }: { events: EventSummary[]; month?: boolean }) {
  return (
    <ul>
      {events.map((event) => (
        <Entry key={event.id} event={event} month={month} />
      ))}
    </ul>
  );
}

/** Nothing to see; tells when the reader comes near. */
function Near({ when, onNear }: { when: boolean; onNear: () => void }) {
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!when || !mark.current) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && onNear(), { rootMargin: "600px" });
    observer.observe(mark.current);
    return () => observer.disconnect();
  });
  return <span ref={mark} aria-hidden="true" />;
}

function months(events: EventSummary[]): [string, EventSummary[]][] {
  const known = new Map<string, EventSummary[]>();
  for (const event of events) {
    const month = monthName(event.starts_at, event.timezone);
    const entries = known.get(month);
    if (entries) entries.push(event);
    else known.set(month, [event]);
  }
  return [...known];
}
