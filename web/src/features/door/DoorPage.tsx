import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { listDoorPerformances } from "@/client/frontrow";
import type { DoorPerformances } from "@/client/frontrow.schemas";
import { shortDateTime } from "@/shared/lib/dates";
import { codeOf } from "@/shared/lib/problem";
import { useMe } from "@/shared/lib/session";
import { useTitle } from "@/shared/lib/title";
import { buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Waiting } from "@/shared/ui/Waiting";
import { Scanner } from "./Scanner";

type DoorPerformance = DoorPerformances["items"][number];

/** For the people at the door: which performance, then one scan after another. */
export function DoorPage() {
  useTitle("Door");
  const me = useMe();
  const user = me.data?.user ?? null;
  const list = useQuery({
    queryKey: ["door-performances"],
    queryFn: ({ signal }) => listDoorPerformances({ signal }),
    enabled: user !== null,
    refetchInterval: 20_000,
  });
  const [chosen, setChosen] = useState<string | null>(null);
  if (me.data && !user) return <StaffOnly loggedIn={false} />;
  if (["forbidden", "not_found"].includes(codeOf(list.error))) return <StaffOnly loggedIn />;
  if (list.isError && !list.data) return <Failure error={list.error} what="the performances" onRetry={() => void list.refetch()} />;
  if (!list.data) {
    return (
      <div className="page">
        <Waiting what="the performances" />
      </div>
    );
  }
  const performance = list.data.items.find((item) => item.id === chosen);
  return (
    <div className="page max-w-[44rem] pt-8 sm:pt-12">
      {performance ? (
        <>
          <Door performance={performance} onChange={() => setChosen(null)} />
          <Scanner key={performance.id} performanceId={performance.id} timezone={performance.timezone} onScanned={() => void list.refetch()} />
        </>
      ) : (
        <Choose items={list.data.items} onChoose={setChosen} />
      )}
    </div>
  );
}

function Choose({ items, onChoose }: { items: DoorPerformance[]; onChoose: (id: string) => void }) {
  return (
    <>
      <h1 className="text-3xl">Which door?</h1>
      <ul className="mt-6 border-t border-ink">
        {items.map((item) => (
          <li key={item.id} className="border-b border-hairline">
            <button type="button" className="flex w-full items-baseline justify-between gap-4 py-4 text-left hover:bg-sunk" onClick={() => onChoose(item.id)}>
              <span>
                <span className="block font-display text-lg">{item.event_title}</span>
                <span className="text-sm text-muted">
                  {shortDateTime(item.starts_at, item.timezone)} · {item.venue_name}
                </span>
              </span>
              <span className="shrink-0 text-sm whitespace-nowrap text-muted tabular-nums">
                {item.admitted} of {item.sold} in
              </span>
            </button>
          </li>
        ))}
      </ul>
      {items.length === 0 && <p className="mt-6">There is no performance near today to scan for.</p>}
    </>
  );
}

function Door({ performance, onChange }: { performance: DoorPerformance; onChange: () => void }) {
  return (
    <header className="flex items-start justify-between gap-6">
      <div>
        <h1 className="text-2xl">{performance.event_title}</h1>
        <p className="text-sm text-muted">{shortDateTime(performance.starts_at, performance.timezone)}</p>
        <button type="button" className="min-h-11 text-sm text-link" onClick={onChange}>
          Another performance
        </button>
      </div>
      <p className="text-right">
        <span className="block font-display text-3xl leading-none tabular-nums">{performance.admitted}</span>
        <span className="text-sm text-muted tabular-nums">of {performance.sold} in</span>
      </p>
    </header>
  );
}

function StaffOnly({ loggedIn }: { loggedIn: boolean }) {
  return (
    <div className="page py-20">
      <h1 className="text-3xl">The door is for staff</h1>
      <p className="prose-width mt-4">{loggedIn ? "This account is not on the team of an organiser." : "Log in with the account your organiser gave you."}</p>
      <Link to="/account" search={{ next: "/door" }} className={buttonClass("next", "mt-8")}>
        {loggedIn ? "Use another account" : "Log in"}
      </Link>
    </div>
  );
}
