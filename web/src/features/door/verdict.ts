/** What the door shows for each answer: a word that can be read across the foyer, and the reason. */
import type { ScanResult } from "@/client/frontrow.schemas";
import { clock } from "@/shared/lib/dates";
import { codeOf } from "@/shared/lib/problem";

export type Tone = "go" | "stop" | "wait";

export interface Verdict {
  tone: Tone;
  word: string;
  reason: string;
}

export function verdictOf(result: ScanResult, timeZone: string): Verdict {
  switch (result.result) {
    case "admitted":
      return { tone: "go", word: "Welcome", reason: "Let them in." };
    case "already_used":
      return { tone: "stop", word: "Already used", reason: result.used_at ? `This ticket came in at ${clock(result.used_at, timeZone)}.` : result.message };
    case "wrong_performance":
      return { tone: "wait", word: "Another date", reason: result.message || "This ticket is for another performance." };
    case "void":
      return { tone: "stop", word: "Not valid", reason: result.message || "This ticket was cancelled or refunded." };
    default:
      return { tone: "stop", word: "Not a ticket", reason: result.message || "This code is not one of ours." };
  }
}

export function verdictOfFailure(error: unknown): Verdict {
  switch (codeOf(error)) {
    case "network":
      return { tone: "wait", word: "No connection", reason: "Nothing was recorded. Check the network and scan again." };
    case "not_found":
      return { tone: "stop", word: "Not a ticket", reason: "This code is not one of ours." };
    case "not_logged_in":
      return { tone: "wait", word: "Logged out", reason: "Log in again, then scan once more. Nothing was recorded." };
    default:
      return { tone: "wait", word: "Try again", reason: "Something went wrong on our side. Scan once more." };
  }
}
