import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { listMyOrders } from "@/client/frontrow";
import type { Order } from "@/client/frontrow.schemas";
import { count } from "@/shared/lib/locale";
import { codeOf } from "@/shared/lib/problem";
import { useMe } from "@/shared/lib/session";
import { useTitle } from "@/shared/lib/title";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Waiting } from "@/shared/ui/Waiting";
import { AsOf } from "./AsOf";
import { OrderRow } from "./OrderRow";
import { byDate, isPast } from "./orderWords";
import { useKeptList } from "./useKept";

/** Everything that was ordered here, the nearest evening first: the account's orders, and those opened on this device. */
export function WalletPage() {
  useTitle("My tickets");
  const me = useMe();
  // Fixed when the page opens: an order must not jump between the lists while someone reads.
  const [now] = useState(() => Date.now());
  const user = me.data?.user ?? null;
  const orders = useInfiniteQuery({
    queryKey: ["my-orders"],
    queryFn: ({ pageParam, signal }) => listMyOrders({ limit: 50, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: user !== null,
  });
  const kept = useKeptList(me.data ? (user?.id ?? "") : null);

  const loggedOut = me.data?.user === null || codeOf(orders.error) === "not_logged_in";
  const lost = me.isError || me.fetchStatus === "paused" || (orders.isError && !loggedOut) || orders.fetchStatus === "paused";
  if (lost && !orders.data && kept?.length === 0) {
    const { error, refetch } = me.isError ? me : orders;
    return <Failure error={error} what="your tickets" onRetry={() => void refetch()} />;
  }
  const listed = orders.data?.pages.flatMap((page) => page.items) ?? [];
  // Bought as a guest, or from a link in a mail: nobody's account has them, this device does.
  const here = (kept ?? []).filter(({ order }) => !listed.some(({ id }) => id === order.id));
  const items = [...listed, ...here.map(({ order }) => order)];
  const soon = items.filter((order) => !isPast(order, now)).sort(byDate);
  const past = items.filter((order) => isPast(order, now)).sort(byDate).reverse();
  const oldest = Math.min(...here.map(({ at }) => at));
  const ready = kept !== null && (loggedOut || lost || orders.data !== undefined);
  return (
    <div className="page pt-10 sm:pt-14">
      {lost && here.length > 0 && <AsOf at={oldest} what="what is kept on this device," />}
      <h1 className="text-3xl sm:text-4xl">My tickets</h1>
      {!ready && <Waiting what="your tickets" />}
      {ready && items.length === 0 && <Nothing loggedIn={!loggedOut} />}
      <Orders title="Coming up" orders={soon} />
      {past.length > 0 && <Past orders={past} open={soon.length === 0} />}
      {orders.hasNextPage && (
        <Button className="mt-8" busy={orders.isFetchingNextPage} onClick={() => void orders.fetchNextPage()}>
          Show older orders
        </Button>
      )}
      {ready && loggedOut && items.length > 0 && <AlsoLogIn />}
      {ready && user?.email_verified === false && <AlsoConfirm email={user.email} />}
    </div>
  );
}

function Nothing({ loggedIn }: { loggedIn: boolean }) {
  return (
    <div className="prose-width mt-4">
      <p>
        {loggedIn
          ? "Nothing bought yet. What you buy while logged in appears here, on every device."
          : "Bought without an account? The link in your confirmation e-mail opens your tickets, and they stay readable here. With an account, log in and they are all here."}
      </p>
      <div className="mt-8 flex flex-wrap gap-4">
        {!loggedIn && (
          <Link to="/account" search={{ next: "/wallet" }} className={buttonClass("next")}>
            Log in
          </Link>
        )}
        <Link to="/" className={buttonClass(loggedIn ? "next" : "ink")}>
          See what is on
        </Link>
      </div>
    </div>
  );
}

/** Under a guest's own orders: there may be more. */
function AlsoLogIn() {
  return (
    <p className="prose-width mt-10 text-sm text-muted">
      These were opened on this device. Have you bought with an account, too?{" "}
      <Link to="/account" search={{ next: "/wallet" }} className="text-link text-ink">
        Log in
      </Link>{" "}
      to see everything.
    </p>
  );
}

/** Under an account's orders while its address isn't proved: what a guest bought with it is kept back until then. */
function AlsoConfirm({ email }: { email: string }) {
  return (
    <p className="prose-width mt-10 text-sm text-muted">
      Bought something with {email} before you had an account?{" "}
      <Link to="/account" className="text-link text-ink">
        Confirm your address
      </Link>{" "}
      to see it here.
    </p>
  );
}

function Orders({ title, orders }: { title: string; orders: Order[] }) {
  if (orders.length === 0) return null;
  return (
    <section className="mt-10" aria-label={title}>
      <h2 className="border-b border-ink pb-2 text-xl">{title}</h2>
      <ul>
        {orders.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </ul>
    </section>
  );
}

/** What is over steps back: folded away unless there is nothing else. */
function Past({ orders, open }: { orders: Order[]; open: boolean }) {
  return (
    <details className="group/past mt-10" open={open}>
      <summary className="flex min-h-11 items-center gap-3 border-b border-hairline pb-2 font-display text-xl [&::-webkit-details-marker]:hidden">
        <svg viewBox="0 0 20 20" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="1.600" strokeLinecap="round" className="transition-transform duration-150 group-open/past:rotate-90" aria-hidden="true">
          <path d="m7.500 4 6 6-6 6" />
        </svg>
        {count(orders.length, "past evening")}
      </summary>
      <ul aria-label="Past evenings">
        {orders.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </ul>
    </details>
  );
}
