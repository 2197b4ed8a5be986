/** Every address of the site. Pages load on demand, so that a buyer never downloads the door's scanner. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { readSearch, type ProgrammeSearch } from "@/features/browse/filters";
import { eventQuery, eventsQuery, facetsQuery, organiserQuery } from "@/features/browse/queries";
import { beginAction } from "@/shared/lib/correlation";
import { Failure } from "@/shared/ui/Failure";
import { parseSearch, stringifySearch } from "./address";
import { Layout } from "./Layout";
import { NotFound } from "./NotFound";
import { queries } from "./queries";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Asked while the page's own script is still on its way. Nobody waits for it here; the page hears of failures itself. */
const ahead = (asked: Promise<unknown>): void => void asked.catch(() => undefined);

const programme = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: (search: Record<string, unknown>): ProgrammeSearch => readSearch(search),
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => {
    if (deps.view !== "calendar") ahead(queries.infiniteQuery(eventsQuery(deps)));
    ahead(queries.query(facetsQuery(deps, deps.view !== "calendar")));
  },
  component: lazyRouteComponent(() => import("@/features/browse/ProgrammePage"), "ProgrammePage"),
});

const event = createRoute({
  getParentRoute: () => root,
  path: "/events/$slug",
  loader: ({ params }) => ahead(queries.query(eventQuery(params.slug))),
  component: lazyRouteComponent(() => import("@/features/browse/EventPage"), "EventPage"),
});

const organiser = createRoute({
  getParentRoute: () => root,
  path: "/organisers/$slug",
  loader: ({ params }) => {
    ahead(queries.query(organiserQuery(params.slug)));
    ahead(queries.infiniteQuery(eventsQuery({}, params.slug)));
  },
  component: lazyRouteComponent(() => import("@/features/browse/OrganiserPage"), "OrganiserPage"),
});

const performance = createRoute({
  getParentRoute: () => root,
  path: "/performances/$id",
  component: lazyRouteComponent(() => import("./PerformancePage"), "PerformancePage"),
});

const order = createRoute({
  getParentRoute: () => root,
  path: "/orders/$id",
  // Stripe adds how a bank's own page ended; its other additions aren't needed, and leave the address with it.
  validateSearch: (search: Record<string, unknown>): { token?: string; redirect_status?: string } => ({
    token: text(search["token"]),
    redirect_status: text(search["redirect_status"]),
  }),
  component: lazyRouteComponent(() => import("@/features/wallet/OrderPage"), "OrderPage"),
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  validateSearch: (search: Record<string, unknown>): { next?: string; confirm?: string } => ({ next: text(search["next"]), confirm: text(search["confirm"]) }),
  component: lazyRouteComponent(() => import("@/features/account/AccountPage"), "AccountPage"),
});

const wallet = createRoute({
  getParentRoute: () => root,
  path: "/wallet",
  component: lazyRouteComponent(() => import("@/features/wallet/WalletPage"), "WalletPage"),
});

const door = createRoute({
  getParentRoute: () => root,
  path: "/door",
  component: lazyRouteComponent(() => import("@/features/door/DoorPage"), "DoorPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([programme, event, organiser, performance, order, account, wallet, door]),
  defaultPreload: "intent",
  scrollRestoration: true,
  parseSearch,
  stringifySearch,
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} what="this page" onRetry={reset} />,
});

// Opening a page is one action: all its calls share a correlation id.
router.subscribe("onBeforeNavigate", ({ pathChanged }) => {
  if (pathChanged) beginAction();
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
