/**
 * The service worker. It does one thing: tickets that were opened here open without a connection. It answers only when
 * the network doesn't, and keeps nothing by itself but the shell (the pages' own files); what may be read offline is put
 * into its cache by the pages (`shared/lib/kept.ts`). Calls of the till never pass through it.
 *
 * The build replaces SHELL and VERSION (`offline/plugin.ts`). It imports nothing, so that it is one small file.
 */
declare const __SHELL__: readonly string[];
declare const __VERSION__: string;

interface Fetched extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Scope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<readonly { readonly url: string }[]> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetched) => void): void;
  addEventListener(kind: "message", listener: (event: Extendable & { readonly data: unknown }) => void): void;
}

const scope = self as unknown as Scope;
const SHELLS = "frontrow-shell-";
const SHELL = SHELLS + __VERSION__;
const TICKETS = "frontrow-tickets-1";
/** Any address of the pages gives the page; this one carries nothing of anybody's. */
const PAGE = "/wallet";
/** On a line that is there only by name nobody waits longer than this for a code at the door. */
const PATIENCE_MS = 4_000;

/** A new version waits until no tab uses the old one; the very first has nobody to wait for. */
scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([PAGE, ...__SHELL__])));
});

/** The shell before this one stays: a tab that was opened with it may still want a file of it. */
async function clear(): Promise<void> {
  const shells = (await caches.keys()).filter((name) => name.startsWith(SHELLS) && name !== SHELL);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
  await scope.clients.claim();
}
scope.addEventListener("activate", (event) => event.waitUntil(clear()));

/** The pages ask a waiting version to take over; it does unless somebody is choosing seats or paying. */
async function takeOver(): Promise<void> {
  const open = await scope.clients.matchAll();
  if (!open.some(({ url }) => new URL(url).pathname.startsWith("/performances/"))) await scope.skipWaiting();
}
scope.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(takeOver());
});

function inTime(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (lost) {
    const kept = await caches.match(PAGE, { cacheName: SHELL });
    if (kept) return kept;
    throw lost;
  }
}

/** Files named by their content never change: kept ones need no network. */
async function file(request: Request): Promise<Response> {
  return (await caches.match(request.url)) ?? fetch(request);
}

/** The newest picture of a code if it can be had, and else the kept one. */
async function picture(request: Request): Promise<Response> {
  const kept = (): Promise<Response | undefined> => caches.match(request.url, { cacheName: TICKETS, ignoreSearch: true });
  try {
    const answer = await inTime(request);
    return answer.status >= 500 ? ((await kept()) ?? answer) : answer;
  } catch (lost) {
    const found = await kept();
    if (found) return found;
    throw lost;
  }
}

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== scope.location.origin) return;
  if (request.mode === "navigate") {
    // Files that are downloaded come by navigation, too; they are the server's alone.
    if (!pathname.startsWith("/api/") && !pathname.startsWith("/media/")) event.respondWith(page(request));
  } else if (__SHELL__.includes(pathname)) event.respondWith(file(request));
  else if (/^\/api\/tickets\/[^/]+\/qr\.svg$/.test(pathname)) event.respondWith(picture(request));
});

export {};
