/**
 * What lies under the seats: floor, shapes, stage, standing areas, row letters. It changes only with the zoom and the
 * theme, never with a seat.
 */
import { visible, type Camera, type Size } from "./camera";
import { Floor } from "./floor";
import { PITCH, type Area, type House } from "./house";
import { categoryColour, type HousePalette } from "./palette";
import { paintShapes } from "./paintShapes";
import { rowLabels, type RowLabel } from "./rowLabels";

const DISPLAY = '"Fraunces Variable", Georgia, serif';
const TEXT = '"Inter Variable", system-ui, sans-serif';

export interface HousePaths {
  floor: Floor;
  areas: Path2D[];
  labels: RowLabel[];
}

export function housePaths(house: House): HousePaths {
  return { floor: new Floor(house), areas: house.areas.map(areaPath), labels: rowLabels(house) };
}

function areaPath(area: Area): Path2D {
  const path = new Path2D();
  area.polygon.forEach(([x, y], n) => (n === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  path.closePath();
  return path;
}

/** Everything under the seats. The caller has put the paper down. */
export function paintGround(
  ctx: CanvasRenderingContext2D,
  house: House,
  paths: HousePaths,
  camera: Camera,
  view: Size,
  palette: HousePalette,
  dpr: number,
): void {
  const { scale } = camera;
  const onMap = (): void => ctx.setTransform(dpr * scale, 0, 0, dpr * scale, dpr * camera.x, dpr * camera.y);
  onMap();
  paintShapes(ctx, house, palette, scale, (shape) => !STANDING_ON_FLOOR.has(shape.role));
  paths.floor.paint(ctx, camera, view, palette, dpr);
  onMap();
  paintShapes(ctx, house, palette, scale, (shape) => STANDING_ON_FLOOR.has(shape.role));
  if (house.stage) paintStage(ctx, house, house.stage, palette, scale);
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  paintAreas(ctx, house, paths, palette, scale, camera, dpr);
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  paintRowLabels(ctx, paths.labels, palette, camera, view);
}

const STANDING_ON_FLOOR: ReadonlySet<string> = new Set(["table", "bar", "stage"]);

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
  // Around a pitch people sit on all sides: it has no front to bow.
  const round = house.sections.some(({ bounds }) => bounds.top < y) && house.sections.some(({ bounds }) => bounds.bottom > y + height);
  const bow = round ? 0 : Math.min(height * 0.55, width * 0.06);
  const front = below ? y + height : y;
  const back = below ? y : y + height;
  const tip = below ? front + bow : front - bow;
  ctx.beginPath();
  // A circus ring comes as the square around it.
  if (round && Math.abs(width - height) < width * 0.05) ctx.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, Math.PI * 2);
  else {
    ctx.moveTo(x, back);
    ctx.lineTo(x + width, back);
    ctx.lineTo(x + width, front);
    ctx.quadraticCurveTo(x + width / 2, tip + (tip - front), x, front);
    ctx.closePath();
  }
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
  const [middleX, middleY] = [x + width / 2, y + height / 2 + (below ? bow * 0.35 : -bow * 0.35)];
  // Lines on the grass end before the word.
  ctx.strokeStyle = palette.paper;
  // As the stage's own surface looks; a browser that does not know how keeps the paper.
  ctx.strokeStyle = `color-mix(in srgb, ${palette.ink} 6%, ${palette.paper})`;
  ctx.lineJoin = "round";
  ctx.lineWidth = size * 0.5;
  if (round) ctx.strokeText(stage.label, middleX, middleY);
  ctx.fillText(stage.label, middleX, middleY);
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
  });
}

function paintRowLabels(ctx: CanvasRenderingContext2D, labels: readonly RowLabel[], palette: HousePalette, camera: Camera, view: Size): void {
  const { scale } = camera;
  const size = Math.min(13, 5.6 * scale);
  if (size < 6.5) return;
  ctx.font = `500 ${size}px ${TEXT}`;
  ctx.fillStyle = palette.label;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const { left, top, right, bottom } = visible(camera, view, PITCH * 2);
  for (const { words, x, y } of labels) {
    if (x < left || y < top || x > right || y > bottom) continue;
    ctx.fillText(words, x * scale + camera.x, y * scale + camera.y);
  }
}
