/**
 * The interactive layer: the seats. Seats that look alike are collected into one path and painted at once; what is
 * outside the view is never visited. Three levels of detail: squares when a seat is smaller than a few pixels,
 * shapes, and shapes with letters.
 */
import type { SeatState } from "./apply";
import type { Camera, Size } from "./camera";
import { visible } from "./camera";
import type { SeatGrid } from "./grid";
import { KIND_COMPANION, KIND_NUMBERED, KIND_STANDING, KIND_WHEELCHAIR, PITCH, type House } from "./house";
import { categoryColour, letterColour, type HousePalette } from "./palette";

/** Seat radius in map units. */
export const RADIUS = PITCH * 0.39;
const LETTERS_FROM = 6.5;
const NUMBERS_FROM = 11;
/** Shapes stay readable below this on a fine screen, but tens of thousands of them would not be smooth. */
const SHAPES_FROM = 2.6;
const SMALLEST_SHAPE = 1;
const MANY = 8_000;
const TEXT = '"Inter Variable", system-ui, sans-serif';

export interface Look {
  /** What the seat shows, and before a fade, what it showed. */
  stateOf: (seatNo: number) => SeatState;
  mine: ReadonlySet<number>;
  hover: number | null;
  cursor: number | null;
  /** Seat number → the state it fades from, and how far the fade is (0 to 1). */
  fades: ReadonlyMap<number, { from: SeatState; done: number }>;
}

interface Bucket {
  path: Path2D;
  any: boolean;
}

const bucket = (): Bucket => ({ path: new Path2D(), any: false });

