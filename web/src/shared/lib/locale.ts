/**
 * The pages speak English, so numbers and dates follow the reader's own English (a Dutch reader with English pages
 * does not want "24 november" in the middle of them). British English is the fallback: day before month, 24 hours.
 */
export function locale(): string {
  return navigator.languages.find((tag) => tag === "en" || tag.startsWith("en-")) ?? "en-GB";
}

/** "1 seat", "2 seats". */
export function count(n: number, one: string, many: string = `${one}s`): string {
  const words = new Intl.PluralRules("en").select(n) === "one" ? one : many;
  return `${new Intl.NumberFormat(locale()).format(n)} ${words}`;
}

/** "11, 12 and 13". */
export function listing(items: string[]): string {
  return new Intl.ListFormat("en-GB", { style: "long", type: "conjunction" }).format(items);
}
