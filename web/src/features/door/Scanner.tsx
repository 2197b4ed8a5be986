import { useCallback, useEffect, useRef, useState, type SubmitEvent } from "react";
import { scanTicket } from "@/client/frontrow";
import { beginAction } from "@/shared/lib/correlation";
import { clock } from "@/shared/lib/dates";
import { seatWords } from "@/shared/lib/seatWords";
import { Button } from "@/shared/ui/Button";
import { Notice } from "@/shared/ui/Notice";
import { watchCamera } from "./camera";
import { verdictOf, verdictOfFailure, type Tone, type Verdict } from "./verdict";

interface Scan extends Verdict {
  id: number;
  at: string;
  seat: string | null;
  holder: string | null;
}

interface ScannerProps {
  performanceId: string;
  timezone: string;
  onScanned: () => void;
}

const GATE = "main";
const KEPT = 50;
/** A camera sees the same ticket many times a second; the second look is not a second guest. */
const SAME_CODE_MS = 4_000;

const TONES: Record<Tone, string> = {
  go: "bg-[#1f5c3a] text-white",
  stop: "bg-[#9c1f18] text-white",
  wait: "bg-[#8a5a00] text-white",
};

/** Scan by camera or type the code; the answer fills the screen's width and says it in words. */
export function Scanner({ performanceId, timezone, onScanned }: ScannerProps) {
  const [scans, setScans] = useState<Scan[]>([]);
  const [busy, setBusy] = useState(false);
  const last = useRef<{ code: string; at: number } | null>(null);
  const inFlight = useRef(false);

  const scan = useCallback(
    async (code: string): Promise<void> => {
      if (inFlight.current) return;
      inFlight.current = true;
      setBusy(true);
      beginAction();
      let outcome: Omit<Scan, "id" | "at">;
      try {
        const result = await scanTicket({ code, performance_id: performanceId, gate: GATE });
        outcome = { ...verdictOf(result, timezone), seat: result.ticket ? seatWords(result.ticket) : null, holder: result.ticket?.holder_name ?? null };
        onScanned();
      } catch (error) {
        outcome = { ...verdictOfFailure(error), seat: null, holder: null };
      }
      last.current = { code, at: Date.now() };
      // Phones without a motor lack it altogether, whatever the types say.
      if ("vibrate" in navigator) navigator.vibrate(outcome.tone === "go" ? 60 : [80, 60, 80]);
      setScans((before) => [{ ...outcome, id: (before[0]?.id ?? 0) + 1, at: new Date().toISOString() }, ...before].slice(0, KEPT));
      inFlight.current = false;
      setBusy(false);
    },
    [onScanned, performanceId, timezone],
  );

  const seen = useCallback(
    (code: string): void => {
      const again = last.current !== null && last.current.code === code && Date.now() - last.current.at < SAME_CODE_MS;
      if (again && last.current) last.current.at = Date.now();
      else void scan(code);
    },
    [scan],
  );

  const latest = scans[0];
  return (
    <div className="mt-6 space-y-6">
      <div role="status" aria-live="assertive" className={`rounded-md px-6 py-8 ${latest ? TONES[latest.tone] : "border border-dashed border-control text-muted"}`}>
        {latest ? (
          <div key={latest.id} className="rise">
            <p className="font-display text-4xl sm:text-5xl">{latest.word}</p>
            {latest.seat && <p className="mt-3 text-lg">{latest.seat}</p>}
            <p className="mt-1">
              {latest.holder && `${latest.holder}. `}
              {latest.reason}
            </p>
          </div>
        ) : (
          <p className="text-lg">Ready for the first ticket.</p>
        )}
      </div>
      <CameraView onCode={seen} />
      <CodeForm busy={busy} onCode={(code) => void scan(code)} />
      {scans.length > 0 && (
        <section aria-label="Scanned so far">
          <h2 className="border-b border-ink pb-1 text-lg">Scanned on this device</h2>
          <ol className="text-sm">
            {scans.map((item) => (
              <li key={item.id} className="flex items-baseline gap-4 border-b border-hairline py-2">
                <span className="text-muted tabular-nums">{clock(item.at, timezone)}</span>
                <span className="w-28 shrink-0 font-medium">{item.word}</span>
                <span className="min-w-0">{item.seat ?? item.reason}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

function CodeForm({ busy, onCode }: { busy: boolean; onCode: (code: string) => void }) {
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get("code");
    const code = typeof value === "string" ? value.trim() : "";
    if (code === "") return;
    onCode(code);
    event.currentTarget.reset();
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-3">
      <label className="flex-1">
        <span className="block text-sm font-medium">Ticket code</span>
        <input
          name="code"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="Type or paste, or use a hand scanner"
          className="mt-1.5 min-h-12 w-full rounded-md border border-control bg-raised px-3.5 placeholder:text-muted hover:border-ink"
        />
      </label>
      <Button type="submit" busy={busy}>
        Check
      </Button>
    </form>
  );
}

function CameraView({ onCode }: { onCode: (code: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [on, setOn] = useState(false);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    const screen = video.current;
    if (!on || !screen) return;
    let stop: (() => void) | undefined;
    let gone = false;
    watchCamera(screen, onCode)
      .then((halt) => {
        if (gone) halt();
        else stop = halt;
      })
      .catch(() => {
        setRefused(true);
        setOn(false);
      });
    return () => {
      gone = true;
      stop?.();
    };
  }, [on, onCode]);
  return (
    <div className="space-y-3">
      <video ref={video} className={on ? "aspect-square max-h-[60dvh] w-full rounded-md bg-black object-cover" : "hidden"} playsInline muted aria-label="Camera" />
      <Button
        tone={on ? "ink" : "next"}
        className="w-full"
        onClick={() => {
          setRefused(false);
          setOn(!on);
        }}
      >
        {on ? "Stop the camera" : "Scan with the camera"}
      </Button>
      {refused && (
        <Notice tone="bad" title="The camera is not available">
          Allow it in the browser's settings for this site, or type the code.
        </Notice>
      )}
    </div>
  );
}
