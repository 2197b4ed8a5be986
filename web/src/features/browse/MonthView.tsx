import { useQuery } from "@tanstack/react-query";
import type { CalendarDay } from "@/client/frontrow.schemas";
import { useMedia } from "@/shared/lib/media";
import { count } from "@/shared/lib/locale";
import { Button } from "@/shared/ui/Button";
import { addMonths, dayName, firstDay, lastDay, monthOf, monthTitle, monthWord, sameDayIn, today, type Day, type Month } from "./days";
import { Agenda } from "./Agenda";
import { nothingWords } from "./filterWords";
import { without, type ProgrammeSearch } from "./filters";
import { MonthGrid } from "./MonthGrid";
import { monthQuery } from "./queries";

interface MonthViewProps {
  wish: ProgrammeSearch;
  currency: string;
  onChange: (part: Partial<ProgrammeSearch>, replace?: boolean) => void;
}

/** A month on the wall, and beside or below it what is on. */
export function MonthView({ wish, currency, onChange }: MonthViewProps) {
  const now = today();
  const month = wish.month ?? monthOf(now);
  const roomy = useMedia("(min-width: 1080px)");
  const answer = useQuery(monthQuery(month, wish));
  const days = new Map((answer.data?.days ?? []).map((day) => [day.date, day]));
  const first = answer.data?.days.find((day) => day.date >= now)?.date;
  const start = month === monthOf(now) ? now : firstDay(month);
  const chosen = wish.day && monthOf(wish.day) === month ? wish.day : (first ?? start);

  const go = (to: Month, day: Day): void => onChange({ month: to, day: to === month ? day : sameDayIn(to, day) }, to === month);
  const pick = (day: Day): void => {
    go(monthOf(day), day);
    if (!roomy) document.getElementById(`on-${day}`)?.scrollIntoView({ block: "start" });
  };
  const total = (answer.data?.days ?? []).reduce((sum, day) => sum + day.count, 0);
  return (
    <>
      <div className="flex items-center justify-between border-b border-ink">
        <Turn label={`Back to ${monthTitle(addMonths(month, -1))}`} disabled={month <= monthOf(now)} path="M12.5 4 6.5 10l6 6" onClick={() => onChange({ month: addMonths(month, -1), day: undefined })} />
        <h3 className="text-2xl" id="month-title">
          {monthTitle(month)}
        </h3>
        <Turn label={`On to ${monthTitle(addMonths(month, 1))}`} path="m7.5 4 6 6-6 6" onClick={() => onChange({ month: addMonths(month, 1), day: undefined })} />
      </div>
      <p role="status" className="sr-only">
        {answer.data ? `${monthTitle(month)}: ${count(total, "performance")}` : ""}
      </p>
      {answer.isError && !answer.data ? (
        <div role="alert" className="py-10">
          <p className="font-medium">We could not load this month.</p>
          <Button className="mt-3" onClick={() => void answer.refetch()}>
            Try again
          </Button>
        </div>
      ) : (
        <div className={roomy ? "month-roomy" : undefined} aria-busy={answer.isPending}>
          <MonthGrid month={month} now={now} chosen={chosen} days={days} roomy={roomy} onPick={pick} onMove={go} />
          {answer.data && total === 0 ? (
            <p className="py-8 font-display text-lg">
              {nothingWords({ ...without(wish, "when"), when: month }, now, currency)}.
            </p>
          ) : (
            answer.data && <Aside roomy={roomy} chosen={chosen} days={answer.data.days} now={now} day={days.get(chosen)} />
          )}
        </div>
      )}
      {answer.data && total === 0 && (
        <Button onClick={() => onChange({ month: addMonths(month, 1), day: undefined })}>On to {monthWord(monthOf(firstDay(addMonths(month, 1))))}</Button>
      )}
    </>
  );
}

function Aside({ roomy, chosen, days, now, day }: { roomy: boolean; chosen: Day; days: CalendarDay[]; now: Day; day: CalendarDay | undefined }) {
  if (!roomy) return <Agenda days={days.filter((one) => one.date >= now || one.date === lastDay(monthOf(one.date)))} />;
  return (
    <div aria-live="polite">
      {day ? (
        <Agenda days={[day]} />
      ) : (
        <section className="pt-5">
          <h4 className="font-display text-lg">{dayName(chosen)}</h4>
          <p className="mt-2 text-sm text-muted">Nothing on this day.</p>
        </section>
      )}
    </div>
  );
}

function Turn({ label, path, disabled = false, onClick }: { label: string; path: string; disabled?: boolean; onClick: () => void }) {
  return (
    <button type="button" className="grid h-12 w-12 place-items-center disabled:opacity-25" aria-label={label} disabled={disabled} onClick={onClick}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
        <path d={path} />
      </svg>
    </button>
  );
}
