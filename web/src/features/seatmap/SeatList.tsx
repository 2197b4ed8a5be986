import { useState, useSyncExternalStore } from "react";
import { count } from "@/shared/lib/locale";
import { price } from "@/shared/lib/money";
import { Stepper } from "@/shared/ui/Stepper";
import { nameOf, type Area, type House, type Row, type Section } from "./house";
import type { LiveSeats } from "./live";
import { spokenSeat, type PriceList } from "./prices";
import type { SeatCanvasProps } from "./SeatCanvas";

export interface StandingProps {
  /** How many places are chosen in each standing area, by its name. */
  standing: Readonly<Record<string, number>>;
  onStand: (area: string, count: number) => void;
  maxSeats: number;
}

type ListProps = Omit<SeatCanvasProps, "announce" | "alone"> & StandingProps;

/** The map in words: section by section, row by row, every seat a button. */
export function SeatList(props: ListProps) {
  useSyncExternalStore(props.live.subscribe, props.live.getVersion);
  const { house } = props;
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(house.sections.slice(0, 1).map((section) => section.name)));
  const toggle = (name: string, on: boolean): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (on) after.add(name);
      else after.delete(name);
      return after;
    });
  return (
    <div className="h-full overflow-y-auto px-4 pb-28 lg:px-6 lg:pb-8">
      {house.sections.map((section) => (
        <SectionList key={section.name} section={section} open={open.has(section.name)} onOpen={(on) => toggle(section.name, on)} {...props} />
      ))}
      {house.areas.filter((area) => !props.dimmed.has(area.category)).map((area) => (
        <AreaList key={area.name} area={area} {...props} />
      ))}
    </div>
  );
}

function freeIn(live: LiveSeats, seats: readonly number[]): number {
  return seats.reduce((sum, seatNo) => sum + (live.stateOf(seatNo) === "f" ? 1 : 0), 0);
}

function SectionList({ section, open, onOpen, ...props }: ListProps & { section: Section; open: boolean; onOpen: (on: boolean) => void }) {
  const rows = section.rows.map((index) => props.house.rows[index]).filter((row): row is Row => row !== undefined && !props.dimmed.has(row.category));
  if (rows.length === 0) return null;
  const free = rows.reduce((sum, row) => sum + freeIn(props.live, row.seats), 0);
  return (
    <details open={open} onToggle={(event) => onOpen(event.currentTarget.open)} className="border-b border-hairline py-1">
      <summary className="flex min-h-11 cursor-pointer items-baseline justify-between gap-4 py-2">
        <span className="font-display text-xl">{section.name}</span>
        <span className="text-sm text-muted">{free === 0 ? "none left" : `${count(free, "seat")} free`}</span>
      </summary>
      {open && rows.map((row) => <RowList key={row.seats[0]} row={row} {...props} />)}
    </details>
  );
}

function categoryWords(house: House, prices: PriceList, category: number): string {
  const letter = house.categories[category] ?? "";
  const entry = prices.of(letter);
  return entry ? `${letter} · ${entry.name} · ${price(entry.total, prices.currency)}` : letter;
}

function RowList({ row, house, live, prices, mine, locked, onToggle }: ListProps & { row: Row }) {
  const free = freeIn(live, row.seats);
  return (
    <div className="py-3 [contain-intrinsic-size:auto_96px] [content-visibility:auto]" role="group" aria-label={`Row ${row.label}, ${free} free`}>
      <p className="mb-1.5 flex gap-3 text-sm">
        <span className="font-medium">Row {row.label}</span>
        <span className="text-muted tabular-nums">{categoryWords(house, prices, row.category)}</span>
      </p>
      <div className="flex flex-wrap gap-1">
        {row.seats.map((seatNo) => {
          const chosen = mine.has(seatNo);
          const state = live.stateOf(seatNo);
          const available = chosen || state === "f";
          return (
            <button
              key={seatNo}
              type="button"
              aria-pressed={chosen}
              aria-label={spokenSeat(house, prices, seatNo, chosen ? "mine" : state, true)}
              disabled={!available || locked}
              onClick={() => onToggle(seatNo)}
              className={`list-seat ${chosen ? "list-seat-mine" : state === "h" ? "list-seat-held" : ""}`}
            >
              {nameOf(house, seatNo).label}
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** Standing places have no numbers to choose: one more, or one less; which they are is found when they are held. */
function AreaList({ area, house, live, prices, mine, locked, standing, onStand, maxSeats }: ListProps & { area: Area }) {
  const places = Array.from({ length: area.capacity }, (_, n) => area.first + n);
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
