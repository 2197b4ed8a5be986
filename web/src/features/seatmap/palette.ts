/**
 * The colours of the house, for canvas and legend. Price categories keep apart for the common kinds of colour
 * blindness (tests/palette.test.ts measures it) and stand at least 3:1 off the paper; letters say it again.
 */
import type { Theme } from "@/shared/lib/theme";

export interface HousePalette {
  categories: readonly string[];
  paper: string;
  ink: string;
  /** Floor under the rows. */
  floor: string;
  /** Edge of the floor and other hairlines that only decorate. */
  edge: string;
  /** Hollow outline of seats that cannot be had. */
  taken: string;
  label: string;
  /** Letters on a filled seat: dark on bright colours, light on deep ones. */
  letters: readonly string[];
}

const LIGHT: HousePalette = {
  categories: ["#3B2FA6", "#117FA4", "#B8790A", "#7C193A", "#8D5929", "#2B0B66"],
  paper: "#FBF8F3",
  ink: "#1B1A19",
  floor: "#F2ECE1",
  edge: "#DDD3C3",
  taken: "#A79D90",
  label: "#6A635A",
  letters: ["#FFFFFF", "#FFFFFF", "#1B1A19", "#FFFFFF", "#FFFFFF", "#FFFFFF"],
};

const DARK: HousePalette = {
  categories: ["#A9DBFF", "#5FB38D", "#F0CF45", "#C678F5", "#9A7B2E", "#6267CE"],
  paper: "#151312",
  ink: "#F6F0E6",
  floor: "#211D1A",
  edge: "#38312B",
  taken: "#6F665D",
  label: "#A89F94",
  letters: ["#151312", "#151312", "#151312", "#151312", "#151312", "#FFFFFF"],
};

export function housePalette(theme: Theme): HousePalette {
  return theme === "dark" ? DARK : LIGHT;
}

/** A seventh category starts again at the first colour; its letter still tells it apart. */
export function categoryColour(palette: HousePalette, index: number): string {
  return palette.categories[index % palette.categories.length] ?? palette.ink;
}

export function letterColour(palette: HousePalette, index: number): string {
  return palette.letters[index % palette.letters.length] ?? palette.paper;
}
