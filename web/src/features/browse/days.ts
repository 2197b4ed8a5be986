/**
 * Arithmetic on calendar days, written "2026-12-24". A day has no time zone: it's the day on the wall of the venue, so
 * all sums are done in UTC, where no clock is ever put forward.
 */
import { format } from "@/shared/lib/dates";

export type Day = string;
/** "2026-12" */
export type Month = string;

export interface Span {
  from: Day;
  to: Day;
}

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

const at = (day: Day): Date => new Date(`${day}T00:00:00Z`);
const dayOf = (date: Date): Day => date.toISOString().slice(0, 10);

/** Whether it's a day that exists: 30 February doesn't. */
export function isDay(text: string): boolean {
  return DAY.test(text) && dayOf(at(text)) === text;
}

export const isMonth = (text: string): boolean => MONTH.test(text);

/** The reader's own today. */
export function today(now: Date = new Date()): Day {
  return dayOf(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
}

export function addDays(day: Day, days: number): Day {
  return dayOf(new Date(at(day).getTime() + days * DAY_MS));
}

/** Monday is 0, Sunday 6. */
export function weekday(day: Day): number {
  return (at(day).getUTCDay() + 6) % 7;
}

export const monthOf = (day: Day): Month => day.slice(0, 7);

export function addMonths(month: Month, months: number): Month {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return dayOf(new Date(Date.UTC(year, number - 1 + months, 1))).slice(0, 7);
}

export const firstDay = (month: Month): Day => `${month}-01`;
export const lastDay = (month: Month): Day => addDays(firstDay(addMonths(month, 1)), -1);

/** The same date of another month, or that month's last where it's shorter: a month on from 31 January is 28 February. */
export function sameDayIn(month: Month, day: Day): Day {
  const wanted = `${month}-${day.slice(8)}`;
  return isDay(wanted) ? wanted : lastDay(month);
}

/** Whole weeks from Monday to Sunday that hold the month; days of its neighbours fill the corners. */
export function weeksOf(month: Month): Day[][] {
  const weeks: Day[][] = [];
  let day = addDays(firstDay(month), -weekday(firstDay(month)));
  while (day <= lastDay(month)) {
    const monday = day;
    weeks.push(Array.from({ length: 7 }, (_, n) => addDays(monday, n)));
    day = addDays(day, 7);
  }
  return weeks;
}

/** Friday to Sunday; during it, what is left of it. */
export function weekend(from: Day): Span {
  const number = weekday(from);
  const sunday = addDays(from, 6 - number);
  return { from: number >= 4 ? from : addDays(from, 4 - number), to: sunday };
}

function words(day: Day, options: Intl.DateTimeFormatOptions): string {
  return format({ ...options, timeZone: "UTC" }).format(at(day));
}

/** "Thursday 24 December" */
export const dayName = (day: Day): string => words(day, { weekday: "long", day: "numeric", month: "long" });

/** "24 Dec" */
export const shortDay = (day: Day): string => words(day, { day: "numeric", month: "short" });

/** "December 2026" */
export const monthTitle = (month: Month): string => words(firstDay(month), { month: "long", year: "numeric" });

/** "December" */
export const monthWord = (month: Month): string => words(firstDay(month), { month: "long" });

/** "Mon" and "Monday", from Monday on. */
export const WEEKDAYS = (): { short: string; long: string }[] =>
  Array.from({ length: 7 }, (_, n) => {
    const monday = "2024-01-01";
    return { short: words(addDays(monday, n), { weekday: "short" }), long: words(addDays(monday, n), { weekday: "long" }) };
  });

/** "27–29 Nov", "30 Nov – 2 Dec", "24 Dec" */
export function spanWords({ from, to }: Span): string {
  if (from === to) return shortDay(from);
  return format({ day: "numeric", month: "short", timeZone: "UTC" }).formatRange(at(from), at(to));
}
