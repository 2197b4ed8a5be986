import { useEffect } from "react";

/** Names the page in the tab and for screen readers: "Hamlet · Frontrow". */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Frontrow` : "Frontrow";
  }, [title]);
}
