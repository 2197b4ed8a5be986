/**
 * The static layer: stage, floor under the rows, row letters, section names, standing areas. It changes only with the
 * camera and the theme, never with a seat. The floor is drawn as one broad stroke along each row, which follows any
 * curve the house has without anyone drawing outlines.
 */
import type { Camera, Size } from "./camera";
import { PITCH, type Area, type House, type Row } from "./house";
import { categoryColour, type HousePalette } from "./palette";

const DISPLAY = '"Fraunces Variable", Georgia, serif';
const TEXT = '"Inter Variable", system-ui, sans-serif';

/** Seats further apart than this have an aisle between them. */
const AISLE = PITCH * 1.8;

export interface HousePaths {
  floor: Path2D;
  areas: Path2D[];
}

type Run = number[];

/** A row's seats cut at its aisles. */
function runsOf(house: House, row: Row): Run[] {
  const runs: Run[] = [];
  let last: number | undefined;
  for (const seatNo of row.seats) {
    if (last === undefined || distance(house, last, seatNo) > AISLE) runs.push([]);
    runs.at(-1)?.push(seatNo);
    last = seatNo;
  }
  return runs;
}

/** Paths in map units, made once per house. Long rows are thinned: a broad stroke does not need every seat. */
export function housePaths(house: House): HousePaths {
  const floor = new Path2D();
  for (const section of house.sections) {
    let behind: Run[] = [];
    for (const index of section.rows) {
      const row = house.rows[index];
      const runs = row ? runsOf(house, row) : [];
      for (const run of runs) strokeRun(floor, house, run);
      joinRows(floor, house, behind, runs);
      behind = runs;
    }
  }
  return { floor, areas: house.areas.map(areaPath) };
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
      const before = front.map((other) => other.at(end) ?? 0).find((other) => distance(house, other, seat) < PITCH * 1.75);
      if (before === undefined) continue;
      floor.moveTo(house.x[before - 1] ?? 0, house.y[before - 1] ?? 0);
      floor.lineTo(house.x[seat - 1] ?? 0, house.y[seat - 1] ?? 0);
    }
  }
}

function distance(house: House, a: number, b: number): number {
  return Math.hypot((house.x[a - 1] ?? 0) - (house.x[b - 1] ?? 0), (house.y[a - 1] ?? 0) - (house.y[b - 1] ?? 0));
}

