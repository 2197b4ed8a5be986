import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

const PATIENCE_MS = 5_000;

/**
 * Whoever arrives at another page is put at its heading, as a new document would; a screen reader then reads it. The
 * heading may come later than the page, with its data: until then nothing is stolen from whoever has begun to act.
 */
export function useArrival(): void {
  const router = useRouter();
  useEffect(() => {
    let stop = (): void => undefined;
    const leave = router.subscribe("onResolved", ({ pathChanged, fromLocation }) => {
      if (!pathChanged || !fromLocation) return;
      stop();
      stop = waitForHeading();
    });
    return () => {
      leave();
      stop();
    };
  }, [router]);
}

function waitForHeading(): () => void {
  const main = document.getElementById("main");
  if (!main) return () => undefined;
  const before = document.activeElement;
  const look = (): void => {
    const heading = main.querySelector<HTMLElement>("h1");
    if (!heading) return;
    stop();
    // Focus that has moved meanwhile is the reader's or the page's own choice.
    const active = document.activeElement;
    if (active && active !== document.body && active !== before) return;
    if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(look);
  const timer = window.setTimeout(() => stop(), PATIENCE_MS);
  const stop = (): void => {
    observer.disconnect();
    window.clearTimeout(timer);
  };
  observer.observe(main, { childList: true, subtree: true });
  look();
  return stop;
}
