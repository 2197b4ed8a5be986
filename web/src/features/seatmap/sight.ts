/**
 * What one sees from a seat, from what the map knows: where the stage lies and how far off it is. Heights are not on
 * the map; a house rises about as much as houses do. Metres, x to the right and y downwards as on the map, z up.
 */
import type { House } from "./house";

/** Neighbouring seats stand half a metre apart. */
const UNITS_A_METRE = 20;
const EYE = 1.2;
/** Rise for each metre away from the stage. */
const RAKE = 0.16;
const BOWL_RAKE = 0.3;
const STAGE_HEIGHT = 0.9;
/** Half the width of the picture at a distance of one metre: an eye takes in about sixty degrees at a glance. */
const HALF_WIDTH = 0.62;
const NEAR = 0.4;

type Vector = readonly [number, number, number];
export type Corner = readonly [number, number];

export interface Sight {
  metres: number;
  /** In words for the eye and the ear: "about 20 m from the stage, a little to the left". */
  words: string;
  /** Corners in a picture from -1 to 1 across, y downwards in the same measure; empty when out of sight. */
  floor: Corner[];
  wall: Corner[];
  /** Of a pitch: its halfway line. */
  line: Corner[];
  /** Somebody in the middle of it: feet and head. */
  figure: Corner[];
  /** People sit in front. */
  heads: boolean;
}

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

function unit(v: Vector): Vector {
  const length = Math.sqrt(dot(v, v)) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** Looks from one point at another. Parts of a polygon behind the eye are cut off. */
function lens(eye: Vector, target: Vector): (polygon: readonly Vector[]) => Corner[] {
  const ahead = unit(minus(target, eye));
  // The map's y runs downwards: seen from above, its "right" is the other way round.
  const right = unit(cross([0, 0, 1], ahead));
  const up = cross(ahead, right);
  return (polygon) => {
    const seen = polygon.map((corner) => {
      const way = minus(corner, eye);
      return [dot(way, right), dot(way, up), dot(way, ahead)] as const;
    });
    const corners: Corner[] = [];
    seen.forEach((corner, n) => {
      const next = seen[(n + 1) % seen.length] ?? corner;
      if (corner[2] >= NEAR) corners.push(onPicture(corner));
      if (corner[2] >= NEAR !== next[2] >= NEAR) {
        const t = (NEAR - corner[2]) / (next[2] - corner[2]);
        corners.push(onPicture([corner[0] + t * (next[0] - corner[0]), corner[1] + t * (next[1] - corner[1]), NEAR]));
      }
    });
    return corners;
  };
}

const onPicture = ([x, y, depth]: Vector): Corner => [x / depth / HALF_WIDTH, -y / depth / HALF_WIDTH];

/** Around a pitch or a ring people sit on all sides. */
export function isRound({ stage, sections }: House): boolean {
  return stage !== null && sections.some(({ bounds }) => bounds.top < stage.y) && sections.some(({ bounds }) => bounds.bottom > stage.y + stage.height);
}

export function sightOf(house: House, seatNo: number): Sight | null {
  const { stage } = house;
  if (!stage) return null;
  const x = house.x[seatNo - 1] ?? 0;
  const y = house.y[seatNo - 1] ?? 0;
  const round = isRound(house);
  const [left, right] = [stage.x / UNITS_A_METRE, (stage.x + stage.width) / UNITS_A_METRE];
  const [top, bottom] = [stage.y / UNITS_A_METRE, (stage.y + stage.height) / UNITS_A_METRE];
  const [ex, ey] = [x / UNITS_A_METRE, y / UNITS_A_METRE];
  const middle = (left + right) / 2;
  const metres = Math.hypot(Math.max(left - ex, 0, ex - right), Math.max(top - ey, 0, ey - bottom));
  const below = ey > (top + bottom) / 2;
  const [front, back] = below ? [bottom, top] : [top, bottom];
  const height = round ? 0 : STAGE_HEIGHT;
  const eye: Vector = [ex, ey, EYE + metres * (round ? BOWL_RAKE : RAKE)];
  const actor: Vector = [middle, round ? (top + bottom) / 2 : front + (back - front) * 0.4, height];
  const look = lens(eye, [actor[0], actor[1], height + (round ? 0 : 1.6)]);
  const wallHeight = height + Math.min(7, (right - left) * 0.45);
  return {
    metres,
    words: words(metres, round, stage.label, (ex - middle) * (below ? 1 : -1), Math.abs(ey - front)),
    floor: look([[left, front, height], [right, front, height], [right, back, height], [left, back, height]]),
    wall: round ? [] : look([[left, back, height], [right, back, height], [right, back, wallHeight], [left, back, wallHeight]]),
    line: round ? look([[middle, top, 0], [middle, bottom, 0]]) : [],
    figure: look([actor, [actor[0], actor[1], height + 1.75]]),
    heads: metres > 2.2,
  };
}

function words(metres: number, round: boolean, label: string | undefined, aside: number, depth: number): string {
  const rounded = metres < 10 ? Math.max(1, Math.round(metres)) : Math.round(metres / 5) * 5;
  const distance = `About ${rounded} m from the ${(label || "stage").toLowerCase()}`;
  if (round) return distance;
  const degrees = (Math.atan2(Math.abs(aside), Math.max(depth, 0.1)) * 180) / Math.PI;
  const side = aside < 0 ? "left" : "right";
  return `${distance}, ${degrees < 12 ? "in the middle" : degrees < 35 ? `a little to the ${side}` : `far to the ${side}`}`;
}
