import { describe, expect, it } from "vitest";
import { leavesSingle } from "@/features/seatmap/alone";
import { buildHouse } from "@/features/seatmap/house";
import { smallHouse } from "./houses";

/** Row A is seats 1–5, an aisle, 6–10. */
const house = buildHouse(smallHouse());
const taken =
  (...seats: number[]) =>
  (seatNo: number) =>
    seats.includes(seatNo) ? ("s" as const) : ("f" as const);

describe("a seat left alone", () => {
  it("is told, with the nearest move that avoids it", () => {
    expect(leavesSingle(house, taken(), [2, 3])).toEqual({ seats: [1], instead: [1, 2] });
    expect(leavesSingle(house, taken(), [3, 4])).toEqual({ seats: [5], instead: [4, 5] });
  });

  it("is none when two stay together, or the row is filled", () => {
    expect(leavesSingle(house, taken(), [1, 2])).toBeNull();
    expect(leavesSingle(house, taken(1), [2, 3])).toBeNull();
    expect(leavesSingle(house, taken(), [1, 2, 3, 4, 5])).toBeNull();
  });

  it("was not left alone by this choice if it was alone before", () => {
    expect(leavesSingle(house, taken(2), [3, 4, 5])).toBeNull();
  });

  it("ends at the aisle", () => {
    expect(leavesSingle(house, taken(), [4, 5])).toBeNull();
    expect(leavesSingle(house, taken(), [7, 8])).toEqual({ seats: [6], instead: [6, 7] });
  });

  it("offers no move where there is none, and brings together what was apart", () => {
    expect(leavesSingle(house, taken(4, 5), [1, 2])).toEqual({ seats: [3], instead: null });
    expect(leavesSingle(house, taken(), [2, 4])).toEqual({ seats: [1, 3, 5], instead: [1, 2] });
  });

  it("says nothing about standing places", () => {
    expect(leavesSingle(house, taken(), [41, 42])).toBeNull();
  });
});
