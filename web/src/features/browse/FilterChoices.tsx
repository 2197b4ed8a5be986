import { useId, useState, type ReactNode } from "react";
import type { Facet, Facets } from "@/client/frontrow.schemas";
import { price } from "@/shared/lib/money";
import { addMonths, monthOf, monthTitle, spanWords, today, weekend, type Day } from "./days";
import { daysOf, priceSteps, toggled, type ProgrammeSearch } from "./filters";

interface FilterChoicesProps {
  wish: ProgrammeSearch;
  facets: Facets | undefined;
  onChange: (part: Partial<ProgrammeSearch>) => void;
}

/** Every way to narrow the programme, set like the notes in a margin. The same in the margin and in a phone's sheet. */
export function FilterChoices({ wish, facets, onChange }: FilterChoicesProps) {
  const id = useId();
  const range = facets?.price;
  const steps = range ? priceSteps(range.least, range.most, wish.price) : [];
  const wheelchairs = facets?.accessible ?? 0;
  return (
    <div className="margin-notes">
      {wish.view !== "calendar" && <WhenChoices id={id} when={wish.when} onChange={(when) => onChange({ when })} />}
      <Several legend="What" facets={facets?.categories} chosen={wish.category} onToggle={(name) => onChange({ category: toggled(wish.category, name) })} />
      <Several legend="Where" facets={facets?.cities} chosen={wish.city} onToggle={(name) => onChange({ city: toggled(wish.city, name) })} />
      {range && steps.length > 0 && (
        <Group legend="Price, fees included">
          {[undefined, ...steps].map((step) => (
            <Choice key={step ?? "any"} type="radio" name={`${id}-price`} checked={wish.price === step} onChange={() => onChange({ price: step })}>
              {step === undefined ? "Any" : `Up to ${price(step, range.currency)}`}
            </Choice>
          ))}
        </Group>
      )}
      {(wheelchairs > 0 || wish.accessible) && (
        <Group legend="Access">
          <Choice type="checkbox" checked={wish.accessible === true} count={wheelchairs} onChange={() => onChange({ accessible: wish.accessible ? undefined : true })}>
            Wheelchair places
          </Choice>
        </Group>
      )}
    </div>
  );
}

function WhenChoices({ id, when, onChange }: { id: string; when: string | undefined; onChange: (when: string | undefined) => void }) {
  const now = today();
  const picked = when?.includes("..") || (when?.length === 10 && when !== now) || false;
  const [picking, setPicking] = useState(picked);
  const months = [0, 1, 2].map((n) => addMonths(monthOf(now), n));
  const span = daysOf(when, now);
  const own = picking || picked;
  const choose = (value: string | undefined): void => {
    setPicking(false);
    onChange(value);
  };
  const set = (from: Day, to: Day): void => {
    if (from || to) onChange(from && to ? `${from}..${to}` : from || to);
  };
  const choices: [string | undefined, string, string?][] = [
    [undefined, "Any day"],
    ["today", "Today"],
    ["weekend", "This weekend", spanWords(weekend(now))],
    ["week", "Next 7 days"],
    ...months.map((month): [string, string] => [month, monthTitle(month)]),
  ];
  return (
    <Group legend="When">
      {choices.map(([value, label, aside]) => (
        <Choice key={label} type="radio" name={`${id}-when`} checked={!own && when === value} aside={aside} onChange={() => choose(value)}>
          {label}
        </Choice>
      ))}
      <Choice type="radio" name={`${id}-when`} checked={own} onChange={() => setPicking(true)}>
        Between two days
      </Choice>
      {own && (
        <div className="mt-2 grid grid-cols-2 gap-2 lg:grid-cols-1">
          <DayField label="From" value={span?.from ?? ""} min={now} onChange={(day) => set(day, span && span.to >= day ? span.to : day)} />
          <DayField label="To" value={span?.to ?? ""} min={span?.from ?? now} onChange={(day) => set(span?.from ?? day, day)} />
        </div>
      )}
    </Group>
  );
}

function DayField({ label, value, min, onChange }: { label: string; value: Day; min: Day; onChange: (day: Day) => void }) {
  return (
    <label className="text-sm">
      <span className="block text-muted">{label}</span>
      <input
        type="date"
        value={value}
        min={min}
        className="mt-0.5 min-h-11 w-full rounded-md border border-control bg-raised px-2 tabular-nums"
        onChange={(event) => event.target.value && onChange(event.target.value)}
      />
    </label>
  );
}

const FEW = 8;

function Several({ legend, facets = [], chosen = [], onToggle }: { legend: string; facets?: Facet[] | undefined; chosen?: string[] | undefined; onToggle: (name: string) => void }) {
  const [all, setAll] = useState(false);
  // What is chosen stays in the list, even when nothing is left of it.
  const missing = chosen.filter((name) => !facets.some((facet) => facet.name === name)).map((name) => ({ name, count: 0 }));
  const known = [...facets, ...missing];
  if (known.length === 0) return null;
  const shown = all ? known : known.filter((facet, n) => n < FEW || chosen.includes(facet.name));
  return (
    <Group legend={legend}>
      {shown.map((facet) => (
        <Choice key={facet.name} type="checkbox" checked={chosen.includes(facet.name)} count={facet.count} onChange={() => onToggle(facet.name)}>
          {facet.name}
        </Choice>
      ))}
      {shown.length < known.length && (
        <button type="button" className="text-link min-h-11 text-sm" onClick={() => setAll(true)}>
          All {known.length}
        </button>
      )}
    </Group>
  );
}

function Group({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="font-display text-base italic">{legend}</legend>
      {children}
    </fieldset>
  );
}

interface ChoiceProps {
  type: "radio" | "checkbox";
  name?: string;
  checked: boolean;
  count?: number;
  aside?: string | undefined;
  onChange: () => void;
  children: ReactNode;
}

function Choice({ type, name, checked, count, aside, onChange, children }: ChoiceProps) {
  return (
    <label className="choice">
      <input type={type} name={name} checked={checked} onChange={onChange} />
      <span className="min-w-0 flex-1 first-letter:uppercase">{children}</span>
      {aside && <span className="text-xs text-muted tabular-nums">{aside}</span>}
      {count !== undefined && (
        <span className="text-xs text-muted tabular-nums">
          {count}
          <span className="sr-only"> {count === 1 ? "event" : "events"}</span>
        </span>
      )}
    </label>
  );
}
