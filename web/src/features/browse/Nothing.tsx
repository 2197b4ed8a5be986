import { useQueries } from "@tanstack/react-query";
import { today } from "./days";
import { dropWords, nothingWords } from "./filterWords";
import { activeNames, FILTER_NAMES, without, type Filters } from "./filters";
import { countQuery } from "./queries";

/** Nothing fits: says so in the reader's own words, and which one of them to drop to find how much. */
export function Nothing({ wish, currency, onChange }: { wish: Filters; currency: string; onChange: (part: Filters) => void }) {
  const names = activeNames(wish);
  const ways = useQueries({ queries: names.map((name) => countQuery(without(wish, name))) });
  const found = names
    .map((name, n) => ({ name, events: ways[n]?.data }))
    .filter((way): way is { name: (typeof names)[number]; events: number | null } => way.events !== undefined && way.events !== 0);
  const asked = ways.every((way) => !way.isPending);
  return (
    <div className="py-12 sm:py-16" role="status">
      <p className="max-w-[26ch] font-display text-2xl">{nothingWords(wish, today(), currency)}.</p>
      {names.length === 0 && <p className="mt-3 text-muted">New evenings appear here as soon as they are announced.</p>}
      {names.length > 1 && found.length > 0 && (
        <ul className="mt-5 space-y-1">
          {found.map(({ name, events }) => (
            <li key={name}>
              <button type="button" className="text-link min-h-11 text-left text-base" onClick={() => onChange({ [name]: undefined })}>
                {dropWords(name, wish, events)}
              </button>
            </li>
          ))}
        </ul>
      )}
      {wish.q && found.length === 0 && <p className="mt-3 text-muted">Try fewer letters, the name of the venue, or the city.</p>}
      {names.length > 0 && asked && (found.length === 0 || names.length === 1) && (
        <button type="button" className="text-link mt-4 min-h-11" onClick={() => onChange(without(wish, ...FILTER_NAMES))}>
          See the whole programme
        </button>
      )}
    </div>
  );
}
