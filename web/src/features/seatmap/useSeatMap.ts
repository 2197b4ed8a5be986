import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { getSeatMap, getSeatStates } from "@/client/frontrow";
import { soon } from "@/shared/lib/soon";
import { buildHouse, type House } from "./house";
import { browserWorld, LiveSeats } from "./live";

/** The immutable layout of a seat map version, ready to draw. */
export function useHouse(seatMapId: string | undefined): { house: House | undefined; error: Error | null } {
  const map = useQuery({
    queryKey: ["seat-map", seatMapId],
    queryFn: ({ signal }) => getSeatMap(seatMapId ?? "", { signal }),
    enabled: seatMapId !== undefined,
    staleTime: Infinity,
  });
  const house = useMemo(() => (map.data ? buildHouse(map.data) : undefined), [map.data]);
  return { house, error: map.error };
}

/** Who has which seat now, live for as long as the page shows it. */
export function useLiveSeats(performanceId: string): LiveSeats {
  const live = useMemo(() => new LiveSeats(browserWorld(performanceId, () => getSeatStates(performanceId))), [performanceId]);
  useEffect(() => {
    const callOff = soon(() => live.start());
    const wake = (): void => {
      if (document.visibilityState === "visible") live.wake();
    };
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      callOff();
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      live.stop();
    };
  }, [live]);
  return live;
}
