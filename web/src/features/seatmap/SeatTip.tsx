import { useSyncExternalStore } from "react";
import { price } from "@/shared/lib/money";
import { seatInRow } from "@/shared/lib/seatWords";
import { categoryOf, isStanding, nameOf } from "./house";
import type { MapView } from "./mapView";
import { kindWords, priceOfSeat, stateWords, type PriceList, type Standing } from "./prices";
import { Sightline } from "./Sightline";
import { sightOf } from "./sight";

const WIDTH = 208;
const GAP = 16;
/** A standing area's name and count stand in its middle; the tip keeps above them. */
const STANDING_GAP = 40;
/** Room a tip needs above its seat; with less it goes below. */
const TALLEST = 290;

interface SeatTipProps {
  seatNo: number;
  view: MapView;
  prices: PriceList;
  standing: Standing;
  /** After a tap: only the words, so that a phone's map stays in view. */
  brief: boolean;
}

/** What is known about the seat under the pointer or the keyboard, beside it. For the eye; the ear has the live region. */
export function SeatTip({ seatNo, view, prices, standing, brief }: SeatTipProps) {
  const { house } = view;
  useSyncExternalStore(view.watch, () => view.camera);
  const [x, y] = view.pointOf(seatNo);
  if (x < 0 || y < 0 || x > view.size.width || y > view.size.height) return null;
  const left = Math.min(Math.max(8, x - WIDTH / 2), Math.max(8, view.size.width - WIDTH - 8));
  const above = y > TALLEST;
  const gap = isStanding(house, seatNo) ? STANDING_GAP : GAP;
  const place = above ? { left, bottom: view.size.height - y + gap } : { left, top: y + gap };

  const name = nameOf(house, seatNo);
  const letter = categoryOf(house, seatNo);
  const total = priceOfSeat(house, prices, seatNo);
  const kind = kindWords(house, seatNo);
  const sight = isStanding(house, seatNo) ? null : sightOf(house, seatNo);
  const buyable = standing === "f" || standing === "mine";
  return (
    <div className="float-shadow pointer-events-none absolute z-10 rounded-md bg-raised px-3.5 pt-2.5 pb-3" style={{ width: WIDTH, ...place }} aria-hidden="true">
      <p className="text-sm text-muted">{name.section}</p>
      <p className="font-display text-lg leading-snug">{isStanding(house, seatNo) ? "Standing place" : seatInRow(name)}</p>
      <p className="mt-0.5 flex items-baseline justify-between text-sm tabular-nums">
        {buyable && total !== null ? (
          <>
            <span>
              {letter} · {prices.of(letter)?.name}
            </span>
            <span className="font-medium">{price(total, prices.currency)}</span>
          </>
        ) : (
          <span className="first-letter:uppercase">{stateWords(standing)}</span>
        )}
      </p>
      {!brief &&
        buyable &&
        prices.all(letter).slice(1, 4).map((type) => (
          <p key={type.name} className="flex items-baseline justify-between text-sm text-muted tabular-nums">
            <span>{type.name}</span>
            <span>{price(type.total, prices.currency)}</span>
          </p>
        ))}
      {kind && <p className="text-sm first-letter:uppercase">{kind}</p>}
      {!brief && sight && (
        <>
          <Sightline sight={sight} />
          <p className="mt-1.5 text-xs text-muted">{sight.words}</p>
        </>
      )}
    </div>
  );
}
