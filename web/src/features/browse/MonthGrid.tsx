import { useEffect, useRef, type KeyboardEvent } from "react";
import type { CalendarDay } from "@/client/frontrow.schemas";
import { clock } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { addDays, addMonths, dayName, monthOf, sameDayIn, weekday, WEEKDAYS, weeksOf, type Day, type Month } from "./days";

interface MonthGridProps {
  month: Month;
  now: Day;
  chosen: Day;
  days: ReadonlyMap<Day, CalendarDay>;
  /** Room for titles in the days; otherwise a dot says that something is on. */
  roomy: boolean;
  onPick: (day: Day) => void;
  onMove: (month: Month, day: Day) => void;
}

const TITLES = 2;

/** A month as a grid: one stop for the Tab key, arrows move by days and weeks, Page keys by months. */
export function MonthGrid({ month, now, chosen, days, roomy, onPick, onMove }: MonthGridProps) {
  const table = useRef<HTMLTableElement>(null);
  const byKey = useRef(false);
  useEffect(() => {
    if (byKey.current) table.current?.querySelector<HTMLElement>(`[data-day="${chosen}"]`)?.focus();
    byKey.current = false;
  }, [chosen]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const number = weekday(chosen);
    const targets: Record<string, Day> = {
      ArrowLeft: addDays(chosen, -1),
      ArrowRight: addDays(chosen, 1),
      ArrowUp: addDays(chosen, -7),
      ArrowDown: addDays(chosen, 7),
      Home: addDays(chosen, -number),
      End: addDays(chosen, 6 - number),
      PageUp: sameDayIn(addMonths(month, -1), chosen),
      PageDown: sameDayIn(addMonths(month, 1), chosen),
    };
    const target = targets[event.key];
    if (!target || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (monthOf(target) < monthOf(now)) return;
    byKey.current = true;
    onMove(monthOf(target), target);
  };

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- ARIA's own pattern for a calendar
    <table ref={table} role="grid" aria-labelledby="month-title" className={roomy ? "month month-large" : "month"} onKeyDown={onKeyDown}>
      <thead>
        <tr>
          {WEEKDAYS().map(({ short, long }) => (
            <th key={long} scope="col" abbr={long}>
              {roomy ? short : short.charAt(0)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month).map((week) => (
          <tr key={week[0]} data-past={(week[6] ?? "") < now}>
            {week.map((day) => (
              <td key={day} role="gridcell" aria-selected={day === chosen && monthOf(day) === month}>
                {monthOf(day) === month && <DayButton day={day} entry={days.get(day)} now={day === now} chosen={day === chosen} roomy={roomy} onPick={onPick} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DayButtonProps {
  day: Day;
  entry: CalendarDay | undefined;
  now: boolean;
  chosen: boolean;
  roomy: boolean;
  onPick: (day: Day) => void;
}

function DayButton({ day, entry, now, chosen, roomy, onPick }: DayButtonProps) {
  const performances = entry?.performances ?? [];
  const more = (entry?.count ?? 0) - Math.min(performances.length, TITLES);
  return (
    <button
      type="button"
      data-day={day}
      data-on={entry !== undefined}
      tabIndex={chosen ? 0 : -1}
      aria-current={now ? "date" : undefined}
      aria-label={`${dayName(day)}: ${entry ? count(entry.count, "performance") : "nothing on"}`}
      onClick={() => onPick(day)}
    >
      <span className="month-number">{Number(day.slice(8))}</span>
      {roomy ? (
        <span className="month-titles" aria-hidden="true">
          {performances.slice(0, TITLES).map((performance) => (
            <span key={performance.performance_id} className={performance.availability === "sold_out" ? "text-muted line-through decoration-1" : ""}>
              <span className="text-muted tabular-nums">{clock(performance.starts_at, performance.timezone)}</span> {performance.title}
            </span>
          ))}
          {more > 0 && <span className="text-muted">and {more} more</span>}
        </span>
      ) : (
        <span className="month-dots" aria-hidden="true">
          {performances.slice(0, 3).map((performance) => (
            <i key={performance.performance_id} />
          ))}
        </span>
      )}
    </button>
  );
}
