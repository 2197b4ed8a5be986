/** What can be asked of an area's outline. All pure; corners in order, in any unit. */

export type Point = readonly [number, number];

/** Places that are tried for words, in each direction. */
const PROBES = 20;
/** A px to the side is worth this much of one above. */
const BROAD = 0.4;

/** Whether a point lies inside a polygon (even-odd rule). */
export function insidePolygon(x: number, y: number, polygon: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [xi, yi] = polygon[i] ?? [0, 0];
    const [xj, yj] = polygon[j] ?? [0, 0];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** The middle of a polygon's surface; the mean of its corners would drift towards a finely drawn curve. */
function centroid(points: readonly Point[]): Point {
  let [doubleArea, x, y] = [0, 0, 0];
  points.forEach(([x0, y0], n) => {
    const [x1, y1] = points[(n + 1) % points.length] ?? [x0, y0];
    const cross = x0 * y1 - x1 * y0;
    doubleArea += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  });
  return doubleArea === 0 ? (points[0] ?? [0, 0]) : [x / (3 * doubleArea), y / (3 * doubleArea)];
}

/**
 * Where words have room: around a runway a standing area is a horseshoe, and its centroid lies on the runway. Words are
 * broad and low, so room to the sides counts less than room above and below.
 */
export function wordsAt(polygon: readonly Point[]): Point {
  const middle = centroid(polygon);
  const room = ([px, py]: Point): number => {
    if (!insidePolygon(px, py, polygon)) return 0;
    let least = Infinity;
    polygon.forEach(([x0, y0], n) => {
      const [x1, y1] = polygon[(n + 1) % polygon.length] ?? [x0, y0];
      const [ax, ay, bx, by] = [(x0 - px) * BROAD, y0 - py, (x1 - px) * BROAD, y1 - py];
      const along = Math.min(1, Math.max(0, -(ax * (bx - ax) + ay * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 || 1)));
      least = Math.min(least, Math.hypot(ax + along * (bx - ax), ay + along * (by - ay)));
    });
    return least;
  };
  const [left, right] = reach(polygon.map(([x]) => x));
  const [top, bottom] = reach(polygon.map(([, y]) => y));
  const places: Point[] = [middle];
  for (let n = 1; n < PROBES; n += 1) {
    for (let m = 1; m < PROBES; m += 1) places.push([left + ((right - left) * n) / PROBES, top + ((bottom - top) * m) / PROBES]);
  }
  const rooms = places.map(room);
  const enough = Math.max(...rooms) * 0.8;
  const aside = ([x, y]: Point): number => Math.hypot(x - middle[0], y - middle[1]);
  return places.filter((_, n) => (rooms[n] ?? 0) >= enough).reduce((best, place) => (aside(place) < aside(best) ? place : best));
}

function reach(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
