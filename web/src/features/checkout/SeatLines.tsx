import { money, price } from "@/shared/lib/money";
import { seatInRow, seatWords, type SeatName } from "@/shared/lib/seatWords";

/** A way to be priced: adult, child, reduced. */
export interface TypeChoice {
  id: string;
  name: string;
  /** What a seat costs with it, fees included, before any discount. */
  total: number;
}

export interface Line extends SeatName {
  seatNo: number;
  /** What the buyer pays for it, fees included; null while unknown. */
  total: number | null;
  category: string;
  /** The chosen type and what there is to choose from; one or none means that there is nothing to choose. */
  typeId?: string;
  types?: readonly TypeChoice[];
}

interface SeatLinesProps {
  lines: readonly Line[];
  currency: string;
  onRemove?: ((seatNo: number) => void) | undefined;
  onType?: ((seatNo: number, typeId: string) => void) | undefined;
}

/** The chosen seats with what each costs, and as whom. */
export function SeatLines({ lines, currency, onRemove, onType }: SeatLinesProps) {
  return (
    <ul className="divide-y divide-hairline border-y border-hairline" aria-label="Your seats">
      {lines.map((line) => (
        <li key={line.seatNo} className="flex min-h-14 items-center gap-3 py-2">
          <div className="grid min-w-0 flex-1 grid-cols-[1fr_auto] items-center gap-x-3">
            <p className="leading-snug">{seatInRow(line)}</p>
            <p className="min-w-16 text-right tabular-nums">{line.total === null ? "" : money(line.total, currency)}</p>
            <p className="text-sm leading-snug text-muted">
              {line.section}
              {line.category && ` · ${line.category}`}
            </p>
            {onType && line.types && line.types.length > 1 && <TypeChooser line={line} types={line.types} currency={currency} onType={onType} />}
          </div>
          {onRemove && (
            <button
              type="button"
              className="-mr-3 grid h-11 w-11 place-items-center text-muted hover:text-ink"
              aria-label={`Give back ${seatWords(line)}`}
              onClick={() => onRemove(line.seatNo)}
            >
              <svg viewBox="0 0 16 16" width="13" height="13" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
                <path d="M3 3l10 10M13 3 3 13" />
              </svg>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The device's own list: it suits a thumb, a keyboard and a screen reader alike. */
function TypeChooser({ line, types, currency, onType }: { line: Line; types: readonly TypeChoice[]; currency: string; onType: (seatNo: number, typeId: string) => void }) {
  return (
    <select
      aria-label={`Ticket type for ${seatWords(line)}`}
      className="mt-1 min-h-11 max-w-64 justify-self-end rounded-md border border-control bg-raised px-2 text-sm text-ink hover:border-ink"
      value={line.typeId ?? ""}
      onChange={(event) => onType(line.seatNo, event.target.value)}
    >
      {types.map((type) => (
        <option key={type.id} value={type.id}>
          {type.name} · {price(type.total, currency)}
        </option>
      ))}
    </select>
  );
}
