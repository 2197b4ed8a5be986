import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Order } from "@/client/frontrow.schemas";
import { byDate, isPast } from "@/features/wallet/orderWords";
import { forget, forgetAll, forgetOthers, keep, KEPT, keptOrder, keptOrders } from "@/shared/lib/kept";

const ORIGIN = "https://shop.example";

/** The browser's cache storage, as far as it is used here: by address, in the order of making. */
class Store {
  readonly boxes = new Map<string, Map<string, Response>>();
  private readonly url = (what: string | Request): string => new URL(typeof what === "string" ? what : what.url, ORIGIN).href;

  open(name: string) {
    const box = this.boxes.get(name) ?? new Map<string, Response>();
    this.boxes.set(name, box);
    return Promise.resolve({
      put: (key: string, answer: Response) => Promise.resolve(void box.set(this.url(key), answer)),
      match: (key: string | Request) => Promise.resolve(box.get(this.url(key))?.clone()),
      delete: (key: string) => Promise.resolve(box.delete(this.url(key))),
      keys: () => Promise.resolve([...box.keys()].map((url) => new Request(url))),
      addAll: (keys: string[]) => Promise.resolve(void keys.map((key) => box.set(this.url(key), new Response(key)))),
    });
  }
  keys = () => Promise.resolve([...this.boxes.keys()]);
  delete = (name: string) => Promise.resolve(this.boxes.delete(name));
  match(key: string, { cacheName, ignoreSearch }: { cacheName?: string; ignoreSearch?: boolean } = {}) {
    const bare = (url: string): string => (ignoreSearch ? url.replace(/\?.*/, "") : url);
    for (const [name, box] of this.boxes) {
      if (cacheName !== undefined && name !== cacheName) continue;
      for (const [url, answer] of box) if (bare(url) === bare(this.url(key))) return Promise.resolve(answer.clone());
    }
    return Promise.resolve(undefined);
  }
  paths = (name: string): string[] => [...(this.boxes.get(name)?.keys() ?? [])].map((url) => new URL(url).pathname);
}

let store: Store;
const online = vi.fn<(input: string | Request) => Promise<Response>>();
beforeEach(() => {
  store = new Store();
  vi.stubGlobal("caches", store);
  online.mockReset().mockImplementation(() => Promise.resolve(new Response("fresh")));
  vi.stubGlobal("fetch", online);
});

const ticket = (id: string, state = "valid", code = `FR1.${id}`) => ({ id, state, code, qr_svg_url: `/api/tickets/${id}/qr.svg` });
const order = (id: string, tickets = [ticket(`${id}1`), ticket(`${id}2`)]): Order => ({ id, state: "paid", tickets }) as unknown as Order;
const secret = (address: string): string => `${address}?token=t`;

describe("kept orders", () => {
  it("are found again with their pictures and the time, without the secret in an address", async () => {
    await keep(order("a"), "ben", secret);
    expect(online).toHaveBeenCalledWith("/api/tickets/a1/qr.svg?token=t", expect.anything());
    expect(store.paths(KEPT)).toEqual(["/api/orders/a", "/api/tickets/a1/qr.svg", "/api/tickets/a2/qr.svg"]);
    const found = await keptOrder("a");
    expect(found).toMatchObject({ order: { id: "a" }, owner: "ben" });
    expect(Math.abs((found?.at ?? 0) - Date.now())).toBeLessThan(5_000);
  });

  it("fetch a picture anew only when its code changed, and drop that of a void ticket", async () => {
    await keep(order("a"), "", secret);
    online.mockClear();
    await keep(order("a", [ticket("a1"), ticket("a2", "valid", "FR1.passed-on")]), "", secret);
    expect(online).toHaveBeenCalledTimes(1);
    await keep(order("a", [ticket("a1", "void"), ticket("a2", "valid", "FR1.passed-on")]), "", secret);
    expect(store.paths(KEPT)).toEqual(["/api/orders/a", "/api/tickets/a2/qr.svg"]);
  });

  it("of another account go when somebody else logs in; a guest's stay; logging out leaves nothing", async () => {
    for (const [id, owner] of [["a", "ben"], ["b", "ona"], ["c", ""]] as const) await keep(order(id), owner, secret);
    await forgetOthers("ben");
    expect((await keptOrders()).map((kept) => kept.order.id)).toEqual(["a", "c"]);
    await forget("a");
    expect(store.paths(KEPT)).toEqual(["/api/orders/c", "/api/tickets/c1/qr.svg", "/api/tickets/c2/qr.svg"]);
    await forgetAll();
    expect([...store.boxes.keys()]).toEqual([]);
  });

  it("are none where the browser has no cache, and nothing breaks", async () => {
    vi.stubGlobal("caches", undefined);
    await keep(order("a"), "", secret);
    expect(await keptOrder("a")).toBeNull();
    expect(await keptOrders()).toEqual([]);
    await forgetAll();
  });
});

