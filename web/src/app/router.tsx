/** Every address of the site. Pages load on demand, so that a buyer never downloads the door's scanner. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { beginAction } from "@/shared/lib/correlation";
import { Failure } from "@/shared/ui/Failure";
import { Layout } from "./Layout";
import { NotFound } from "./NotFound";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const programme = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: (search: Record<string, unknown>): { q?: string } => ({ q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("@/features/browse/ProgrammePage"), "ProgrammePage"),
});

const event = createRoute({
  getParentRoute: () => root,
  path: "/events/$slug",
  component: lazyRouteComponent(() => import("@/features/browse/EventPage"), "EventPage"),
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
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search["next"]) }),
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
  routeTree: root.addChildren([programme, event, performance, order, account, wallet, door]),
  defaultPreload: "intent",
  scrollRestoration: true,
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
