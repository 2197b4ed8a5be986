import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getCatalogueCalendar, getCatalogueFacets, getEvent, getOrganiser, listEvents } from "@/client/frontrow";
import { today, type Month } from "./days";
import { queryOf, type Filters } from "./filters";

const PAGE = 24;

/** The programme, a page at a time; while a new wish is on its way the old answer stays in view. */
export function eventsQuery(filters: Filters, organiser?: string) {
  const wish = { ...queryOf(filters, today()), ...(organiser && { organiser }) };
  return infiniteQueryOptions({
    queryKey: ["events", wish],
    queryFn: ({ pageParam, signal }) => listEvents({ limit: PAGE, ...(pageParam && { cursor: pageParam }), ...wish }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** How many events a wish would find. */
export function countQuery(filters: Filters) {
  const wish = queryOf(filters, today());
  return queryOptions({
    queryKey: ["events", "count", wish],
    queryFn: async ({ signal }) => (await listEvents({ limit: 1, ...wish }, { signal })).total ?? null,
  });
}

export function facetsQuery(filters: Filters, dates: boolean) {
  const wish = queryOf(filters, today(), dates);
  return queryOptions({
    queryKey: ["facets", wish],
    queryFn: ({ signal }) => getCatalogueFacets(wish, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function monthQuery(month: Month, filters: Filters) {
  const wish = queryOf(filters, today(), false);
  return queryOptions({
    queryKey: ["calendar", month, wish],
    queryFn: ({ signal }) => getCatalogueCalendar({ month, ...wish }, { signal }),
  });
}

export function organiserQuery(slug: string) {
  return queryOptions({ queryKey: ["organiser", slug], queryFn: ({ signal }) => getOrganiser(slug, { signal }) });
}

export function eventQuery(slug: string) {
  return queryOptions({ queryKey: ["event", slug], queryFn: ({ signal }) => getEvent(slug, { signal }) });
}
