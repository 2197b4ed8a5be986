import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent } from "react";
import { seatWords } from "@/shared/lib/seatWords";
import { soon } from "@/shared/lib/soon";
import { useTheme } from "@/shared/lib/theme";
import type { Direction, Move } from "./cursor";
import { attachGestures } from "./gestures";
import { nameOf, type House } from "./house";
import type { LiveSeats } from "./live";
import { MapControls } from "./MapControls";
import { MapView } from "./mapView";
import { spokenSeat, type PriceList, type Standing } from "./prices";
import { exposeForTests } from "./testHandle";

// Neither is in the first view: the one needs a zoom, the other a seat that is pointed at.
const Minimap = lazy(() => import("./Minimap").then(({ Minimap: component }) => ({ default: component })));
const SeatTip = lazy(() => import("./SeatTip").then(({ SeatTip: component }) => ({ default: component })));

/** The keyboard's way through the house. */
const way = () => import("./cursor");

export interface SeatCanvasProps {
  house: House;
  live: LiveSeats;
  prices: PriceList;
  mine: ReadonlySet<number>;
  /** Seats cannot be chosen while they are held: "Change seats" comes first. */
  locked: boolean;
  /** The order lies above the map. */
  covered: boolean;
  /** Categories (by index) that the legend holds back. */
  dimmed: ReadonlySet<number>;
  /** Seats that the choice would leave alone. */
  alone?: readonly number[];
  /** A numbered seat, or any place of a standing area: one more of those. */
  onToggle: (seatNo: number) => void;
  announce: (words: string) => void;
}

const JUMPS: Record<string, Move> = { Home: "row-start", End: "row-end", PageUp: "section-before", PageDown: "section-after" };
const ARROWS: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const PAN_STEP = 90;
const ZOOM_STEP = 1.5;
const BRIEF_TIP_MS = 1_800;

