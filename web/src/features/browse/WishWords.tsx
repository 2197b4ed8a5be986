import { today } from "./days";
import { removables, type Removable } from "./filterWords";
import { FILTER_NAMES, toggled, without, type Filters } from "./filters";

interface WishWordsProps {
  wish: Filters;
  currency: string;
  onChange: (part: Filters) => void;
}

/** What is asked, as words that a press takes away. */
export function WishWords({ wish, currency, onChange }: WishWordsProps) {
  const words = removables(wish, today(), currency);
  if (words.length === 0) return null;
  const drop = ({ name, value }: Removable): void => {
    if (value && (name === "city" || name === "category")) onChange({ [name]: toggled(wish[name], value) });
    else onChange({ [name]: undefined });
  };
  return (
    <ul aria-label="What you asked for" className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {words.map((word) => (
        <li key={`${word.name}-${word.value ?? ""}`}>
          <button type="button" className="wish-word" aria-label={`Without ${word.label}`} onClick={() => drop(word)}>
            <span>{word.label}</span>
            <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round">
              <path d="m2 2 8 8M10 2 2 10" />
            </svg>
          </button>
        </li>
      ))}
      {words.length > 1 && (
        <li>
          <button type="button" className="text-link min-h-11 px-2 text-sm" onClick={() => onChange(without(wish, ...FILTER_NAMES))}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}
