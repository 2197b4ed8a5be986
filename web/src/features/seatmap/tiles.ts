/**
 * The house and its seats as tiles, painted once for each zoom: a pan only copies pictures, and a changed seat is
 * stamped anew in its own few pixels. While a zoom goes on, tiles of another zoom stand in, stretched; sharp ones
 * follow within a budget of milliseconds for each frame.
 */
import type { Camera, Size } from "./camera";
import type { Rect } from "./grid";
import { KIND_STANDING, PITCH } from "./house";
import { letterColour, type HousePalette } from "./palette";
import { FREE, NUMBERS_FROM, Sprites } from "./sprites";
import { SIDE, Stamper, type Place, type StampWorld } from "./stamp";

const MOST_TILES = 64;
/** A frame has 16 ms, and the press of a button may wait for no longer than a few of them: also the first picture is
 * made tile by tile. */
const BUDGET_MS = 9;
/** Of a frame while the zoom still changes: what is painted then is soon another size. And of the first picture's, whose
 * code the browser doesn't know yet. */
const SMALL_BUDGET_MS = 4;
/** A zoom further than this from the tiles' own starts new ones at once. */
const STRETCH = 2.4;
const SETTLED_MS = 130;
/** With more changes than this in a tile, all of it is stamped: it is cheaper than patch by patch. */
const MANY = 120;
const TEXT = '"Inter Variable", system-ui, sans-serif';

export type FloorPainter = (ctx: CanvasRenderingContext2D, camera: Camera, size: Size) => void;

interface Tile {
  place: Place;
  /** What lies under the seats; it changes only with the zoom and the theme. */
  floor: Uint32Array;
  /** Floor and seats, without transparency: what is copied for every frame of a pan. */
  picture: CanvasRenderingContext2D;
  dirty: number[];
  /** All of it shows old states. */
  stale: boolean;
  used: number;
}

/** All tiles of one zoom. `scale` is device px for each map unit. */
class TileSet {
  readonly tiles = new Map<number, Tile>();
  /** Some of it has been seen. */
  seen = false;
  constructor(
    readonly scale: number,
    readonly sprites: Sprites,
  ) {}
}

const key = (column: number, line: number): number => line * 4_096 + column;

function context(options: CanvasRenderingContext2DSettings): CanvasRenderingContext2D {
  const ctx = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }).getContext("2d", options);
  if (!ctx) throw new Error("This browser draws no canvas");
  return ctx;
}

export interface TileWorld extends StampWorld {
  paintFloor: FloorPainter;
}

export class Tiles {
  private current: TileSet | null = null;
  /** The whole house, kept so that no place is ever empty. */
  private whole: TileSet | null = null;
  private former: TileSet | null = null;
  private palette: HousePalette | null = null;
  private dimmed: ReadonlySet<number> = new Set();
  private dpr = 1;
  private lastScale = 0;
  private scaledAt = -Infinity;
  private tick = 0;
  /** What was looked at when tiles were copied last. */
  private seen: Camera | null = null;
  private floor: CanvasRenderingContext2D | null = null;
  private readonly left: number;
  private readonly top: number;
  private readonly stamper: Stamper;

  constructor(private readonly world: TileWorld) {
    this.left = world.house.bounds.left - PITCH * 4;
    this.top = world.house.bounds.top - PITCH * 4;
    this.stamper = new Stamper(world, this.left, this.top);
  }

  /** The theme, the filter or the screen; what is painted already stays when they are what they were. */
  dress(palette: HousePalette, dimmed: ReadonlySet<number>, dpr: number): void {
    if (palette !== this.palette || dimmed !== this.dimmed || dpr !== this.dpr) this.forgetAll();
    this.palette = palette;
    this.dimmed = dimmed;
    this.dpr = dpr;
  }

  /** Forgets every tile. */
  forgetAll(): void {
    this.current = this.whole = this.former = null;
  }

