/** What stands above the tiles: seats that fade, yours with a tick, the ring under the pointer, the keyboard's double ring. */
import type { Camera } from "./camera";
import { KIND_NUMBERED, KIND_STANDING, PITCH, type House } from "./house";
import type { HousePalette } from "./palette";
import { outline, type Sprites } from "./sprites";

/** Seat radius in map units. */
export const RADIUS = PITCH * 0.39;

/** A seat on its way to another look: the picture above the tile appears or goes. */
export interface Fade {
  state: number;
  appears: boolean;
  began: number;
  done: number;
}

export interface Marks {
  mine: ReadonlySet<number>;
  hover: number | null;
  cursor: number | null;
  /** Seats that would be left alone, marked by a dotted ring. */
  alone: readonly number[];
  fades: ReadonlyMap<number, Fade>;
}

export class MarkPainter {
  constructor(private readonly house: House) {}

  paintFades(ctx: CanvasRenderingContext2D, marks: Marks, camera: Camera, sprites: Sprites | null, dpr: number): void {
    if (!sprites || marks.fades.size === 0) return;
    const { side } = sprites;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    for (const [seatNo, fade] of marks.fades) {
      const x = this.x(seatNo, camera) * dpr;
      const y = this.y(seatNo, camera) * dpr;
      if (x < -side || y < -side || x > ctx.canvas.width + side || y > ctx.canvas.height + side) continue;
      ctx.globalAlpha = fade.appears ? fade.done : 1 - fade.done;
      const column = sprites.column(fade.state, this.house.category[seatNo - 1] ?? 0, this.house.kind[seatNo - 1] ?? 0);
      ctx.drawImage(sprites.canvas, column, 0, side, side, Math.round(x - side / 2), Math.round(y - side / 2), side, side);
    }
    ctx.globalAlpha = 1;
  }

  paint(ctx: CanvasRenderingContext2D, marks: Marks, camera: Camera, palette: HousePalette): void {
    const r = RADIUS * camera.scale;
    for (const seatNo of marks.mine) if (this.kind(seatNo) !== KIND_STANDING) this.tick(ctx, seatNo, camera, palette, r);
    ctx.setLineDash([2.5, 2.5]);
    for (const seatNo of marks.alone) this.ring(ctx, seatNo, camera, Math.max(r, 4) + 3, palette.ink, 1.5);
    ctx.setLineDash([]);
    if (marks.hover !== null && this.kind(marks.hover) !== KIND_STANDING) this.ring(ctx, marks.hover, camera, Math.max(r, 4) + 2.5, palette.ink, 1.5);
    if (marks.cursor === null) return;
    this.ring(ctx, marks.cursor, camera, Math.max(r, 4) + 5, palette.paper, 5);
    this.ring(ctx, marks.cursor, camera, Math.max(r, 4) + 5, palette.ink, 2.5);
  }

  private kind(seatNo: number): number {
    return this.house.kind[seatNo - 1] ?? KIND_NUMBERED;
  }

  private x(seatNo: number, camera: Camera): number {
    return (this.house.x[seatNo - 1] ?? 0) * camera.scale + camera.x;
  }

  private y(seatNo: number, camera: Camera): number {
    return (this.house.y[seatNo - 1] ?? 0) * camera.scale + camera.y;
  }

  private tick(ctx: CanvasRenderingContext2D, seatNo: number, camera: Camera, palette: HousePalette, r: number): void {
    const x = this.x(seatNo, camera);
    const y = this.y(seatNo, camera);
    const size = Math.max(r * 1.16, 4.5);
    ctx.beginPath();
    outline(ctx, this.kind(seatNo), x, y, size);
    ctx.lineWidth = 2;
    ctx.strokeStyle = palette.paper;
    ctx.stroke();
    ctx.fillStyle = palette.ink;
    ctx.fill();
    ctx.beginPath();
    ctx.moveTo(x - size * 0.42, y + size * 0.04);
    ctx.lineTo(x - size * 0.1, y + size * 0.36);
    ctx.lineTo(x + size * 0.46, y - size * 0.34);
    ctx.lineWidth = Math.max(1.2, size * 0.2);
    ctx.lineCap = "round";
    ctx.lineJoin = "round";
    ctx.stroke();
  }

  private ring(ctx: CanvasRenderingContext2D, seatNo: number, camera: Camera, r: number, colour: string, width: number): void {
    ctx.beginPath();
    outline(ctx, this.kind(seatNo), this.x(seatNo, camera), this.y(seatNo, camera), r);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
}
