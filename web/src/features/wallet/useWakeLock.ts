import { useEffect } from "react";

/** Keeps the screen from going dark while `on`, where the browser can. It lets go when the page is out of sight, so it is asked for again. */
export function useWakeLock(on: boolean): void {
  useEffect(() => {
    if (!on || !("wakeLock" in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const take = async (): Promise<void> => {
      if (document.visibilityState !== "visible") return;
      const taken = await navigator.wakeLock.request("screen").catch(() => null);
      if (over) void taken?.release();
      else lock = taken;
    };
    const onSight = (): void => void take();
    void take();
    document.addEventListener("visibilitychange", onSight);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", onSight);
      void lock?.release();
    };
  }, [on]);
}
