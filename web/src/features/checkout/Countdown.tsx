import { useEffect, useRef, useState } from "react";
import { countdown } from "@/shared/lib/dates";
import { millisecondsUntil } from "@/shared/lib/serverClock";

const LAST_MINUTE = 60_000;
/** Moments worth interrupting a screen reader for, in seconds left. */
const SPOKEN = [300, 60, 20];

/** How long the seats are still held. Calm until the last minute; then it says what will happen. */
export function Countdown({ until, onEnd }: { until: string; onEnd: () => void }) {
  const [left, setLeft] = useState(() => millisecondsUntil(until));
  const [spoken, setSpoken] = useState("");
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  }, [onEnd]);

  useEffect(() => {
    let ended = false;
    let previous = Infinity;
    const tick = (): void => {
      const now = millisecondsUntil(until);
      setLeft(now);
      const seconds = Math.ceil(now / 1000);
      const moment = SPOKEN.find((mark) => seconds <= mark && previous > mark);
      if (moment !== undefined && previous !== Infinity) setSpoken(`Your seats are held for ${moment >= 60 ? `${moment / 60} more minute${moment > 60 ? "s" : ""}` : `${moment} more seconds`}.`);
      previous = seconds;
      // The server may have said that there is more time after all.
      if (now > 0) ended = false;
      else if (!ended) {
        ended = true;
        end.current();
      }
    };
    tick();
    const timer = window.setInterval(tick, 250);
    return () => window.clearInterval(timer);
  }, [until]);

  const urgent = left <= LAST_MINUTE;
  return (
    <div className={urgent ? "text-warn" : ""}>
      <p className="flex items-baseline justify-between gap-4">
        <span className={urgent ? "font-medium" : "text-sm text-muted"}>{urgent ? "Last minute for these seats" : "Held for you"}</span>
        <span data-testid="countdown" role="timer" aria-label="Time left" className="font-display text-xl leading-none tabular-nums">
          {countdown(left)}
        </span>
      </p>
      {urgent && <p className="text-sm">After that they go back on sale. Nothing is charged unless you pay.</p>}
      <p className="sr-only" role="status">
        {spoken}
      </p>
    </div>
  );
}
