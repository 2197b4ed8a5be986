/** Light or dark: the system decides until the reader does. One attribute on <html> carries it to CSS and canvas. */
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";

const KEY = "frontrow.theme";
const listeners = new Set<() => void>();
const system = window.matchMedia("(prefers-color-scheme: dark)");

function chosen(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : null;
}

function current(): Theme {
  return chosen() ?? (system.matches ? "dark" : "light");
}

function publish(): void {
  document.documentElement.dataset["theme"] = current();
  for (const listener of listeners) listener();
}

/** Called once before the first paint of the app. */
export function startTheme(): void {
  system.addEventListener("change", publish);
  publish();
}

/** Follows the system again as soon as the reader chooses what the system says anyway. */
export function setTheme(theme: Theme): void {
  if (theme === (system.matches ? "dark" : "light")) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  publish();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
