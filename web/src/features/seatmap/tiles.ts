/**
 * The house and its seats as tiles, painted once for each zoom: a pan only copies pictures, and a changed seat is
 * stamped anew in its own few pixels. While a zoom goes on, tiles of another zoom stand in, stretched; sharp ones
 * follow within a budget of milliseconds for each frame.
 */
import type { Camera, Size } from "./camera";
import type { Rect, SeatGrid } from "./grid";
import { KIND_STANDING, PITCH, type House } from "./house";
import { letterColour, type HousePalette } from "./palette";
import { FREE, NUMBERS_FROM, Sprites } from "./sprites";

/** Device px. */
const SIDE = 320;
const MOST_TILES = 64;
const BUDGET_MS = 9;
/** A zoom further than this from the tiles' own starts new ones at once. */
const STRETCH = 1.8;
const SETTLED_MS = 130;
/** With more changes than this in a tile, all of it is stamped: it is cheaper than patch by patch. */
const MANY = 160;
const TEXT = '"Inter Variable", system-ui, sans-serif';

export type FloorPainter = (ctx: CanvasRenderingContext2D, camera: Camera, size: Size) => void;

interface Tile {
  column: number;
  line: number;
  floor: HTMLCanvasElement;
  seats: HTMLCanvasElement;
  /** Both, without transparency: what is copied for every frame of a pan. */
  picture: HTMLCanvasElement;
  image: ImageData;
  words: Uint32Array;
  dirty: number[];
  used: number;
}

/** All tiles of one zoom. `scale` is device px for each map unit. */
class TileSet {
  readonly tiles = new Map<number, Tile>();
  constructor(
    readonly scale: number,
    readonly sprites: Sprites,
  ) {}
}

const key = (column: number, line: number): number => line * 4_096 + column;

function compose({ picture, floor, seats }: Tile, x: number, y: number, width: number, height: number): void {
  const ctx = picture.getContext("2d", { alpha: false });
  ctx?.drawImage(floor, x, y, width, height, x, y, width, height);
  ctx?.drawImage(seats, x, y, width, height, x, y, width, height);
}

export interface TileWorld {
  house: House;
  grid: SeatGrid;
  /** What each seat shows, by index. */
  shown: Uint8Array;
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
  private scaledAt = 0;
  private tick = 0;

  constructor(private readonly world: TileWorld) {}

  /** Forgets every tile: the theme, the filter, the screen or the fonts are others now. */
  restyle(palette: HousePalette, dimmed: ReadonlySet<number>, dpr: number): void {
    this.palette = palette;
    this.dimmed = dimmed;
    this.dpr = dpr;
    this.current = this.whole = this.former = null;
  }