  /** Notes that all seats may show something else now; what lies under them stays. */
  touchAll(): void {
    for (const set of [this.current, this.whole, this.former]) for (const tile of set?.tiles.values() ?? []) tile.stale = true;
  }

  /** Notes that a seat (by index) shows something else now. */
  touch(index: number): void {
    if (this.world.house.kind[index] === KIND_STANDING) return;
    // The whole house is often the current zoom, too.
    for (const set of new Set([this.current, this.whole, this.former])) {
      if (!set) continue;
      const half = set.sprites.side / 2;
      const x = ((this.world.house.x[index] ?? 0) - this.left) * set.scale;
      const y = ((this.world.house.y[index] ?? 0) - this.top) * set.scale;
      for (let line = Math.floor((y - half) / SIDE); line <= Math.floor((y + half) / SIDE); line += 1) {
        for (let column = Math.floor((x - half) / SIDE); column <= Math.floor((x + half) / SIDE); column += 1) {
          set.tiles.get(key(column, line))?.dirty.push(index);
        }
      }
    }
  }

  /** The looks at the zoom that the tiles were painted for. */
  get sprites(): Sprites | null {
    return this.current?.sprites ?? null;
  }

  /** Whether only time is waited for: the zoom is still too young to be painted sharply. */
  resting(camera: Camera, now: number): boolean {
    return camera.scale * this.dpr === this.lastScale && now - this.scaledAt < SETTLED_MS;
  }

  /**
   * Paints the view. "unsharp" when sharper tiles are still to come: the caller asks again next frame. So it does with
   * "waiting": nothing was copied, which costs as much as two tiles, for there is nothing yet to show in this place, or
   * what stands there lacks only newer states.
   */
  paint(ctx: CanvasRenderingContext2D, camera: Camera, size: Size, wholeScale: number, now: number): "sharp" | "unsharp" | "waiting" {
    const { palette } = this;
    if (!palette) return "sharp";
    const began = performance.now();
    this.tick += 1;
    const scale = camera.scale * this.dpr;
    if (scale !== this.lastScale) {
      this.scaledAt = this.lastScale === 0 ? -Infinity : now;
      this.lastScale = scale;
    }
    const before = this.current;
    this.choose(scale, wholeScale * this.dpr, now - this.scaledAt >= SETTLED_MS);
    const set = this.current;
    if (!set) return "sharp";
    const exact = set.scale === scale;
    // Going out, what is missing is at the edges and soon small: the whole house stands in there.
    const { whole, former } = this;
    const bare = !set.seen && !former && (!whole || whole === set);
    const budget = exact && !bare ? BUDGET_MS : SMALL_BUDGET_MS;
    // The looks alone take long enough for a frame.
    if (bare && set !== before) return "waiting";
    const { missing, behind } = this.fill(set, camera, size, began + budget, exact || set.scale <= scale, bare);
    if (bare ? missing || performance.now() > began + budget : behind && !missing && this.seen === camera) return "waiting";
    set.seen = true;
    this.seen = camera;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
    ctx.fillStyle = palette.paper;
    ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    if (missing) {
      const formerCovers = former !== null && former !== whole && !this.lacks(former, camera, size);
      if (whole && whole !== set && !formerCovers) this.blit(ctx, whole, camera, size);
      if (former && former !== whole) this.blit(ctx, former, camera, size);
    }
    this.blit(ctx, set, camera, size);
    if (!missing && exact) this.former = null;
    return missing || behind || !exact ? "unsharp" : "sharp";
  }

  /** Tiles of another zoom stand in until the zoom rests, or has gone far. */
  private choose(scale: number, wholeScale: number, settled: boolean): void {
    const { current, whole } = this;
    if (current?.scale === scale) return;
    if (current) {
      const stretch = Math.max(current.scale / scale, scale / current.scale);
      if (!settled && stretch < STRETCH) return;
      if (current !== whole && current.tiles.size > 0) this.former = current;
    }
    const nearWhole = whole !== null && (Math.abs(whole.scale - scale) < 1e-9 || (!settled && scale / whole.scale < STRETCH));
    this.current = nearWhole ? whole : this.make(scale);
    if (Math.abs(scale - wholeScale) < 1e-9) this.whole = this.current;
  }

