interface StepperProps {
  value: number;
  min?: number;
  max: number;
  /** What is counted, for the ear: "One seat less", "One more seat". */
  less: string;
  more: string;
  disabled?: boolean;
  onChange: (value: number) => void;
}

const STEP = "grid h-11 w-11 place-items-center rounded-md border border-control text-xl leading-none hover:border-ink disabled:border-hairline disabled:text-muted";

/** One more, one less, with targets for a thumb. The number is announced as it changes. */
export function Stepper({ value, min = 0, max, less, more, disabled = false, onChange }: StepperProps) {
  return (
    <div className="flex items-center gap-1 tabular-nums">
      <button type="button" className={STEP} aria-label={less} disabled={disabled || value <= min} onClick={() => onChange(value - 1)}>
        <span aria-hidden="true">−</span>
      </button>
      <output className="min-w-9 text-center font-display text-xl leading-none">{value}</output>
      <button type="button" className={STEP} aria-label={more} disabled={disabled || value >= max} onClick={() => onChange(value + 1)}>
        <span aria-hidden="true">+</span>
      </button>
    </div>
  );
}
