import { describe, expect, it } from "vitest";
import type { SeatMap } from "@/client/frontrow.schemas";
import { buildHouse } from "@/features/seatmap/house";
import { listed } from "@/features/seatmap/listFilter";
import { rowLabels } from "@/features/seatmap/rowLabels";
import { sightOf } from "@/features/seatmap/sight";
import { smallHouse } from "./houses";

/** Each row in two prices: seats 1–5 and, over the aisle, 6–10. */
function parted(): SeatMap {
  const map = smallHouse();
  const section = map.sections[0];
  if (!section) throw new Error("the small house has a section");
  section.rows = section.rows.flatMap((row) => [
    { ...row, seats: row.seats.slice(0, 5) },
    { ...row, category: "B", seats: row.seats.slice(5) },
  ]);
  return map;
}

describe("a row's letter", () => {
  it("stands once at each end, however many prices the row is parted into", () => {
    for (const map of [smallHouse(), parted()]) {
      const labels = rowLabels(buildHouse(map)).filter(({ words }) => words === "A");
      expect(labels.map(({ x, y }) => [x, y])).toEqual([
        [16, 40],
        [154, 40],
      ]);
    }
  });

  it("is shared by two blocks at one aisle, in its middle", () => {
    const map = smallHouse();
    const [left] = map.sections;
    if (!left) throw new Error("the small house has a section");
    const right = { ...left, name: "Right", rows: left.rows.map((row) => ({ ...row, seats: row.seats.map(([no, label, x, y, kind]): typeof row.seats[number] => [no + 40, label, x + 140, y, kind]) })) };
    const house = buildHouse({ ...map, sections: [left, right], areas: [], seat_count: 80 });
    const labels = rowLabels(house).filter(({ words }) => words === "A");
    expect(labels.map(({ x }) => x)).toEqual([16, 155, 294]);
  });

  it("is the last word of a long one, and none for tables that say it themselves", () => {
    const map = smallHouse(1);
    const row = map.sections[0]?.rows[0];
    if (row) row.label = "Ringside C";
    expect(rowLabels(buildHouse(map)).map(({ words }) => words)).toEqual(["C", "C"]);
    if (map.sections[0]) map.sections[0].kind = "table";
    map.shapes = [{ role: "table", kind: "circle", x: 90, y: 40, radius: 8, label: "1" }] as NonNullable<SeatMap["shapes"]>;
    expect(rowLabels(buildHouse(map))).toEqual([]);
  });
});

describe("the list", () => {
  const map = smallHouse();
  const first = map.sections[0]?.rows[1]?.seats;
  if (first?.[0]) first[0][4] = 1;
  if (first?.[1]) first[1][4] = 2;
  const house = buildHouse(map);
  const all = { freeOnly: false, accessibleOnly: false, dimmed: new Set<number>() };
  const taken = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]);
  const stateOf = (seatNo: number) => (taken.has(seatNo) ? ("s" as const) : ("f" as const));
  const rows = (wish: Partial<typeof all>, mine: number[] = []): Record<string, number> =>
    Object.fromEntries(listed(house, { ...all, ...wish }, stateOf, new Set(mine)).flatMap((part) => part.rows.map(({ row, seats }) => [row.label, seats.length])));

  it("shows all of the house", () => {
    expect(rows({})).toEqual({ A: 10, B: 10, C: 10, D: 10 });
  });

  it("shows only what is free, and what is one's own", () => {
    expect(rows({ freeOnly: true })).toEqual({ B: 9, C: 10, D: 10 });
    expect(rows({ freeOnly: true }, [3])).toEqual({ A: 1, B: 9, C: 10, D: 10 });
  });

  it("shows only wheelchair places and companion seats, free or not, as wished", () => {
    expect(rows({ accessibleOnly: true })).toEqual({ B: 2 });
    expect(rows({ accessibleOnly: true, freeOnly: true })).toEqual({ B: 1 });
  });

  it("leaves out the prices that the legend holds back", () => {
    expect(rows({ dimmed: new Set([0]) })).toEqual({ C: 10, D: 10 });
    expect(rows({ dimmed: new Set([0]), accessibleOnly: true })).toEqual({});
  });
});

describe("the view from a seat", () => {
  const house = buildHouse(smallHouse(30, 10));
  const width = (seatNo: number): number => {
    const corners = sightOf(house, seatNo)?.floor ?? [];
    return Math.max(...corners.map(([x]) => x)) - Math.min(...corners.map(([x]) => x));
  };

  it("is larger in front than far behind, where others sit before one", () => {
    expect(width(5)).toBeGreaterThan(2 * width(295));
    expect([sightOf(house, 5)?.heads, sightOf(house, 295)?.heads]).toEqual([false, true]);
  });

  it("says how far, and on which side", () => {
    expect(sightOf(house, 5)?.words).toBe("About 1 m from the stage, far to the left");
    expect(sightOf(house, 295)?.words).toBe("About 20 m from the stage, in the middle");
    expect(sightOf(house, 10)?.words).toContain("far to the right");
  });

  it("has the stage the right way round: from the left, its left edge is nearer", () => {
    const [frontLeft, frontRight] = sightOf(house, 101)?.floor ?? [];
    expect(frontLeft?.[0]).toBeLessThan(frontRight?.[0] ?? -Infinity);
    expect(frontLeft?.[1]).toBeGreaterThan(frontRight?.[1] ?? Infinity);
  });

  it("is none where there is no stage", () => {
    expect(sightOf({ ...house, stage: null }, 1)).toBeNull();
  });
});
