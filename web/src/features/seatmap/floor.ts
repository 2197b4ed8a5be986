/**
 * The floor under the rows: one broad stroke along each row, which follows any curve the house has without anyone
 * drawing outlines. The blocks of a large house are filled by their outline instead: fifty thousand seats are too many
 * to be walked along before the first picture.
 */
import type { Camera, Size } from "./camera";
import { visible } from "./camera";
import type { Rect } from "./grid";
import { seatGap, PITCH, type House, type Row } from "./house";
import { outlineOf } from "./outlines";
import type { HousePalette } from "./palette";

export interface FloorPath {
  path: Path2D;
  bounds: Rect;
  /** An outline is filled as well as stroked. */
  filled: boolean;
}

const BREADTH = PITCH * 1.72;
/** Below this many seats stroking is cheap. */
const LARGE_HOUSE = 6_000;

/** Seats further apart than this have an aisle between them. */
const AISLE = PITCH * 1.8;

type Run = number[];

/** A row's seats cut at its aisles. */
function runsOf(house: House, row: Row): Run[] {
  const runs: Run[] = [];
  let last: number | undefined;
  for (const seatNo of row.seats) {
    if (last === undefined || seatGap(house, last, seatNo) > AISLE) runs.push([]);
    runs.at(-1)?.push(seatNo);
    last = seatNo;
  }
  return runs;
}

/** Each section's floor in map units, made once per house. Long rows are thinned: a broad stroke does not need every seat. */
export function floorPaths(house: House): FloorPath[] {
  return house.sections.map((section) => {
    const floor = new Path2D();
    // Chairs stand around their table; a floor of their own would make a flower of it.
    if (section.kind === "table") return { path: floor, bounds: section.bounds, filled: false };
    if (house.count > LARGE_HOUSE) {
      outlineOf(house, section).forEach((seatNo, n) => {
        const [x, y] = [house.x[seatNo - 1] ?? 0, house.y[seatNo - 1] ?? 0];
        if (n === 0) floor.moveTo(x, y);
        else floor.lineTo(x, y);
      });
      floor.closePath();
      return { path: floor, bounds: section.bounds, filled: true };
    }
    let behind: Run[] = [];
    for (const index of section.rows) {
      const row = house.rows[index];
      const runs = row ? runsOf(house, row) : [];
      for (const run of runs) strokeRun(floor, house, run);
      joinRows(floor, house, behind, runs);
      behind = runs;
    }
    return { path: floor, bounds: section.bounds, filled: false };
  });
}

function strokeRun(floor: Path2D, house: House, run: Run): void {
  run.forEach((seatNo, n) => {
    const x = house.x[seatNo - 1] ?? 0;
    const y = house.y[seatNo - 1] ?? 0;
    if (n === 0) {
      floor.moveTo(x, y);
      // A lone seat has no line to stroke; the tiny step gives its round cap something to sit on.
      floor.lineTo(x + 0.01, y);
    } else if (n % 3 === 0 || n === run.length - 1) floor.lineTo(x, y);
  });
}

/** Joins the ends of neighbouring rows, so that a block of seats has a straight side instead of scallops. */
function joinRows(floor: Path2D, house: House, front: Run[], back: Run[]): void {
  for (const end of [0, -1]) {
    for (const run of back) {
      const seat = run.at(end) ?? 0;
      const before = front.map((other) => other.at(end) ?? 0).find((other) => seatGap(house, other, seat) < PITCH * 1.75);
      if (before === undefined) continue;
      floor.moveTo(house.x[before - 1] ?? 0, house.y[before - 1] ?? 0);
      floor.lineTo(house.x[seat - 1] ?? 0, house.y[seat - 1] ?? 0);
    }
  }
}

export class Floor {
  readonly paths: FloorPath[];

  constructor(house: House) {
    this.paths = floorPaths(house);
  }

  paint(ctx: CanvasRenderingContext2D, camera: Camera, view: Size, palette: HousePalette, dpr: number): void {
    ctx.setTransform(dpr * camera.scale, 0, 0, dpr * camera.scale, dpr * camera.x, dpr * camera.y);
    const { left, top, right, bottom } = visible(camera, view, BREADTH);
    const inSight = this.paths.filter(({ bounds }) => bounds.right > left && bounds.left < right && bounds.bottom > top && bounds.top < bottom);
    strokeFloor(ctx, inSight, palette, camera.scale);
  }
}

/** All edges first, then all surfaces, so that neighbouring sections flow into each other. */
function strokeFloor(ctx: CanvasRenderingContext2D, paths: FloorPath[], palette: HousePalette, scale: number): void {
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  for (const [colour, breadth] of [
    [palette.edge, BREADTH + 2 / scale],
    [palette.floor, BREADTH],
  ] as const) {
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = breadth;
    for (const { path, filled } of paths) {
      ctx.stroke(path);
      if (filled) ctx.fill(path);
    }
  }
}
