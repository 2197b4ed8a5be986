import { money } from "@/shared/lib/money";
import { seatInRow, seatWords, type SeatName } from "@/shared/lib/seatWords";

export interface Line extends SeatName {
  seatNo: number;
  /** What the buyer pays for it, fees included; null while unknown. */
  total: number | null;
  category: string;
}

interface SeatLinesProps {
  lines: Line[];
  currency: string;
  onRemove?: ((seatNo: number) => void) | undefined;
}

/** The chosen seats with what each costs. */
export function SeatLines({ lines, currency, onRemove }: SeatLinesProps) {
  return (
    <ul className="divide-y divide-hairline border-y border-hairline" aria-label="Your seats">
      {lines.map((line) => (
        <li key={line.seatNo} className="flex min-h-14 items-center gap-3 py-2">
          <div className="min-w-0 flex-1">
            <p className="leading-snug">{seatInRow(line)}</p>
            <p className="text-sm leading-snug text-muted">
              {line.section}
              {line.category && ` · ${line.category}`}
            </p>
          </div>
          <p className="tabular-nums">{line.total === null ? "" : money(line.total, currency)}</p>
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
