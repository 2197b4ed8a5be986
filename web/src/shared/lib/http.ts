/**
 * The one door to the back end: every generated call passes through `http`. It adds the CSRF header and the
 * correlation id, turns failures into `ProblemError`, and renews a lapsed session once.
 */
import { currentAction } from "./correlation";
import { ProblemError, problemFrom } from "./problem";

const TIMEOUT_MS = 20_000;
const SAFE_METHODS = new Set(["GET", "HEAD"]);

function csrfCookie(): string | null {
  const match = /(?:^|;\s*)fr_csrf=([^;]+)/.exec(document.cookie);
  return match?.[1] ? decodeURIComponent(match[1]) : null;
}

let introduction: Promise<unknown> | null = null;

/** The token of the readable cookie; a browser that never spoke to us asks /api/me first, which sets it. */
async function csrfToken(): Promise<string> {
  const known = csrfCookie();
  if (known) return known;
  introduction ??= send("/api/me", { method: "GET" }).finally(() => {
    introduction = null;
  });
  const me: unknown = await introduction;
  const fromBody = typeof me === "object" && me !== null && "csrf_token" in me ? String(me.csrf_token) : "";
  return csrfCookie() ?? fromBody;
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  const method = (init.method ?? "GET").toUpperCase();
  const headers = new Headers(init.headers);
  headers.set("Accept", "application/json");
  if (!headers.has("X-Correlation-Id")) headers.set("X-Correlation-Id", currentAction());
  if (!SAFE_METHODS.has(method)) headers.set("X-CSRF-Token", await csrfToken());

  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  let response: Response;
  try {
    response = await fetch(url, { ...init, method, headers, signal, credentials: "same-origin" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ProblemError("network", 0, "The connection to Frontrow was lost.");
  }
  if (!response.ok) throw await problemFrom(response);
  try {
    // A 202 or 204 says all with its status.
    const body = await response.text();
    return (body === "" ? undefined : JSON.parse(body)) as T;
  } catch {
    throw new ProblemError("network", 0, "The answer of Frontrow did not arrive whole.");
  }
}

let renewal: Promise<boolean> | null = null;

/** Several calls may find the session lapsed at once; a refresh token works once, so they share one renewal. */
function renewSession(): Promise<boolean> {
  renewal ??= send("/api/account/refresh", { method: "POST" })
    .then(
      () => true,
      () => false,
    )
    .finally(() => {
      renewal = null;
    });
  return renewal;
}

function sessionLapsed(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401 && (error.code === "not_logged_in" || error.code === "token_expired");
}

/**
 * Fetches JSON. Throws `ProblemError` for every answer that is no 2xx and for a lost connection (code `network`);
 * throws the browser's AbortError when the caller gave up.
 */
export async function http<T>(url: string, init: RequestInit = {}): Promise<T> {
  try {
    return await send<T>(url, init);
  } catch (error) {
    const renewable = sessionLapsed(error) && !url.startsWith("/api/account/");
    if (renewable && (await renewSession())) return send<T>(url, init);
    throw error;
  }
}

/**
 * A last word while the page goes away: sent at once, outlives the page, and nobody hears the answer. Without a CSRF
 * cookie nothing is sent; the server's own deadlines do the rest.
 */
export function lastWord(url: string, method: "POST" | "DELETE"): void {
  const token = csrfCookie();
  if (!token) return;
  const headers = { "X-CSRF-Token": token, "X-Correlation-Id": currentAction() };
  void fetch(url, { method, headers, keepalive: true, credentials: "same-origin" }).catch(() => undefined);
}
