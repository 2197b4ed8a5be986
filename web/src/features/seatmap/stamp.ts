/**
 * Seats stamped onto their floor, pixel by pixel. Nothing here draws: the looks of seats and the floor come as pixels,
 * and so does what is put together from them. One canvas a tile is enough for that, and a changed seat costs as many
 * pixels as it has.
 */
import type { SeatGrid } from "./grid";
import type { House } from "./house";
import { FREE, type Sprites } from "./sprites";

/** Of a tile, device px. */
export const SIDE = 320;

/** Where a tile lies: `scale` is device px for each map unit, the offsets are device px from the corner of the house. */
export interface Place {
  scale: number;
  sprites: Sprites;
  offsetX: number;
  offsetY: number;
}

export interface StampWorld {
  house: House;
  grid: SeatGrid;
  /** What each seat shows, by index. */
  shown: Uint8Array;
}

/** A pixel (0xAABBGGRR) over one that is not transparent. */
export function over(below: number, above: number): number {
  const alpha = above >>> 24;
  if (alpha === 255) return above;
  if (alpha === 0) return below;
  const share = alpha + (alpha >>> 7);
  const redBlue = (((above & 0xff00ff) * share + (below & 0xff00ff) * (256 - share)) >>> 8) & 0xff00ff;
  const green = (((above & 0xff00) * share + (below & 0xff00) * (256 - share)) >>> 8) & 0xff00;
  return (0xff000000 | redBlue | green) >>> 0;
}

/** One for all tiles: its buffers are used anew for each. */
export class Stamper {
  private image: ImageData | null = null;
  private out = new Uint32Array(0);
  private readonly seats = new Uint32Array(SIDE * SIDE);

  /** `left` and `top` are the corner of the house in map units. */
  constructor(
    private readonly world: StampWorld,
    private readonly left: number,
    private readonly top: number,
  ) {}

  /** Puts floor and seats of a part of a tile (device px of the tile) into its picture. */
  stamp(picture: CanvasRenderingContext2D, floor: Uint32Array, place: Place, x0 = 0, y0 = 0, x1 = SIDE, y1 = SIDE): void {
    this.image ??= new ImageData(SIDE, SIDE);
    if (this.out.length === 0) this.out = new Uint32Array(this.image.data.buffer);
    const { seats, out } = this;
    for (let line = y0; line < y1; line += 1) seats.fill(0, line * SIDE + x0, line * SIDE + x1);
    this.gather(place, x0, y0, x1, y1);
    for (let line = y0; line < y1; line += 1) {
      const end = line * SIDE + x1;
      for (let at = line * SIDE + x0; at < end; at += 1) {
        const above = seats[at] ?? 0;
        out[at] = above === 0 ? (floor[at] ?? 0) : over(floor[at] ?? 0, above);
      }
    }
    picture.putImageData(this.image, 0, 0, x0, y0, x1 - x0, y1 - y0);
  }

  /** Every seat that reaches into a part of the tile, and only there. */
  private gather({ scale, sprites, offsetX, offsetY }: Place, x0: number, y0: number, x1: number, y1: number): void {
    const { house, grid, shown } = this.world;
    const { side, steps, pixels, stride } = sprites;
    const { left, top, seats } = this;
    const half = side / 2;
    const reach = half / scale;
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
          if (pixel >>> 24 > (seats[target + dx] ?? 0) >>> 24) seats[target + dx] = pixel;
        }
      }
    });
  }
}
