import { describe, expect, it, vi } from "vitest";
import { parseSearch, stringifySearch } from "@/app/address";
import { addDays, addMonths, firstDay, isDay, lastDay, sameDayIn, today, weekday, weekend, weeksOf } from "@/features/browse/days";
import { byMonth, priceRange, soldOutWords } from "@/features/browse/eventWords";
import { daysOf, priceSteps, queryOf, readSearch, toggled, without } from "@/features/browse/filters";
import { dropWords, nothingWords, removables, whenWords } from "@/features/browse/filterWords";
import type { PerformanceSummary } from "@/client/frontrow.schemas";

vi.stubGlobal("navigator", { languages: ["en-GB"] });

const SUNDAY = "2026-11-22";

describe("the address", () => {
  it("says every filter in plain words and gives all of them back", () => {
    const wish = { q: "traviata & co", when: "weekend", city: ["Oulu", "Turku"], category: ["opera"], price: 2000, accessible: true as const };
    const address = stringifySearch({ ...wish, view: "calendar", month: "2026-12", day: "2026-12-05", nothing: undefined });
    expect(address).toBe(
      "?q=traviata+%26+co&when=weekend&city=Oulu&city=Turku&category=opera&price=2000&accessible=true&view=calendar&month=2026-12&day=2026-12-05",
    );
    const read = readSearch(parseSearch(address));
    expect(read).toEqual({ ...wish, view: "calendar", month: "2026-12", day: "2026-12-05" });
    // The router reads again what it has read, and what a page sets.
    expect(readSearch({ ...read })).toEqual(read);
  });

  it("keeps words that look like numbers as words", () => {
    expect(parseSearch("?token=0123&redirect_status=true")).toEqual({ token: "0123", redirect_status: "true" });
    expect(readSearch(parseSearch("?q=1984")).q).toBe("1984");
  });

  it("leaves out what nobody can mean", () => {
    const odd = readSearch(parseSearch("?q=+&when=2026-02-30&price=-3&accessible=yes&view=list&month=2026-13&day=soon&city="));
    expect(Object.values(odd).every((value) => value === undefined)).toBe(true);
    expect(readSearch({ when: "2026-12-24..2026-12-01" }).when).toBe("2026-12-01..2026-12-24");
    expect(readSearch({ when: "2026-12-24..2026-12-24" }).when).toBe("2026-12-24");
    expect(readSearch({ price: "20.5" }).price).toBeUndefined();
    expect(readSearch({ city: ["Turku", "Oulu", "Turku"] }).city).toEqual(["Oulu", "Turku"]);
  });

  it("becomes what the catalogue is asked, with dates or without", () => {
    const wish = readSearch({ q: "fox", when: "2026-12", city: "Turku", price: "0", accessible: "true" });
    const asked = { q: "fox", city: ["Turku"], max_price: 0, accessible: true };
    expect(queryOf(wish, SUNDAY)).toEqual({ ...asked, from: "2026-12-01", to: "2026-12-31" });
    expect(queryOf(wish, SUNDAY, false)).toEqual(asked);
    expect(queryOf({}, SUNDAY)).toEqual({});
  });

  it("puts values in and takes them out", () => {
    expect(toggled(undefined, "Turku")).toEqual(["Turku"]);
    expect(toggled(["Turku"], "Oulu")).toEqual(["Oulu", "Turku"]);
    expect(toggled(["Turku"], "Turku")).toBeUndefined();
    expect(queryOf(without({ q: "fox", price: 5 }, "price"), SUNDAY)).toEqual({ q: "fox" });
  });
});

describe("days", () => {
  it("are counted across months, years and clock changes", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
    expect(addDays("2026-10-25", 1)).toBe("2026-10-26");
    expect(today(new Date(2026, 10, 22, 23, 59))).toBe(SUNDAY);
    expect(today(new Date(2026, 10, 22, 0, 1))).toBe(SUNDAY);
    expect([weekday("2026-11-23"), weekday(SUNDAY)]).toEqual([0, 6]);
    expect([isDay("2026-02-29"), isDay("2028-02-29"), isDay("2026-2-1")]).toEqual([false, true, false]);
  });

  it("have a weekend from Friday on, and what is left of one that has begun", () => {
    expect(weekend("2026-11-23")).toEqual({ from: "2026-11-27", to: "2026-11-29" });
    expect(weekend("2026-11-28")).toEqual({ from: "2026-11-28", to: "2026-11-29" });
    expect(weekend(SUNDAY)).toEqual({ from: SUNDAY, to: SUNDAY });
    expect(daysOf("week", SUNDAY)).toEqual({ from: SUNDAY, to: "2026-11-28" });
    expect(daysOf("2026-12-01..2026-12-05", SUNDAY)).toEqual({ from: "2026-12-01", to: "2026-12-05" });
  });

  it("make months of whole weeks", () => {
    expect(addMonths("2026-11", 2)).toBe("2027-01");
    expect(addMonths("2026-01", -1)).toBe("2025-12");
    expect([firstDay("2028-02"), lastDay("2028-02")]).toEqual(["2028-02-01", "2028-02-29"]);
    expect(sameDayIn("2027-02", "2027-01-31")).toBe("2027-02-28");
    for (let month = "2026-01"; month < "2029-01"; month = addMonths(month, 1)) {
      const weeks = weeksOf(month);
      expect(weeks.every((week) => week.length === 7 && weekday(week[0] ?? "") === 0)).toBe(true);
      const days = weeks.flat();
      expect(days.filter((day) => day.startsWith(month))).toHaveLength(Number(lastDay(month).slice(8)));
      expect(days.every((day, n) => n === 0 || day === addDays(days[n - 1] ?? "", 1))).toBe(true);
    }
    // A February that begins on a Monday needs four weeks, an August that begins on a Saturday six.
    expect([weeksOf("2027-02").length, weeksOf("2026-08").length]).toEqual([4, 6]);
  });
});

