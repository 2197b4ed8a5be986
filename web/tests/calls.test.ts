// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hold, Order } from "@/client/frontrow.schemas";
import { giveBack, hold, standing, restore } from "@/features/checkout/calls";
import { EMPTY, recall } from "@/shared/lib/checkoutMemory";

const soon = new Date(Date.now() + 600_000).toISOString();
const past = new Date(Date.now() - 1_000).toISOString();
const server_time = new Date().toISOString();

const held = (expires_at = soon) => ({ id: "h1", performance_id: "p", state: "active", seats: [], total: 0, currency: "EUR", created_at: server_time, expires_at, cap_at: soon, server_time, leaves_single: false }) satisfies Hold;
const order = (state: Order["state"], expires_at: string | null = soon) => ({ id: "o1", token: "t", state, expires_at, server_time, lines: [] }) as unknown as Order;

interface Request {
  line: string;
  key: string | null;
}

interface Reply {
  status: number;
  body: object;
}

/** A server by its answers: "METHOD path" → what it says in turn; the last is repeated, an error breaks the connection. */
function serve(answers: Record<string, (Reply | Error)[]>): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit): Promise<Response> => {
    const line = `${init.method ?? "GET"} ${url.replace(/\?.*/, "")}`;
    requests.push({ line, key: new Headers(init.headers).get("Idempotency-Key") });
    const queue = answers[line];
    const answer = queue && queue.length > 1 ? queue.shift() : queue?.[0];
    if (answer === undefined) throw new Error(`nobody expected ${line}`);
    if (answer instanceof Error) return Promise.reject(answer);
    const { status, body } = answer;
    return Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }));
  });
  return requests;
}

const chosen = (...seats: number[]) => ({ kind: "seats", seats }) as const;

const lost = new TypeError("failed to fetch");
const ok = (body: object, status = 200): Reply => ({ status, body });
const problem = (status: number, code: string): Reply => ({ status, body: { code, status } });

beforeEach(() => {
  sessionStorage.clear();
  document.cookie = "fr_csrf=secret";
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("holding", () => {
  const path = "POST /api/performances/p/holds";

  it("asks again with the same key when the answer was lost, and forgets the key once it knows", async () => {
    const requests = serve({ [path]: [lost, ok(held())] });
    await expect(hold("p", chosen(2, 1))).resolves.toMatchObject({ id: "h1" });
    expect(requests).toHaveLength(2);
    expect(requests[0]?.key).toBe(requests[1]?.key);
    expect(recall("p").attempts.hold).toBeUndefined();
  });

  it("keeps the key over a lasting outage, so that the next press is the same attempt", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const requests = serve({ [path]: [lost, lost, lost, ok(held())] });
    const first = hold("p", chosen(1));
    const refused = expect(first).rejects.toMatchObject({ code: "network" });
    await vi.runAllTimersAsync();
    await refused;
    vi.useRealTimers();
    await hold("p", chosen(1));
    expect(new Set(requests.map((request) => request.key)).size).toBe(1);
  });

  it("takes a new key after a refusal", async () => {
    const requests = serve({ [path]: [problem(409, "seats_taken"), ok(held())] });
    await expect(hold("p", chosen(1))).rejects.toMatchObject({ code: "seats_taken" });
    await hold("p", chosen(1));
    expect(requests[0]?.key).not.toBe(requests[1]?.key);
  });
});

describe("a reload", () => {
  it("finds nothing, a hold, or that the hold ended", async () => {
    await expect(restore("p", EMPTY)).resolves.toEqual({ kind: "nothing" });
    serve({ "GET /api/holds/h1": [ok(held())] });
    await expect(restore("p", { ...EMPTY, holdId: "h1" })).resolves.toMatchObject({ kind: "hold" });
    serve({ "GET /api/holds/h1": [ok(held(past))] });
    await expect(restore("p", { ...EMPTY, holdId: "h1" })).resolves.toEqual({ kind: "ended" });
    serve({ "GET /api/holds/h1": [problem(404, "not_found")] });
    await expect(restore("p", { ...EMPTY, holdId: "h1" })).resolves.toEqual({ kind: "ended" });
  });

  it("brings an unpaid order back to its payment, and a paid one to its page", async () => {
    const memory = { ...EMPTY, orderId: "o1", orderToken: "t" };
    serve({ "GET /api/orders/o1": [ok(order("paying"))], "POST /api/orders/o1/payment": [ok({ id: "pay", client_secret: "cs" })] });
    await expect(restore("p", memory)).resolves.toMatchObject({ kind: "order", payment: { id: "pay" } });
    serve({ "GET /api/orders/o1": [ok(order("paid"))] });
    await expect(restore("p", memory)).resolves.toMatchObject({ kind: "settled" });
    serve({ "GET /api/orders/o1": [ok(order("expired"))] });
    await expect(restore("p", memory)).resolves.toEqual({ kind: "ended" });
  });

  it("keeps the order when only the payment service is away", async () => {
    serve({ "GET /api/orders/o1": [ok(order("pending"))], "POST /api/orders/o1/payment": [problem(503, "stripe_unavailable")] });
    await expect(restore("p", { ...EMPTY, orderId: "o1", orderToken: "t" })).resolves.toMatchObject({ kind: "order", payment: null });
  });
});

describe("giving seats back", () => {
  it("releases a hold, and does not mind one that is gone already", async () => {
    const requests = serve({ "DELETE /api/holds/h1": [ok({}, 204), problem(404, "not_found")] });
    await expect(giveBack("h1", null)).resolves.toBeNull();
    await expect(giveBack("h1", null)).resolves.toBeNull();
    expect(requests).toHaveLength(2);
  });

  it("cancels an order, and leads to its page when the money was faster", async () => {
    serve({ "POST /api/orders/o1/cancel": [ok(order("cancelled"))] });
    await expect(giveBack("h1", order("paying"))).resolves.toBeNull();
    serve({ "POST /api/orders/o1/cancel": [problem(409, "order_not_payable")], "GET /api/orders/o1": [ok(order("capturing"))] });
    await expect(giveBack("h1", order("paying"))).resolves.toMatchObject({ state: "capturing" });
  });
});

describe("at the deadline", () => {
  it("believes the server: ended, extended by paying, or paid meanwhile", async () => {
    serve({ "GET /api/orders/o1": [ok(order("expired"))] });
    await expect(standing("h1", order("pending"), true)).resolves.toEqual({ kind: "ended" });
    serve({ "GET /api/orders/o1": [ok(order("paying", soon))] });
    await expect(standing("h1", order("paying", past), true)).resolves.toMatchObject({ kind: "extended" });
    serve({ "GET /api/orders/o1": [ok(order("paying", past))] });
    await expect(standing("h1", order("paying", past), true)).resolves.toMatchObject({ kind: "settled" });
    serve({ "GET /api/orders/o1": [ok(order("pending", past))] });
    await expect(standing("h1", order("pending", past), true)).resolves.toEqual({ kind: "ended" });
    serve({ "GET /api/orders/o1": [ok(order("capturing", null))] });
    await expect(standing("h1", order("paying", past), true)).resolves.toMatchObject({ kind: "settled" });
    serve({ "GET /api/holds/h1": [ok(held())] });
    await expect(standing("h1", null, true)).resolves.toMatchObject({ kind: "extended" });
  });
});
