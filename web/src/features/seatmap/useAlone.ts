import { useEffect, useState } from "react";
import type * as Advice from "./advice";
import type { Alone } from "./alone";
import type { House } from "./house";
import type { LiveSeats } from "./live";

let advice: typeof Advice | null = null;

/** `chosen`: what is chosen now; `mine`: held seats with it. Which single seats a choice would leave, and the move that leaves none; null while nothing is chosen. */
export function useAlone(house: House, live: LiveSeats, chosen: readonly number[], mine: ReadonlySet<number>): Alone | null {
  const [, setCome] = useState(advice !== null);
  const asked = chosen.length > 0 || mine.size > 0;
  useEffect(() => {
    if (!asked || advice) return;
    // Without it seats are chosen and held as ever; it only advises.
    void import("./advice").then((come) => {
      advice = come;
      setCome(true);
    }, () => undefined);
  }, [asked]);
  return chosen.length > 0 && advice && live.loaded ? advice.leavesSingle(house, (seatNo) => live.stateOf(seatNo), chosen) : null;
}

/** Free seats to offer instead of lost ones, as near as there are; none as long as nobody chose any. */
export const nearestFree: typeof Advice.nearestFree = (...asked) => advice?.nearestFree(...asked) ?? [];
