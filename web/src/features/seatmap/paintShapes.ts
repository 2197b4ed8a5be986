/** What the house has besides seats: walls, tables, a bar, a pitch. Drawn calmly, so that seats stay the figures. */
import type { Shape } from "./house";
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

/** Surfaces of the chosen roles, in map units. */
export function paintShapes(ctx: CanvasRenderingContext2D, shapes: readonly Shape[], palette: HousePalette, scale: number, chosen: (shape: Shape) => boolean): void {
  for (const shape of shapes) {
    if (shape.kind === "text" || !chosen(shape)) continue;
    const [fill, edge] = TONES[shape.role] ?? [0.04, 0.18];
    const path = pathOf(shape);
    ctx.fillStyle = ctx.strokeStyle = palette.ink;
    ctx.lineWidth = 1 / scale;
    ctx.globalAlpha = fill;
    ctx.fill(path);
    ctx.globalAlpha = edge;
    if (edge > 0) ctx.stroke(path);
    ctx.globalAlpha = 1;
  }
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