  private make(scale: number): TileSet {
    const palette = this.palette as HousePalette;
    const { categories } = this.world.house;
    return new TileSet(scale, new Sprites({ radius: PITCH * 0.39 * scale, dpr: this.dpr, categories, palette, dimmed: this.dimmed }));
  }

  private range(set: TileSet, camera: Camera, size: Size): Rect {
    const span = SIDE / set.scale;
    const x = -camera.x / camera.scale - this.left;
    const y = -camera.y / camera.scale - this.top;
    const { bounds } = this.world.house;
    const lastColumn = Math.floor((bounds.right + PITCH * 4 - this.left) / span);
    const lastLine = Math.floor((bounds.bottom + PITCH * 4 - this.top) / span);
    return {
      left: Math.max(0, Math.floor(x / span)),
      top: Math.max(0, Math.floor(y / span)),
      right: Math.min(lastColumn, Math.floor((x + size.width / camera.scale) / span)),
      bottom: Math.min(lastLine, Math.floor((y + size.height / camera.scale) / span)),
    };
  }

  /** Whether a tile in view is not there. */
  private lacks(set: TileSet, camera: Camera, size: Size): boolean {
    const { left, top, right, bottom } = this.range(set, camera, size);
    for (let line = top; line <= bottom; line += 1) {
      for (let column = left; column <= right; column += 1) if (!set.tiles.has(key(column, line))) return true;
    }
    return false;
  }

  /**
   * Brings the tiles in view up to date until the time is up; what is `behind` shows old states meanwhile. New ones are
   * painted only if wished, and `inSteps` only where nobody sees a floor without its seats.
   */
  private fill(set: TileSet, camera: Camera, size: Size, until: number, paintNew: boolean, inSteps: boolean): { missing: boolean; behind: boolean } {
    const { left, top, right, bottom } = this.range(set, camera, size);
    let missing = false;
    let behind = false;
    // One is always painted: even a slow machine gets on.
    let painted = 0;
    const late = (): boolean => painted > 0 && performance.now() > until;
    for (let line = top; line <= bottom; line += 1) {
      for (let column = left; column <= right; column += 1) {
        let tile = set.tiles.get(key(column, line));
        if (!tile) {
          if (!paintNew || late()) {
            missing = true;
            continue;
          }
          tile = this.paintTile(set, column, line);
          painted += 1;
          if (!inSteps) this.patch(tile);
        }
        if (tile.stale) {
          if (late()) behind = true;
          else {
            this.patch(tile);
            painted += 1;
          }
        } else if (tile.dirty.length > 0) this.patch(tile);
        tile.used = this.tick;
      }
    }
    if (set.tiles.size > MOST_TILES) this.forget(set);
    return { missing: missing || (inSteps && behind), behind };
  }

  private forget(set: TileSet): void {
    const oldest = [...set.tiles].sort(([, a], [, b]) => a.used - b.used);
    for (const [at, tile] of oldest.slice(0, set.tiles.size - MOST_TILES)) if (tile.used !== this.tick) set.tiles.delete(at);
  }

  private blit(ctx: CanvasRenderingContext2D, set: TileSet, camera: Camera, size: Size): void {
    const { left, top, right, bottom } = this.range(set, camera, size);
    const scale = camera.scale * this.dpr;
    const ratio = scale / set.scale;
    const originX = (camera.x + this.left * camera.scale) * this.dpr;
    const originY = (camera.y + this.top * camera.scale) * this.dpr;
    ctx.imageSmoothingEnabled = ratio !== 1;
    for (let line = top; line <= bottom; line += 1) {
      for (let column = left; column <= right; column += 1) {
        const tile = set.tiles.get(key(column, line));
        if (!tile) continue;
        // Rounded edges meet: no seams.
        const x = Math.round(originX + column * SIDE * ratio);
        const y = Math.round(originY + line * SIDE * ratio);
        const width = Math.round(originX + (column + 1) * SIDE * ratio) - x;
        const height = Math.round(originY + (line + 1) * SIDE * ratio) - y;
        ctx.drawImage(tile.picture.canvas, x, y, width, height);
      }
    }
  }