/** Adds the outline of one seat: circle, square (wheelchair) or diamond (companion). */
function outline(path: Path2D, kind: number, x: number, y: number, r: number): void {
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
function hatch(path: Path2D, x: number, y: number, r: number): void {
  const lines = r < 4 ? [0] : [-0.55, 0, 0.55];
  for (const offset of lines) {
    const half = r * Math.sqrt(1 - offset * offset) * Math.SQRT1_2;
    const shift = offset * r * Math.SQRT1_2;
    path.moveTo(x + shift - half, y + shift + half);
    path.lineTo(x + shift + half, y + shift - half);
  }
}

export class SeatPainter {
  constructor(
    private readonly house: House,
    private readonly grid: SeatGrid,
  ) {}

  paint(ctx: CanvasRenderingContext2D, look: Look, camera: Camera, view: Size, palette: HousePalette, dpr: number): void {
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.clearRect(0, 0, view.width, view.height);
    const r = RADIUS * camera.scale;
    const indexes: number[] = [];
    this.grid.forEachIn(visible(camera, view, PITCH), (index) => indexes.push(index));
    if (r < (indexes.length > MANY ? SHAPES_FROM : SMALLEST_SHAPE)) this.paintDots(ctx, indexes, look, camera, palette, r);
    else this.paintShapes(ctx, indexes, look, camera, palette, r);
    if (r >= LETTERS_FROM) this.paintLetters(ctx, indexes, look, camera, palette, r);
    this.paintMarks(ctx, look, camera, palette, r);
  }

  private x(index: number, camera: Camera): number {
    return (this.house.x[index] ?? 0) * camera.scale + camera.x;
  }

  private y(index: number, camera: Camera): number {
    return (this.house.y[index] ?? 0) * camera.scale + camera.y;
  }

  /** Tens of thousands of seats in view: a plain square each, colour by colour. */
  private paintDots(ctx: CanvasRenderingContext2D, indexes: number[], look: Look, camera: Camera, palette: HousePalette, r: number): void {
    const side = Math.max(1, r * 1.8);
    const free: number[][] = this.house.categories.map(() => []);
    const rest: number[] = [];
    for (const index of indexes) {
      if (look.mine.has(index + 1)) continue;
      if (look.stateOf(index + 1) === "f") free[this.house.category[index] ?? 0]?.push(index);
      else rest.push(index);
    }
    const fill = (list: number[], colour: string, alpha: number): void => {
      ctx.fillStyle = colour;
      ctx.globalAlpha = alpha;
      for (const index of list) ctx.fillRect(this.x(index, camera) - side / 2, this.y(index, camera) - side / 2, side, side);
      ctx.globalAlpha = 1;
    };
    fill(rest, palette.taken, 0.35);
    free.forEach((list, category) => fill(list, categoryColour(palette, category), 1));
  }

  private paintShapes(ctx: CanvasRenderingContext2D, indexes: number[], look: Look, camera: Camera, palette: HousePalette, r: number): void {
    const free = this.house.categories.map(bucket);
    const hollow = bucket();
    const hatched = bucket();
    const fading: number[] = [];
    for (const index of indexes) {
      const seatNo = index + 1;
      if (look.mine.has(seatNo)) continue;
      if (look.fades.has(seatNo)) {
        fading.push(index);
        continue;
      }
      this.collect(index, look.stateOf(seatNo), camera, r, free, hollow, hatched);
    }
    this.flush(ctx, free, hollow, hatched, palette, r);
    for (const index of fading) this.paintFade(ctx, index, look, camera, palette, r);
  }

  private collect(index: number, state: SeatState, camera: Camera, r: number, free: Bucket[], hollow: Bucket, hatched: Bucket): void {
    const kind = this.house.kind[index] ?? KIND_NUMBERED;
    const x = this.x(index, camera);
    const y = this.y(index, camera);
    if (state === "f") {
      const target = free[this.house.category[index] ?? 0];
      if (!target) return;
      outline(target.path, kind, x, y, r);
      target.any = true;
      return;
    }
    outline(hollow.path, kind, x, y, Math.max(0.6, r - 0.5));
    hollow.any = true;
    if (state === "h") {
      hatch(hatched.path, x, y, Math.max(0.6, r - 0.5));
      hatched.any = true;
    }
  }

  private flush(ctx: CanvasRenderingContext2D, free: Bucket[], hollow: Bucket, hatched: Bucket, palette: HousePalette, r: number): void {
    ctx.lineWidth = r < 2 ? 0.5 : r < 4 ? 0.8 : 1;
    ctx.strokeStyle = palette.taken;
    if (hollow.any) ctx.stroke(hollow.path);
    if (hatched.any) ctx.stroke(hatched.path);
    free.forEach((target, category) => {
      if (!target.any) return;
      ctx.fillStyle = categoryColour(palette, category);
      ctx.fill(target.path);
    });
  }

  private paintFade(ctx: CanvasRenderingContext2D, index: number, look: Look, camera: Camera, palette: HousePalette, r: number): void {
    const fade = look.fades.get(index + 1);
    if (!fade) return;
    for (const [state, alpha] of [
      [fade.from, 1 - fade.done],
      [look.stateOf(index + 1), fade.done],
    ] as const) {
      const free = this.house.categories.map(bucket);
      const hollow = bucket();
      const hatched = bucket();
      this.collect(index, state, camera, r, free, hollow, hatched);
      ctx.globalAlpha = alpha;
      this.flush(ctx, free, hollow, hatched, palette, r);
    }
    ctx.globalAlpha = 1;
  }

  /** The category's letter inside each free seat, and closer still the seat's number with it. */
  private paintLetters(ctx: CanvasRenderingContext2D, indexes: number[], look: Look, camera: Camera, palette: HousePalette, r: number): void {
    const numbers = r >= NUMBERS_FROM;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `600 ${r * (numbers ? 0.82 : 1.05)}px ${TEXT}`;
    for (const index of indexes) {
      const seatNo = index + 1;
      if (look.mine.has(seatNo) || look.stateOf(seatNo) !== "f") continue;
      const category = this.house.category[index] ?? 0;
      const letter = this.house.categories[category] ?? "";
      ctx.fillStyle = letterColour(palette, category);
      const text = numbers ? `${letter} ${this.house.labels[index] ?? ""}` : letter;
      ctx.fillText(text, this.x(index, camera), this.y(index, camera) + r * 0.06);
    }
  }

  /** Yours (ink with a tick), the hovered seat's ring and the keyboard's double ring, above everything else. */
  private paintMarks(ctx: CanvasRenderingContext2D, look: Look, camera: Camera, palette: HousePalette, r: number): void {
    this.paintStanding(ctx, look, camera, palette);
    for (const seatNo of look.mine) {
      if (this.house.kind[seatNo - 1] === KIND_STANDING) continue;
      const x = this.x(seatNo - 1, camera);
      const y = this.y(seatNo - 1, camera);
      const size = Math.max(r * 1.16, 4.5);
      const shape = new Path2D();
      outline(shape, this.house.kind[seatNo - 1] ?? KIND_NUMBERED, x, y, size);
      ctx.lineWidth = 2;
      ctx.strokeStyle = palette.paper;
      ctx.stroke(shape);
      ctx.fillStyle = palette.ink;
      ctx.fill(shape);
      ctx.beginPath();
      ctx.moveTo(x - size * 0.42, y + size * 0.04);
      ctx.lineTo(x - size * 0.1, y + size * 0.36);
      ctx.lineTo(x + size * 0.46, y - size * 0.34);
      ctx.lineWidth = Math.max(1.2, size * 0.2);
      ctx.lineCap = "round";
      ctx.lineJoin = "round";
      ctx.strokeStyle = palette.paper;
      ctx.stroke();
    }
    const standing = (seatNo: number): boolean => this.house.kind[seatNo - 1] === KIND_STANDING;
    if (look.hover !== null && !standing(look.hover)) this.ring(ctx, look.hover, camera, Math.max(r, 4) + 2.5, palette.ink, 1.5);
    if (look.cursor !== null) {
      this.ring(ctx, look.cursor, camera, Math.max(r, 4) + 5, palette.paper, 5);
      this.ring(ctx, look.cursor, camera, Math.max(r, 4) + 5, palette.ink, 2.5);
    }
  }

  /** Standing places have no spot of their own; their area says how many are free, and how many are yours. */
  private paintStanding(ctx: CanvasRenderingContext2D, look: Look, camera: Camera, palette: HousePalette): void {
    for (const area of this.house.areas) {
      let [mine, free] = [0, 0];
      for (let seatNo = area.first; seatNo < area.first + area.capacity; seatNo += 1) {
        if (look.mine.has(seatNo)) mine += 1;
        else if (look.stateOf(seatNo) === "f") free += 1;
      }
      ctx.font = `${mine > 0 ? 600 : 400} 13px ${TEXT}`;
      ctx.textAlign = "center";
      ctx.fillStyle = mine > 0 ? palette.ink : palette.label;
      ctx.fillText(mine > 0 ? `✓ ${mine} yours` : `${free} free`, area.centre[0] * camera.scale + camera.x, area.centre[1] * camera.scale + camera.y + 14);
    }
  }

  private ring(ctx: CanvasRenderingContext2D, seatNo: number, camera: Camera, r: number, colour: string, width: number): void {
    const shape = new Path2D();
    outline(shape, this.house.kind[seatNo - 1] ?? KIND_NUMBERED, this.x(seatNo - 1, camera), this.y(seatNo - 1, camera), r);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.stroke(shape);
  }
}
