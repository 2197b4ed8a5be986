import { lazy, Suspense, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { Tabs } from "@/shared/ui/Tabs";
import { Waiting } from "@/shared/ui/Waiting";
import { Legend, StateKey } from "./Legend";
import type { LiveSeats } from "./live";
import { SeatCanvas, type SeatCanvasProps } from "./SeatCanvas";
import type { StandingProps } from "./SeatList";

// Most choose on the map; the list comes when it is asked for.
const SeatList = lazy(() => import("./SeatList").then(({ SeatList: component }) => ({ default: component })));

const TAB = "min-h-11 px-3.5 text-sm text-muted hover:text-ink aria-selected:text-ink aria-selected:shadow-[inset_0_-2px_0_var(--color-ink)]";

/** The live house: drawn or as a list, with its legend. Choosing is local; holding belongs to the order. */
export function SeatMap(props: Omit<SeatCanvasProps, "announce" | "dimmed"> & StandingProps) {
  const [words, announce] = useState("");
  const [wanted, setWanted] = useState<ReadonlySet<number>>(new Set());
  const { categories } = props.house;
  const dimmed = useMemo(() => new Set(wanted.size === 0 ? [] : categories.map((_, n) => n).filter((n) => !wanted.has(n))), [wanted, categories]);
  const drawn = (
    <>
      <div className="min-h-0 flex-1">
        <SeatCanvas {...props} dimmed={dimmed} announce={announce} />
      </div>
      <div className="px-4 py-2 lg:px-6 lg:py-3">
        <StateKey house={props.house} />
      </div>
    </>
  );
  const listed = (
    <Suspense fallback={<Waiting what="the list" lines={6} />}>
      <SeatList {...props} dimmed={dimmed} />
    </Suspense>
  );
  return (
    <section aria-label="Choose your seats" className="flex h-full min-h-0 flex-col">
      <Tabs
        label="Show the house as"
        tabs={[
          { value: "map", label: "Map", panel: drawn },
          { value: "list", label: "List", panel: listed },
        ]}
        listClass="flex items-center justify-between gap-3 border-b border-hairline pr-4 pl-1 lg:pr-6 lg:pl-3"
        tabClass={TAB}
        panelClass="flex min-h-0 flex-1 flex-col"
        aside={<Freshness live={props.live} />}
        between={<Legend house={props.house} live={props.live} prices={props.prices} wanted={wanted} onWanted={setWanted} />}
      />
      <p className="sr-only" role="status" aria-live="polite">
        {words}
      </p>
    </section>
  );
}

const PATIENCE_MS = 1_500;

/** Says so when the map may be behind; a short hiccup is not worth a word. */
function Freshness({ live }: { live: LiveSeats }) {
  const behind = useSyncExternalStore(live.subscribe, () => live.status === "reconnecting");
  const [said, setSaid] = useState(false);
  useEffect(() => {
    if (!behind) return;
    const timer = window.setTimeout(() => setSaid(true), PATIENCE_MS);
    return () => {
      window.clearTimeout(timer);
      setSaid(false);
    };
  }, [behind]);
  return (
    <p className="text-sm text-muted" role="status">
      {behind && said ? "Reconnecting; what you hold is safe." : ""}
    </p>
  );
}