  /** A new tile with its floor, and without its seats. */
  private paintTile(set: TileSet, column: number, line: number): Tile {
    const place: Place = { scale: set.scale, sprites: set.sprites, offsetX: column * SIDE, offsetY: line * SIDE };
    const tile: Tile = { place, floor: this.paintFloor(place), picture: context({ alpha: false }), dirty: [], stale: true, used: this.tick };
    set.tiles.set(key(column, line), tile);
    return tile;
  }

  private paintFloor({ scale, offsetX, offsetY }: Place): Uint32Array {
    this.floor ??= context({ alpha: false, willReadFrequently: true });
    const ctx = this.floor;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
    ctx.fillStyle = this.palette?.paper ?? "";
    ctx.fillRect(0, 0, SIDE, SIDE);
    const css = scale / this.dpr;
    const camera = { scale: css, x: -this.left * css - offsetX / this.dpr, y: -this.top * css - offsetY / this.dpr };
    this.world.paintFloor(ctx, camera, { width: SIDE / this.dpr, height: SIDE / this.dpr });
    return new Uint32Array(ctx.getImageData(0, 0, SIDE, SIDE).data.buffer);
  }

  /** Only the pixels around the changed seats, when they are few and bear no numbers. */
  private patch(tile: Tile): void {
    const { place, dirty, floor, picture } = tile;
    const { scale, sprites, offsetX, offsetY } = place;
    const numbered = (PITCH * 0.39 * scale) / this.dpr >= NUMBERS_FROM;
    if (tile.stale || numbered || dirty.length > MANY) {
      this.stamper.stamp(picture, floor, place);
      if (numbered) this.numbers(picture, place);
    } else {
      const half = sprites.side / 2;
      for (const index of dirty) {
        const x = ((this.world.house.x[index] ?? 0) - this.left) * scale - offsetX;
        const y = ((this.world.house.y[index] ?? 0) - this.top) * scale - offsetY;
        const x0 = Math.max(0, Math.floor(x - half) - 1);
        const y0 = Math.max(0, Math.floor(y - half) - 1);
        const x1 = Math.min(SIDE, Math.ceil(x + half) + 1);
        const y1 = Math.min(SIDE, Math.ceil(y + half) + 1);
        if (x1 > x0 && y1 > y0) this.stamper.stamp(picture, floor, place, x0, y0, x1, y1);
      }
    }
    tile.stale = false;
    dirty.length = 0;
  }

  /** Each seat's own number, when it is near enough to read. */
  private numbers(ctx: CanvasRenderingContext2D, { scale, offsetX, offsetY }: Place): void {
    const { house, grid, shown } = this.world;
    const palette = this.palette as HousePalette;
    const span = SIDE / scale;
    const left = this.left + offsetX / scale;
    const top = this.top + offsetY / scale;
    const radius = PITCH * 0.39 * scale;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `600 ${radius * 0.82}px ${TEXT}`;
    grid.forEachIn({ left: left - PITCH, top: top - PITCH, right: left + span + PITCH, bottom: top + span + PITCH }, (index) => {
      const category = house.category[index] ?? 0;
      const free = shown[index] === FREE;
      if (!free) return;
      ctx.globalAlpha = this.dimmed.has(category) ? 0.3 : 1;
      ctx.fillStyle = letterColour(palette, category);
      const x = ((house.x[index] ?? 0) - left) * scale;
      const y = ((house.y[index] ?? 0) - top) * scale + radius * 0.05;
      ctx.fillText(`${house.categories[category] ?? ""}${house.labels[index] ?? ""}`, x, y, radius * 1.7);
    });
    ctx.globalAlpha = 1;
  }
}
