import { useState, useSyncExternalStore, type KeyboardEvent } from "react";
import { count } from "@/shared/lib/locale";
import { price } from "@/shared/lib/money";
import { Stepper } from "@/shared/ui/Stepper";
import { KIND_COMPANION, KIND_WHEELCHAIR, nameOf, type Area, type House } from "./house";
import { isAccessible, listed, type ListedRow, type ListedSection } from "./listFilter";
import type { LiveSeats } from "./live";
import { spokenSeat, type PriceList } from "./prices";
import type { SeatCanvasProps } from "./SeatCanvas";
import { sightOf } from "./sight";

export interface StandingProps {
  /** How many places are chosen in each standing area, by its name. */
  standing: Readonly<Record<string, number>>;
  onStand: (area: string, count: number) => void;
  maxSeats: number;
}

type ListProps = Omit<SeatCanvasProps, "announce" | "alone"> & StandingProps;

/** The map in words: section by section, row by row, every seat a button. */
export function SeatList(props: ListProps) {
  useSyncExternalStore(props.live.subscribeCalmly, props.live.getVersion);
  const { house, live, mine, dimmed } = props;
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(house.sections.slice(0, 1).map((section) => section.name)));
  const [freeOnly, setFreeOnly] = useState(false);
  const [accessibleOnly, setAccessibleOnly] = useState(false);
  const toggle = (name: string, on: boolean): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (on) after.add(name);
      else after.delete(name);
      return after;
    });
  const sections = listed(house, { freeOnly, accessibleOnly, dimmed }, (seatNo) => live.stateOf(seatNo), mine);
  const areas = accessibleOnly ? [] : house.areas.filter((area) => !dimmed.has(area.category) && !(freeOnly && freeIn(live, placesIn(area)) === 0));
  const nothing = sections.length === 0 && areas.length === 0;
  // Few sections need no second press: a wheelchair place is one of a handful.
  const unfolded = accessibleOnly && sections.length <= MOST_UNFOLDED;
  return (
    <div data-seats="" className="h-full overflow-y-auto px-4 pb-28 lg:px-6 lg:pb-8">
      <div role="group" aria-label="Show in the list" className="flex flex-wrap items-center gap-x-6 border-b border-hairline py-1">
        <Choice words="Free seats only" on={freeOnly} onChange={setFreeOnly} />
        {house.kind.some((_, index) => isAccessible(house, index + 1)) && <Choice words="Accessible places only" on={accessibleOnly} onChange={setAccessibleOnly} />}
      </div>
      {nothing && (
        <p className="py-6 text-muted" role="status">
          {live.loaded ? "Nothing like that is left." : ""}
        </p>
      )}
      {sections.map((part) => (
        <SectionList
          key={part.section.name}
          part={part}
          open={unfolded || open.has(part.section.name)}
          onOpen={(on) => toggle(part.section.name, on)}
          {...props}
        />
      ))}
      {areas.map((area) => (
        <AreaList key={area.name} area={area} {...props} />
      ))}
    </div>
  );
}

const MOST_UNFOLDED = 8;

function Choice({ words, on, onChange }: { words: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex min-h-11 items-center gap-3 text-sm">
      <input type="checkbox" className="h-5 w-5 accent-ink" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {words}
    </label>
  );
}

function freeIn(live: LiveSeats, seats: readonly number[]): number {
  return seats.reduce((sum, seatNo) => sum + (live.stateOf(seatNo) === "f" ? 1 : 0), 0);
}

function SectionList({ part, open, onOpen, ...props }: ListProps & { part: ListedSection; open: boolean; onOpen: (on: boolean) => void }) {
  const free = part.rows.reduce((sum, { seats }) => sum + freeIn(props.live, seats), 0);
  return (
    <details open={open} onToggle={(event) => onOpen(event.currentTarget.open)} className="border-b border-hairline py-1">
      <summary className="flex min-h-11 cursor-pointer items-baseline justify-between gap-4 py-2">
        <span className="font-display text-xl">{part.section.name}</span>
        <span className="text-sm text-muted">{free === 0 ? "none left" : `${count(free, "seat")} free`}</span>
      </summary>
      {open && part.rows.map((line) => <RowList key={line.row.seats[0]} {...line} {...props} />)}
    </details>
  );
}

function categoryWords(house: House, prices: PriceList, category: number): string {
  const letter = house.categories[category] ?? "";
  const entry = prices.of(letter);
  return entry ? `${letter} · ${entry.name} · ${price(entry.total, prices.currency)}` : letter;
}

