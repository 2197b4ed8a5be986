/**
 * The ways a call can fail, as one typed error. The back end answers with RFC 9457 problems whose `code` is stable;
 * a call that never reached it becomes the code `network`, so that a page needs one `catch` and one switch.
 */

export interface FieldError {
  field: string;
  message: string;
}

export class ProblemError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Seat numbers the problem is about (`seats_taken`). */
  readonly seats: number[];
  /** What was wrong with which field (`invalid_request`). */
  readonly errors: FieldError[];
  /** Seconds the server asked us to wait, if it did. */
  readonly retryAfter: number | null;
  /** The whole problem document: some codes carry numbers that their words need. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, status: number, detail: string, extra: Partial<Pick<ProblemError, "seats" | "errors" | "retryAfter" | "facts">> = {}) {
    super(detail || code);
    this.name = "ProblemError";
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.seats = extra.seats ?? [];
    this.errors = extra.errors ?? [];
    this.retryAfter = extra.retryAfter ?? null;
    this.facts = extra.facts ?? {};
  }
}

/**
 * True when nobody can say whether the call took effect: the answer was lost, or the server stumbled.
 * Such a call is repeated with the same idempotency key; every other answer is final.
 */
export function isUnknown(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return true;
  if (error.code === "busy" || error.code === "stripe_unavailable") return false;
  return error.code === "network" || error.status >= 500;
}

export function codeOf(error: unknown): string {
  return error instanceof ProblemError ? error.code : "unexpected";
}

/** There is no such thing, or not for this reader; an id that cannot be one counts as well. */
export function isMissing(error: unknown): boolean {
  return error instanceof ProblemError && (error.code === "not_found" || error.status === 422);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((item): item is number => typeof item === "number") : [];
}

const words = (value: unknown): string => (typeof value === "string" ? value : "");

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((item) => ({ field: words(item["field"]), message: words(item["message"]) }));
}

/** Reads a failed answer. Never throws: a body that is no problem document still gives a code from the status. */
export async function problemFrom(response: Response): Promise<ProblemError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // A proxy's HTML page, or nothing at all: the status has to do.
  }
  const fields = isRecord(body) ? body : {};
  const wait = Number(response.headers.get("Retry-After"));
  const code = typeof fields["code"] === "string" ? fields["code"] : response.status === 404 ? "not_found" : "unexpected";
  return new ProblemError(code, response.status, typeof fields["detail"] === "string" ? fields["detail"] : "", {
    seats: numbers(fields["seats"]),
    errors: fieldErrors(fields["errors"]),
    retryAfter: Number.isFinite(wait) && wait > 0 ? wait : null,
    facts: fields,
  });
}
