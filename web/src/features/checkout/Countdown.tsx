import { useEffect, useRef, useState } from "react";
import { countdown } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { millisecondsUntil } from "@/shared/lib/serverClock";
import { Button } from "@/shared/ui/Button";

const LAST_MINUTE = 60_000;
/** Moments worth interrupting a screen reader for, in seconds left. */
const SPOKEN = [300, 60, 20];
const HEARD_AFTER_MS = 400;

interface CountdownProps {
  until: string;
  onEnd: () => void;
  /** Asks for more time; without it there is none to ask for. */
  onMore?: (() => void) | undefined;
  busy?: boolean;
  /** The hold is as long as it can be. */
  capped?: boolean;
}

function inWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds >= 60 ? count(Math.round(seconds / 60), "more minute") : count(seconds, "more second");
}

/** How long the seats are still held. Calm until the last minute; then it says what will happen. */
export function Countdown({ until, onEnd, onMore, busy = false, capped = false }: CountdownProps) {
  const [left, setLeft] = useState(() => millisecondsUntil(until));
  const [spoken, setSpoken] = useState("");
  const first = useRef(until);
  const end = useRef(onEnd);
  const asked = useRef(false);
  useEffect(() => {
    end.current = onEnd;
  }, [onEnd]);

  useEffect(() => {
    // A region that comes with its words is not read by all; so the words come after it.
    const timer = window.setTimeout(() => setSpoken(`Your seats are held for ${inWords(millisecondsUntil(first.current))}.`), HEARD_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);

  useEffect(() => {
    let ended = false;
    let previous = Infinity;
    if (asked.current) {
      asked.current = false;
      setSpoken(`Done: your seats are held for ${inWords(millisecondsUntil(until))}.`);
    }
    const tick = (): void => {
      const now = millisecondsUntil(until);
      setLeft(now);
      const seconds = Math.ceil(now / 1000);
      const moment = SPOKEN.find((mark) => seconds <= mark && previous > mark);
      if (moment !== undefined && previous !== Infinity) setSpoken(`Your seats are held for ${inWords(moment * 1000)}.`);
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
      <div className="flex items-center justify-between gap-4">
        <p className={urgent ? "font-medium" : "text-sm text-muted"}>{urgent ? "Last minute for these seats" : "Held for you"}</p>
        <div className="flex items-center gap-4">
          {onMore && !capped && (
            <Button
              tone="quiet"
              className="min-h-11 text-sm font-normal"
              busy={busy}
              onClick={() => {
                asked.current = true;
                onMore();
              }}
            >
              More time
            </Button>
          )}
          <span data-testid="countdown" role="timer" aria-label="Time left" className="font-display text-xl leading-none tabular-nums">
            {countdown(left)}
          </span>
        </div>
      </div>
      {capped && (
        <p className="text-sm" role="status">
          This is the longest that seats can be held; others are waiting, too.
        </p>
      )}
      {urgent && <p className="text-sm">After that they go back on sale. Nothing is charged unless you pay.</p>}
      <p className="sr-only" role="status">
        {spoken}
      </p>
    </div>
  );
}
