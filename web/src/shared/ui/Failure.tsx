import type { ReactNode } from "react";
import { codeOf } from "@/shared/lib/problem";
import { Button } from "./Button";

/** A page that could not be loaded: says why in words and offers the way on. */
export function Failure({ error, what, onRetry, children }: { error: unknown; what: string; onRetry?: () => void; children?: ReactNode }) {
  const lost = codeOf(error) === "network";
  return (
    <div role="alert" className="page py-20">
      <h1 className="text-3xl">{lost ? "We cannot reach Frontrow" : `We could not load ${what}`}</h1>
      <p className="prose-width mt-4">
        {lost
          ? "The connection was lost. Nothing you chose or paid is affected. Check your connection, then try again."
          : "Something went wrong on our side. Nothing you chose or paid is affected. Trying again in a moment usually helps."}
      </p>
      <div className="mt-6 flex flex-wrap gap-4">
        {onRetry && (
          <Button tone="next" onClick={onRetry}>
            Try again
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}
