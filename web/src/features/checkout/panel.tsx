import { createContext, use, useId, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { money } from "@/shared/lib/money";

const Bar = createContext<HTMLElement | null>(null);

/** The panel's two parts: what scrolls, and a bar under it that never leaves the sight. */
export function PanelParts({ children }: { children: ReactNode }) {
  const [bar, setBar] = useState<HTMLElement | null>(null);
  return (
    <>
      <div className="order-scroll">
        <Bar value={bar}>{children}</Bar>
      </div>
      <div className="order-bar" ref={setBar} />
    </>
  );
}

/** Whatever a step wants to have in sight: the total and the next step. */
export function InBar({ children }: { children: ReactNode }) {
  const bar = use(Bar);
  return bar && createPortal(children, bar);
}

/** The total, announced when it changes, and in small print what is in it. */
export function Total({ amount, currency, small, children }: { amount: number; currency: string; small?: string; children?: ReactNode }) {
  const id = useId();
  return (
    <div className="min-w-0 max-lg:flex-1 lg:mb-4">
      <div className="flex items-baseline justify-between gap-4">
        <p id={id} className="max-lg:sr-only">
          Total
        </p>
        <p className="font-display text-xl leading-tight tabular-nums" role="status" aria-labelledby={id} data-testid="total">
          <span className="sr-only">Total </span>
          {money(amount, currency)}
        </p>
      </div>
      {small && <p className="text-xs leading-snug text-muted tabular-nums">{small}</p>}
      {children}
    </div>
  );
}
