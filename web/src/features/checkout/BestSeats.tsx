import { useId, useState } from "react";
import { count } from "@/shared/lib/locale";
import { price } from "@/shared/lib/money";
import { Button } from "@/shared/ui/Button";
import { Stepper } from "@/shared/ui/Stepper";
import type { BestWish } from "./calls";

/** A price that seats can be asked for by: its letter, its name, what a seat costs, and how many are left. */
export interface PriceChoice {
  category: string;
  name: string;
  total: number;
  free: number;
}

interface BestSeatsProps {
  prices: readonly PriceChoice[];
  currency: string;
  maxSeats: number;
  busy: boolean;
  disabled: boolean;
  /** There are wheelchair places to ask for. */
  accessible: boolean;
  onFind: (wish: BestWish) => void;
}

/** "The best two together": for whoever would rather not look for them on the map. They are held at once. */
export function BestSeats({ prices, currency, maxSeats, busy, disabled, accessible, onFind }: BestSeatsProps) {
  const id = useId();
  const [wanted, setWanted] = useState(2);
  const [category, setCategory] = useState("");
  const [wheelchair, setWheelchair] = useState(false);
  return (
    <section aria-labelledby={`${id}-title`} className="border-t border-hairline pt-5" data-testid="best-seats">
      <h3 id={`${id}-title`} className="text-lg">
        Or let us choose
      </h3>
      <p className="mt-0.5 text-sm text-muted">The best seats that are free, side by side, held for you at once.</p>
      <div className="mt-3 flex flex-wrap items-end gap-x-5 gap-y-3">
        <div role="group" aria-labelledby={`${id}-count`}>
          <p id={`${id}-count`} className="mb-1.5 text-sm font-medium">
            Together
          </p>
          <Stepper value={wanted} min={1} max={maxSeats} less="One seat less" more="One more seat" disabled={busy} onChange={setWanted} />
        </div>
        <div className="min-w-0 flex-1 basis-60">
          <label htmlFor={`${id}-price`} className="mb-1.5 block text-sm font-medium">
            Price
          </label>
          <select
            id={`${id}-price`}
            className="min-h-11 w-full min-w-36 rounded-md border border-control bg-raised px-2.5 text-base text-ink hover:border-ink"
            value={category}
            disabled={busy}
            onChange={(event) => setCategory(event.target.value)}
          >
            <option value="">Any price</option>
            {prices.map((choice) => (
              <option key={choice.category} value={choice.category} disabled={choice.free === 0}>
                {choice.category} · {choice.name} · {price(choice.total, currency)}
                {choice.free === 0 ? " · none left" : ""}
              </option>
            ))}
          </select>
        </div>
      </div>
      {accessible && (
        <label className="mt-2 flex min-h-11 items-center gap-3 text-sm">
          <input type="checkbox" className="h-5 w-5 accent-ink" checked={wheelchair} disabled={busy} onChange={(event) => setWheelchair(event.target.checked)} />
          With a wheelchair place
        </label>
      )}
      <Button className="mt-3 w-full" busy={busy} disabled={disabled} onClick={() => onFind({ count: wanted, category: category || null, accessible: wheelchair, split: false })}>
        Hold the best {wanted === 1 ? "seat" : count(wanted, "seat")}
      </Button>
    </section>
  );
}
