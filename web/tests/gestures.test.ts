import { describe, expect, it } from "vitest";
import { isDouble } from "@/features/seatmap/gestures";
import { flick, glide, remember, type Moment } from "@/features/seatmap/glide";

const drag = (speed: number, ms: number, from = 0): Moment[] => {
  let trail: Moment[] = [];
  for (let at = 0; at <= ms; at += 10) trail = remember(trail, { x: speed * at, y: 0, at: from + at });
  return trail;
};

describe("a flick", () => {
  it("is as fast as the hand in its last moments", () => {
    expect(flick(drag(1.5, 200), 205)?.x).toBeCloseTo(1.5);
    // Slow at first, quick at the end: what the hand did long ago counts no more.
    const trail = [...drag(0.01, 300), ...drag(2, 100, 310)].reduce<Moment[]>(remember, []);
    expect(flick(trail, 412)?.x).toBeCloseTo(2);
  });

  it("is none when the hand was slow, held still before letting go, or only just came", () => {
    expect(flick(drag(0.1, 200), 205)).toBeNull();
    expect(flick(drag(1.5, 200), 265)).toBeNull();
    expect(flick([{ x: 0, y: 0, at: 0 }], 1)).toBeNull();
    expect(flick([], 1)).toBeNull();
  });

  it("never throws the map out of sight", () => {
    const velocity = flick(drag(50, 100), 101);
    expect(Math.hypot(velocity?.x ?? 0, velocity?.y ?? 0)).toBeCloseTo(4);
  });
});

describe("a glide", () => {
  const run = (frame: number): { way: number; took: number } => {
    let [velocity, way, took]: [ReturnType<typeof glide>["left"], number, number] = [{ x: 2, y: 0 }, 0, 0];
    while (velocity) {
      const step = glide(velocity, frame);
      way += step.dx;
      took += frame;
      velocity = step.left;
    }
    return { way, took };
  };

  it("comes to rest, and as far on a slow machine as on a fast one", () => {
    const [smooth, rough] = [run(16), run(80)];
    expect(smooth.took).toBeLessThan(1_500);
    expect(rough.way).toBeCloseTo(smooth.way, -1);
  });

  it("goes on more slowly all the time, the way it was thrown", () => {
    const { dx, dy, left } = glide({ x: -1, y: 2 }, 16);
    expect(dy / dx).toBeCloseTo(-2);
    expect(left?.x).toBeGreaterThan(-1);
    expect(left?.y).toBeLessThan(2);
  });
});

describe("a double tap", () => {
  const first = { x: 100, y: 100, at: 0, seat: 7 };
  it("is two taps on the same seat, or beside any, soon and near", () => {
    expect(isDouble(first, { ...first, x: 108, at: 220 })).toBe(true);
    expect(isDouble({ ...first, seat: null }, { ...first, seat: null, at: 220 })).toBe(true);
  });

  it("is not two seats, nor two taps that took their time", () => {
    expect(isDouble(null, first)).toBe(false);
    expect(isDouble(first, { ...first, seat: 8, x: 112, at: 150 })).toBe(false);
    expect(isDouble(first, { ...first, at: 400 })).toBe(false);
    expect(isDouble(first, { ...first, x: 140, at: 100 })).toBe(false);
  });
});