function areaPath(area: Area): Path2D {
  const path = new Path2D();
  area.polygon.forEach(([x, y], n) => (n === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  path.closePath();
  return path;
}

export function paintHouse(
  ctx: CanvasRenderingContext2D,
  house: House,
  paths: HousePaths,
  camera: Camera,
  view: Size,
  palette: HousePalette,
  dpr: number,
): void {
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.clearRect(0, 0, view.width, view.height);
  const { scale } = camera;
  ctx.setTransform(dpr * scale, 0, 0, dpr * scale, dpr * camera.x, dpr * camera.y);
  paintFloor(ctx, paths, palette, scale);
  if (house.stage) paintStage(ctx, house, house.stage, palette, scale);
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  const at = (x: number, y: number): [number, number] => [x * scale + camera.x, y * scale + camera.y];
  paintAreas(ctx, house, paths, palette, scale, camera, dpr);
  paintRowLetters(ctx, house, palette, scale, at, view);
  paintSectionNames(ctx, house, palette, scale, at);
}

function paintFloor(ctx: CanvasRenderingContext2D, paths: HousePaths, palette: HousePalette, scale: number): void {
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.strokeStyle = palette.edge;
  ctx.lineWidth = PITCH * 1.72 + 2 / scale;
  ctx.stroke(paths.floor);
  ctx.strokeStyle = palette.floor;
  ctx.lineWidth = PITCH * 1.72;
  ctx.stroke(paths.floor);
}

/** The stage's edge bows towards the house, wherever the house is. */
function paintStage(
  ctx: CanvasRenderingContext2D,
  house: House,
  stage: NonNullable<House["stage"]>,
  palette: HousePalette,
  scale: number,
): void {
  const { x, y, width, height } = stage;
  const below = house.height / 2 > y + height / 2;
  const bow = Math.min(height * 0.55, width * 0.06);
  const front = below ? y + height : y;
  const back = below ? y : y + height;
  const tip = below ? front + bow : front - bow;
  ctx.beginPath();
  ctx.moveTo(x, back);
  ctx.lineTo(x + width, back);
  ctx.lineTo(x + width, front);
  ctx.quadraticCurveTo(x + width / 2, tip + (tip - front), x, front);
  ctx.closePath();
  ctx.fillStyle = palette.ink;
  ctx.globalAlpha = 0.06;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.strokeStyle = palette.label;
  ctx.lineWidth = 1.25 / scale;
  ctx.stroke();
  if (!stage.label) return;
  const size = Math.max(Math.min(height * 0.42, 24 / scale), 11 / scale);
  ctx.font = `italic 500 ${size}px ${DISPLAY}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = palette.ink;
  ctx.fillText(stage.label, x + width / 2, y + height / 2 + (below ? bow * 0.35 : -bow * 0.35));
}

function paintAreas(
  ctx: CanvasRenderingContext2D,
  house: House,
  paths: HousePaths,
  palette: HousePalette,
  scale: number,
  camera: Camera,
  dpr: number,
): void {
  house.areas.forEach((area, n) => {
    const path = paths.areas[n];
    if (!path) return;
    const colour = categoryColour(palette, area.category);
    ctx.setTransform(dpr * scale, 0, 0, dpr * scale, dpr * camera.x, dpr * camera.y);
    ctx.fillStyle = colour;
    ctx.globalAlpha = 0.14;
    ctx.fill(path);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5 / scale;
    ctx.stroke(path);
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = palette.ink;
    ctx.font = `500 ${Math.min(20, Math.max(12, 16 * scale))}px ${DISPLAY}`;
    const letter = house.categories[area.category] ?? "";
    ctx.fillText(`${area.name} · ${letter}`, area.centre[0] * scale + camera.x, area.centre[1] * scale + camera.y - 8);
  });
}

type At = (x: number, y: number) => [number, number];

/** Each row's letter stands just beyond both of its ends, in the direction the row was going. */
function paintRowLetters(
  ctx: CanvasRenderingContext2D,
  house: House,
  palette: HousePalette,
  scale: number,
  at: At,
  view: Size,
): void {
  const size = Math.min(13, 5.6 * scale);
  if (size < 6.5) return;
  ctx.font = `500 ${size}px ${TEXT}`;
  ctx.fillStyle = palette.label;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const row of house.rows) {
    for (const [end, inner] of [
      [row.seats[0], row.seats[1]],
      [row.seats.at(-1), row.seats.at(-2)],
    ]) {
      if (end === undefined || inner === undefined) continue;
      const length = distance(house, end, inner) || 1;
      const x = house.x[end - 1] ?? 0;
      const y = house.y[end - 1] ?? 0;
      const outward = PITCH * 1.4;
      const [sx, sy] = at(
        x + ((x - (house.x[inner - 1] ?? 0)) / length) * outward,
        y + ((y - (house.y[inner - 1] ?? 0)) / length) * outward,
      );
      if (sx < -20 || sy < -20 || sx > view.width + 20 || sy > view.height + 20) continue;
      ctx.fillText(row.label, sx, sy);
    }
  }
}

function paintSectionNames(ctx: CanvasRenderingContext2D, house: House, palette: HousePalette, scale: number, at: At): void {
  const size = Math.min(19, Math.max(10.5, 11 * scale));
  ctx.font = `500 ${size}px ${DISPLAY}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const section of house.sections) {
    // A small box far away keeps its name for when someone comes closer; names must not run into each other.
    const { left, right } = section.bounds;
    if (ctx.measureText(section.name).width > ((right - left) * scale + 2 * PITCH * scale) * 1.3) continue;
    const [x, y] = at(section.labelAt[0], section.labelAt[1]);
    // The paper's halo keeps a name readable where a curved row bends into it.
    ctx.strokeStyle = palette.paper;
    ctx.lineWidth = 4;
    ctx.strokeText(section.name, x, y);
    ctx.fillStyle = palette.ink;
    ctx.fillText(section.name, x, y);
  }
}
