/**
 * The seat map as flat arrays, made once per map: what painting and hit-testing 50,000 seats need. Index i belongs to
 * seat number i + 1. Lengths are map units; neighbouring seats stand about `PITCH` apart.
 */
import type { SeatMap } from "@/client/frontrow.schemas";
import type { Rect } from "./grid";
import { wordsAt } from "./polygon";
import type { SeatName } from "@/shared/lib/seatWords";

export const PITCH = 10;
export const KIND_NUMBERED = 0;
export const KIND_WHEELCHAIR = 1;
export const KIND_COMPANION = 2;
/** A standing place: no spot of its own on the map, it belongs to its area. */
export const KIND_STANDING = 3;

export interface House {
  name: string;
  width: number;
  height: number;
  stage: SeatMap["stage"];
  count: number;
  x: Float32Array;
  y: Float32Array;
  kind: Uint8Array;
  /** Index into `categories`. */
  category: Uint8Array;
  /** Index into `rows`, or for a standing place into `areas`. */
  rowOf: Uint32Array;
  labels: string[];
  categories: string[];
  rows: Row[];
  sections: Section[];
  areas: Area[];
  /** What is drawn and not sold. */
  shapes: Shape[];
  /** What is actually drawn on: maps often declare generous margins that a phone has no room for. */
  bounds: Rect;
}

export type Shape = NonNullable<SeatMap["shapes"]>[number];

export interface Row {
  label: string;
  section: number;
  category: number;
  /** Seat numbers from one end to the other. */
  seats: number[];
}

export interface Section {
  name: string;
  /** "box", "table", or "" for a plain one. */
  kind: string;
  labelAt: readonly [number, number];
  /** On a seat: a bowed section's own middle lies in the bow's hollow. */
  middle: readonly [number, number];
  rows: number[];
  bounds: Rect;
}

export interface Area {
  name: string;
  category: number;
  first: number;
  capacity: number;
  polygon: [number, number][];
  centre: readonly [number, number];
}

function categoryLetters(map: SeatMap): string[] {
  const letters = new Set<string>();
  for (const section of map.sections) for (const row of section.rows) letters.add(row.category);
  for (const area of map.areas) letters.add(area.category);
  return [...letters].sort();
}

export function buildHouse(map: SeatMap): House {
  const count = map.seat_count;
  const categories = categoryLetters(map);
  const house: House = {
    name: map.name,
    width: map.width,
    height: map.height,
    stage: map.stage,
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    kind: new Uint8Array(count),
    category: new Uint8Array(count),
    rowOf: new Uint32Array(count),
    labels: new Array<string>(count).fill(""),
    categories,
    rows: [],
    sections: [],
    areas: [],
    shapes: map.shapes ?? [],
    bounds: nothing(),
  };
  for (const section of map.sections) addSection(house, section);
  for (const area of map.areas) addArea(house, area);
  house.bounds = boundsOf(house);
  return house;
}

const nothing = (): Rect => ({ left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity });

function include(rect: Rect, x: number, y: number): void {
  rect.left = Math.min(rect.left, x);
  rect.top = Math.min(rect.top, y);
  rect.right = Math.max(rect.right, x);
  rect.bottom = Math.max(rect.bottom, y);
}

/** Every seat with its floor and row letter, the stage with its bow, and the areas. */
function boundsOf(house: House): Rect {
  const bounds = nothing();
  for (const { bounds: part } of house.sections) {
    include(bounds, part.left - PITCH * 1.5, part.top - PITCH * 1.2);
    include(bounds, part.right + PITCH * 1.5, part.bottom + PITCH * 1.2);
  }
  for (const area of house.areas) for (const [x, y] of area.polygon) include(bounds, x, y);
  if (house.stage) {
    const { x, y, width, height } = house.stage;
    include(bounds, x, y);
    include(bounds, x + width, y + height);
  }
  for (const shape of house.shapes) includeShape(bounds, shape);
  return Number.isFinite(bounds.left) ? bounds : { left: 0, top: 0, right: house.width, bottom: house.height };
}

function includeShape(bounds: Rect, shape: Shape): void {
  if (shape.kind === "polygon") for (const [x, y] of shape.points) include(bounds, x, y);
  else if (shape.kind === "circle") {
    include(bounds, shape.x - shape.radius, shape.y - shape.radius);
    include(bounds, shape.x + shape.radius, shape.y + shape.radius);
  } else if (shape.kind === "rect" && !shape.turn) {
    include(bounds, shape.x, shape.y);
    include(bounds, shape.x + shape.width, shape.y + shape.height);
  } else include(bounds, shape.x, shape.y);
}

