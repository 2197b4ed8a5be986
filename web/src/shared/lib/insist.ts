/** Repeating a call whose outcome is unknown, or that the server asked to repeat, a few times before telling anyone. */
import { isUnknown, ProblemError } from "./problem";

const PAUSES_MS = [500, 1_500];

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** `call` must be safe to repeat: a read, or a write with an idempotency key. */
export async function insist<T>(call: () => Promise<T>, pauses: readonly number[] = PAUSES_MS): Promise<T> {
  for (const milliseconds of pauses) {
    try {
      return await call();
    } catch (error) {
      const busy = error instanceof ProblemError && error.code === "busy";
      if (!busy && !isUnknown(error)) throw error;
      const asked = error instanceof ProblemError && error.retryAfter !== null ? error.retryAfter * 1000 : milliseconds;
      await pause(Math.min(asked, 3_000));
    }
  }
  return call();
}