/** The drawn map. Everything it does can also be done in the list view, which is plain HTML. */
export function SeatCanvas({ house, live, prices, mine, locked, covered, dimmed, alone, onToggle, announce }: SeatCanvasProps) {
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const houseCanvas = useRef<HTMLCanvasElement>(null);
  const seatCanvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState<MapView | null>(null);
  const [tip, setTip] = useState<number | null>(null);
  const [brief, setBrief] = useState(false);
  const [cursor, setShownCursor] = useState<number | null>(null);
  // Two quick keys are two steps, even before the first one is painted.
  const at = useRef<number | null>(null);
  const setCursor = (seatNo: number | null): void => {
    at.current = seatNo;
    setShownCursor(seatNo);
  };

  // The gestures are attached once; they reach today's props through this.
  const latest = useRef({ mine, locked, covered, onToggle });
  useLayoutEffect(() => {
    latest.current = { mine, locked, covered, onToggle };
  });

  const standing = useCallback((seatNo: number): Standing => (latest.current.mine.has(seatNo) ? "mine" : live.stateOf(seatNo)), [live]);

  const toggle = useCallback(
    (seatNo: number) => {
      const { mine: chosen, locked: held, onToggle: act } = latest.current;
      if (held) announce("Your seats are held. Press “Change seats” first.");
      else if (chosen.has(seatNo) || live.stateOf(seatNo) === "f") {
        act(seatNo);
        announce(`${seatWords(nameOf(house, seatNo))} ${chosen.has(seatNo) ? "given back" : "chosen"}`);
      } else announce(spokenSeat(house, prices, seatNo, live.stateOf(seatNo)));
    },
    [announce, house, live, prices],
  );

  const begin = (target: HTMLElement, below: HTMLCanvasElement, above: HTMLCanvasElement): (() => void) => {
    const created = new MapView(below, above, house, live, theme);
    created.setCovered(latest.current.covered);
    const measure = new ResizeObserver(() => created.resize({ width: target.clientWidth, height: target.clientHeight }));
    measure.observe(target);
    let tipTimer = 0;
    const detach = attachGestures(target, created, {
      hover: (seatNo) => {
        created.setHover(seatNo);
        window.clearTimeout(tipTimer);
        setBrief(false);
        setTip(seatNo);
        target.style.cursor = seatNo !== null && (live.stateOf(seatNo) === "f" || latest.current.mine.has(seatNo)) ? "pointer" : "";
      },
      tap: (seatNo, finger) => {
        setTip(seatNo);
        window.clearTimeout(tipTimer);
        setBrief(finger);
        if (finger) tipTimer = window.setTimeout(() => setTip(null), BRIEF_TIP_MS);
        if (seatNo !== null) toggle(seatNo);
      },
    });
    const hide = exposeForTests(created, target, live);
    setView(created);
    return () => {
      window.clearTimeout(tipTimer);
      measure.disconnect();
      detach();
      hide();
      created.destroy();
    };
  };

  useEffect(() => {
    let end = (): void => undefined;
    const callOff = soon(() => {
      if (box.current && houseCanvas.current && seatCanvas.current) end = begin(box.current, houseCanvas.current, seatCanvas.current);
    });
    return () => {
      callOff();
      end();
    };
    // The theme is followed by setTheme below; a new view for it would lose the camera.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [house, live, toggle]);

  useEffect(() => view?.setTheme(theme), [view, theme]);
  useEffect(() => view?.setCovered(covered), [view, covered]);
  useEffect(() => view?.setMine(mine), [view, mine]);
  useEffect(() => view?.setDimmed(dimmed), [view, dimmed]);
  useEffect(() => view?.setAlone(alone ?? []), [view, alone]);
  useEffect(() => view?.setCursor(cursor), [view, cursor]);

  const moveCursor = async (move: Move): Promise<void> => {
    if (!view) return;
    // Comes with the focus; who looks with a pointer never needs it.
    const { firstSeat, moveFrom } = await way();
    const middle = view.window();
    const from = at.current;
    const next =
      from === null
        ? firstSeat(house, view.grid, (middle.left + middle.right) / 2, (middle.top + middle.bottom) / 2)
        : moveFrom(house, view.grid, from, move);
    if (next === null) return;
    setCursor(next);
    setBrief(false);
    setTip(next);
    view.revealSeat(next);
    announce(spokenSeat(house, prices, next, standing(next)));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!view || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ARROWS[event.key];
    if (direction && event.shiftKey) {
      const along = direction === "left" || direction === "up" ? PAN_STEP : -PAN_STEP;
      view.panBy(direction === "left" || direction === "right" ? along : 0, direction === "up" || direction === "down" ? along : 0);
    } else if (direction) void moveCursor(direction);
    else if (JUMPS[event.key]) void moveCursor(JUMPS[event.key] as Move);
    else if (event.key === "+" || event.key === "=") view.flyZoom(ZOOM_STEP, ...cursorPoint());
    else if (event.key === "-") view.flyZoom(1 / ZOOM_STEP, ...cursorPoint());
    else if (event.key === "0") view.fitAll();
    else if ((event.key === "Enter" || event.key === " ") && at.current !== null) toggle(at.current);
    else if (event.key === "Escape" && cursor !== null) setCursor(null);
    else return;
    event.preventDefault();
  };

  const cursorPoint = (): readonly [number, number] =>
    view && cursor !== null ? view.pointOf(cursor) : [(view?.size.width ?? 0) / 2, (view?.size.height ?? 0) / 2];

  return (
    <div className="relative h-full w-full overflow-hidden">
      {/* A drawn map has no native role; "application" hands the arrow keys to us, and the list view is the other way in. */}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={box}
        data-testid="seat-map"
        role="application"
        aria-label="Map of the house"
        aria-describedby="seat-map-help"
        tabIndex={0}
        className="seat-map absolute inset-0 touch-none select-none"
        onKeyDown={onKeyDown}
        onFocus={() => void way().catch(() => undefined)}
        onBlur={() => {
          setCursor(null);
          setTip(null);
        }}
      >
        <canvas ref={houseCanvas} className="absolute inset-0 h-full w-full" aria-hidden="true" />
        <canvas ref={seatCanvas} className="absolute inset-0 h-full w-full" aria-hidden="true" />
      </div>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <p id="seat-map-help" className="sr-only">
        Arrow keys move from seat to seat, Home and End to the ends of a row, Page Up and Page Down from section to section. Enter chooses a seat or gives it back. Plus and minus zoom, zero shows the whole house, Shift with an arrow
        moves the map. The list shows the same seats as buttons.
      </p>
      {view && tip !== null && (
        <Suspense fallback={null}>
          <SeatTip seatNo={tip} view={view} prices={prices} standing={mine.has(tip) ? "mine" : live.stateOf(tip)} brief={brief} />
        </Suspense>
      )}
      {view && <Overlay view={view} />}
    </div>
  );
}

function Overlay({ view }: { view: MapView }) {
  const zoomed = useSyncExternalStore(view.watch, () => view.zoomed);
  return (
    <>
      {zoomed && (
        <Suspense fallback={null}>
          <Minimap view={view} />
        </Suspense>
      )}
      <MapControls view={view} zoomed={zoomed} />
    </>
  );
}
