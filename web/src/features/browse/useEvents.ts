import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getEvent, listEvents } from "@/client/frontrow";

const PAGE = 24;

/** The programme, a page at a time; while a new search is on its way the old answer stays in view. */
export function useEvents(q: string | undefined) {
  return useInfiniteQuery({
    queryKey: ["events", q ?? ""],
    queryFn: ({ pageParam, signal }) => listEvents({ limit: PAGE, cursor: pageParam, q }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useEvent(slug: string) {
  return useQuery({ queryKey: ["event", slug], queryFn: ({ signal }) => getEvent(slug, { signal }) });
}