describe("the wish in words", () => {
  it("says why nothing was found, and what dropping a word would find", () => {
    const wish = { city: ["Turku"], price: 2000, when: "weekend" };
    expect(nothingWords(wish, "2026-11-23", "EUR")).toBe("Nothing in Turku under €20 this weekend");
    expect(dropWords("price", wish, 4)).toBe("Without the price: 4 events");
    expect(dropWords("city", wish, 1)).toBe("In every city: 1 event");
    expect(dropWords("when", wish, null)).toBe("On any date: more than 1,000 events");
    expect(nothingWords({ q: "zzzz" }, SUNDAY, "EUR")).toBe("Nothing found for “zzzz”");
    expect(nothingWords({ category: ["jazz", "opera"], accessible: true, when: "2026-12" }, SUNDAY, "EUR")).toBe("No jazz or opera in December with a free wheelchair place");
    expect(nothingWords({}, SUNDAY, "EUR")).toBe("Nothing on sale at the moment");
  });

  it("names days as a person would", () => {
    expect(whenWords("weekend", SUNDAY)).toBe("today");
    expect(whenWords("2026-12-24", SUNDAY)).toMatch(/^on Thursday,? 24 December$/);
    expect(whenWords("2026-11-30..2026-12-02", SUNDAY)).toMatch(/^from 30 Nov to 2 Dec$/);
  });

  it("has one word to take away for each value", () => {
    const words = removables({ q: "fox", city: ["Oulu", "Turku"], price: 1500 }, SUNDAY, "EUR");
    expect(words.map((word) => word.label)).toEqual(["“fox”", "Oulu", "Turku", "up to €15"]);
    expect(words[2]).toEqual({ name: "city", value: "Turku", label: "Turku" });
  });

  it("offers round prices that part what is on sale, and keeps the chosen one", () => {
    expect(priceSteps(1450, 2900)).toEqual([1500, 2000]);
    expect(priceSteps(1000, 18_000).length).toBeLessThanOrEqual(5);
    expect(priceSteps(2500, 2500)).toEqual([]);
    expect(priceSteps(2500, 2500, 1234)).toEqual([1234]);
  });
});

describe("an event's dates", () => {
  const on = (startsAt: string, more: Partial<PerformanceSummary> = {}): PerformanceSummary => ({
    id: startsAt,
    starts_at: startsAt,
    doors_at: null,
    ends_at: null,
    cancelled: false,
    venue: { name: "House", city: "Turku", address: "" },
    sales: "open",
    sales_open_at: null,
    from_price: 2400,
    to_price: 9000,
    seats_total: 10,
    seats_free: 5,
    availability: "available",
    accessible: false,
    ...more,
  });
  const FULL = { availability: "sold_out", seats_free: 0 } as const;
  const timezone = "Europe/Helsinki";

  it("say what is sold out and what isn't", () => {
    const first = on("2026-11-24T17:30:00Z", FULL);
    expect(soldOutWords({ performances: [first], timezone })).toBe("This evening is sold out.");
    expect(soldOutWords({ performances: [first, on("2026-11-25T17:30:00Z", FULL)], timezone })).toBe("All 2 dates are sold out.");
    expect(soldOutWords({ performances: [first, on("2026-11-25T17:30:00Z")], timezone })).toMatch(/24 Nov.* is sold out; there are seats on one other date\.$/);
    expect(soldOutWords({ performances: [on("2026-11-25T17:30:00Z")], timezone })).toBeNull();
  });

  it("count only what can be bought towards the prices", () => {
    const full = on("2026-11-24T17:30:00Z", { ...FULL, from_price: 100 });
    expect(priceRange([full, on("2026-11-25T17:30:00Z")], "EUR")).toBe("€24 to €90");
    expect(priceRange([full], "EUR")).toBeNull();
    expect(priceRange([on("2026-11-25T17:30:00Z", { from_price: 0, to_price: 0 })], "EUR")).toBe("Free");
  });

  it("stand under their months, by the venue's clock, once there are many", () => {
    const late = ["2026-11-28", "2026-11-29", "2026-11-30"].map((day) => on(`${day}T22:30:00Z`));
    const more = ["2026-12-01", "2026-12-02", "2026-12-03"].map((day) => on(`${day}T17:00:00Z`));
    expect(byMonth([...late, ...more], timezone).map(([month, dates]) => [month, dates.length])).toEqual([
      ["November 2026", 2],
      ["December 2026", 4],
    ]);
    expect(byMonth(more, timezone)).toEqual([[null, more]]);
    expect(byMonth([], timezone)).toEqual([]);
  });
});
