import { describe, expect, it } from "vitest";
import { housePalette, letterColour } from "@/features/seatmap/palette";

type Triple = readonly [number, number, number];

/** Machado, Oliveira & Fernandes (2009), severity 1: what each kind of colour blindness makes of linear RGB. */
const EYES: Record<string, readonly [Triple, Triple, Triple]> = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function linear(hex: string): Triple {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function seenBy(eye: readonly [Triple, Triple, Triple], colour: Triple): Triple {
  const mix = (row: Triple): number => Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]));
  return [mix(eye[0]), mix(eye[1]), mix(eye[2])];
}

/** Linear RGB to OKLab, where distance is close to what an eye tells apart. */
function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each(["light", "dark"] as const)("the %s palette", (theme) => {
  const palette = housePalette(theme);
  // A house rarely has more than five price categories; later ones repeat hues and lean on their letters.
  const usual = palette.categories.slice(0, 5);

  it.each(Object.entries(EYES))("keeps categories apart for %s", (_, eye) => {
    for (const [n, a] of usual.entries()) {
      for (const b of usual.slice(n + 1)) {
        const [x, y] = [oklab(seenBy(eye, linear(a))), oklab(seenBy(eye, linear(b)))];
        expect(Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]), `${a} and ${b}`).toBeGreaterThan(0.1);
      }
    }
  });

  it("stands off the paper and the floor at least 3:1, and letters off the seats", () => {
    for (const [n, colour] of palette.categories.entries()) {
      expect(contrast(colour, palette.paper), colour).toBeGreaterThanOrEqual(3);
      expect(contrast(colour, palette.floor), colour).toBeGreaterThanOrEqual(3);
      expect(contrast(colour, letterColour(palette, n)), colour).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("writes row letters and names readably", () => {
    expect(contrast(palette.label, palette.paper)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.ink, palette.floor)).toBeGreaterThanOrEqual(7);
  });
});
