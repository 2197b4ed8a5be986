/**
 * A spatial grid over the seats: "which seat is under this point" and "which seats are in this rectangle" without
 * looking at all 50,000. Cells are a few seats wide; each has the indexes (seat number − 1) of its seats.
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
  /** Cell n has the seats from `starts[n]` up to before `starts[n + 1]`. */
  private readonly starts: Uint32Array;
  private readonly seats: Uint32Array;

  constructor(private readonly house: House) {
    this.columns = Math.max(1, Math.ceil(house.width / CELL) + 1);
    this.lines = Math.max(1, Math.ceil(house.height / CELL) + 1);
    const cells = this.columns * this.lines;
    // Counted, then laid out: fifty thousand pushes into lists would take longer than the map's first picture.
    this.starts = new Uint32Array(cells + 1);
    const cellOf = new Uint32Array(house.count).fill(cells);
    for (let i = 0; i < house.count; i += 1) {
      if (house.kind[i] === KIND_STANDING) continue;
      const cell = this.cell(this.column(house.x[i] ?? 0), this.line(house.y[i] ?? 0));
      cellOf[i] = cell;
      this.starts[cell + 1] = (this.starts[cell + 1] ?? 0) + 1;
    }
    for (let n = 1; n <= cells; n += 1) this.starts[n] = (this.starts[n] ?? 0) + (this.starts[n - 1] ?? 0);
    this.seats = new Uint32Array(this.starts[cells] ?? 0);
    const next = this.starts.slice();
    for (let i = 0; i < house.count; i += 1) {
      const cell = cellOf[i] ?? cells;
      if (cell === cells) continue;
      const at = next[cell] ?? 0;
      this.seats[at] = i;
      next[cell] = at + 1;
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
        const cell = this.cell(column, line);
        const end = this.starts[cell + 1] ?? 0;
        for (let at = this.starts[cell] ?? 0; at < end; at += 1) visit(this.seats[at] ?? 0);
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
