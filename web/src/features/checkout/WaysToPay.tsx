import { useId } from "react";
import { useConfig } from "./config";

/** What the ways are called, and the currencies that a bank's way knows. Others are not offered. */
const WAYS: Record<string, { name: string; currencies?: readonly string[] }> = {
  card: { name: "Card" },
  ideal: { name: "iDEAL", currencies: ["EUR"] },
  bancontact: { name: "Bancontact", currencies: ["EUR"] },
  eps: { name: "EPS", currencies: ["EUR"] },
  p24: { name: "Przelewy24", currencies: ["EUR", "PLN"] },
};

interface WaysToPayProps {
  chosen: string;
  currency: string;
  busy: boolean;
  onChoose: (kind: string) => void;
}

/** Card, or one of the banks' ways. With only one there is nothing to choose. */
export function WaysToPay({ chosen, currency, busy, onChoose }: WaysToPayProps) {
  const name = useId();
  const config = useConfig();
  const kinds = (config.data?.payment_kinds ?? []).filter((kind) => {
    const way = WAYS[kind];
    return way !== undefined && (way.currencies?.includes(currency) ?? true);
  });
  // Their room is kept while they are asked for, or the fields below would jump.
  if (config.isPending) return <div className="h-[70px]" />;
  if (kinds.length < 2) return null;
  return (
    <fieldset disabled={busy} className="flex flex-wrap gap-2">
      <legend className="mb-1.5 text-sm font-medium">Pay by</legend>
      {kinds.map((kind) => (
        <label
          key={kind}
          className="flex min-h-11 cursor-pointer items-center rounded-md border border-control px-4 text-sm hover:border-ink has-checked:border-ink has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ink has-disabled:text-muted"
        >
          <input type="radio" name={name} value={kind} className="sr-only" checked={kind === chosen} onChange={() => onChoose(kind)} />
          {WAYS[kind]?.name}
        </label>
      ))}
    </fieldset>
  );
}
