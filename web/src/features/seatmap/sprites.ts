/**
 * Seats as little pictures. Every look a seat can have at one zoom is drawn once, then seats are stamped from its
 * pixels: fifty thousand paths would take a quarter of a second, fifty thousand stamps take a few milliseconds.
 */
import { KIND_COMPANION, KIND_WHEELCHAIR } from "./house";
import { categoryColour, letterColour, type HousePalette } from "./palette";

const TEXT = '"Inter Variable", system-ui, sans-serif';
/** Device px from which a seat is large enough for its category's letter. */
const LETTERS_FROM = 6.5;
const KINDS = 3;
const DIM = 0.16;

/** States as numbers, in the order of `STATE_LETTERS`. */
export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;
export const BLOCKED = 3;

/** Adds the outline of one seat: circle, square (wheelchair) or diamond (companion). */
export function outline(path: Path2D | CanvasRenderingContext2D, kind: number, x: number, y: number, r: number): void {
  if (kind === KIND_WHEELCHAIR) {
    path.roundRect(x - r, y - r, r * 2, r * 2, r * 0.35);
  } else if (kind === KIND_COMPANION) {
    path.moveTo(x, y - r * 1.15);
    path.lineTo(x + r * 1.15, y);
    path.lineTo(x, y + r * 1.15);
    path.lineTo(x - r * 1.15, y);
    path.closePath();
  } else {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, Math.PI * 2);
  }
}

/** Diagonals across the seat: "someone is buying it". */
function hatch(ctx: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  for (const offset of r < 4 ? [0] : [-0.55, 0, 0.55]) {
    const half = r * Math.sqrt(1 - offset * offset) * Math.SQRT1_2;
    const shift = offset * r * Math.SQRT1_2;
    ctx.moveTo(x + shift - half, y + shift + half);
    ctx.lineTo(x + shift + half, y + shift - half);
  }
}

export interface SpriteWish {
  /** Seat radius in device px. */
  radius: number;
  dpr: number;
  categories: readonly string[];
  palette: HousePalette;
  /** Categories that the legend holds back, by index. */
  dimmed: ReadonlySet<number>;
}

/** Columns are looks times shapes, lines are the places between two pixels that a seat can fall on. */
export class Sprites {
  readonly side: number;
  readonly steps: number;
  readonly canvas: HTMLCanvasElement;
  readonly pixels: Uint32Array;
  readonly stride: number;
  private readonly looks: number;

  constructor(private readonly wish: SpriteWish) {
    const { radius, categories } = wish;
    this.steps = radius < 6 ? 4 : 2;
    this.side = Math.ceil(radius * 2.3) + 3;
    this.looks = categories.length + 2;
    this.canvas = document.createElement("canvas");
    this.canvas.width = this.stride = this.side * this.looks * KINDS;
    this.canvas.height = this.side * this.steps * this.steps;
    const ctx = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!ctx) throw new Error("This browser draws no canvas");
    for (let look = 0; look < this.looks; look += 1) {
      for (let kind = 0; kind < KINDS; kind += 1) {
        for (let step = 0; step < this.steps * this.steps; step += 1) this.draw(ctx, look, kind, step);
      }
    }
    this.pixels = new Uint32Array(ctx.getImageData(0, 0, this.canvas.width, this.canvas.height).data.buffer);
  }

  /** The sprite's left edge in the atlas. */
  column(state: number, category: number, kind: number): number {
    const look = state === FREE ? category : state === HELD ? this.looks - 1 : this.looks - 2;
    return (look * KINDS + kind) * this.side;
  }

  private draw(ctx: CanvasRenderingContext2D, look: number, kind: number, step: number): void {
    const { radius, dpr, categories, palette, dimmed } = this.wish;
    const x = (look * KINDS + kind + 0.5) * this.side + (step % this.steps) / this.steps - 0.5 + 0.5 / this.steps;
    const y = (step + 0.5) * this.side + Math.floor(step / this.steps) / this.steps - 0.5 + 0.5 / this.steps;
    ctx.beginPath();
    if (look < categories.length) {
      ctx.globalAlpha = dimmed.has(look) ? DIM : 1;
      // Far away, dots as small as they should be would be paler than their price is.
      outline(ctx, kind, x, y, radius < 2 ? Math.max(radius * 1.2, 0.6) : radius);
      ctx.fillStyle = categoryColour(palette, look);
      ctx.fill();
      if (radius / dpr >= LETTERS_FROM && radius / dpr < NUMBERS_FROM) {
        ctx.font = `600 ${radius * 1.05}px ${TEXT}`;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.fillStyle = letterColour(palette, look);
        ctx.fillText(categories[look] ?? "", x, y + radius * 0.05);
      }
      ctx.globalAlpha = 1;
      return;
    }
    const r = Math.max(0.5, radius - 0.5 * dpr);
    // A far seat that is taken is a faint dot: a ring of one pixel would be as loud as a free seat.
    if (radius < 2.2) {
      outline(ctx, kind, x, y, Math.max(radius * 0.8, 0.5));
      ctx.fillStyle = palette.taken;
      ctx.globalAlpha = look === this.looks - 1 ? 0.6 : 0.38;
      ctx.fill();
      ctx.globalAlpha = 1;
      return;
    }
    outline(ctx, kind, x, y, r);
    if (look === this.looks - 1) hatch(ctx, x, y, r);
    ctx.strokeStyle = palette.taken;
    ctx.lineWidth = radius / dpr < 4 ? 0.8 * dpr : dpr;
    ctx.stroke();
  }
}

/** Radius in CSS px from which seats show their own number. */
export const NUMBERS_FROM = 11;
