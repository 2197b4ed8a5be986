/** What the house has besides seats: walls, tables, a bar, a pitch. Drawn calmly, so that seats stay the figures. */
import type { House, Shape } from "./house";
import type { HousePalette } from "./palette";

const DISPLAY = '"Fraunces Variable", Georgia, serif';

/** Fill and edge of each role, as shares of ink. */
const TONES: Readonly<Record<string, readonly [number, number]>> = {
  table: [0.1, 0.28],
  bar: [0.12, 0.3],
  stage: [0.06, 0.45],
  wall: [0.16, 0],
  floor: [0.035, 0.14],
  other: [0.04, 0.18],
};

function pathOf(shape: Shape): Path2D {
  const path = new Path2D();
  if (shape.kind === "circle") path.arc(shape.x, shape.y, shape.radius, 0, Math.PI * 2);
  else if (shape.kind === "polygon") {
    shape.points.forEach(([x, y], n) => (n === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
    path.closePath();
  } else if (shape.kind === "rect") {
    const [halfWidth, halfHeight] = [shape.width / 2, shape.height / 2];
    const flat = new Path2D();
    flat.roundRect(-halfWidth, -halfHeight, shape.width, shape.height, Math.min(2, halfWidth, halfHeight));
    path.addPath(flat, new DOMMatrix().translateSelf(shape.x + halfWidth, shape.y + halfHeight).rotateSelf(shape.turn ?? 0));
  }
  return path;
}

/** A rectangle this much longer than broad is a line that somebody drew: a halfway line, a kerb. */
const LINE = 60;

function isLine(shape: Shape): boolean {
  return shape.kind === "rect" && Math.max(shape.width, shape.height) > LINE * Math.min(shape.width, shape.height);
}

function inside({ x, y, width, height }: NonNullable<House["stage"]>, shape: Shape): boolean {
  const [sx, sy] = middleOf(shape);
  return sx >= x && sy >= y && sx <= x + width && sy <= y + height;
}

/** Surfaces of the chosen roles, in map units. What lies on the stage or pitch is lines on it, not things of their own. */
export function paintShapes(ctx: CanvasRenderingContext2D, { shapes, stage }: House, palette: HousePalette, scale: number, chosen: (shape: Shape) => boolean): void {
  for (const shape of shapes) {
    if (shape.kind === "text" || !chosen(shape)) continue;
    const [fill, edge] = TONES[shape.role] ?? [0.04, 0.18];
    const path = pathOf(shape);
    const line = isLine(shape);
    const marking = shape.role === "other" && stage !== null && inside(stage, shape);
    ctx.fillStyle = ctx.strokeStyle = palette.ink;
    ctx.lineWidth = (marking ? 1.25 : 1) / scale;
    ctx.globalAlpha = fill;
    if (!line && !marking) ctx.fill(path);
    ctx.globalAlpha = edge;
    // The two edges of a thin line would look like a box; as one stroke it never vanishes either.
    if (line && shape.kind === "rect") strokeLine(ctx, shape);
    else if (edge > 0) ctx.stroke(path);
    ctx.globalAlpha = 1;
  }
}

function strokeLine(ctx: CanvasRenderingContext2D, { x, y, width, height, turn }: Extract<Shape, { kind: "rect" }>): void {
  ctx.save();
  ctx.translate(x + width / 2, y + height / 2);
  ctx.rotate(((turn ?? 0) * Math.PI) / 180);
  const [halfWidth, halfHeight] = width > height ? [width / 2, 0] : [0, height / 2];
  ctx.beginPath();
  ctx.moveTo(-halfWidth, -halfHeight);
  ctx.lineTo(halfWidth, halfHeight);
  ctx.stroke();
  ctx.restore();
}

/** The middle of a shape, where its label stands, in map units. */
function middleOf(shape: Shape): readonly [number, number] {
  if (shape.kind === "rect") return [shape.x + shape.width / 2, shape.y + shape.height / 2];
  if (shape.kind !== "polygon") return [shape.x, shape.y];
  const xs = shape.points.map(([x]) => x);
  const ys = shape.points.map(([, y]) => y);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

/** How wide a label may be, in map units. */
function roomOf(shape: Shape): number {
  if (shape.kind === "circle") return shape.radius * 2;
  if (shape.kind === "rect") return Math.max(shape.width, shape.height);
  if (shape.kind === "polygon") return Math.max(...shape.points.map(([x]) => x)) - Math.min(...shape.points.map(([x]) => x));
  return Infinity;
}

/** The words on shapes, above the seats. CSS px; too small or too wide ones wait until someone comes closer. */
export function paintShapeWords(
  ctx: CanvasRenderingContext2D,
  shapes: readonly Shape[],
  palette: HousePalette,
  camera: { scale: number; x: number; y: number },
): void {
  for (const shape of shapes) {
    if (!shape.label) continue;
    const [x, y] = middleOf(shape);
    const size = Math.min(shape.kind === "text" ? (shape.size ?? 8) * camera.scale : Math.max(10, 7 * camera.scale), 22);
    if (size < 7) continue;
    ctx.save();
    ctx.translate(x * camera.scale + camera.x, y * camera.scale + camera.y);
    const upright = shape.kind === "rect" && shape.height > shape.width * 1.5 ? -90 : 0;
    ctx.rotate((((shape.kind === "text" || shape.kind === "rect" ? (shape.turn ?? 0) : 0) + upright) * Math.PI) / 180);
    ctx.font = `italic 500 ${size}px ${DISPLAY}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    if (ctx.measureText(shape.label).width <= roomOf(shape) * camera.scale * 0.96) {
      ctx.fillStyle = palette.label;
      ctx.fillText(shape.label, 0, 0);
    }
    ctx.restore();
  }
}
