/** A canvas has no elements for a browser test to find; this tells it where a seat is and what it shows. */
import type { SeatState } from "./apply";
import type { LiveSeats } from "./live";
import type { MapView } from "./mapView";

interface Handle {
  /** The middle of a seat in page coordinates (CSS px). */
  seatAt(seatNo: number): { x: number; y: number };
  seatState(seatNo: number): SeatState;
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
  };
  window.__frontrow = handle;
  return () => {
    if (window.__frontrow === handle) delete window.__frontrow;
  };
}
