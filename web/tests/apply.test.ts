import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { apply, digestOf, type SeatChange, type SeatStates } from "@/features/seatmap/apply";

interface Fixture {
  name: string;
  snapshot: SeatStates;
  changes: SeatChange[];
  result: SeatStates & { digest: string };
}

const folder = fileURLToPath(new URL("../../tests/fixtures/seat_changes/", import.meta.url));
const fixtures = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(folder + file, "utf8")) as Fixture);

describe("apply(snapshot, changes) equals the snapshot afterwards", () => {
  it("has fixtures to prove it with", () => {
    expect(fixtures.length).toBeGreaterThanOrEqual(6);
  });

  it.each(fixtures)("$name", ({ snapshot, changes, result }) => {
    const before = structuredClone(snapshot);
    const after = apply(snapshot, changes);
    expect(after).toEqual({ states: result.states, fences: result.fences });
    expect(digestOf(after.fences)).toBe(result.digest);
    expect(snapshot).toEqual(before);
  });

  it("comes to the same end in any order, when seats and fences are the same", () => {
    const snapshot: SeatStates = { states: "fffff", fences: [1, 1, 1, 1, 1] };
    const changes: SeatChange[] = [];
    for (let fence = 2; fence < 9; fence += 1) for (let seat = 1; seat <= 5; seat += 1) changes.push([seat, "fhs"[(fence + seat) % 3] ?? "f", fence]);
    const expected = apply(snapshot, changes);
    for (let turn = 1; turn < changes.length; turn += 3) {
      const shuffled = [...changes.slice(turn), ...changes.slice(0, turn)].reverse();
      expect(apply(snapshot, shuffled)).toEqual(expected);
    }
  });
});
