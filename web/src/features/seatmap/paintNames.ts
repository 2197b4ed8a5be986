/** Names over the seats: sections, with what is free while they are far away, standing areas, words on shapes. */
import { whole } from "@/shared/lib/locale";
import { toScreen, type Camera, type Size } from "./camera";
import type { SeatGrid } from "./grid";
import { PITCH, type House } from "./house";
import type { HousePalette } from "./palette";
import { paintShapeWords } from "./paintShapes";
import type { Slips } from "./slips";

const DISPLAY = '"Fraunces Variable", Georgia, serif';
const TEXT = '"Inter Variable", system-ui, sans-serif';
/** Nobody can point at single seats below this distance between them (px): sections are named over their seats. */
const FAR = 4.2;
/** A house that fits a screen needs no counts on it. */
const LARGE = 6_000;
/** Of a slip's letters, px: the largest that has room. */
const SLIP_SIZES = [13, 11, 9.5];

export interface Names {
  house: House;
  grid: SeatGrid;
  slips: Slips;
  /** Free places of each section, by index. */
  free: Int32Array;
  /** Free and chosen places of each standing area. */
  areas: readonly { free: number; mine: number }[];
  /** Of the states; before, nothing is known to be free. */
  loaded: boolean;
}

interface Box {
  x: number;
  y: number;
  halfWidth: number;
  halfHeight: number;
}

const collides = (placed: readonly Box[], box: Box): boolean =>
  placed.some((other) => Math.abs(other.x - box.x) < other.halfWidth + box.halfWidth && Math.abs(other.y - box.y) < other.halfHeight + box.halfHeight);

export function paintNames(ctx: CanvasRenderingContext2D, names: Names, camera: Camera, view: Size, palette: HousePalette, dpr: number): void {
  const { house } = names;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  paintShapeWords(ctx, house.shapes, palette, camera);
  paintAreaNames(ctx, names, camera, palette);
  // Counts fade out while single seats come into reach, and names beside the seats take over.
  const pitch = PITCH * camera.scale;
  const counts = house.count > LARGE ? Math.min(1, Math.max(0, (FAR * 1.5 - pitch) / (FAR * 0.5))) : 0;
  if (counts > 0 && names.loaded) paintCounts(ctx, names, camera, view, palette, dpr, counts);
  if (counts < 1) paintSectionNames(ctx, names, camera, view, palette, 1 - counts);
}

function paintAreaNames(ctx: CanvasRenderingContext2D, { house, areas }: Names, camera: Camera, palette: HousePalette): void {
  house.areas.forEach((area, n) => {
    const [x, y] = toScreen(camera, ...area.centre);
    const { free = 0, mine = 0 } = areas[n] ?? {};
    const across = area.polygon.map(([px]) => px);
    const room = (Math.max(...across) - Math.min(...across)) * camera.scale - 6;
    const size = Math.min(20, Math.max(12, 16 * camera.scale));
    const letter = house.categories[area.category] ?? "";
    ctx.fillStyle = palette.ink;
    ctx.font = `500 ${size}px ${DISPLAY}`;
    // In a narrow area the letter of its price stands before what is left, and the name is written smaller.
    const wide = ctx.measureText(`${area.name} · ${letter}`).width <= room;
    if (!wide && ctx.measureText(area.name).width > room) ctx.font = `500 ${Math.min(size, 10.5)}px ${DISPLAY}`;
    ctx.fillText(wide ? `${area.name} · ${letter}` : area.name, x, y - 8);
    const words = mine > 0 ? `✓ ${mine} yours` : free === 0 ? "sold out" : `${whole(free)} free`;
    ctx.font = `${mine > 0 ? 600 : 400} ${wide ? 13 : 12}px ${TEXT}`;
    ctx.fillStyle = mine > 0 ? palette.ink : palette.label;
    const told = wide || mine > 0 ? words : `${letter} · ${words}`;
    // Where that is wider than the area, the figure alone says it.
    ctx.fillText(mine > 0 || free === 0 || ctx.measureText(told).width <= room ? told : `${letter} · ${whole(free)}`, x, y + 14);
  });
}

/** A section's name and how many seats it has left, on a slip of paper in its middle. */
function paintCounts(ctx: CanvasRenderingContext2D, { house, free, slips }: Names, camera: Camera, view: Size, palette: HousePalette, dpr: number, alpha: number): void {
  const placed: Box[] = [];
  ctx.globalAlpha = alpha;
  house.sections.forEach((section, n) => {
    const { left, top, right, bottom } = section.bounds;
    const [x, y] = toScreen(camera, ...section.middle);
    if (x < 0 || y < 0 || x > view.width || y > view.height) return;
    const words = free[n] === 0 ? "full" : whole(free[n] ?? 0);
    const name = shortName(section.name);
    const room = Math.max(right - left, bottom - top) * camera.scale + 8;
    for (const size of SLIP_SIZES) {
      const { width, height } = slips.extent(name, words, size);
      const box = { x, y, halfWidth: width / 2, halfHeight: height / 2 };
      if (width > room * 1.1 || height > room || collides(placed, box)) continue;
      placed.push(box);
      // On whole pixels of the screen, or its letters would be smeared.
      const [px, py] = [Math.round((x - width / 2) * dpr) / dpr, Math.round((y - height / 2) * dpr) / dpr];
      ctx.drawImage(slips.of(name, words, size, palette, dpr), px, py, width, height);
      break;
    }
  });
  ctx.globalAlpha = 1;
}

/** "Block 112" is "112" where there is little room. */
function shortName(name: string): string {
  return /\S*\d\S*$/.exec(name)?.[0] ?? name;
}

/** Seats that a name would hide: on a phone, maps are drawn smaller than their letters. */
function hidesSeats(house: House, grid: SeatGrid, [x, y]: readonly [number, number], halfWidth: number, halfHeight: number): boolean {
  let hides = false;
  grid.forEachIn({ left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight }, (index) => {
    hides ||= Math.abs((house.x[index] ?? 0) - x) < halfWidth && Math.abs((house.y[index] ?? 0) - y) < halfHeight;
  });
  return hides;
}

function paintSectionNames(ctx: CanvasRenderingContext2D, { house, grid }: Names, camera: Camera, view: Size, palette: HousePalette, alpha: number): void {
  const { scale } = camera;
  const size = Math.min(19, Math.max(10.5, 11 * scale));
  ctx.font = `500 ${size}px ${DISPLAY}`;
  ctx.globalAlpha = alpha;
  const placed: Box[] = [];
  for (const section of house.sections) {
    const [x, y] = toScreen(camera, ...section.labelAt);
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
    const name = section.kind === "" ? section.name : shortName(section.name);
    const half = ctx.measureText(name).width / 2;
    const { left, right } = section.bounds;
    // A small box far away keeps its name for when someone comes closer, and no name covers another, or seats.
    const cramped = half * 2 > (right - left + 2 * PITCH) * scale * 1.3 || x < half || x > view.width - half || y > view.height - size;
    const box = { x, y, halfWidth: half + 2, halfHeight: size * 0.58 };
    if (cramped || collides(placed, box) || hidesSeats(house, grid, section.labelAt, (half + 3) / scale, (size * 0.3) / scale)) continue;
    placed.push(box);
    // The paper's halo keeps a name readable where a curved row bends into it.
    ctx.strokeStyle = palette.paper;
    ctx.lineWidth = 4;
    ctx.strokeText(name, x, y);
    ctx.fillStyle = palette.ink;
    ctx.fillText(name, x, y);
  }
  ctx.globalAlpha = 1;
}
