import type { ReactNode } from "react";

/**
 * Something the reader must know: what happened, what it means for seats and money, what to do. A rule at the side
 * and words carry it, never colour alone.
 */
export function Notice({ title, children, tone = "plain" }: { title: string; children?: ReactNode; tone?: "plain" | "bad" }) {
  return (
    <div role={tone === "bad" ? "alert" : "status"} className={`rise border-l-3 py-0.5 pl-4 text-base ${tone === "bad" ? "border-warn" : "border-ink"}`}>
      <p className="font-medium">{title}</p>
      {children && <div className="mt-0.5 text-sm leading-relaxed">{children}</div>}
    </div>
  );
}
