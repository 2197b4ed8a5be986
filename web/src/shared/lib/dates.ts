/** Dates are shown in the event's own time zone; the zone is named when the reader's differs at that moment. */
import { locale } from "./locale";

const cache = new Map<string, Intl.DateTimeFormat>();

/** Each made once: making one costs a phone milliseconds, and a list asks for many line by line. */
export function format(options: Intl.DateTimeFormatOptions, tag = locale()): Intl.DateTimeFormat {
  const key = tag + JSON.stringify(options);
  let known = cache.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(tag, options);
    cache.set(key, known);
  }
  return known;
}

/** The pieces of a programme's date column. */
export interface DatePieces {
  weekday: string;
  day: string;
  month: string;
  year: string;
  time: string;
}

export function datePieces(iso: string, timeZone: string): DatePieces {
  const at = new Date(iso);
  return {
    weekday: format({ weekday: "short", timeZone }).format(at),
    day: format({ day: "numeric", timeZone }).format(at),
    month: format({ month: "short", timeZone }).format(at),
    year: format({ year: "numeric", timeZone }).format(at),
    time: clock(iso, timeZone),
  };
}

/** "19:30" */
export function clock(iso: string, timeZone: string): string {
  return format({ hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(iso));
}

/** "19:42" by the reader's own clock: for deadlines, which are the reader's and not the event's. */
export function ownClock(iso: string): string {
  return format({ hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}

/** "24 Dec", for what happened on the reader's side. */
export function dayAndMonth(iso: string): string {
  return format({ day: "numeric", month: "short" }).format(new Date(iso));
}

/** "Thursday 24 December 2026" */
export function longDate(iso: string, timeZone: string): string {
  return format({ weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone }).format(new Date(iso));
}

/** "Thu 24 Dec, 19:30" */
export function shortDateTime(iso: string, timeZone: string): string {
  return format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(iso));
}

/** "December 2026", the heading of a month in the programme. */
export function monthName(iso: string, timeZone: string): string {
  return format({ month: "long", year: "numeric", timeZone }).format(new Date(iso));
}

function wallClock(at: Date, timeZone: string | undefined): string {
  return format({ dateStyle: "short", timeStyle: "short", timeZone }, "en-GB").format(at);
}

/** "Amsterdam time" when the reader's clock shows something else at that moment, otherwise null. */
export function zoneNote(iso: string, timeZone: string, readerZone?: string): string | null {
  const at = new Date(iso);
  if (wallClock(at, timeZone) === wallClock(at, readerZone)) return null;
  const city = timeZone.split("/").at(-1) ?? timeZone;
  return `${city.replaceAll("_", " ")} time`;
}

/** "4:59"; hours only when there are some. Never negative. */
export function countdown(milliseconds: number): string {
  const total = Math.max(0, Math.ceil(milliseconds / 1000));
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}:${seconds}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${seconds}`;
}