type Listener = (event: Record<string, unknown>) => void;

/** The worker in a scope of its own, with the tabs that are open. */
async function worker(tabs: string[] = []) {
  const listeners: Record<string, Listener> = {};
  const scope = {
    location: { origin: ORIGIN },
    clients: { claim: vi.fn(() => Promise.resolve()), matchAll: () => Promise.resolve(tabs.map((path) => ({ url: ORIGIN + path }))) },
    skipWaiting: vi.fn(() => Promise.resolve()),
    addEventListener: (kind: string, listener: Listener) => (listeners[kind] = listener),
  };
  vi.stubGlobal("self", scope);
  vi.stubGlobal("__SHELL__", ["/assets/index-1.js"]);
  vi.stubGlobal("__VERSION__", "new");
  vi.resetModules();
  await import("@/offline/worker");
  const happen = async (kind: string, more: object = {}): Promise<void> => {
    let work: unknown;
    listeners[kind]?.({ ...more, waitUntil: (wanted: unknown) => (work = wanted) });
    await work;
  };
  /** What it answers; null when it leaves the request to the network. */
  const ask = async (path: string, { method = "GET", mode = "cors" } = {}): Promise<string | null> => {
    const answers: Promise<Response>[] = [];
    listeners["fetch"]?.({ request: { url: ORIGIN + path, method, mode }, respondWith: (given: Promise<Response>) => answers.push(given) });
    return (await answers[0])?.text() ?? null;
  };
  return { scope, happen, ask };
}

describe("the worker", () => {
  const offline = (): unknown => online.mockImplementation(() => Promise.reject(new TypeError("no line")));

  it.each([
    ["/api/performances/p/seats", {}],
    ["/api/performances/p", {}],
    ["/api/holds/h", {}],
    ["/api/holds/h/quote", { method: "POST" }],
    ["/api/checkouts", { method: "POST" }],
    ["/api/orders/o", {}],
    ["/api/tickets/t/qr.svg", { method: "POST" }],
    ["/api/orders/o/tickets.pdf", { mode: "navigate" }],
    ["/assets/other-2.js", {}],
  ])("leaves %s %j to the network", async (path, how) => {
    const { ask } = await worker();
    expect(await ask(path, how)).toBeNull();
  });

  it("answers with the page and the code's picture when nobody else does", async () => {
    const { happen, ask } = await worker();
    await happen("install");
    await keep(order("a"), "", secret);
    online.mockImplementation(() => Promise.resolve(new Response("newer")));
    expect(await ask("/orders/a?token=t", { mode: "navigate" })).toBe("newer");
    expect(await ask("/api/tickets/a1/qr.svg?token=t")).toBe("newer");
    offline();
    expect(await ask("/orders/a?token=t", { mode: "navigate" })).toBe("/wallet");
    expect(await ask("/assets/index-1.js")).toBe("/assets/index-1.js");
    expect(await ask("/api/tickets/a1/qr.svg?token=t")).toBe("fresh");
    await expect(ask("/api/tickets/z9/qr.svg")).rejects.toThrow("no line");
  });

  it("of a new version waits for whoever is buying, and takes over from whoever isn't", async () => {
    const busy = await worker(["/wallet", "/performances/p"]);
    await busy.happen("message", { data: "take over" });
    expect(busy.scope.skipWaiting).not.toHaveBeenCalled();
    const calm = await worker(["/wallet"]);
    await calm.happen("message", { data: "take over" });
    expect(calm.scope.skipWaiting).toHaveBeenCalled();
  });

  it("keeps the files of the version before its own, and the tickets", async () => {
    for (const name of ["frontrow-shell-older", "frontrow-shell-old", KEPT, "frontrow-shell-new"]) await store.open(name);
    const { happen } = await worker();
    await happen("activate");
    expect(await store.keys()).toEqual(["frontrow-shell-old", KEPT, "frontrow-shell-new"]);
  });
});

describe("evenings", () => {
  const at = (starts_at: string) => ({ performance: { starts_at } });
  it("are past some hours after they began, and stand in order", () => {
    const now = Date.parse("2026-11-22T22:00:00Z");
    expect(isPast(at("2026-11-22T19:00:00Z"), now)).toBe(false);
    expect(isPast(at("2026-11-22T15:00:00Z"), now)).toBe(true);
    expect([at("2026-12-01T19:00:00Z"), at("2026-11-30T19:00:00Z")].sort(byDate)[0]).toEqual(at("2026-11-30T19:00:00Z"));
  });
});
