import { useSyncExternalStore } from "react";
import { count } from "@/shared/lib/locale";
import { price } from "@/shared/lib/money";
import { useTheme } from "@/shared/lib/theme";
import { KIND_COMPANION, KIND_WHEELCHAIR, type House } from "./house";
import type { LiveSeats } from "./live";
import { categoryColour, housePalette, letterColour } from "./palette";
import { countFree, type PriceList } from "./prices";

interface LegendProps {
  house: House;
  live: LiveSeats;
  prices: PriceList;
  /** Categories (by index) that are shown alone; none: all. */
  wanted: ReadonlySet<number>;
  onWanted: (wanted: ReadonlySet<number>) => void;
}

/** What the colours mean, what they cost all in, and how many are left now. Pressing one shows its seats alone. */
export function Legend({ house, live, prices, wanted, onWanted }: LegendProps) {
  useSyncExternalStore(live.subscribeCalmly, live.getVersion);
  const palette = housePalette(useTheme());
  const left = countFree(house, live);
  // On a phone several names would push the map away; tip, list and order still say them.
  const crowded = house.categories.length > 2;
  const toggle = (index: number): void => {
    const after = new Set(wanted);
    if (!after.delete(index)) after.add(index);
    onWanted(after.size === house.categories.length ? new Set() : after);
  };
  return (
    // On a phone one row that scrolls sideways, its end fading out: the map needs the height more. Placed, so that words
    // for the ear, which are absolute, scroll with it instead of widening the page.
    <ul
      className="relative flex overflow-x-auto px-2 py-1 text-sm whitespace-nowrap [scrollbar-width:none] max-sm:scroll-pr-8 max-sm:pr-7 max-sm:[mask-image:linear-gradient(to_right,black_calc(100%-2rem),transparent)] sm:flex-wrap lg:px-4"
      aria-label="Prices"
    >
      {house.categories.map((letter, index) => {
        const row = prices.of(letter);
        const free = left.byCategory[index] ?? 0;
        const off = wanted.size > 0 && !wanted.has(index);
        return (
          <li key={letter} className="shrink-0">
            <button
              type="button"
              aria-pressed={wanted.has(index)}
              title={wanted.has(index) ? "Show all prices again" : "Show only these seats"}
              className={`flex min-h-12 items-center gap-2 rounded-md px-2 text-left sm:gap-1.5 sm:px-1.5 leading-tight tabular-nums hover:bg-sunk ${wanted.has(index) ? "bg-sunk shadow-[inset_0_-2px_0_var(--color-ink)]" : ""}`}
              onClick={() => toggle(index)}
              // Browsers leave a button alone that shows a sliver of itself.
              onFocus={(event) => event.currentTarget.scrollIntoView({ block: "nearest", inline: "nearest" })}
            >
              <span
                className={`grid h-5 w-5 shrink-0 place-items-center rounded-full text-[11px] font-semibold ${off || (live.loaded && free === 0) ? "opacity-50" : ""}`}
                style={{ background: categoryColour(palette, index), color: letterColour(palette, index) }}
                aria-hidden="true"
              >
                {letter}
              </span>
              <span>
                <span className="sr-only">Category {letter}: </span>
                <span className={crowded ? "max-sm:sr-only sm:block" : "block"}>{row?.name ?? letter} </span>
                {row && <span className="font-semibold">{price(row.total, prices.currency)}</span>}
                <span className={`text-xs text-muted ${crowded ? "max-sm:block" : ""}`}> {live.loaded ? (free === 0 ? "sold out" : count(free, "left", "left")) : ""}</span>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The key to everything that is not a price. */
export function StateKey({ house }: { house: House }) {
  const wheelchair = house.kind.includes(KIND_WHEELCHAIR);
  const companion = house.kind.includes(KIND_COMPANION);
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted lg:gap-x-5 lg:text-sm" aria-label="Signs">
      <Sign words="Yours">
        <circle cx="8" cy="8" r="7" fill="var(--color-ink)" />
        <path d="M5 8.3 7.3 10.6 11.2 5.6" fill="none" stroke="var(--color-paper)" strokeWidth="1.6" />
      </Sign>
      <Sign words="Taken">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" />
      </Sign>
      <Sign words="Being bought">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" />
        <path d="M3.4 12.6 12.6 3.4M2 9.2 9.2 2M6.8 14 14 6.8" stroke="currentColor" />
      </Sign>
      {wheelchair && (
        <Sign words="Wheelchair place">
          <rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </Sign>
      )}
      {companion && (
        <Sign words="Companion seat">
          <path d="M8 1 15 8 8 15 1 8Z" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </Sign>
      )}
    </ul>
  );
}

function Sign({ words, children }: { words: string; children: React.ReactNode }) {
  return (
    <li className="flex items-center gap-1.5 whitespace-nowrap">
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        {children}
      </svg>
      {words}
    </li>
  );
}
