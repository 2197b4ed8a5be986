/** The order page's side of reading offline: what is fresh is kept, what can't be had fresh is read from what was kept. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Order } from "@/client/frontrow.schemas";
import { forget, forgetOthers, keep, keptOrder, keptOrders, type KeptOrder } from "@/shared/lib/kept";
import { isMissing } from "@/shared/lib/problem";
import { useMe } from "@/shared/lib/session";
import { startWorker } from "@/shared/lib/worker";
import { withToken } from "./orderWords";

/** A line that is there only by name: after so long the kept order is shown, and the fresh one takes its place. */
const SLOW_MS = 2_500;

export interface Known {
  order: Order | undefined;
  /** When the server said so, in milliseconds, if it can't be asked now; null when it is fresh. */
  asOf: number | null;
}

/** Orders whose tickets open a door are worth keeping; others aren't. */
const worthKeeping = (order: Order): boolean => order.state === "paid" && order.tickets.some((ticket) => ticket.state === "valid");

function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = window.setTimeout(() => setSlow(true), SLOW_MS);
    return () => window.clearTimeout(timer);
  }, [waiting]);
  return slow && waiting;
}

export function useKept(id: string, fresh: UseQueryResult<Order>, token: string | undefined): Known {
  const { data, error } = fresh;
  const me = useMe();
  const owner = me.data?.user?.id ?? "";
  const known = !me.isPending;
  useEffect(() => {
    if (!data || !known) return;
    if (!worthKeeping(data)) {
      void forget(data.id);
      return;
    }
    void keep(data, owner, (address) => withToken(address, token ?? data.token));
    startWorker();
  }, [data, known, owner, token]);
  const gone = isMissing(error);
  useEffect(() => {
    if (gone) void forget(id);
  }, [gone, id]);

  // Reading what is kept needs no line.
  const kept = useQuery({ queryKey: ["kept", id], queryFn: () => keptOrder(id), networkMode: "always", gcTime: 0 });
  const slow = useSlow(data === undefined && !fresh.isError);
  if (data) return { order: data, asOf: fresh.isError && !gone ? fresh.dataUpdatedAt : null };
  const lost = fresh.isError || fresh.failureCount > 0 || fresh.fetchStatus === "paused" || slow;
  return lost && !gone && kept.data ? { order: kept.data.order, asOf: kept.data.at } : { order: undefined, asOf: null };
}

/**
 * All that is kept on this device; null until it was looked up. What was kept for another account goes as soon as it is
 * known who is here. `owner`: the account, empty for a guest, null while nobody can say.
 */
export function useKeptList(owner: string | null): KeptOrder[] | null {
  const kept = useQuery({
    queryKey: ["kept", "all", owner],
    queryFn: async () => {
      if (owner) await forgetOthers(owner);
      return keptOrders();
    },
    networkMode: "always",
    gcTime: 0,
  });
  return kept.data ?? null;
}
