/** What a refusal's words are made of. */

/**
 * What a button under the words does. `again` presses the same button once more; `hold` holds the same choice; `look`
 * asks the server how things stand; `release` goes back to choosing; `plain` prices without the code.
 */
export type Way = "again" | "hold" | "look" | "release" | "plain" | "reload" | "dates" | "log-in" | "close";

export interface Sentence {
  title: string;
  body: string;
  /** The way on, and what its button says; without one the way on is a field or a button of the page itself. */
  way?: Way;
  label?: string;
}

export const say = (title: string, body: string, way?: Way, label?: string): Sentence => ({ title, body, ...(way && { way }), ...(label && { label }) });

export const UNEXPECTED = say("Something went wrong on our side", "Your choice of seats is kept. Trying again is safe: it cannot hold or charge twice.", "again", "Try again");

export type Facts = Readonly<Record<string, unknown>>;

export const number = (value: unknown): number => (typeof value === "number" ? value : 0);
