import { useEffect, useState } from "react";
import type { Alone, leavesSingle } from "./alone";
import type { House } from "./house";
import type { LiveSeats } from "./live";

/**
 * Which single seats a choice would leave now, and the move that leaves none; null while nothing is chosen. The rule
 * comes with the first choice: nobody needs it to look at a house.
 */
export function useAlone(house: House, live: LiveSeats, chosen: readonly number[]): Alone | null {
  const [rule, setRule] = useState<{ ask: typeof leavesSingle } | null>(null);
  const asked = chosen.length > 0;
  useEffect(() => {
    if (!asked || rule) return;
    // Without it seats are chosen and held as ever; it only advises.
    void import("./alone").then((loaded) => setRule({ ask: loaded.leavesSingle }), () => undefined);
  }, [asked, rule]);
  return asked && rule && live.loaded ? rule.ask(house, (seatNo) => live.stateOf(seatNo), chosen) : null;
}
