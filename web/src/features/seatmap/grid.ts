/**
 * A spatial grid over the seats: "which seat is under this point" and "which seats are in this rectangle" without
 * looking at all 50,000. Cells are a few seats wide; each keeps the indexes (seat number − 1) of its seats.
 */
import { KIND_STANDING, PITCH, type House } from "./house";

const CELL = PITCH * 4;

export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export class SeatGrid {
  private readonly columns: number;
  private readonly lines: number;
  private readonly cells: number[][];

  constructor(private readonly house: House) {
    this.columns = Math.max(1, Math.ceil(house.width / CELL) + 1);
    this.lines = Math.max(1, Math.ceil(house.height / CELL) + 1);
    this.cells = Array.from({ length: this.columns * this.lines }, () => []);
    for (let i = 0; i < house.count; i += 1) {
      if (house.kind[i] === KIND_STANDING) continue;
      this.cells[this.cell(this.column(house.x[i] ?? 0), this.line(house.y[i] ?? 0))]?.push(i);
    }
  }

  private column(x: number): number {
    return Math.min(this.columns - 1, Math.max(0, Math.floor(x / CELL)));
  }

  private line(y: number): number {
    return Math.min(this.lines - 1, Math.max(0, Math.floor(y / CELL)));
  }

  private cell(column: number, line: number): number {
    return line * this.columns + column;
  }

  /** Calls `visit` with the index of every seat whose cell touches the rectangle (a little more than strictly inside). */
  forEachIn(rect: Rect, visit: (index: number) => void): void {
    const lastColumn = this.column(rect.right);
    const lastLine = this.line(rect.bottom);
    for (let line = this.line(rect.top); line <= lastLine; line += 1) {
      for (let column = this.column(rect.left); column <= lastColumn; column += 1) {
        for (const index of this.cells[this.cell(column, line)] ?? []) visit(index);
      }
    }
  }

  /** The number of the seat nearest to a point, no further than `reach` units, or null. */
  nearest(x: number, y: number, reach: number): number | null {
    let best: number | null = null;
    let bestDistance = reach * reach;
    this.forEachIn({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (index) => {
      const dx = (this.house.x[index] ?? 0) - x;
      const dy = (this.house.y[index] ?? 0) - y;
      const distance = dx * dx + dy * dy;
      if (distance <= bestDistance) {
        bestDistance = distance;
        best = index + 1;
      }
    });
    return best;
  }
}

/** Whether a point lies inside a polygon (even-odd rule). */
export function insidePolygon(x: number, y: number, polygon: readonly (readonly [number, number])[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [xi, yi] = polygon[i] ?? [0, 0];
    const [xj, yj] = polygon[j] ?? [0, 0];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
