import { describe, expect, it } from "vitest";
import { over } from "@/features/seatmap/stamp";

/** 0xAABBGGRR, as image data has it in memory. */
const pixel = (red: number, green: number, blue: number, alpha = 255): number => ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
const parts = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];

describe("a seat's pixel over the floor's", () => {
  const floor = pixel(240, 232, 10);

  it("covers it, or leaves it, or mixes with it", () => {
    expect(over(floor, pixel(1, 2, 3))).toBe(pixel(1, 2, 3));
    expect(over(floor, pixel(9, 9, 9, 0))).toBe(floor);
    for (let alpha = 1; alpha < 255; alpha += 1) {
      const above = [3, 120, 255];
      const mixed = parts(over(floor, pixel(3, 120, 255, alpha)));
      expect(mixed[3]).toBe(255);
      parts(floor).slice(0, 3).forEach((below, n) => {
        const exact = below + ((above[n] ?? 0) - below) * (alpha / 255);
        expect(Math.abs((mixed[n] ?? 0) - exact), `channel ${n}, alpha ${alpha}`).toBeLessThanOrEqual(1.6);
      });
    }
  });
});
