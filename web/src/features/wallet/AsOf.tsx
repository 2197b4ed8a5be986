import { dayAndMonth, ownClock } from "@/shared/lib/dates";

/** What is shown was kept on this device: since when it may be out of date. */
export function AsOf({ at, what }: { at: number; what: string }) {
  const iso = new Date(at).toISOString();
  const today = new Date(at).toDateString() === new Date().toDateString();
  return (
    <p role="status" data-testid="as-of" className="mb-8 inline-block rounded-md bg-sunk px-4 py-2 text-sm tabular-nums">
      No connection to Frontrow: {what} as of {today ? "" : `${dayAndMonth(iso)}, `}
      <time dateTime={iso}>{ownClock(iso)}</time>
    </p>
  );
}
