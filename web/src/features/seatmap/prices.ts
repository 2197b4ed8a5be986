/** What a seat of each category costs, all in, and what is left of it. */
import type { PerformanceDetail } from "@/client/frontrow.schemas";
import { price } from "@/shared/lib/money";
import { seatInRow, seatWords } from "@/shared/lib/seatWords";
import type { SeatState } from "./apply";
import { categoryOf, KIND_COMPANION, KIND_WHEELCHAIR, nameOf, type House } from "./house";
import type { LiveSeats } from "./live";

export interface PriceList {
  currency: string;
  of(category: string): { name: string; total: number } | null;
  /** Every ticket type of a category that is on sale, the usual one first. */
  all(category: string): readonly { name: string; total: number }[];
}

/**
 * The first ticket type of a category that is on sale stands for it: it is the usual one, which a seat is held with. Reduced prices are
 * chosen later, seat by seat, so that the map never promises less than what most people pay.
 */
export function priceList(performance: Pick<PerformanceDetail, "prices" | "currency">): PriceList {
  const usual = new Map<string, { name: string; total: number }>();
  const onSaleFirst = [...performance.prices].sort((a, b) => Number(b.sales === "open") - Number(a.sales === "open"));
  for (const { category, name, total } of onSaleFirst) if (!usual.has(category)) usual.set(category, { name, total });
  const all = new Map<string, { name: string; total: number }[]>();
  for (const { category, name, total, sales } of onSaleFirst) if (sales === "open") all.set(category, [...(all.get(category) ?? []), { name, total }]);
  return { currency: performance.currency, of: (category) => usual.get(category) ?? null, all: (category) => all.get(category) ?? [] };
}

export function priceOfSeat(house: House, prices: PriceList, seatNo: number): number | null {
  return prices.of(categoryOf(house, seatNo))?.total ?? null;
}

export type Standing = SeatState | "mine";

const STATE_WORDS: Record<Standing, string> = {
  f: "free",
  h: "being bought by someone else",
  s: "taken",
  b: "not for sale",
  mine: "your seat",
};

export function stateWords(state: Standing): string {
  return STATE_WORDS[state];
}

export function kindWords(house: House, seatNo: number): string | null {
  const kind = house.kind[seatNo - 1];
  if (kind === KIND_WHEELCHAIR) return "wheelchair place";
  if (kind === KIND_COMPANION) return "companion seat";
  return null;
}

/** "Stalls, row F, seat 12, wheelchair place, €84, free": a seat for the ear. */
export function spokenSeat(house: House, prices: PriceList, seatNo: number, state: Standing, brief = false): string {
  const name = nameOf(house, seatNo);
  const total = priceOfSeat(house, prices, seatNo);
  return [
    brief ? seatInRow(name) : seatWords(name),
    kindWords(house, seatNo),
    total === null ? null : price(total, prices.currency),
    stateWords(state),
  ]
    .filter(Boolean)
    .join(", ");
}

interface Left {
  byCategory: readonly number[];
  total: number;
}

/** The last count of each house that is shown: legend and order ask for the same one. */
const counted = new WeakMap<LiveSeats, { house: House; version: number; left: Left }>();

/** Free seats by category index, and in sum. */
export function countFree(house: House, live: LiveSeats): Left {
  const before = counted.get(live);
  if (before && before.house === house && before.version === live.version) return before.left;
  const byCategory = house.categories.map(() => 0);
  let total = 0;
  for (let i = 0; i < house.count; i += 1) {
    if (live.stateOf(i + 1) !== "f") continue;
    const category = house.category[i] ?? 0;
    byCategory[category] = (byCategory[category] ?? 0) + 1;
    total += 1;
  }
  const left = { byCategory, total };
  counted.set(live, { house, version: live.version, left });
  return left;
}
