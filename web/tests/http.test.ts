// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { beginAction, currentAction } from "@/shared/lib/correlation";
import { http } from "@/shared/lib/http";
import { insist } from "@/shared/lib/insist";
import { ProblemError } from "@/shared/lib/problem";

interface Call {
  url: string;
  method: string;
  headers: Headers;
}

/** A server of a few lines: what it was asked, and what it answers. */
function serve(answer: (call: Call, n: number) => Response): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit): Promise<Response> => {
    const call = { url, method: init.method ?? "GET", headers: new Headers(init.headers) };
    calls.push(call);
    // What the answer throws becomes the rejection.
    return new Promise((resolve) => resolve(answer(call, calls.length)));
  });
  return calls;
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response => new Response(JSON.stringify(body), { status, headers });

const forgetCookie = (): void => {
  document.cookie = "fr_csrf=; Max-Age=0";
};

beforeEach(forgetCookie);
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the door to the back end", () => {
  it("introduces itself before the first change and sends the token with it", async () => {
    const calls = serve(({ url }) => {
      if (url === "/api/me") document.cookie = "fr_csrf=secret";
      return json({ user: null, csrf_token: "secret" });
    });
    await http("/api/orders", { method: "POST" });
    await http("/api/orders", { method: "POST" });
    expect(calls.map((call) => call.url)).toEqual(["/api/me", "/api/orders", "/api/orders"]);
    expect(calls[1]?.headers.get("X-CSRF-Token")).toBe("secret");
  });

  it("sends no token with a read, and one correlation id per action", async () => {
    const calls = serve(() => json({}));
    beginAction();
    await http("/api/events");
    await http("/api/events");
    const first = currentAction();
    beginAction();
    await http("/api/events");
    expect(calls[0]?.headers.has("X-CSRF-Token")).toBe(false);
    expect(calls.map((call) => call.headers.get("X-Correlation-Id"))).toEqual([first, first, currentAction()]);
    expect(currentAction()).not.toBe(first);
  });

  it("turns a problem document into a typed error", async () => {
    serve(() => json({ code: "seats_taken", detail: "Two are gone.", seats: [7, 8], errors: [{ field: "seats", message: "gone" }] }, 409, { "Retry-After": "2" }));
    const error: unknown = await http("/api/x").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ code: "seats_taken", status: 409, seats: [7, 8], retryAfter: 2, errors: [{ field: "seats", message: "gone" }] });
  });

  it("calls a lost connection by its name, and survives a proxy's page", async () => {
    serve(() => {
      throw new TypeError("failed to fetch");
    });
    await expect(http("/api/x")).rejects.toMatchObject({ code: "network", status: 0 });
    serve(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await expect(http("/api/x")).rejects.toMatchObject({ code: "unexpected", status: 502 });
  });

  it("renews a lapsed session once for all calls that found it lapsed", async () => {
    document.cookie = "fr_csrf=secret";
    let renewed = false;
    const calls = serve(({ url }) => {
      if (url === "/api/account/refresh") {
        renewed = true;
        return json({});
      }
      return renewed ? json({ ok: true }) : json({ code: "token_expired" }, 401);
    });
    await expect(Promise.all([http("/api/orders"), http("/api/orders")])).resolves.toEqual([{ ok: true }, { ok: true }]);
    expect(calls.filter((call) => call.url === "/api/account/refresh")).toHaveLength(1);
  });

  it("gives the refusal through when there is no session to renew", async () => {
    document.cookie = "fr_csrf=secret";
    const calls = serve(() => json({ code: "not_logged_in" }, 401));
    await expect(http("/api/orders")).rejects.toMatchObject({ code: "not_logged_in" });
    expect(calls).toHaveLength(2);
    await expect(http("/api/account/log-in", { method: "POST" })).rejects.toMatchObject({ code: "not_logged_in" });
    expect(calls).toHaveLength(3);
  });
});

describe("insisting", () => {
  const failing = (errors: ProblemError[]) => {
    const attempts = { count: 0 };
    const call = (): Promise<string> => {
      const error = errors[attempts.count];
      attempts.count += 1;
      return error ? Promise.reject(error) : Promise.resolve("done");
    };
    return { attempts, call };
  };

  it("repeats what is unknown and what was busy", async () => {
    const { attempts, call } = failing([new ProblemError("network", 0, ""), new ProblemError("busy", 503, "")]);
    await expect(insist(call, [0, 0])).resolves.toBe("done");
    expect(attempts.count).toBe(3);
  });

  it("takes a refusal for an answer", async () => {
    const { attempts, call } = failing([new ProblemError("seats_taken", 409, "")]);
    await expect(insist(call, [0, 0])).rejects.toMatchObject({ code: "seats_taken" });
    expect(attempts.count).toBe(1);
  });

  it("gives up in the end", async () => {
    const lost = new ProblemError("network", 0, "");
    const { attempts, call } = failing([lost, lost, lost, lost]);
    await expect(insist(call, [0, 0])).rejects.toBe(lost);
    expect(attempts.count).toBe(3);
  });
});
