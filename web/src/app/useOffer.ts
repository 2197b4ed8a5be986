/** What the order panel needs to know of the house and its prices. */
import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { Line, PriceChoice } from "@/features/checkout";
import { categoryOf, countFree, KIND_WHEELCHAIR, nameOf, type House, type LiveSeats, type PriceList } from "@/features/seatmap";

export interface Offer {
  lineOf: (seatNo: number) => Line;
  areaPrice: (area: string) => number | null;
  priceChoices: readonly PriceChoice[];
  accessible: boolean;
}

export function useOffer(house: House, live: LiveSeats, prices: PriceList): Offer {
  useSyncExternalStore(live.subscribeCalmly, live.getVersion);
  const lineOf = useCallback(
    (seatNo: number): Line => {
      const entry = prices.of(categoryOf(house, seatNo));
      return { seatNo, ...nameOf(house, seatNo), total: entry?.total ?? null, category: entry?.name ?? "" };
    },
    [house, prices],
  );
  const areaPrice = useCallback(
    (name: string): number | null => {
      const area = house.areas.find((candidate) => candidate.name === name);
      return area ? (prices.of(house.categories[area.category] ?? "")?.total ?? null) : null;
    },
    [house, prices],
  );
  // Standing places have no neighbours to sit beside.
  const seated = useMemo(() => new Set(house.rows.map((row) => row.category)), [house]);
  const free = countFree(house, live).byCategory;
  const priceChoices = house.categories.flatMap((category, n): PriceChoice[] => {
    const entry = seated.has(n) ? prices.of(category) : null;
    return entry ? [{ category, ...entry, free: free[n] ?? 0 }] : [];
  });
  return { lineOf, areaPrice, priceChoices, accessible: house.kind.includes(KIND_WHEELCHAIR) };
}
