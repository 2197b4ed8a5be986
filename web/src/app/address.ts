/** Addresses as people read them: `?city=Turku&city=Oulu`, never JSON. Pages make sense of the words themselves. */

export function parseSearch(text: string): Record<string, string | string[]> {
  const search: Record<string, string | string[]> = {};
  const words = new URLSearchParams(text);
  for (const name of new Set(words.keys())) {
    const values = words.getAll(name);
    search[name] = values.length > 1 ? values : (values[0] ?? "");
  }
  return search;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") words.append(name, String(one));
    }
  }
  const text = words.toString();
  return text ? `?${text}` : "";
}
