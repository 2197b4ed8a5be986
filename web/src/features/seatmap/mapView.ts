/**
 * The map as one object outside React: two canvases, a camera, and what is marked. The lower canvas has the house and
 * its seats, copied from tiles; the upper one names and marks. React tells it what changed; it repaints at most once a
 * frame, and only the layer that needs it.
 */
import type { Theme } from "@/shared/lib/theme";
import { prefersLessMotion } from "@/shared/lib/media";
import { soon } from "@/shared/lib/soon";
import { between, clamp, fit, pan, reveal, toMap, toScreen, visible, zoomAt, type Camera, type Size } from "./camera";
import { glide, type Velocity } from "./glide";
import { SeatGrid, type Rect } from "./grid";
import { freePlaces, isStanding, PITCH, type House } from "./house";
import type { LiveSeats, Recoloured } from "./live";
import { housePaths, paintGround, type HousePaths } from "./paintHouse";
import { MarkPainter, RADIUS, type Fade } from "./paintMarks";
import { paintNames } from "./paintNames";
import { housePalette, type HousePalette } from "./palette";
import { insidePolygon } from "./polygon";
import { Shown } from "./shown";
import { Slips } from "./slips";
import { FREE } from "./sprites";
import { Tiles } from "./tiles";

const FADE_MS = 180;
const FLIGHT_MS = 200;
/** More than this many seats at once is a snapshot, not a change that anyone could follow with the eye. */
const MOST_FADES = 2_000;

/** What the layers write with. A canvas does not wait for a font the way HTML does. */
const FONTS = ['italic 500 16px "Fraunces Variable"', '500 16px "Fraunces Variable"', '500 12px "Inter Variable"'];

export class MapView {
  readonly grid: SeatGrid;
  camera: Camera = { scale: 1, x: 0, y: 0 };
  size: Size = { width: 0, height: 0 };
  private readonly watchers = new Set<() => void>();

  /** Frames painted since the map was made, and their work on the main thread (ms). */
  paintCount = 0;
  paintMs = 0;
  /** When the first whole picture stood there: ms after the map was made, and after it knew the seats' states. */
  firstPaintMs: number | null = null;
  statesPaintMs: number | null = null;

