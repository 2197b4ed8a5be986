import { useEffect, useId, useRef, useState, type SubmitEvent } from "react";
import { money } from "@/shared/lib/money";
import { Button } from "@/shared/ui/Button";
import type { Explanation } from "./words";

interface CouponBoxProps {
  /** The code that is in the price now. */
  applied: string | null;
  discount: number;
  currency: string;
  refusal: Explanation | null;
  busy: boolean;
  /** A code to try, or null to do without. */
  onUse: (code: string | null) => void;
}

/** A place for a code: closed until it is wanted, so that nobody without one goes looking for it. */
export function CouponBox({ applied, discount, currency, refusal, busy, onUse }: CouponBoxProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (refusal) field.current?.select();
  }, [refusal]);

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const code = field.current?.value.trim() ?? "";
    if (code) onUse(code);
    else field.current?.focus();
  };

  if (applied !== null) {
    return (
      <div className="flex min-h-11 w-full items-center justify-between gap-4 text-sm" data-testid="coupon">
        <p role="status">
          Code <span className="font-medium">{applied}</span>
          {discount > 0 ? ` takes ${money(discount, currency)} off` : " is in the price"}
        </p>
        <Button tone="quiet" className="min-h-11 text-sm font-normal" busy={busy} onClick={() => onUse(null)}>
          Remove <span className="sr-only">the code</span>
        </Button>
      </div>
    );
  }
  if (!open && !refusal) {
    return (
      <Button tone="quiet" className="min-h-11 text-sm font-normal" onClick={() => setOpen(true)}>
        I have a code
      </Button>
    );
  }
  return (
    <form onSubmit={submit} data-testid="coupon" className="w-full" noValidate>
      <label htmlFor={id} className="block text-sm font-medium">
        Code
      </label>
      <div className="mt-1.5 flex gap-2">
        <input
          id={id}
          ref={field}
          name="coupon"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={64}
          // The field opens because its button was pressed; the focus belongs where that led.
          autoFocus={open /* eslint-disable-line jsx-a11y/no-autofocus */}
          aria-describedby={refusal ? `${id}-refusal` : undefined}
          aria-invalid={refusal ? true : undefined}
          className="block min-h-12 w-full min-w-0 rounded-md border border-control bg-raised px-3.5 text-base text-ink uppercase hover:border-ink aria-invalid:border-2 aria-invalid:border-warn"
        />
        <Button type="submit" busy={busy}>
          Apply
        </Button>
      </div>
      {refusal && (
        <p id={`${id}-refusal`} role="alert" className="mt-1.5 text-sm">
          <span className="font-medium text-warn">{refusal.title}.</span> {refusal.body}
        </p>
      )}
    </form>
  );
}
