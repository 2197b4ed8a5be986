import { useSyncExternalStore } from "react";

/** Whether a media query matches now; re-renders when that changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}

/** The order panel stands beside the map from this width on, and is a sheet at the bottom below it. */
export const useWide = (): boolean => useMedia("(min-width: 960px)");

export function prefersLessMotion(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
