/**
 * Fingers, mouse and wheel on the map. A press that hardly moves is a tap; one pointer drags, and a flick goes on by
 * itself; two pinch; the wheel zooms where it points. A double tap comes closer, with Shift or by two fingers it goes
 * back. Listeners are added by hand because React's wheel listener is passive and could not keep the
 * page from scrolling.
 */
import { flick, remember, type Moment } from "./glide";
import { isStanding } from "./house";
import type { MapView } from "./mapView";

export interface GestureReports {
  hover(seatNo: number | null): void;
  tap(seatNo: number | null, finger: boolean): void;
}

interface Pointer {
  x: number;
  y: number;
}

export interface Tap extends Moment {
  seat: number | null;
}

/** A second tap this soon and this near belongs to the first (ms, px). */
const DOUBLE_MS = 300;
const DOUBLE_PX = 24;
const DOUBLE_ZOOM = 2;
/** Two fingers that come and go within this time meant a tap (ms). */
const TWO_FINGERS_MS = 280;

/** Whether two taps are one double tap. Quick taps on two neighbours are two seats that somebody wants. */
export function isDouble(first: Tap | null, second: Tap): boolean {
  return first !== null && first.seat === second.seat && second.at - first.at <= DOUBLE_MS && Math.hypot(second.x - first.x, second.y - first.y) <= DOUBLE_PX;
}

/** Below this distance between seats (px) a tap cannot be meant for one seat: it zooms in instead. */
const FINGER_PITCH = 15;
const MOUSE_PITCH = 5.5;
const MOUSE_SLACK = 3;
const FINGER_SLACK = 14;

export function attachGestures(target: HTMLElement, view: MapView, reports: GestureReports): () => void {
  const pointers = new Map<number, Pointer>();
  let travelled = 0;
  let pinched = false;
  let trail: Moment[] = [];
  let lastTap: Tap | null = null;
  let downAt = 0;
  /** The press met a map that was moving by itself: it wants it to stay, and nothing else. */
  let caught = false;

  const local = (event: MouseEvent): Pointer => {
    const box = target.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (pointers.size === 0) {
      travelled = 0;
      pinched = false;
      downAt = event.timeStamp;
      caught = view.moving;
      view.brake();
    }
    trail = [];
    pointers.set(event.pointerId, local(event));
    target.setPointerCapture(event.pointerId);
    if (pointers.size > 1) pinched = true;
    reports.hover(null);
  };

  const move = (event: PointerEvent): void => {
    const at = local(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") reports.hover(view.seatAtPoint(at.x, at.y, MOUSE_SLACK));
      return;
    }
    pointers.set(event.pointerId, at);
    const dx = at.x - before.x;
    const dy = at.y - before.y;
    travelled += Math.hypot(dx, dy);
    if (pointers.size === 2) pinch(event.pointerId, before, at);
    else if (travelled > slop(event)) {
      trail = remember(trail, { ...at, at: event.timeStamp });
      view.panBy(dx, dy);
    }
  };

  const pinch = (moving: number, before: Pointer, at: Pointer): void => {
    const still = [...pointers].find(([id]) => id !== moving)?.[1];
    if (!still) return;
    const was = Math.hypot(before.x - still.x, before.y - still.y);
    const is = Math.hypot(at.x - still.x, at.y - still.y);
    if (was < 1) return;
    view.zoomBy(is / was, (at.x + still.x) / 2, (at.y + still.y) / 2);
    view.panBy((at.x - before.x) / 2, (at.y - before.y) / 2);
  };

  const up = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId) || pointers.size > 0 || event.type === "pointercancel") return;
    const { x, y } = local(event);
    const still = travelled <= slop(event);
    if (pinched) {
      if (still && event.timeStamp - downAt <= TWO_FINGERS_MS) view.flyZoom(1 / DOUBLE_ZOOM, x, y);
    } else if (still) {
      if (!caught) tap(x, y, event);
    } else {
      const velocity = flick(trail, event.timeStamp);
      if (velocity) view.glide(velocity);
    }
  };

  const tap = (x: number, y: number, event: PointerEvent): void => {
    const finger = event.pointerType !== "mouse";
    const seat = view.seatAtPoint(x, y, finger ? FINGER_SLACK : MOUSE_SLACK);
    const standing = seat !== null && isStanding(view.house, seat);
    // A standing area is big enough at any zoom, and every tap on it is one place more.
    if (standing) {
      reports.tap(seat, finger);
      return;
    }
    const now: Tap = { x, y, at: event.timeStamp, seat };
    const second = isDouble(lastTap, now);
    lastTap = second ? null : now;
    if (second) {
      // What the first one chose is given back: coming closer changes nothing.
      if (seat !== null) reports.tap(seat, finger);
      view.flyZoom(event.shiftKey ? 1 / DOUBLE_ZOOM : DOUBLE_ZOOM, x, y);
    } else if (view.pitch < (finger ? FINGER_PITCH : MOUSE_PITCH) && !event.shiftKey) {
      lastTap = null;
      view.flyZoom((finger ? 26 : 14) / view.pitch, x, y);
    } else reports.tap(seat, finger);
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A pinch on a trackpad arrives as a wheel with ctrl and much smaller steps.
    const strength = event.ctrlKey ? 0.01 : 0.0018;
    const { x, y } = local(event);
    view.zoomBy(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * strength), x, y);
  };

  const leave = (event: PointerEvent): void => {
    // A finger "leaves" whenever it is lifted; what it tapped stays described.
    if (event.pointerType === "mouse") reports.hover(null);
  };

  target.addEventListener("pointerdown", down);
  target.addEventListener("pointermove", move);
  target.addEventListener("pointerup", up);
  target.addEventListener("pointercancel", up);
  target.addEventListener("pointerleave", leave);
  target.addEventListener("wheel", wheel, { passive: false });
  return () => {
    target.removeEventListener("pointerdown", down);
    target.removeEventListener("pointermove", move);
    target.removeEventListener("pointerup", up);
    target.removeEventListener("pointercancel", up);
    target.removeEventListener("pointerleave", leave);
    target.removeEventListener("wheel", wheel);
  };
}

/** How far a press may wander and still be a tap, in px. */
function slop(event: PointerEvent): number {
  return event.pointerType === "mouse" ? 4 : 10;
}
