/**
 * Starts the worker that keeps tickets readable (`src/offline/worker.ts`), and only for those who have some: the pages
 * that show tickets call this. Whoever only looks around never downloads it.
 */
let started = false;

/** Waits for the page's own files first. Says nothing when it can't be had: everything else works without it. */
export function startWorker(): void {
  if (started || !import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  started = true;
  const start = async (): Promise<void> => {
    // Asked for anew each time, whatever caches on the way say: a new version must not be missed.
    const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
    // It waited for tabs of the old version; it knows itself when it would disturb somebody who is buying.
    registration.waiting?.postMessage("take over");
  };
  const begin = (): void => void start().catch(() => undefined);
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin, { once: true });
}
