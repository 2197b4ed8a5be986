/** What a flick leaves behind: the map goes on, slower and slower. All pure; lengths are CSS px, times ms. */

/** The hand's last moments: older ones say nothing about how it let go. */
const REMEMBERED_MS = 90;
/** Who holds still for this long before letting go wants the map to stay. */
const STILL_MS = 50;
/** After this time a glide has about a third of its speed left. */
const SLOWING_MS = 260;
/** px a ms. */
const SLOWEST = 0.02;
const SLOWEST_FLICK = 0.25;
const FASTEST = 4;

export interface Moment {
  x: number;
  y: number;
  at: number;
}

export interface Velocity {
  x: number;
  y: number;
}

/** Where the hand is now, and what is still worth remembering of where it was. */
export function remember(trail: readonly Moment[], moment: Moment): Moment[] {
  return [...trail.filter(({ at }) => moment.at - at <= REMEMBERED_MS), moment];
}

/** How fast the hand was when it let go, or null when that was no flick. */
export function flick(trail: readonly Moment[], now: number): Velocity | null {
  const kept = trail.filter(({ at }) => now - at <= REMEMBERED_MS);
  const [first, last] = [kept[0], kept.at(-1)];
  if (!first || !last || now - last.at > STILL_MS || last.at - first.at < 8) return null;
  const [x, y] = [(last.x - first.x) / (last.at - first.at), (last.y - first.y) / (last.at - first.at)];
  const speed = Math.hypot(x, y);
  if (speed < SLOWEST_FLICK) return null;
  const kind = Math.min(1, FASTEST / speed);
  return { x: x * kind, y: y * kind };
}

/** How far a glide gets in a time, and what is left of it then; null when it has come to rest. */
export function glide(velocity: Velocity, elapsed: number): { dx: number; dy: number; left: Velocity | null } {
  const kept = Math.exp(-Math.max(0, elapsed) / SLOWING_MS);
  // The way under a speed that falls by the same share in every ms, so that a slow frame loses none of it.
  const way = SLOWING_MS * (1 - kept);
  const left = { x: velocity.x * kept, y: velocity.y * kept };
  return { dx: velocity.x * way, dy: velocity.y * way, left: Math.hypot(left.x, left.y) < SLOWEST ? null : left };
}
