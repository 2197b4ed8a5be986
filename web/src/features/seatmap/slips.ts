/**
 * Slips of paper with a section's name and what is free there, kept as pictures: a stadium has eighty of them, and to
 * write them anew for every frame of a pan took longer than everything else together.
 */
import type { HousePalette } from "./palette";

const DISPLAY = '"Fraunces Variable", Georgia, serif';
const TEXT = '"Inter Variable", system-ui, sans-serif';
/** More than a stadium shows in three sizes. */
const MOST = 400;

/** CSS px. */
export interface Extent {
  width: number;
  height: number;
}

export class Slips {
  private readonly kept = new Map<string, HTMLCanvasElement>();
  private readonly widths = new Map<string, number>();
  private ruler: CanvasRenderingContext2D | null = null;

  /** When the fonts are others now. */
  forget(): void {
    this.kept.clear();
    this.widths.clear();
  }

  /** How large a slip is, before anything is written; `size` is that of the name's letters. */
  extent(name: string, words: string, size: number): Extent {
    const width = Math.max(this.width(name, DISPLAY, 500) * size, this.width(words, TEXT, 400) * (size - 1));
    return { width: Math.ceil(width + 8), height: Math.ceil(size * (words ? 2.4 : 1.4) + 2) };
  }

  /** The slip; its canvas has as many pixels as the screen has for it. */
  of(name: string, words: string, size: number, palette: HousePalette, dpr: number): HTMLCanvasElement {
    const key = `${name}\n${words}\n${size}\n${dpr}\n${palette.paper}`;
    let slip = this.kept.get(key);
    if (slip) return slip;
    // Counts change all the time, names never: the oldest slip is the likeliest to be out of date.
    if (this.kept.size >= MOST) this.kept.delete(this.kept.keys().next().value ?? "");
    slip = write(name, words, size, this.extent(name, words, size), palette, dpr);
    this.kept.set(key, slip);
    return slip;
  }

  /** Of a text in letters of one px. */
  private width(text: string, face: string, weight: number): number {
    const key = `${text}\n${weight}`;
    let width = this.widths.get(key);
    if (width !== undefined) return width;
    this.ruler ??= document.createElement("canvas").getContext("2d");
    if (!this.ruler) return 0;
    this.ruler.font = `${weight} 20px ${face}`;
    width = this.ruler.measureText(text).width / 20;
    this.widths.set(key, width);
    return width;
  }
}

function write(name: string, words: string, size: number, { width, height }: Extent, palette: HousePalette, dpr: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * dpr);
  canvas.height = Math.ceil(height * dpr);
  const ctx = canvas.getContext("2d");
  if (!ctx) return canvas;
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.globalAlpha = 0.9;
  ctx.fillStyle = palette.paper;
  ctx.beginPath();
  ctx.roundRect(0, 0, width, height, 4);
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.font = `400 ${size - 1}px ${TEXT}`;
  ctx.fillStyle = palette.label;
  if (words) ctx.fillText(words, width / 2, height / 2 + size * 0.6);
  ctx.font = `500 ${size}px ${DISPLAY}`;
  ctx.fillStyle = palette.ink;
  ctx.fillText(name, width / 2, words ? height / 2 - size * 0.5 : height / 2);
  return canvas;
}
