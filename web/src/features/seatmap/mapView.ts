/**
 * The map as one object outside React: two canvases, a camera, and what is marked. React tells it what changed; it
 * repaints at most once a frame, and only the layer that needs it.
 */
import type { Theme } from "@/shared/lib/theme";
import { prefersLessMotion } from "@/shared/lib/media";
import type { SeatState } from "./apply";
import { between, clamp, fit, pan, reveal, toMap, toScreen, visible, zoomAt, type Camera, type Size } from "./camera";
import { insidePolygon, SeatGrid, type Rect } from "./grid";
import { isStanding, PITCH, type House } from "./house";
import type { LiveSeats, Recoloured } from "./live";
import { housePaths, paintHouse, type HousePaths } from "./paintHouse";
import { RADIUS, SeatPainter } from "./paintSeats";
import { housePalette, type HousePalette } from "./palette";

const FADE_MS = 180;
const FLIGHT_MS = 200;
/** More than this many seats at once is a snapshot, not a change that anyone could follow with the eye. */
const MOST_FADES = 2_000;

/** What the layers write with. A canvas does not wait for a font the way HTML does. */
const FONTS = ['italic 500 16px "Fraunces Variable"', '500 16px "Fraunces Variable"', '500 12px "Inter Variable"'];

interface Fade {
  from: SeatState;
  began: number;
  done: number;
}

export class MapView {
  readonly grid: SeatGrid;
  camera: Camera = { scale: 1, x: 0, y: 0 };
  size: Size = { width: 0, height: 0 };
  /** Called after the camera moved, once a frame. */
  onCamera: (() => void) | null = null;

  private readonly painter: SeatPainter;
  private readonly paths: HousePaths;
  private palette: HousePalette;
  private dpr = 1;
  private mine: ReadonlySet<number> = new Set();
  private hover: number | null = null;
  private cursor: number | null = null;
  private readonly shown: SeatState[] = [];
  private readonly fades = new Map<number, Fade>();
  private frame = 0;
  private houseDirty = true;
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
    this.painter = new SeatPainter(house, this.grid);
    this.paths = housePaths(house, this.grid);
    this.palette = housePalette(theme);
    this.remember("all");
    this.unsubscribe = live.subscribe((seats) => this.recolour(seats));
    // Canvas text drawn before the fonts arrive would keep the fallback until the next move.
    void Promise.all(FONTS.map((font) => document.fonts.load(font))).then(() => this.repaintHouse(), () => undefined);
  }

  get floor(): HousePaths["floor"] {
    return this.paths.floor;
  }

  destroy(): void {
    this.unsubscribe();
    cancelAnimationFrame(this.frame);
  }

  setTheme(theme: Theme): void {
    this.palette = housePalette(theme);
    this.repaintHouse();
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
    this.dpr = Math.min(window.devicePixelRatio || 1, 2);
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
    this.camera = clamp(camera, this.house.bounds, this.size);
    this.repaintHouse();
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
    const fading = numbers.length <= MOST_FADES && !prefersLessMotion();
    for (const seatNo of numbers) {
      const from = this.shown[seatNo - 1];
      if (fading && from && !isStanding(this.house, seatNo)) this.fades.set(seatNo, { from, began: now, done: 0 });
    }
    this.remember(numbers);
    this.schedule();
  }

  private differing(): number[] {
    const numbers: number[] = [];
    for (let seatNo = 1; seatNo <= this.house.count; seatNo += 1) {
      if (this.shown[seatNo - 1] !== this.live.stateOf(seatNo)) numbers.push(seatNo);
    }
    return numbers;
  }

  private remember(seats: Recoloured): void {
    if (seats === "all") for (let seatNo = 1; seatNo <= this.house.count; seatNo += 1) this.shown[seatNo - 1] = this.live.stateOf(seatNo);
    else for (const seatNo of seats) this.shown[seatNo - 1] = this.live.stateOf(seatNo);
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
    const house = this.houseCanvas.getContext("2d");
    const seats = this.seatCanvas.getContext("2d");
    if (!house || !seats) return;
    if (this.houseDirty) paintHouse(house, this.house, this.paths, this.camera, this.size, this.palette, this.dpr);
    this.houseDirty = false;
    const look = { stateOf: (seatNo: number) => this.live.stateOf(seatNo), mine: this.mine, hover: this.hover, cursor: this.cursor, fades: this.fades };
    this.painter.paint(seats, look, this.camera, this.size, this.palette, this.dpr);
    if (moved) this.onCamera?.();
    if (this.flight || this.fades.size > 0) this.schedule();
  }

  private advance(now: number): void {
    if (this.flight) {
      const t = Math.min(1, Math.max(0, (now - this.flight.began) / FLIGHT_MS));
      this.camera = between(this.flight.from, this.flight.to, t);
      this.houseDirty = true;
      if (t >= 1) this.flight = null;
    }
    for (const [seatNo, fade] of this.fades) {
      fade.done = Math.max(0, (now - fade.began) / FADE_MS);
      if (fade.done >= 1) this.fades.delete(seatNo);
    }
  }
}
