/** A canvas has no elements for a browser test to find; this tells it where a seat is and what it shows. */
import type { SeatState } from "./apply";
import type { LiveSeats } from "./live";
import type { MapView } from "./mapView";

interface Handle {
  /** The middle of a seat in page coordinates (CSS px). */
  seatAt(seatNo: number): { x: number; y: number };
  seatState(seatNo: number): SeatState;
  /**
   * Frames that the map painted since it was made (`paintCount`; count again a second later for frames a second) and how many ms of
   * the main thread they took in all (`paintMs`); after how many ms its first whole picture stood there, seats' states included, from the map's
   * making (`firstPaintMs`) and from the snapshot's arrival (`statesPaintMs`); null before.
   */
  frames(): { paintCount: number; paintMs: number; firstPaintMs: number | null; statesPaintMs: number | null };
  /** Where the map looks: screen = map x scale + offset (CSS px in the map's box), and what a seat's pitch is there. */
  view(): { scale: number; x: number; y: number; pitch: number; width: number; height: number };
}

declare global {
  interface Window {
    __frontrow?: Handle;
  }
}

export function exposeForTests(view: MapView, box: HTMLElement, live: LiveSeats): () => void {
  const handle: Handle = {
    seatAt: (seatNo) => {
      const [x, y] = view.pointOf(seatNo);
      const corner = box.getBoundingClientRect();
      return { x: corner.left + window.scrollX + x, y: corner.top + window.scrollY + y };
    },
    seatState: (seatNo) => live.stateOf(seatNo),
    frames: () => ({ paintCount: view.paintCount, paintMs: view.paintMs, firstPaintMs: view.firstPaintMs, statesPaintMs: view.statesPaintMs }),
    view: () => ({ ...view.camera, pitch: view.pitch, ...view.size }),
  };
  window.__frontrow = handle;
  return () => {
    if (window.__frontrow === handle) delete window.__frontrow;
  };
}
