/** The reader's wish in words: on what can be taken away again, and in the sentence that says nothing fits it. */
import { count } from "@/shared/lib/locale";
import { price } from "@/shared/lib/money";
import { dayName, isDay, isMonth, monthWord, spanWords, weekend, type Day } from "./days";
import { daysOf, type FilterName, type Filters } from "./filters";

const either = (items: string[]): string => new Intl.ListFormat("en-GB", { style: "long", type: "disjunction" }).format(items);

/** "this weekend", "on Thursday 24 December", "in December", "27–29 Nov" */
export function whenWords(when: string, now: Day): string {
  if (when === "today") return "today";
  if (when === "weekend") return weekend(now).from === now && weekend(now).to === now ? "today" : "this weekend";
  if (when === "week") return "in the next 7 days";
  if (isMonth(when)) return `in ${monthWord(when)}`;
  if (isDay(when)) return `on ${dayName(when)}`;
  const span = daysOf(when, now);
  return span ? `from ${spanWords(span).replace(/\s?[–-]\s?/, " to ")}` : "";
}

export interface Removable {
  name: FilterName;
  /** The one of several cities or categories. */
  value?: string;
  label: string;
}

/** What is asked, each as a word or two that can be taken away. */
export function removables(filters: Filters, now: Day, currency: string): Removable[] {
  const { q, when, city = [], category = [], price: most, accessible } = filters;
  return [
    ...(q ? [{ name: "q" as const, label: `“${q}”` }] : []),
    ...category.map((value) => ({ name: "category" as const, value, label: value })),
    ...city.map((value) => ({ name: "city" as const, value, label: value })),
    ...(when ? [{ name: "when" as const, label: whenWords(when, now) }] : []),
    ...(most !== undefined ? [{ name: "price" as const, label: `up to ${price(most, currency)}` }] : []),
    ...(accessible ? [{ name: "accessible" as const, label: "wheelchair places" }] : []),
  ];
}

/** "Nothing in Turku under €20 this weekend", with no full stop. */
export function nothingWords(filters: Filters, now: Day, currency: string): string {
  const { q, when, city, category, price: most, accessible } = filters;
  if (!q && !when && !city && !category && most === undefined && !accessible) return "Nothing on sale at the moment";
  return [
    category ? `No ${either(category)}` : "Nothing",
    q && `found for “${q}”`,
    city && `in ${either(city)}`,
    most !== undefined && `under ${price(most, currency)}`,
    when && whenWords(when, now),
    accessible && "with a free wheelchair place",
  ]
    .filter(Boolean)
    .join(" ");
}

const DROPPED: Record<FilterName, (filters: Filters) => string> = {
  q: () => "Without the search",
  when: () => "On any date",
  city: ({ city }) => (city && city.length > 1 ? "Without the cities" : "In every city"),
  category: () => "Of every kind",
  price: () => "Without the price",
  accessible: () => "Without a wheelchair place",
};

/** "Without the price: 4 events" */
export function dropWords(name: FilterName, filters: Filters, events: number | null): string {
  return `${DROPPED[name](filters)}: ${events === null ? "more than 1,000 events" : count(events, "event")}`;
}
