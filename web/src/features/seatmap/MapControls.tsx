import type { MapView } from "./mapView";

const BUTTON =
  "grid h-11 w-11 place-items-center bg-raised text-ink text-xl leading-none hover:bg-sunk disabled:text-muted border-hairline first:rounded-t-md last:rounded-b-md";

/** Plus, minus and "whole house", within a thumb's reach. */
export function MapControls({ view, zoomed }: { view: MapView; zoomed: boolean }) {
  return (
    <div className="float-shadow absolute right-3 bottom-3 flex lg:top-3 lg:right-5 lg:bottom-auto flex-col divide-y divide-hairline rounded-md" role="group" aria-label="Zoom">
      <button type="button" className={BUTTON} aria-label="Zoom in" onClick={() => view.flyZoom(1.6)}>
        <span aria-hidden="true">+</span>
      </button>
      <button type="button" className={BUTTON} aria-label="Zoom out" onClick={() => view.flyZoom(1 / 1.6)} disabled={!zoomed}>
        <span aria-hidden="true">−</span>
      </button>
      <button type="button" className={BUTTON} aria-label="Show the whole house" onClick={() => view.fitAll()} disabled={!zoomed}>
        <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
          <path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4" />
        </svg>
      </button>
    </div>
  );
}
