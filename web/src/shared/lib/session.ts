/** Who is logged in, shared by every page through one query. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { getMe } from "@/client/frontrow";
import type { Me } from "@/client/frontrow.schemas";

export const ME = ["me"] as const;

export function useMe(): UseQueryResult<Me> {
  return useQuery({ queryKey: ME, queryFn: ({ signal }) => getMe({ signal }), staleTime: 5 * 60_000, retry: 1 });
}
