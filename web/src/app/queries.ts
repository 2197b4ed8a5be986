import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "@/shared/lib/problem";

/** What the pages have been told, for all of them. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A refusal stays a refusal; only lost connections and stumbling servers are worth asking again.
      retry: (failures, error) => failures < 2 && (!(error instanceof ProblemError) || error.status === 0 || error.status >= 500),
    },
  },
});
