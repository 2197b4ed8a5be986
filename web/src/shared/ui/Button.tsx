import type { ButtonHTMLAttributes } from "react";

type Tone = "next" | "ink" | "quiet";

const SHAPE =
  "inline-flex min-h-12 items-center justify-center gap-2 rounded-md py-2.5 text-base leading-tight font-medium transition-colors duration-150 text-center";

const TONES: Record<Tone, string> = {
  /** The one next step of a view: the only place where curtain red is used. */
  next: "px-5 bg-accent text-on-accent hover:bg-accent-strong disabled:bg-hairline disabled:text-muted",
  ink: "px-5 border border-control text-ink hover:border-ink hover:bg-sunk disabled:border-hairline disabled:text-muted",
  quiet: "text-ink text-link disabled:text-muted",
};

export function buttonClass(tone: Tone = "ink", extra = ""): string {
  return `${SHAPE} ${TONES[tone]} ${extra}`;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone;
  /** Shows that the press was heard and keeps a second one away. */
  busy?: boolean;
}

export function Button({ tone = "ink", busy = false, className = "", children, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button type={type} className={buttonClass(tone, className)} disabled={disabled === true || busy} aria-busy={busy} {...rest}>
      {busy && <Dots />}
      {children}
    </button>
  );
}

function Dots() {
  return (
    <svg viewBox="0 0 20 6" width="20" height="6" aria-hidden="true" fill="currentColor">
      {[3, 10, 17].map((cx, n) => (
        <circle key={cx} className="busy-dot" cx={cx} cy="3" r="2.2" style={{ animationDelay: `${n * 0.18}s` }} />
      ))}
    </svg>
  );
}