function addSection(house: House, source: SeatMap["sections"][number]): void {
  const section: Section = { name: source.name, kind: source.kind ?? "", labelAt: source.label_at, middle: middleSeat(source), rows: [], bounds: nothing() };
  const sectionIndex = house.sections.push(section) - 1;
  for (const row of source.rows) {
    const category = house.categories.indexOf(row.category);
    const rowIndex = house.rows.push({ label: row.label, section: sectionIndex, category, seats: [] }) - 1;
    section.rows.push(rowIndex);
    // The wire sends each seat as a tuple to keep a map of 50,000 seats small.
    for (const [seatNo, label, x, y, kind] of row.seats) {
      const i = seatNo - 1;
      house.x[i] = x;
      house.y[i] = y;
      house.kind[i] = kind;
      house.category[i] = category;
      house.rowOf[i] = rowIndex;
      house.labels[i] = label;
      include(section.bounds, x, y);
      house.rows[rowIndex]?.seats.push(seatNo);
    }
  }
}

function middleSeat({ rows, label_at: labelAt }: SeatMap["sections"][number]): readonly [number, number] {
  const seats = rows[Math.floor(rows.length / 2)]?.seats ?? [];
  const seat = seats[Math.floor(seats.length / 2)];
  return seat ? [seat[2], seat[3]] : labelAt;
}

function addArea(house: House, source: SeatMap["areas"][number]): void {
  const { polygon } = source;
  const centre = wordsAt(polygon);
  const category = house.categories.indexOf(source.category);
  const areaIndex =
    house.areas.push({ name: source.name, category, first: source.first_seat_no, capacity: source.capacity, polygon, centre }) - 1;
  for (let n = 0; n < source.capacity; n += 1) {
    const i = source.first_seat_no - 1 + n;
    house.x[i] = centre[0];
    house.y[i] = centre[1];
    house.kind[i] = KIND_STANDING;
    house.category[i] = category;
    house.rowOf[i] = areaIndex;
  }
}

export function isStanding(house: House, seatNo: number): boolean {
  return house.kind[seatNo - 1] === KIND_STANDING;
}

/** What a seat is called; an unknown number gets an honest placeholder rather than an exception. */
export function nameOf(house: House, seatNo: number): SeatName {
  const i = seatNo - 1;
  if (i < 0 || i >= house.count) return { section: house.name, row: "", label: String(seatNo) };
  const label = house.labels[i] ?? "";
  if (isStanding(house, seatNo)) return { section: house.areas[house.rowOf[i] ?? 0]?.name ?? "", row: "", label };
  const row = house.rows[house.rowOf[i] ?? 0];
  return { section: house.sections[row?.section ?? 0]?.name ?? "", row: row?.label ?? "", label };
}

export function categoryOf(house: House, seatNo: number): string {
  return house.categories[house.category[seatNo - 1] ?? 0] ?? "";
}

/** Distance between the middles of two seats, in map units. */
export function seatGap(house: House, a: number, b: number): number {
  return Math.hypot((house.x[a - 1] ?? 0) - (house.x[b - 1] ?? 0), (house.y[a - 1] ?? 0) - (house.y[b - 1] ?? 0));
}

/** The standing area a place belongs to. */
export function areaOf(house: House, seatNo: number): Area | undefined {
  return isStanding(house, seatNo) ? house.areas[house.rowOf[seatNo - 1] ?? 0] : undefined;
}

/**
 * Places that stand for a number of chosen ones in standing areas, for a map that marks places: which ones they will
 * really be is found when they are held.
 */
export function placesOf(house: House, standing: Readonly<Record<string, number>>): number[] {
  return house.areas.flatMap((area) => Array.from({ length: Math.min(standing[area.name] ?? 0, area.capacity) }, (_, n) => area.first + n));
}

/** So many free places of each area, from a random start: two buyers taking "the first" would collide every time. */
export function freePlaces(house: House, standing: Readonly<Record<string, number>>, isFree: (seatNo: number) => boolean, random = Math.random): number[] {
  return house.areas.flatMap((area) => {
    const start = Math.floor(random() * area.capacity);
    const all = Array.from({ length: area.capacity }, (_, n) => area.first + ((start + n) % area.capacity));
    return all.filter(isFree).slice(0, standing[area.name] ?? 0);
  });
}
