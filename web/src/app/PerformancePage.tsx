import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useSyncExternalStore } from "react";
import { getPerformance } from "@/client/frontrow";
import type { PerformanceDetail } from "@/client/frontrow.schemas";
import { OrderPanel, useCheckout } from "@/features/checkout";
import { areaOf, freePlaces, nameOf, placesOf, nearestFree, priceList, SeatMap, useHouse, useLiveSeats, useAlone, type House } from "@/features/seatmap";
import { clock, longDate, shortDateTime, zoneNote } from "@/shared/lib/dates";
import { useWide } from "@/shared/lib/media";
import { isMissing } from "@/shared/lib/problem";
import { seatsWords } from "@/shared/lib/seatWords";
import { useMe } from "@/shared/lib/session";
import { useTitle } from "@/shared/lib/title";
import { Failure } from "@/shared/ui/Failure";
import { Notice } from "@/shared/ui/Notice";
import { Picture } from "@/shared/ui/Picture";
import { Waiting } from "@/shared/ui/Waiting";
import { NotFound } from "./NotFound";
import { queries } from "./queries";
import { useOffer } from "./useOffer";

const AloneHint = lazy(() => import("./AloneHint").then(({ AloneHint: component }) => ({ default: component })));

/** Choosing and buying on one page: the house on the left, the order on the right. */
export function PerformancePage() {
  const { id } = useParams({ from: "/performances/$id" });
  const performance = useQuery({ queryKey: ["performance", id], queryFn: ({ signal }) => getPerformance(id, { signal }) });
  const { house, error } = useHouse(performance.data?.seat_map_id);
  // Drawn in small pieces, so that a slow phone answers the finger meanwhile.
  const [evening, drawn] = [useDeferredValue(performance.data), useDeferredValue(house)];
  useTitle(performance.data?.event.title);
  const trouble = performance.error ?? error;
  if (isMissing(trouble)) return <NotFound />;
  if (trouble && !(performance.data && house)) return <Failure error={trouble} what="the house" onRetry={() => void performance.refetch()} />;
  if (evening?.id !== id || !drawn) {
    return (
      <div className="page">
        <Waiting what="the house" lines={6} />
      </div>
    );
  }
  return <InTheHouse key={id} performance={evening} house={drawn} />;
}

function InTheHouse({ performance, house }: { performance: PerformanceDetail; house: House }) {
  const navigate = useNavigate();
  const wide = useWide();
  const user = useMe().data?.user ?? null;
  const live = useLiveSeats(performance.id);
  const prices = useMemo(() => priceList(performance), [performance]);
  const nameSeats = useCallback((seats: readonly number[]) => seatsWords(seats.map((seatNo) => nameOf(house, seatNo))), [house]);

  const checkout = useCheckout({
    performanceId: performance.id,
    maxSeats: performance.max_seats,
    name: nameSeats,
    insteadOf: (lost) => nearestFree(house, (seatNo) => live.stateOf(seatNo), lost, new Set([...checkout.mine, ...lost])),
    pickPlaces: (wanted) => freePlaces(house, wanted, (seatNo) => live.stateOf(seatNo) === "f"),
    refreshMap: () => live.reload(),
    onOrder: (orderId, token) => void navigate({ to: "/orders/$id", params: { id: orderId }, search: { token } }),
  });

  const { lose, callOff } = checkout;
  useEffect(
    () =>
      live.subscribe(() => {
        if (!live.cancelled || performance.cancelled) return;
        queries.setQueryData(["performance", performance.id], { ...performance, cancelled: true, sales: "closed" });
        callOff();
      }),
    [live, performance, callOff],
  );
  useEffect(
    () =>
      live.subscribe((seats) => {
        // A whole snapshot may still show seats that this tab has just given back; single changes are news.
        if (seats !== "all") lose(seats.filter((seatNo) => live.stateOf(seatNo) !== "f"));
      }),
    [live, lose],
  );

  const offer = useOffer(house, live, prices);
  const { stand, standing, toggle } = checkout;
  // Held places are marked as they are; wanted ones by any of their area's.
  const mine = useMemo(
    () => (checkout.hold || checkout.order ? checkout.mine : new Set([...checkout.mine, ...placesOf(house, standing)])),
    [checkout.hold, checkout.order, checkout.mine, house, standing],
  );
  const onToggle = (seatNo: number): void => {
    const area = areaOf(house, seatNo);
    if (area) stand(area.name, (standing[area.name] ?? 0) + 1);
    else toggle(seatNo);
  };
  const salesOpen = performance.sales === "open";
  const choosing = checkout.hold === null && checkout.order === null && checkout.busy === null;
  useSyncExternalStore(live.subscribeCalmly, live.getVersion);
  const alone = useAlone(house, live, choosing ? checkout.selected : NOBODY, checkout.mine);
  const move = (seats: readonly number[]): void => {
    for (const seatNo of checkout.selected) if (!seats.includes(seatNo)) toggle(seatNo);
    checkout.choose(seats);
  };
  const locked = checkout.hold !== null || checkout.order !== null || checkout.busy !== null || !salesOpen;

  return (
    <div className="in-the-house">
      <h1 className="sr-only">
        {performance.event.title}, {shortDateTime(performance.starts_at, performance.timezone)}
      </h1>
      {!wide && <Masthead performance={performance} />}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {!salesOpen && (
          <div className="p-4">
            <Closed performance={performance} />
          </div>
        )}
        <SeatMap
          house={house}
          live={live}
          prices={prices}
          mine={mine}
          locked={locked}
          covered={!wide && (checkout.hold !== null || checkout.order !== null || checkout.busy === "restoring")}
          onToggle={onToggle}
          standing={standing}
          onStand={stand}
          maxSeats={performance.max_seats}
          alone={alone?.seats ?? NOBODY}
        />
        {alone && (
          <Suspense fallback={null}>
            <AloneHint {...alone} nameSeats={nameSeats} onMove={move} />
          </Suspense>
        )}
      </div>
      <OrderPanel
        checkout={checkout}
        {...offer}
        maxSeats={performance.max_seats}
        currency={performance.currency}
        buyer={user ? { name: user.name, email: user.email } : null}
        nameSeats={nameSeats}
        heading={wide ? <Evening performance={performance} /> : null}
        salesOpen={salesOpen}
        eventSlug={performance.event.slug}
      />
    </div>
  );
}