/** A row is one stop of the Tab key: arrows go on from seat to seat, up and down from row to row. */
function steer(event: KeyboardEvent<HTMLElement>): void {
  const row = event.currentTarget;
  const seats = [...row.querySelectorAll<HTMLElement>("button:enabled")];
  const at = seats.findIndex((seat) => seat === event.target);
  const stops = [...(row.closest("[data-seats]")?.querySelectorAll<HTMLElement>("[role=toolbar] [tabindex='0']:enabled") ?? [])];
  const here = stops.findIndex((seat) => row.contains(seat));
  const wanted: Record<string, HTMLElement | undefined> = {
    ArrowLeft: seats[at - 1],
    ArrowRight: seats[at + 1],
    Home: seats[0],
    End: seats.at(-1),
    ArrowUp: stops[here - 1],
    ArrowDown: stops[here + 1],
  };
  const next = wanted[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function RowList({ row, seats, house, live, prices, mine, locked, onToggle }: ListProps & ListedRow) {
  const free = freeIn(live, seats);
  const [lastAt, setLastAt] = useState(0);
  const isOffered = (seatNo: number): boolean => mine.has(seatNo) || live.stateOf(seatNo) === "f";
  const stop = seats.includes(lastAt) && isOffered(lastAt) ? lastAt : seats.find(isOffered);
  const sight = sightOf(house, seats[Math.floor(seats.length / 2)] ?? 0);
  // A table or a small box is a row without a name of its own: that of its section stands right above it.
  const title = row.label ? `Row ${row.label}` : nameOf(house, seats[0] ?? 0).section;
  return (
    <div
      className="py-3 [contain-intrinsic-size:auto_96px] [content-visibility:auto]"
      role="toolbar"
      aria-label={`${title}, ${free} free`}
      onKeyDown={steer}
    >
      <p className="mb-1.5 flex flex-wrap gap-x-3 text-sm">
        {row.label && <span className="font-medium">{title}</span>}
        <span className="text-muted tabular-nums">{categoryWords(house, prices, row.category)}</span>
        {sight && <span className="text-muted">{sight.words}</span>}
      </p>
      <div className="flex flex-wrap gap-1">
        {seats.map((seatNo) => {
          const chosen = mine.has(seatNo);
          const state = live.stateOf(seatNo);
          return (
            <button
              key={seatNo}
              type="button"
              aria-pressed={chosen}
              aria-label={spokenSeat(house, prices, seatNo, chosen ? "mine" : state, true)}
              disabled={!isOffered(seatNo) || locked}
              tabIndex={seatNo === stop ? 0 : -1}
              onFocus={() => setLastAt(seatNo)}
              onClick={() => onToggle(seatNo)}
              className={`list-seat ${chosen ? "list-seat-mine" : state === "h" ? "list-seat-held" : ""}`}
            >
              {chosen && <span aria-hidden="true">✓ </span>}
              <KindSign kind={house.kind[seatNo - 1] ?? 0} />
              {nameOf(house, seatNo).label}
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** The shapes that mark these places on the map. */
function KindSign({ kind }: { kind: number }) {
  if (kind !== KIND_WHEELCHAIR && kind !== KIND_COMPANION) return null;
  return (
    <svg viewBox="0 0 16 16" width="12" height="12" className="mr-1 inline-block align-[-0.06em]" fill="none" stroke="currentColor" strokeWidth="1.750" aria-hidden="true">
      {kind === KIND_WHEELCHAIR ? <rect x="2" y="2" width="12" height="12" rx="2.5" /> : <path d="M8 1 15 8 8 15 1 8Z" />}
    </svg>
  );
}

const placesIn = (area: Area): number[] => Array.from({ length: area.capacity }, (_, n) => area.first + n);

/** Standing places have no numbers to choose: one more, or one less; which they are is found when they are held. */
function AreaList({ area, house, live, prices, mine, locked, standing, onStand, maxSeats }: ListProps & { area: Area }) {
  const places = placesIn(area);
  const free = freeIn(live, places);
  const held = places.filter((seatNo) => mine.has(seatNo)).length;
  const yours = locked && held > 0 ? held : (standing[area.name] ?? 0);
  return (
    <div className="flex min-h-11 items-center justify-between gap-4 border-b border-hairline py-3">
      <div>
        <p className="font-display text-xl">{area.name}</p>
        <p className="text-sm text-muted tabular-nums">
          {categoryWords(house, prices, area.category)} · {count(free, "place")} free
        </p>
      </div>
      <Stepper
        value={yours}
        max={Math.min(free, maxSeats)}
        less={`One place less in ${area.name}`}
        more={`One more place in ${area.name}`}
        disabled={locked}
        onChange={(wanted) => onStand(area.name, wanted)}
      />
    </div>
  );
}
