/** Where the reader looks: screen = map × scale + offset, all pure. Screen lengths are CSS pixels. */
import type { Rect } from "./grid";

export interface Camera {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Free space kept around the house, so that no seat hides under the controls' edge. */
const MARGIN = 20;
/** At this scale a seat is about 44 px wide: no finger needs more. */
const CLOSEST = 4.6;
const LARGEST_WHOLE = 2.6;

export function fit(house: Rect, view: Size, margin = MARGIN): Camera {
  const width = house.right - house.left;
  const height = house.bottom - house.top;
  // A club with forty seats must not look like forty dinner plates.
  const scale = Math.max(0.01, Math.min((view.width - 2 * margin) / width, (view.height - 2 * margin) / height, LARGEST_WHOLE));
  return { scale, x: (view.width - width * scale) / 2 - house.left * scale, y: (view.height - height * scale) / 2 - house.top * scale };
}

/** Keeps the zoom between the whole house and one seat, and at least the middle of the view over the house. */
export function clamp(camera: Camera, house: Rect, view: Size): Camera {
  const whole = fit(house, view);
  const scale = Math.min(Math.max(camera.scale, whole.scale), Math.max(CLOSEST, whole.scale));
  if (scale <= whole.scale) return whole;
  const within = (offset: number, from: number, to: number, room: number): number => {
    const slack = Math.min(room / 2, 120);
    const middle = (room - (from + to) * scale) / 2;
    const lowest = Math.min(room - to * scale - slack, middle);
    const highest = Math.max(slack - from * scale, middle);
    return Math.min(Math.max(offset, lowest), highest);
  };
  return { scale, x: within(camera.x, house.left, house.right, view.width), y: within(camera.y, house.top, house.bottom, view.height) };
}

/** Zooms by a factor while the map point under (sx, sy) stays where it is. */
export function zoomAt(camera: Camera, factor: number, sx: number, sy: number): Camera {
  return { scale: camera.scale * factor, x: sx - (sx - camera.x) * factor, y: sy - (sy - camera.y) * factor };
}

export function pan(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x + dx, y: camera.y + dy };
}

export function toMap(camera: Camera, sx: number, sy: number): readonly [number, number] {
  return [(sx - camera.x) / camera.scale, (sy - camera.y) / camera.scale];
}

export function toScreen(camera: Camera, x: number, y: number): readonly [number, number] {
  return [x * camera.scale + camera.x, y * camera.scale + camera.y];
}

/** The part of the map in view, with `overlap` units around it. */
export function visible(camera: Camera, view: Size, overlap = 0): Rect {
  const [left, top] = toMap(camera, 0, 0);
  const [right, bottom] = toMap(camera, view.width, view.height);
  return { left: left - overlap, top: top - overlap, right: right + overlap, bottom: bottom + overlap };
}

/** Moves just enough to bring a map point into view, `margin` pixels away from the edges. */
export function reveal(camera: Camera, view: Size, x: number, y: number, margin = 60): Camera {
  const [sx, sy] = toScreen(camera, x, y);
  const shift = (at: number, room: number): number => (at < margin ? margin - at : at > room - margin ? room - margin - at : 0);
  return pan(camera, shift(sx, view.width), shift(sy, view.height));
}

/** A step of an animation from one camera to another; `t` runs from 0 to 1. Scale moves evenly to the eye. */
export function between(from: Camera, to: Camera, t: number): Camera {
  const eased = 1 - (1 - t) ** 3;
  const mix = (a: number, b: number): number => a + (b - a) * eased;
  return { scale: from.scale * (to.scale / from.scale) ** eased, x: mix(from.x, to.x), y: mix(from.y, to.y) };
}
