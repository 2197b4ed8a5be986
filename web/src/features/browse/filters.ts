/** What the reader asked of the programme, and how the address says it: everything is in it, so "back" goes back. */
import { addDays, firstDay, isDay, isMonth, lastDay, weekend, type Day, type Month, type Span } from "./days";

/** "today", "weekend", "week", a month, a day, or two days with two dots between. */
export type When = string;

export interface Filters {
  q?: string | undefined;
  when?: When | undefined;
  city?: string[] | undefined;
  category?: string[] | undefined;
  /** The most that the cheapest ticket may cost, in minor units, fees included. */
  price?: number | undefined;
  accessible?: true | undefined;
}

export interface ProgrammeSearch extends Filters {
  view?: "calendar" | undefined;
  month?: Month | undefined;
  day?: Day | undefined;
}

/** One thing that can be dropped. */
export type FilterName = keyof Filters;
export const FILTER_NAMES: readonly FilterName[] = ["price", "accessible", "when", "category", "city", "q"];

const RELATIVE = new Set(["today", "weekend", "week"]);

const words = (value: unknown): string | undefined => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const text = typeof one === "string" || typeof one === "number" ? String(one).trim().slice(0, 100) : "";
  return text || undefined;
};

function several(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).map(words).filter((text) => text !== undefined);
  return all.length > 0 ? [...new Set(all)].sort().slice(0, 20) : undefined;
}

function whenOf(value: unknown): When | undefined {
  const text = words(value);
  if (!text || RELATIVE.has(text) || isMonth(text) || isDay(text)) return text;
  const [from = "", to = ""] = text.split("..");
  if (!isDay(from) || !isDay(to)) return undefined;
  return from === to ? from : from < to ? `${from}..${to}` : `${to}..${from}`;
}

function priceOf(value: unknown): number | undefined {
  const amount = Number(words(value) ?? Number.NaN);
  return Number.isSafeInteger(amount) && amount >= 0 && amount < 100_000_000 ? amount : undefined;
}

/** Reads an address; what it can't understand is as if it weren't there. */
export function readSearch(search: Record<string, unknown>): ProgrammeSearch {
  const month = words(search["month"]);
  const day = words(search["day"]);
  return {
    q: words(search["q"]),
    when: whenOf(search["when"]),
    city: several(search["city"]),
    category: several(search["category"]),
    price: priceOf(search["price"]),
    // The router reads what was read before once more.
    accessible: search["accessible"] === true || words(search["accessible"]) === "true" ? true : undefined,
    view: words(search["view"]) === "calendar" ? "calendar" : undefined,
    month: month && isMonth(month) ? month : undefined,
    day: day && isDay(day) ? day : undefined,
  };
}

/** The days that are meant, both inclusive. */
export function daysOf(when: When | undefined, now: Day): Span | null {
  if (!when) return null;
  if (when === "today") return { from: now, to: now };
  if (when === "weekend") return weekend(now);
  if (when === "week") return { from: now, to: addDays(now, 6) };
  if (isMonth(when)) return { from: firstDay(when), to: lastDay(when) };
  const [from = when, to = from] = when.split("..");
  return { from, to };
}

export interface Query {
  q?: string;
  from?: string;
  to?: string;
  city?: string[];
  category?: string[];
  max_price?: number;
  accessible?: boolean;
}

/** What the catalogue is asked. A calendar shows a month whatever the dates, so it leaves them out. */
export function queryOf(filters: Filters, now: Day, dates = true): Query {
  const span = dates ? daysOf(filters.when, now) : null;
  const { q, city, category, price, accessible } = filters;
  return {
    ...(q && { q }),
    ...(span && { from: span.from, to: span.to }),
    ...(city && { city }),
    ...(category && { category }),
    ...(price !== undefined && { max_price: price }),
    ...(accessible && { accessible }),
  };
}

export const isActive = (filters: Filters, name: FilterName): boolean => filters[name] !== undefined;
export const activeNames = (filters: Filters): FilterName[] => FILTER_NAMES.filter((name) => isActive(filters, name));

export function without<T extends Filters>(filters: T, ...names: FilterName[]): T {
  const rest = { ...filters };
  for (const name of names) rest[name] = undefined;
  return rest;
}

/** A city or category put in or taken out. */
export function toggled(list: string[] | undefined, value: string): string[] | undefined {
  const rest = list?.filter((item) => item !== value) ?? [];
  const next = list?.includes(value) ? rest : [...rest, value].sort();
  return next.length > 0 ? next : undefined;
}

const STEPS = [1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 50_000];

/** At most five round amounts that part what is on sale: none that keeps all, none that leaves nothing. */
export function priceSteps(least: number, most: number, chosen?: number): number[] {
  const fit = STEPS.filter((step) => step >= least && step < most);
  const stride = Math.ceil(fit.length / 5);
  const steps = fit.filter((_, n) => n % stride === 0);
  return chosen === undefined || steps.includes(chosen) ? steps : [...steps, chosen].sort((a, b) => a - b);
}
