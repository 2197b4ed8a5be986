/**
 * The map as one object outside React: two canvases, a camera, and what is marked. The lower canvas has the house and
 * its seats, copied from tiles; the upper one names and marks. React tells it what changed; it repaints at most once a
 * frame, and only the layer that needs it.
 */
import type { Theme } from "@/shared/lib/theme";
import { prefersLessMotion } from "@/shared/lib/media";
import { STATE_LETTERS } from "./apply";
import { between, clamp, fit, pan, reveal, toMap, toScreen, visible, zoomAt, type Camera, type Size } from "./camera";
import { insidePolygon, SeatGrid, type Rect } from "./grid";
import { isStanding, KIND_STANDING, PITCH, type House } from "./house";
import type { LiveSeats, Recoloured } from "./live";
import { housePaths, paintGround, type HousePaths } from "./paintHouse";
import { MarkPainter, RADIUS, type Fade } from "./paintMarks";
import { paintNames } from "./paintNames";
import { housePalette, type HousePalette } from "./palette";
import { BLOCKED, FREE } from "./sprites";
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
  /** Called after the camera moved, once a frame. */
  onCamera: (() => void) | null = null;

  /** Frames painted since the map was made, and when its first whole picture stood there (ms after it was made). */
  paintCount = 0;
  firstPaintMs: number | null = null;

  private readonly tiles: Tiles;
  private readonly marks: MarkPainter;
  private readonly paths: HousePaths;
  private palette: HousePalette;
  private dpr = 1;
  private mine: ReadonlySet<number> = new Set();
  private hover: number | null = null;
  private cursor: number | null = null;
  private alone: readonly number[] = [];
  private dimmed: ReadonlySet<number> = new Set();
  private readonly shown: Uint8Array;
  private readonly free: Int32Array;
  private readonly sectionOf: Uint16Array;
  private readonly born = performance.now();
  private readonly fades = new Map<number, Fade>();
  private frame = 0;
  private houseDirty = true;
  /** Sharper tiles are still to come. */
  private unsharp = false;
  private flight: { from: Camera; to: Camera; began: number } | null = null;
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
    this.shown = new Uint8Array(house.count).fill(BLOCKED);
    this.free = new Int32Array(house.sections.length);
    this.sectionOf = new Uint16Array(house.count);
    for (let i = 0; i < house.count; i += 1) if (house.kind[i] !== KIND_STANDING) this.sectionOf[i] = house.rows[house.rowOf[i] ?? 0]?.section ?? 0;
    this.tiles = new Tiles({
      house,
      grid: this.grid,
      shown: this.shown,
      paintFloor: (ctx, camera, size) => paintGround(ctx, house, this.paths, camera, size, this.palette, this.dpr),
    });
    this.remember();
    this.unsubscribe = live.subscribe((seats) => this.recolour(seats));
    // Canvas text drawn before the fonts arrive would keep the fallback until the next move.
    void Promise.all(FONTS.map((font) => document.fonts.load(font))).then(() => this.restyle(), () => undefined);
  }

  get floor(): HousePaths["floor"] {
    return this.paths.floor;
  }

  destroy(): void {
    this.unsubscribe();
    cancelAnimationFrame(this.frame);
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
    this.tiles.restyle(this.palette, this.dimmed, dpr);
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

  /** Like `zoomBy`, but flown, for buttons and keys. */
  flyZoom(factor: number, sx = this.size.width / 2, sy = this.size.height / 2): void {
    this.untouched = false;
    this.fly(clamp(zoomAt(this.flight?.to ?? this.camera, factor, sx, sy), this.house.bounds, this.size));
  }

  fitAll(): void {
    this.untouched = true;
    this.fly(fit(this.house.bounds, this.size));
  }

  centreOn(x: number, y: number, scale = this.camera.scale): void {
    this.touch({ scale, x: this.size.width / 2 - x * scale, y: this.size.height / 2 - y * scale });
  }

  /** Brings a seat into view if it is not, close enough to be told from its neighbours. */
  revealSeat(seatNo: number): void {
    const x = this.house.x[seatNo - 1] ?? 0;
    const y = this.house.y[seatNo - 1] ?? 0;
    this.touch(reveal(this.camera, this.size, x, y));
  }

  /** The seat or standing place under a point of the canvas; `slack` px forgives a finger's width. */
  seatAtPoint(sx: number, sy: number, slack: number): number | null {
    const [x, y] = toMap(this.camera, sx, sy);
    const reach = Math.max(RADIUS * 1.25, Math.min(slack / this.camera.scale, PITCH));
    const seat = this.grid.nearest(x, y, reach);
    if (seat !== null) return seat;
    const area = this.house.areas.find((candidate) => insidePolygon(x, y, candidate.polygon));
    return area ? this.standingPlace(area.first, area.capacity) : null;
  }

  pointOf(seatNo: number): readonly [number, number] {
    return toScreen(this.camera, this.house.x[seatNo - 1] ?? 0, this.house.y[seatNo - 1] ?? 0);
  }

  /** Distance between neighbouring seats on the screen, in px: below a finger's width a tap zooms in first. */
  get pitch(): number {
    return PITCH * this.camera.scale;
  }

  /** A free place of an area that is not yours yet; buyers start at different places, so they rarely collide. */
  private standingPlace(first: number, capacity: number): number | null {
    const start = Math.floor(Math.random() * capacity);
    for (let n = 0; n < capacity; n += 1) {
      const seatNo = first + ((start + n) % capacity);
      if (this.live.stateOf(seatNo) === "f" && !this.mine.has(seatNo)) return seatNo;
    }
    return null;
  }

  private touch(camera: Camera): void {
    this.untouched = false;
    this.flight = null;
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
    const numbers = seats === "all" ? this.differing() : seats;
    if (numbers.length > this.house.count / 4) {
      this.fades.clear();
      this.remember();
      this.restyle();
      return;
    }
    const fading = numbers.length <= MOST_FADES && !prefersLessMotion();
    for (const seatNo of numbers) {
      const index = seatNo - 1;
      const [before, after] = [this.shown[index] ?? BLOCKED, this.stateNow(seatNo)];
      if (before === after || isStanding(this.house, seatNo)) continue;
      // What was there goes from above the new look; what becomes free appears above the old one, which stays until then.
      if (fading) this.fades.set(seatNo, { state: after === FREE ? after : before, appears: after === FREE, began: now, done: 0 });
      if (!fading || after !== FREE) this.show(index, after);
    }
    this.schedule();
  }

  private stateNow(seatNo: number): number {
    return STATE_LETTERS.indexOf(this.live.stateOf(seatNo));
  }

  private show(index: number, state: number): void {
    const section = this.sectionOf[index] ?? 0;
    if (this.house.kind[index] !== KIND_STANDING) this.free[section] = (this.free[section] ?? 0) + Number(state === FREE) - Number(this.shown[index] === FREE);
    this.shown[index] = state;
    this.tiles.touch(index);
    this.houseDirty = true;
  }

  private differing(): number[] {
    const numbers: number[] = [];
    for (let seatNo = 1; seatNo <= this.house.count; seatNo += 1) if (this.shown[seatNo - 1] !== this.stateNow(seatNo)) numbers.push(seatNo);
    return numbers;
  }

  private remember(): void {
    this.free.fill(0);
    for (let i = 0; i < this.house.count; i += 1) {
      const state = this.stateNow(i + 1);
      this.shown[i] = state;
      if (state === FREE && this.house.kind[i] !== KIND_STANDING) this.free[this.sectionOf[i] ?? 0] = (this.free[this.sectionOf[i] ?? 0] ?? 0) + 1;
    }
  }

  private restyle(): void {
    this.tiles.restyle(this.palette, this.dimmed, this.dpr);
    this.repaintHouse();
  }

  private repaintHouse(): void {
    this.houseDirty = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  private draw(now: number): void {
    this.frame = 0;
    if (this.size.width === 0) return;
    this.advance(now);
    const moved = this.houseDirty;
    const below = this.houseCanvas.getContext("2d", { alpha: false });
    const above = this.seatCanvas.getContext("2d");
    if (!below || !above) return;
    if (moved) this.unsharp = this.tiles.paint(below, this.camera, this.size, this.wholeScale, now);
    this.houseDirty = this.unsharp;
    this.paintAbove(above);
    this.paintCount += 1;
    if (this.firstPaintMs === null && !this.unsharp && this.live.loaded) this.firstPaintMs = performance.now() - this.born;
    if (moved) this.onCamera?.();
    if (this.flight || this.fades.size > 0 || this.unsharp) this.schedule();
  }

  private paintAbove(ctx: CanvasRenderingContext2D): void {
    const { camera, dpr, house } = this;
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.clearRect(0, 0, this.size.width, this.size.height);
    const marks = { mine: this.mine, hover: this.hover, cursor: this.cursor, alone: this.alone, fades: this.fades };
    this.marks.paintFades(ctx, marks, camera, this.tiles.sprites, dpr);
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    const areas = house.areas.map((area) => this.places(area.first, area.capacity));
    paintNames(ctx, { house, grid: this.grid, free: this.free, areas, loaded: this.live.loaded }, camera, this.size, this.palette);
    this.marks.paint(ctx, marks, camera, this.palette);
  }

  private places(first: number, capacity: number): { free: number; mine: number } {
    let [free, mine] = [0, 0];
    for (let seatNo = first; seatNo < first + capacity; seatNo += 1) {
      if (this.mine.has(seatNo)) mine += 1;
      else if (this.live.stateOf(seatNo) === "f") free += 1;
    }
    return { free, mine };
  }

  private get wholeScale(): number {
    return fit(this.house.bounds, this.size).scale;
  }

  private advance(now: number): void {
    if (this.flight) {
      const t = Math.min(1, Math.max(0, (now - this.flight.began) / FLIGHT_MS));
      this.camera = this.snap(between(this.flight.from, this.flight.to, t));
      this.houseDirty = true;
      if (t >= 1) this.flight = null;
    }
    for (const [seatNo, fade] of this.fades) {
      fade.done = Math.max(0, (now - fade.began) / FADE_MS);
      if (fade.done < 1) continue;
      this.fades.delete(seatNo);
      if (fade.appears) this.show(seatNo - 1, this.stateNow(seatNo));
    }
  }
}
