import { useId, type InputHTMLAttributes } from "react";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  label: string;
  hint?: string;
  error?: string | undefined;
}

/** A labelled input whose hint and error a screen reader reads with it. */
export function Field({ label, hint, error, className = "", ...input }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(" ");
  return (
    <div className={className}>
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      <input
        id={id}
        aria-describedby={described || undefined}
        aria-invalid={error ? true : undefined}
        className="mt-1.5 block min-h-12 w-full rounded-md border border-control bg-raised px-3.5 text-base text-ink placeholder:text-muted hover:border-ink aria-invalid:border-2 aria-invalid:border-warn"
        {...input}
      />
      {error && (
        <p id={`${id}-error`} className="mt-1 text-sm text-warn">
          {error}
        </p>
      )}
    </div>
  );
}
