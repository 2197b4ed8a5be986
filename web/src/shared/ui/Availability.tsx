import { price } from "@/shared/lib/money";

/** "from €28" or "Sold out", and "few left" in words; the price is what the buyer pays, fees included. */
export function Availability({ state, from, currency }: { state: string; from: number | null; currency: string }) {
  if (state === "sold_out") return <span className="text-muted">Sold out</span>;
  return (
    <span className="tabular-nums">
      {from === null ? "See prices" : from === 0 ? "Free" : <>from <span className="font-medium">{price(from, currency)}</span></>}
      {state === "few" && <span className="font-display italic"> · few left</span>}
    </span>
  );
}
