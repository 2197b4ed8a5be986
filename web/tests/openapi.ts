import { readFileSync } from "node:fs";

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
}

/** Every code with which the chosen doors refuse: the API's document names them in backticks. */
export function codesOf(chosen: (path: string) => boolean): Set<string> {
  const { paths } = JSON.parse(readFileSync("openapi.json", "utf-8")) as Document;
  const answers = Object.entries(paths)
    .filter(([path]) => chosen(path))
    .flatMap(([, verbs]) => Object.values(verbs))
    .flatMap(({ responses }) => Object.values(responses));
  return new Set(answers.flatMap(({ description }) => [...description.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "")));
}
