/** What an event's dates and prices say together. */
import type { EventDetail, PerformanceSummary } from "@/client/frontrow.schemas";
import { format, longDate, monthName, shortDateTime } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { price } from "@/shared/lib/money";

export function isBuyable(performance: PerformanceSummary): boolean {
  return performance.sales === "open" && performance.availability !== "sold_out" && !performance.cancelled;
}

/** "Wednesday, 25 November 2026", "2–8 December 2026". */
export function dateRange(event: Pick<EventDetail, "performances" | "starts_at" | "timezone">): string {
  const on = event.performances.filter((performance) => !performance.cancelled);
  const dates = (on.length > 0 ? on : event.performances).map((performance) => performance.starts_at).sort();
  const first = dates[0] ?? event.starts_at;
  const last = dates.at(-1) ?? first;
  const only = longDate(first, event.timezone);
  if (only === longDate(last, event.timezone)) return only;
  const whole = format({ day: "numeric", month: "long", year: "numeric", timeZone: event.timezone });
  return whole.formatRange(new Date(first), new Date(last));
}

/** "€24 to €180", all in; null when nothing is on sale. */
export function priceRange(performances: PerformanceSummary[], currency: string): string | null {
  const sold = performances.filter(isBuyable);
  const from = sold.flatMap((performance) => performance.from_price ?? []);
  if (from.length === 0) return null;
  const least = Math.min(...from);
  const most = Math.max(...from, ...sold.flatMap((performance) => performance.to_price ?? []));
  if (most === 0) return "Free";
  return least === most ? price(least, currency) : `${least === 0 ? "Free" : price(least, currency)} to ${price(most, currency)}`;
}

/** Which dates are full, and how many aren't; null when none is. */
export function soldOutWords(event: Pick<EventDetail, "performances" | "timezone">): string | null {
  const on = event.performances.filter((performance) => !performance.cancelled);
  const full = on.filter((performance) => performance.availability === "sold_out");
  const open = on.filter(isBuyable).length;
  const [first] = full;
  if (!first) return null;
  if (full.length === on.length) return on.length === 1 ? "This evening is sold out." : `All ${on.length} dates are sold out.`;
  if (open === 0) return null;
  const which = full.length === 1 ? `${shortDateTime(first.starts_at, event.timezone)} is` : `${count(full.length, "date")} are`;
  return `${which} sold out; there are seats on ${open === 1 ? "one other date" : `${open} others`}.`;
}

/** Dates under the months they are in; a short run within one month needs none. */
export function byMonth(performances: PerformanceSummary[], timezone: string): [string | null, PerformanceSummary[]][] {
  const months = new Map<string, PerformanceSummary[]>();
  for (const performance of performances) {
    const month = monthName(performance.starts_at, timezone);
    months.set(month, [...(months.get(month) ?? []), performance]);
  }
  if (months.size < 2 || performances.length < 6) return performances.length > 0 ? [[null, performances]] : [];
  return [...months];
}
