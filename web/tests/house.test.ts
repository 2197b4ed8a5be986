import { describe, expect, it } from "vitest";
import { clamp, fit, reveal, toMap, toScreen, zoomAt } from "@/features/seatmap/camera";
import { nextSeat } from "@/features/seatmap/cursor";
import { SeatGrid } from "@/features/seatmap/grid";
import { buildHouse, categoryOf, isStanding, nameOf } from "@/features/seatmap/house";
import { nearestFree } from "@/features/seatmap/nearest";
import { insidePolygon, wordsAt } from "@/features/seatmap/polygon";
import { smallHouse } from "./houses";

const house = buildHouse(smallHouse());
const grid = new SeatGrid(house);

describe("the house", () => {
  it("knows each seat by number", () => {
    expect(nameOf(house, 12)).toEqual({ section: "Stalls", row: "B", label: "2" });
    expect(categoryOf(house, 12)).toBe("A");
    expect(categoryOf(house, 40)).toBe("B");
    expect(nameOf(house, 43)).toEqual({ section: "Floor", row: "", label: "" });
    expect(isStanding(house, 43)).toBe(true);
    expect(nameOf(house, 4000).label).toBe("4000");
  });

  it("is bounded by what is drawn, not by the declared paper", () => {
    expect(house.bounds.left).toBeGreaterThan(0);
    expect(house.bounds.bottom).toBe(190);
    expect(house.bounds.top).toBe(0);
  });
});

describe("finding seats", () => {
  it("finds the nearest seat within reach and none beyond", () => {
    expect(grid.nearest(31, 41, 6)).toBe(1);
    expect(grid.nearest(81, 53, 6)).toBeNull();
    expect(grid.nearest(5, 5, 6)).toBeNull();
  });

  it("agrees with looking at every seat, all over a large house", () => {
    const large = buildHouse(smallHouse(26, 15));
    const index = new SeatGrid(large);
    for (let probe = 0; probe < 400; probe += 1) {
      const x = (probe * 37) % 230;
      const y = (probe * 53) % 380;
      const reach = 12;
      let best = Infinity;
      for (let i = 0; i < 26 * 15; i += 1) best = Math.min(best, Math.hypot((large.x[i] ?? 0) - x, (large.y[i] ?? 0) - y));
      const found = index.nearest(x, y, reach);
      const distance = found === null ? Infinity : Math.hypot((large.x[found - 1] ?? 0) - x, (large.y[found - 1] ?? 0) - y);
      expect(distance).toBeCloseTo(best <= reach ? best : Infinity, 6);
    }
  });

  it("tells inside from outside", () => {
    const polygon = house.areas[0]?.polygon ?? [];
    expect(insidePolygon(80, 170, polygon)).toBe(true);
    expect(insidePolygon(20, 170, polygon)).toBe(false);
  });

  it("walks the house by arrow keys: along the row, over the aisle, to the next row, and stops at the edge", () => {
    expect(nextSeat(house, grid, 1, "right")).toBe(2);
    expect(nextSeat(house, grid, 5, "right")).toBe(6);
    expect(nextSeat(house, grid, 1, "left")).toBeNull();
    expect(nextSeat(house, grid, 3, "down")).toBe(13);
    expect(nextSeat(house, grid, 13, "up")).toBe(3);
    expect(nextSeat(house, grid, 3, "up")).toBeNull();
  });
});

describe("the camera", () => {
  const view = { width: 400, height: 300 };

  it("zooms around the point it is told to", () => {
    const camera = fit(house.bounds, view);
    const [x, y] = toMap(camera, 123, 77);
    const [sx, sy] = toScreen(zoomAt(camera, 1.7, 123, 77), x, y);
    expect(sx).toBeCloseTo(123);
    expect(sy).toBeCloseTo(77);
  });

  it("never zooms out beyond the whole house, nor loses it", () => {
    const whole = fit(house.bounds, view);
    expect(clamp({ scale: 0.001, x: 9, y: 9 }, house.bounds, view)).toEqual(whole);
    const lost = clamp({ scale: 4, x: 99_999, y: -99_999 }, house.bounds, view);
    const [left] = toScreen(lost, house.bounds.left, 0);
    const [, bottom] = toScreen(lost, 0, house.bounds.bottom);
    expect(left).toBeLessThanOrEqual(view.width / 2);
    expect(bottom).toBeGreaterThanOrEqual(view.height / 2);
  });

  it("moves only as far as a hidden seat needs", () => {
    const camera = { scale: 1, x: 0, y: 0 };
    expect(reveal(camera, view, 200, 150)).toEqual(camera);
    expect(reveal(camera, view, 500, 150)).toEqual({ scale: 1, x: -160, y: 0 });
  });
});

describe("the nearest seats instead", () => {
  const free = (taken: number[]) => (seatNo: number) => (taken.includes(seatNo) ? "s" : "f");

  it("offers a pair side by side in the same price, as near as there is one", () => {
    expect(nearestFree(house, free([3, 4, 5]), [3, 4], new Set([3, 4]))).toEqual([13, 14]);
  });

  it("never calls seats across an aisle side by side", () => {
    const taken = Array.from({ length: 40 }, (_, n) => n + 1).filter((seatNo) => ![5, 6, 38, 39].includes(seatNo));
    expect(nearestFree(house, free(taken), [3, 4], new Set())).toEqual([38, 39]);
  });

  it("offers nothing rather than something else", () => {
    expect(nearestFree(house, () => "s", [3], new Set())).toEqual([]);
    expect(nearestFree(house, () => "f", [41], new Set())).toEqual([]);
  });
});

describe("where an area's name stands", () => {
  it("is its middle, as long as there is room", () => {
    expect(wordsAt([[0, 0], [100, 0], [100, 60], [0, 60]])).toEqual([50, 30]);
  });

  it("is not the runway that a horseshoe lies around", () => {
    const [x, y] = wordsAt([[0, 0], [300, 0], [300, 200], [600, 200], [600, 0], [900, 0], [900, 400], [0, 400]]);
    expect(insidePolygon(x, y, [[295, 0], [605, 0], [605, 215], [295, 215]])).toBe(false);
    expect(Math.abs(x - 450)).toBeLessThan(1);
    expect(y).toBeGreaterThan(240);
  });
});
