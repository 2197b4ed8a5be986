import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { getConfig } from "@/client/frontrow";
import type { Config } from "@/client/frontrow.schemas";

/** What the server says about this shop; it doesn't change while a page is open. */
export function useConfig(): UseQueryResult<Config> {
  return useQuery({ queryKey: ["config"], queryFn: ({ signal }) => getConfig({ signal }), staleTime: Infinity });
}
