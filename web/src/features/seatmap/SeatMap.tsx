import { Tabs } from "@base-ui/react/tabs";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Legend, StateKey } from "./Legend";
import type { LiveSeats } from "./live";
import { SeatCanvas, type SeatCanvasProps } from "./SeatCanvas";
import { SeatList } from "./SeatList";

const TAB = "min-h-11 px-3.5 text-sm text-muted hover:text-ink data-[active]:text-ink data-[active]:shadow-[inset_0_-2px_0_var(--color-ink)]";

/** The live house: drawn or as a list, with its legend. Choosing is local; holding belongs to the order. */
export function SeatMap(props: Omit<SeatCanvasProps, "announce">) {
  const [words, announce] = useState("");
  return (
    <Tabs.Root defaultValue="map" className="flex h-full min-h-0 flex-col" render={<section aria-label="Choose your seats" />}>
      <div className="flex items-center justify-between gap-3 border-b border-hairline pr-4 lg:pr-6">
        <Tabs.List className="flex pl-1 lg:pl-3" aria-label="Show the house as">
          <Tabs.Tab value="map" className={TAB}>
            Map
          </Tabs.Tab>
          <Tabs.Tab value="list" className={TAB}>
            List
          </Tabs.Tab>
        </Tabs.List>
        <Freshness live={props.live} />
      </div>
      <Legend house={props.house} live={props.live} prices={props.prices} />
      <Tabs.Panel value="map" className="relative min-h-0 flex-1" tabIndex={-1}>
        <SeatCanvas {...props} announce={announce} />
      </Tabs.Panel>
      <Tabs.Panel value="list" className="min-h-0 flex-1" tabIndex={-1}>
        <SeatList {...props} />
      </Tabs.Panel>
      <div className="px-4 py-2 lg:px-6 lg:py-3">
        <StateKey house={props.house} />
      </div>
      <p className="sr-only" role="status" aria-live="polite">
        {words}
      </p>
    </Tabs.Root>
  );
}

const PATIENCE_MS = 1_500;

/** Says so when the map may be behind; a short hiccup is not worth a word. */
function Freshness({ live }: { live: LiveSeats }) {
  useSyncExternalStore(live.subscribe, live.getVersion);
  const behind = live.status === "reconnecting";
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
      {behind && said ? "Reconnecting. The map may be a moment behind." : ""}
    </p>
  );
}