  /** Notes that a seat (by index) shows something else now. */
  touch(index: number): void {
    if (this.world.house.kind[index] === KIND_STANDING) return;
    for (const set of [this.current, this.whole, this.former]) {
      if (!set || (set === this.whole && this.whole === this.current)) continue;
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

  private get left(): number {
    return this.world.house.bounds.left - PITCH * 4;
  }

  private get top(): number {
    return this.world.house.bounds.top - PITCH * 4;
  }

  /** Paints the view. True when sharper tiles are still to come: the caller asks again next frame. */
  paint(ctx: CanvasRenderingContext2D, camera: Camera, size: Size, wholeScale: number, now: number): boolean {
    const { palette } = this;
    if (!palette) return false;
    this.tick += 1;
    const scale = camera.scale * this.dpr;
    if (scale !== this.lastScale) {
      this.lastScale = scale;
      this.scaledAt = now;
    }
    const settled = now - this.scaledAt >= SETTLED_MS;
    this.choose(scale, wholeScale * this.dpr, settled);
    const set = this.current;
    if (!set) return false;
    const until = performance.now() + BUDGET_MS;
    const missing = this.fill(set, camera, size, until);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
    ctx.fillStyle = palette.paper;
    ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    if (missing || set.scale !== scale) {
      if (this.whole && this.whole !== set) this.blit(ctx, this.whole, camera, size);
      if (this.former && this.former !== this.whole) this.blit(ctx, this.former, camera, size);
    }
    this.blit(ctx, set, camera, size);
    if (!missing && set.scale === scale) this.former = null;
    return missing || set.scale !== scale;
  }

  /** Whether tiles of exactly this zoom are there for the whole view: the map is as sharp as it gets. */
  private choose(scale: number, wholeScale: number, settled: boolean): void {
    const { current } = this;
    if (current?.scale === scale) return;
    if (current) {
      const stretch = Math.max(current.scale / scale, scale / current.scale);
      if (!settled && stretch < STRETCH) return;
      if (current !== this.whole && current.tiles.size > 0) this.former = current;
    }
    this.current = this.whole && Math.abs(this.whole.scale - scale) < 1e-9 ? this.whole : this.make(scale);
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

  private fill(set: TileSet, camera: Camera, size: Size, until: number): boolean {
    const { left, top, right, bottom } = this.range(set, camera, size);
    let missing = false;
    for (let line = top; line <= bottom; line += 1) {
      for (let column = left; column <= right; column += 1) {
        let tile = set.tiles.get(key(column, line));
        if (!tile) {
          // The first is always painted: even a slow machine gets on.
          if (performance.now() > until) {
            missing = true;
            continue;
          }
          tile = this.paintTile(set, column, line);
        } else if (tile.dirty.length > 0) this.patch(set, tile);
        tile.used = this.tick;
      }
    }
    if (set.tiles.size > MOST_TILES) this.forget(set);
    return missing;
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
        ctx.drawImage(tile.picture, x, y, width, height);
      }
    }
  }

  private paintTile(set: TileSet, column: number, line: number): Tile {
    const canvas = (): HTMLCanvasElement => Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    const image = new ImageData(SIDE, SIDE);
    const tile: Tile = { column, line, floor: canvas(), seats: canvas(), picture: canvas(), image, words: new Uint32Array(image.data.buffer), dirty: [], used: this.tick };
    const floor = tile.floor.getContext("2d", { alpha: false });
    if (floor && this.palette) {
      floor.fillStyle = this.palette.paper;
      floor.fillRect(0, 0, SIDE, SIDE);
      const scale = set.scale / this.dpr;
      this.world.paintFloor(
        floor,
        { scale, x: -this.left * scale - (column * SIDE) / this.dpr, y: -this.top * scale - (line * SIDE) / this.dpr },
        { width: SIDE / this.dpr, height: SIDE / this.dpr },
      );
    }
    set.tiles.set(key(column, line), tile);
    this.stampAll(set, tile);
    return tile;
  }

  private stampAll(set: TileSet, tile: Tile): void {
    tile.dirty.length = 0;
    tile.words.fill(0);
    this.stampIn(set, tile, 0, 0, SIDE, SIDE);
    const ctx = tile.seats.getContext("2d");
    if (!ctx) return;
    ctx.putImageData(tile.image, 0, 0);
    if (this.numbered(set)) this.numbers(ctx, set, tile);
    compose(tile, 0, 0, SIDE, SIDE);
  }

  private numbered(set: TileSet): boolean {
    return (PITCH * 0.39 * set.scale) / this.dpr >= NUMBERS_FROM;
  }

  /** Only the pixels around the changed seats. */
  private patch(set: TileSet, tile: Tile): void {
    if (tile.dirty.length > MANY || this.numbered(set)) {
      this.stampAll(set, tile);
      return;
    }
    const ctx = tile.seats.getContext("2d");
    const { side } = set.sprites;
    for (const index of tile.dirty) {
      const x = ((this.world.house.x[index] ?? 0) - this.left) * set.scale - tile.column * SIDE;
      const y = ((this.world.house.y[index] ?? 0) - this.top) * set.scale - tile.line * SIDE;
      const x0 = Math.max(0, Math.floor(x - side / 2) - 1);
      const y0 = Math.max(0, Math.floor(y - side / 2) - 1);
      const x1 = Math.min(SIDE, Math.ceil(x + side / 2) + 1);
      const y1 = Math.min(SIDE, Math.ceil(y + side / 2) + 1);
      if (x1 <= x0 || y1 <= y0) continue;
      for (let line = y0; line < y1; line += 1) tile.words.fill(0, line * SIDE + x0, line * SIDE + x1);
      this.stampIn(set, tile, x0, y0, x1, y1);
      ctx?.putImageData(tile.image, 0, 0, x0, y0, x1 - x0, y1 - y0);
      compose(tile, x0, y0, x1 - x0, y1 - y0);
    }
    tile.dirty.length = 0;
  }

  /** Stamps every seat that reaches into a part of the tile, and only there. Device px of the tile. */
  private stampIn(set: TileSet, tile: Tile, x0: number, y0: number, x1: number, y1: number): void {
    const { house, grid, shown } = this.world;
    const { sprites, scale } = set;
    const { side, steps, pixels, stride } = sprites;
    const half = side / 2;
    const offsetX = tile.column * SIDE;
    const offsetY = tile.line * SIDE;
    const reach = half / scale;
    const words = tile.words;
    const { left, top } = this;
    const area = {
      left: left + (offsetX + x0) / scale - reach,
      top: top + (offsetY + y0) / scale - reach,
      right: left + (offsetX + x1) / scale + reach,
      bottom: top + (offsetY + y1) / scale + reach,
    };
    grid.forEachIn(area, (index) => {
      const x = ((house.x[index] ?? 0) - left) * scale - offsetX - half;
      const y = ((house.y[index] ?? 0) - top) * scale - offsetY - half;
      const px = Math.floor(x);
      const py = Math.floor(y);
      if (px >= x1 || py >= y1 || px + side <= x0 || py + side <= y0) return;
      const step = Math.floor((y - py) * steps) * steps + Math.floor((x - px) * steps);
      const from = step * side * stride + sprites.column(shown[index] ?? FREE, house.category[index] ?? 0, house.kind[index] ?? 0);
      const firstX = Math.max(0, x0 - px);
      const lastX = Math.min(side, x1 - px);
      const lastY = Math.min(side, y1 - py);
      for (let dy = Math.max(0, y0 - py); dy < lastY; dy += 1) {
        const source = from + dy * stride;
        const target = (py + dy) * SIDE + px;
        for (let dx = firstX; dx < lastX; dx += 1) {
          const pixel = pixels[source + dx] ?? 0;
          // Where neighbours touch, the stronger one shows.
          if (pixel >>> 24 > (words[target + dx] ?? 0) >>> 24) words[target + dx] = pixel;
        }
      }
    });
  }

  /** Each seat's own number, when it is near enough to read. */
  private numbers(ctx: CanvasRenderingContext2D, set: TileSet, tile: Tile): void {
    const { house, grid, shown } = this.world;
    const palette = this.palette as HousePalette;
    const span = SIDE / set.scale;
    const left = this.left + tile.column * span;
    const top = this.top + tile.line * span;
    const radius = PITCH * 0.39 * set.scale;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `600 ${radius * 0.82}px ${TEXT}`;
    grid.forEachIn({ left: left - PITCH, top: top - PITCH, right: left + span + PITCH, bottom: top + span + PITCH }, (index) => {
      const category = house.category[index] ?? 0;
      const free = shown[index] === FREE;
      if (!free) return;
      ctx.globalAlpha = this.dimmed.has(category) ? 0.3 : 1;
      ctx.fillStyle = letterColour(palette, category);
      const x = ((house.x[index] ?? 0) - left) * set.scale;
      const y = ((house.y[index] ?? 0) - top) * set.scale + radius * 0.05;
      ctx.fillText(`${house.categories[category] ?? ""}${house.labels[index] ?? ""}`, x, y, radius * 1.7);
    });
    ctx.globalAlpha = 1;
  }
}
