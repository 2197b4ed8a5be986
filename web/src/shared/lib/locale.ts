/**
 * The pages speak English, so numbers and dates follow the reader's own English (a Dutch reader with English pages
 * does not want "24 november" in the middle of them). British English is the fallback: day before month, 24 hours.
 */
export function locale(): string {
  return navigator.languages.find((tag) => tag === "en" || tag.startsWith("en-")) ?? "en-GB";
}

/** Made once: each of Intl's makers costs a phone milliseconds, and a list asks them line by line. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const grouped = once(() => new Intl.NumberFormat(locale()));
const all = once(() => new Intl.ListFormat("en-GB", { style: "long", type: "conjunction" }));

/** "8", "2,160", of a number that is whole and not below zero. Most are small, and need no maker. */
export function whole(n: number): string {
  return n < 1_000 ? String(n) : grouped().format(n);
}

/** "1 seat", "2 seats": the pages' English knows no other plural. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`;
}

/** "11, 12 and 13". */
export function listing(items: string[]): string {
  return all().format(items);
}
