import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useDeferredValue, useState } from "react";
import { count } from "@/shared/lib/locale";
import { useWide } from "@/shared/lib/media";
import { useTitle } from "@/shared/lib/title";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Sheet } from "@/shared/ui/Sheet";
import { Waiting } from "@/shared/ui/Waiting";
import { EventList } from "./EventList";
import { activeNames, FILTER_NAMES, without, type ProgrammeSearch } from "./filters";
import { Lead, LeadSpace } from "./Lead";
import { Nothing } from "./Nothing";
import { eventsQuery, facetsQuery } from "./queries";
import { SearchField } from "./SearchField";
import { useWish } from "./useWish";
import { WishWords } from "./WishWords";

// The programme's first view waits neither for the month, which most readers never open, nor for what narrows it.
const FilterChoices = lazy(() => import("./FilterChoices").then(({ FilterChoices: component }) => ({ default: component })));
const MonthView = lazy(() => import("./MonthView").then(({ MonthView: component }) => ({ default: component })));

/** The printed programme of everything on sale: one evening leads, the rest follows by month. */
export function ProgrammePage() {
  const { wish, change } = useWish();
  const wide = useWide();
  const [sheet, setSheet] = useState(false);
  const calendar = wish.view === "calendar";
  const events = useInfiniteQuery({ ...eventsQuery(wish), enabled: !calendar });
  const facets = useQuery(facetsQuery(wish, !calendar));
  useTitle(wish.q ? `“${wish.q}”` : calendar ? "Calendar" : "What’s on");

  const active = activeNames(wish).filter((name) => !(calendar && name === "when"));
  // Drawn in small pieces, so that a slow phone answers the finger meanwhile.
  const pages = useDeferredValue(events.data)?.pages;
  const items = pages?.flatMap((page) => page.items) ?? [];
  const leads = active.length === 0 && !calendar;
  const lead = leads ? (items.find((event) => event.image_url && event.availability !== "sold_out") ?? items.find((event) => !event.cancelled)) : undefined;
  const total = pages?.[0]?.total;
  const currency = facets.data?.price?.currency ?? items[0]?.currency ?? "EUR";
  const narrow = active.filter((name) => name !== "q").length;

  if (events.isError && !events.data && !calendar) return <Failure error={events.error} what="the programme" onRetry={() => void events.refetch()} />;
  const choices = (
    <Suspense fallback={<Waiting what="the filters" lines={6} />}>
      <FilterChoices wish={wish} facets={facets.data} onChange={change} />
    </Suspense>
  );
  return (
    <div className="page">
      <div className="flex flex-wrap items-end justify-between gap-x-10 gap-y-1 pt-5 sm:pt-8">
        <h1 className="text-3xl sm:text-4xl">What’s on</h1>
        <SearchField />
      </div>
      {leads && !pages && <LeadSpace />}
      {lead && <Lead event={lead} />}
      <div className="mt-6 grid gap-x-12 lg:mt-10 lg:grid-cols-[13.5rem_minmax(0,1fr)]">
        {wide && <aside aria-label="Filters">{choices}</aside>}
        <section aria-label={calendar ? "Calendar" : "Programme"} className={`min-w-0 ${calendar || !pages ? "min-h-dvh" : ""}`}>
          <div className="flex min-h-12 flex-wrap items-center justify-between gap-x-6 gap-y-2 pb-3">
            <h2 className="text-xl">{calendar ? "Calendar" : active.length > 0 && items.length > 0 ? "Found" : "Programme"}</h2>
            <div className="flex grow items-center justify-between gap-4 sm:grow-0">
              {!wide && (
                <button type="button" className="text-link min-h-11 text-base" aria-haspopup="dialog" onClick={() => setSheet(true)}>
                  Filter{narrow > 0 && ` (${narrow})`}
                </button>
              )}
              <Views wish={wish} />
            </div>
          </div>
          {active.length > 0 && (
            <div className="pb-4">
              <WishWords wish={calendar ? without(wish, "when") : wish} currency={currency} onChange={change} />
            </div>
          )}
          {calendar ? (
            <Suspense fallback={<Waiting what="the calendar" lines={6} />}>
              <MonthView wish={wish} currency={currency} onChange={change} />
            </Suspense>
          ) : (
            <>
              {items.length > 0 && total !== 0 && active.length > 0 && (
                <p aria-live="polite" className="pb-3 text-sm text-muted">
                  {total === null || total === undefined ? "More than 1,000 events" : count(total, "event")}
                </p>
              )}
              {!pages && <Waiting what="the programme" lines={6} />}
              {pages && items.length === 0 && pages === events.data?.pages && !events.isPlaceholderData && <Nothing wish={wish} currency={currency} onChange={change} />}
              <EventList events={events} pages={pages} except={lead} byMonth={!wish.q} />
            </>
          )}
        </section>
      </div>
      {!wide && (
        <Sheet
          title="Filter"
          open={sheet}
          onClose={() => setSheet(false)}
          action={
            <div className="flex gap-3">
              <Button className="flex-1" disabled={narrow === 0} onClick={() => change(without({}, ...FILTER_NAMES.filter((name) => name !== "q")))}>
                Clear
              </Button>
              <button type="button" className={buttonClass("next", "flex-[2]")} onClick={() => setSheet(false)}>
                {calendar || total === undefined ? "Show" : total === null ? "Show events" : `Show ${count(total, "event")}`}
              </button>
            </div>
          }
        >
          {choices}
        </Sheet>
      )}
    </div>
  );
}

function Views({ wish }: { wish: ProgrammeSearch }) {
  return (
    <nav aria-label="View" className="flex text-base">
      {([undefined, "calendar"] as const).map((view) => (
        <Link
          key={view ?? "list"}
          to="/"
          search={{ ...wish, view, day: undefined, month: undefined }}
          resetScroll={false}
          activeOptions={{ exact: true, explicitUndefined: true }}
          aria-current={wish.view === view ? "page" : undefined}
          className="view-word"
        >
          {view ? "Calendar" : "List"}
        </Link>
      ))}
    </nav>
  );
}