  private readonly tiles: Tiles;
  private readonly marks: MarkPainter;
  readonly paths: HousePaths;
  private palette: HousePalette;
  private dpr = 1;
  private mine: ReadonlySet<number> = new Set();
  private hover: number | null = null;
  private cursor: number | null = null;
  private alone: readonly number[] = [];
  private dimmed: ReadonlySet<number> = new Set();
  private mineChanged = true;
  private readonly shown: Shown;
  private readonly slips = new Slips();
  private readonly born = performance.now();
  private knownAt: number | null = null;
  private readonly fades = new Map<number, Fade>();
  private frame = 0;
  private houseDirty = true;
  /** Sharper tiles are still to come. */
  private unsharp = false;
  private covered = false;
  /** Until its tiles are made nothing is worth a frame: one is made after another, in tasks of their own. */
  private waiting = false;
  private callOff = (): void => undefined;
  private flight: { from: Camera; to: Camera; began: number } | null = null;
  private gliding: { velocity: Velocity; at: number } | null = null;
  private untouched = true;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly houseCanvas: HTMLCanvasElement,
    private readonly seatCanvas: HTMLCanvasElement,
    readonly house: House,
    private readonly live: LiveSeats,
    theme: Theme,
  ) {
    this.grid = new SeatGrid(house);
    this.paths = housePaths(house);
    this.palette = housePalette(theme);
    this.marks = new MarkPainter(house);
    this.shown = new Shown(house, live);
    if (live.loaded) this.knownAt = this.born;
    this.tiles = new Tiles({
      house,
      grid: this.grid,
      shown: this.shown.states,
      paintFloor: (ctx, camera, size) => paintGround(ctx, house, this.paths, camera, size, this.palette, this.dpr),
    });
    this.unsubscribe = live.subscribe((seats) => this.recolour(seats));
    // Canvas text drawn before the fonts arrive would keep the fallback until the next move.
    if (!FONTS.every((font) => document.fonts.check(font))) void Promise.all(FONTS.map((font) => document.fonts.load(font))).then(() => this.rewrite(), () => undefined);
  }

  /** Tells after the camera moved, once a frame. Returns how to end that. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  destroy(): void {
    this.unsubscribe();
    cancelAnimationFrame(this.frame);
    this.callOff();
  }

  setTheme(theme: Theme): void {
    if (this.palette === housePalette(theme)) return;
    this.palette = housePalette(theme);
    this.restyle();
  }

  /** Holds back the seats of these categories (by index), so that the others stand out. */
  setDimmed(dimmed: ReadonlySet<number>): void {
    if (dimmed === this.dimmed) return;
    this.dimmed = dimmed;
    this.restyle();
  }

  setAlone(alone: readonly number[]): void {
    this.alone = alone;
    this.schedule();
  }

  setMine(mine: ReadonlySet<number>): void {
    this.mine = mine;
    this.mineChanged = true;
    this.schedule();
  }

  /** Nothing is painted while something lies above the map; what changes meanwhile shows afterwards. */
  setCovered(covered: boolean): void {
    if (covered === this.covered) return;
    this.covered = covered;
    this.schedule();
  }

  setHover(seatNo: number | null): void {
    if (seatNo === this.hover) return;
    this.hover = seatNo;
    this.schedule();
  }

  setCursor(seatNo: number | null): void {
    this.cursor = seatNo;
    this.schedule();
  }

  /** Fits the canvases to their box; until the reader moves the map, the whole house stays in view. */
  resize(size: Size): void {
    if (size.width < 1 || size.height < 1) return;
    this.size = size;
    const dpr = Math.min(window.devicePixelRatio || 1, 2);
    this.dpr = dpr;
    this.tiles.dress(this.palette, this.dimmed, dpr);
    for (const canvas of [this.houseCanvas, this.seatCanvas]) {
      canvas.width = Math.round(size.width * this.dpr);
      canvas.height = Math.round(size.height * this.dpr);
    }
    this.moveTo(this.untouched ? fit(this.house.bounds, size) : this.camera);
  }

  get zoomed(): boolean {
    return this.camera.scale > fit(this.house.bounds, this.size).scale * 1.12;
  }

  /** The part of the map in view, in map units. */
  window(): Rect {
    return visible(this.camera, this.size);
  }

  panBy(dx: number, dy: number): void {
    this.touch(pan(this.camera, dx, dy));
  }

  zoomBy(factor: number, sx = this.size.width / 2, sy = this.size.height / 2): void {
    this.touch(zoomAt(this.camera, factor, sx, sy));
  }

  /** Goes on by itself, slower and slower (px a ms); not for whoever wants less motion. */
  glide(velocity: Velocity): void {
    if (prefersLessMotion()) return;
    this.gliding = { velocity, at: performance.now() };
    this.schedule();
  }

  /** Whether it moves by itself. */
  get moving(): boolean {
    return this.flight !== null || this.gliding !== null;
  }

  /** A glide stays where it is; a flight knows where it ends. */
  brake(): void {
    this.gliding = null;
  }

  /** Like `zoomBy`, but flown, for buttons and keys. */
  flyZoom(factor: number, sx = this.size.width / 2, sy = this.size.height / 2): void {
    this.untouched = false;
    this.brake();
    this.fly(clamp(zoomAt(this.flight?.to ?? this.camera, factor, sx, sy), this.house.bounds, this.size));
  }

  fitAll(): void {
    this.untouched = true;
    this.brake();
    this.fly(fit(this.house.bounds, this.size));
  }

  centreOn(x: number, y: number, scale = this.camera.scale): void {
    this.touch({ scale, x: this.size.width / 2 - x * scale, y: this.size.height / 2 - y * scale });
  }

  /** Brings a seat into view if it is not, close enough to be told from its neighbours. */
  revealSeat(seatNo: number): void {
    this.touch(reveal(this.camera, this.size, this.house.x[seatNo - 1] ?? 0, this.house.y[seatNo - 1] ?? 0));
  }

  /** The seat or standing place under a point of the canvas; `slack` px forgives a finger's width. */
  seatAtPoint(sx: number, sy: number, slack: number): number | null {
    const [x, y] = toMap(this.camera, sx, sy);
    const reach = Math.max(RADIUS * 1.25, Math.min(slack / this.camera.scale, PITCH));
    const seat = this.grid.nearest(x, y, reach);
    if (seat !== null) return seat;
    const area = this.house.areas.find((candidate) => insidePolygon(x, y, candidate.polygon));
    if (!area) return null;
    // One that is not yours yet.
    return freePlaces(this.house, { [area.name]: 1 }, (seatNo) => this.live.stateOf(seatNo) === "f" && !this.mine.has(seatNo))[0] ?? null;
  }

  pointOf(seatNo: number): readonly [number, number] {
    return toScreen(this.camera, this.house.x[seatNo - 1] ?? 0, this.house.y[seatNo - 1] ?? 0);
  }

  /** Distance between neighbouring seats on the screen, in px: below a finger's width a tap zooms in first. */
  get pitch(): number {
    return PITCH * this.camera.scale;
  }

  private touch(camera: Camera): void {
    this.untouched = false;
    this.flight = this.gliding = null;
    this.moveTo(camera);
  }

  private moveTo(camera: Camera): void {
    this.camera = this.snap(clamp(camera, this.house.bounds, this.size));
    this.repaintHouse();
  }

  /** Onto whole pixels of the screen: tiles are copied there as they are. */
  private snap({ scale, x, y }: Camera): Camera {
    return { scale, x: Math.round(x * this.dpr) / this.dpr, y: Math.round(y * this.dpr) / this.dpr };
  }

  private fly(to: Camera): void {
    if (prefersLessMotion()) {
      this.flight = null;
      this.moveTo(to);
      return;
    }
    this.flight = { from: this.camera, to, began: performance.now() };
    this.schedule();
  }

  private recolour(seats: Recoloured): void {
    const now = performance.now();
    if (seats === "all") this.knownAt ??= now;
    const numbers = seats === "all" ? this.shown.differing() : seats;
    if (numbers.length > this.house.count / 8) {
      this.fades.clear();
      this.shown.remember();
      this.tiles.touchAll();
      this.repaintHouse();
      return;
    }
    const fading = numbers.length <= MOST_FADES && !prefersLessMotion();
    for (const seatNo of numbers) {
      const index = seatNo - 1;
      const [before, after] = [this.shown.states[index], this.shown.now(seatNo)];
      if (before === undefined || before === after || isStanding(this.house, seatNo)) continue;
      // What was there goes from above the new look; what becomes free appears above the old one, which stays until then.
      if (fading) this.fades.set(seatNo, { state: after === FREE ? after : before, appears: after === FREE, began: now, done: 0 });
      if (!fading || after !== FREE) this.show(index, after);
    }
    this.schedule();
  }

  private show(index: number, state: number): void {
    this.shown.set(index, state);
    this.tiles.touch(index);
    this.houseDirty = true;
  }

  private restyle(): void {
    this.tiles.dress(this.palette, this.dimmed, this.dpr);
    this.repaintHouse();
  }

  /** With the fonts that have come. */
  private rewrite(): void {
    this.slips.forget();
    this.tiles.forgetAll();
    this.repaintHouse();
  }

  private repaintHouse(): void {
    this.houseDirty = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      this.draw(now);
    });
  }

  private draw(now: number): void {
    if (this.size.width === 0 || this.covered) return;
    const began = performance.now();
    this.advance(now);
    // While a zoom is still young nothing is painted anew for its own sake.
    const moved = this.houseDirty || (this.unsharp && !this.tiles.resting(this.camera, now));
    if (moved || !this.unsharp || this.fades.size > 0) this.paint(moved, now);
    this.paintMs += performance.now() - began;
    this.callOff();
    if (this.waiting) this.callOff = soon(() => this.draw(performance.now()));
    else if (this.flight || this.gliding || this.fades.size > 0 || this.unsharp) this.schedule();
  }

  private paint(moved: boolean, now: number): void {
    const below = this.houseCanvas.getContext("2d", { alpha: false });
    const above = this.seatCanvas.getContext("2d");
    if (!below || !above) return;
    if (moved) {
      const became = this.tiles.paint(below, this.camera, this.size, fit(this.house.bounds, this.size).scale, now);
      this.unsharp = became !== "sharp";
      this.waiting = became === "waiting";
      if (this.waiting) return;
      this.houseDirty = false;
    }
    this.paintAbove(above);
    this.paintCount += 1;
    if (this.firstPaintMs === null && !this.unsharp && this.live.loaded) {
      this.firstPaintMs = performance.now() - this.born;
      this.statesPaintMs = performance.now() - (this.knownAt ?? this.born);
    }
    if (moved) for (const watcher of this.watchers) watcher();
  }

  private paintAbove(ctx: CanvasRenderingContext2D): void {
    const { camera, dpr, house } = this;
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.clearRect(0, 0, this.size.width, this.size.height);
    const marks = { mine: this.mine, hover: this.hover, cursor: this.cursor, alone: this.alone, fades: this.fades };
    this.marks.paintFades(ctx, marks, camera, this.tiles.sprites, dpr);
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    const areas = this.shown.places(this.mine, this.mineChanged);
    this.mineChanged = false;
    const names = { house, grid: this.grid, slips: this.slips, free: this.shown.free, areas, loaded: this.live.loaded };
    paintNames(ctx, names, camera, this.size, this.palette, dpr);
    this.marks.paint(ctx, marks, camera, this.palette);
  }

  private advance(now: number): void {
    if (this.flight) {
      const t = Math.min(1, Math.max(0, (now - this.flight.began) / FLIGHT_MS));
      this.camera = this.snap(between(this.flight.from, this.flight.to, t));
      this.houseDirty = true;
      if (t >= 1) this.flight = null;
    }
    if (this.gliding) this.glideOn(this.gliding, now);
    for (const [seatNo, fade] of this.fades) {
      fade.done = Math.max(0, (now - fade.began) / FADE_MS);
      if (fade.done < 1) continue;
      this.fades.delete(seatNo);
      if (fade.appears) this.show(seatNo - 1, this.shown.now(seatNo));
    }
  }

  private glideOn({ velocity, at }: { velocity: Velocity; at: number }, now: number): void {
    // A frame's time may lie before the hand let go.
    if (now - at < 4) return;
    const { dx, dy, left } = glide(velocity, now - at);
    const before = this.camera;
    this.camera = this.snap(clamp(pan(before, dx, dy), this.house.bounds, this.size));
    this.houseDirty = true;
    // At the edge there is nowhere to go on to.
    const moved = this.camera.x !== before.x || this.camera.y !== before.y;
    this.gliding = left && moved ? { velocity: left, at: now } : null;
  }
}
