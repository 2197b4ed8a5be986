import { count } from "@/shared/lib/locale";
import { money } from "@/shared/lib/money";
import { Button } from "@/shared/ui/Button";
import { Stepper } from "@/shared/ui/Stepper";
import { BestSeats } from "./BestSeats";
import type { OrderPanelProps } from "./OrderPanel";
import { InBar, Total } from "./panel";
import { Problem } from "./Problem";
import { SeatLines } from "./SeatLines";
import { chosenCount } from "./state";

interface ChooseProps extends OrderPanelProps {
  /** Of the sheet, on a phone. */
  open: boolean;
  onOpen: () => void;
}

/** Nothing is held yet: the chosen seats, or the house's choice. */
export function Choose(props: ChooseProps) {
  const { checkout, currency, lineOf, areaPrice, priceChoices, accessible, maxSeats, salesOpen, open, onOpen } = props;
  const lines = checkout.selected.map(lineOf);
  const standing = Object.entries(checkout.standing);
  const n = chosenCount(checkout);
  const total = standing.reduce((sum, [area, places]) => sum + places * (areaPrice(area) ?? 0), lines.reduce((sum, line) => sum + (line.total ?? 0), 0));
  const holding = checkout.busy === "holding";
  return (
    <>
      <Problem {...props} />
      {n === 0 && <p className="max-w-[22rem] text-muted">Choose on the map or in the list. Every price is the whole price, fees included.</p>}
      {lines.length > 0 && <SeatLines lines={lines} currency={currency} onRemove={checkout.busy === null ? checkout.toggle : undefined} />}
      {standing.length > 0 && (
        <ul aria-label="Your standing places" className="divide-y divide-hairline border-y border-hairline">
          {standing.map(([area, places]) => (
            <li key={area} className="flex min-h-14 items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <p className="leading-snug">{area}</p>
                <p className="text-sm leading-snug text-muted">{count(places, "standing place")}</p>
              </div>
              <Stepper
                value={places}
                max={maxSeats}
                less={`One place less in ${area}`}
                more={`One more place in ${area}`}
                disabled={holding}
                onChange={(wanted) => checkout.stand(area, wanted)}
              />
              <p className="min-w-16 text-right tabular-nums">{money(places * (areaPrice(area) ?? 0), currency)}</p>
            </li>
          ))}
        </ul>
      )}
      {n === 0 && priceChoices.length > 0 && (
        <BestSeats
          prices={priceChoices}
          currency={currency}
          maxSeats={maxSeats}
          busy={holding}
          disabled={!salesOpen}
          accessible={accessible}
          onFind={(wish) => void checkout.holdBest(wish)}
        />
      )}
      <InBar>
        <Total amount={total} currency={currency}>
          <p className="hidden text-xs text-muted lg:block">Fees included</p>
          <SheetHandle n={n} best={priceChoices.length > 0} open={open} onOpen={onOpen} />
        </Total>
        <Button tone="next" className="max-[24rem]:px-3 max-[24rem]:text-sm lg:w-full" disabled={n === 0 || !salesOpen} busy={holding && n > 0} onClick={() => void checkout.holdSelected()}>
          {n === 1 ? "Hold this seat" : "Hold these seats"}
        </Button>
      </InBar>
    </>
  );
}

/** On a phone: what the closed sheet holds, and the way to it. */
function SheetHandle({ n, best, open, onOpen }: { n: number; best: boolean; open: boolean; onOpen: () => void }) {
  if (n === 0 && !best) return <p className="text-sm text-muted lg:hidden">No seats chosen yet</p>;
  const words = n === 0 ? "Let us choose" : count(n, "seat");
  return (
    <button type="button" className="-my-1 inline-flex min-h-8 items-center text-left text-sm text-link lg:hidden" aria-expanded={open} onClick={onOpen}>
      {words} · {open ? "hide" : "show"}
    </button>
  );
}