const NOBODY: readonly number[] = [];

/** What the order is for, at the head of the panel. */
function Evening({ performance }: { performance: PerformanceDetail }) {
  const { event, venue, starts_at: startsAt, timezone } = performance;
  const zone = zoneNote(startsAt, timezone);
  return (
    <div className="flex gap-4 border-b border-hairline pb-5">
      <Picture src={event.image_url} title={event.title} className="aspect-square h-20 w-20 shrink-0 rounded-md" />
      <div className="min-w-0 text-sm leading-snug">
        <Link to="/events/$slug" params={{ slug: event.slug }} className="font-display text-lg leading-tight hover:underline decoration-1 underline-offset-4">
          {event.title}
        </Link>
        <p className="mt-1.5">
          {longDate(startsAt, timezone)}, {clock(startsAt, timezone)}
          {zone && <span className="text-muted"> {zone}</span>}
        </p>
        <p className="text-muted">
          {venue.name}, {venue.city}
        </p>
      </div>
    </div>
  );
}

/** On a phone the same, in two lines above the map, with the way back. */
function Masthead({ performance }: { performance: PerformanceDetail }) {
  const { event, starts_at: startsAt, timezone, venue } = performance;
  const zone = zoneNote(startsAt, timezone);
  return (
    <div className="flex items-center gap-1 border-b border-hairline py-1.5 pr-4">
      <Link to="/events/$slug" params={{ slug: event.slug }} aria-label={`Back to ${event.title}`} className="grid h-12 w-12 shrink-0 place-items-center">
        <svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="1.500" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
          <path d="M12.500 4 6.500 10l6 6" />
        </svg>
      </Link>
      <div className="min-w-0">
        <p className="font-display text-lg leading-tight sm:truncate">{event.title}</p>
        <p className="text-xs text-muted tabular-nums sm:truncate">
          {shortDateTime(startsAt, timezone)}
          {zone && ` ${zone}`} · {venue.name}
        </p>
      </div>
    </div>
  );
}

/** Why nothing can be chosen here. */
function Closed({ performance }: { performance: PerformanceDetail }) {
  if (performance.cancelled) return <Notice title="This evening was cancelled">It won’t take place. What was paid for it goes back by itself; a mail tells everybody how.</Notice>;
  return <Notice title={performance.sales === "soon" ? "Sales have not opened yet" : "Sales for this date have ended"}>You can look at the house, but seats cannot be held now.</Notice>;
}
