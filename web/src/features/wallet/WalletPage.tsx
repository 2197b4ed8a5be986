import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { listMyOrders } from "@/client/frontrow";
import type { Order } from "@/client/frontrow.schemas";
import { clock, datePieces } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { codeOf } from "@/shared/lib/problem";
import { useMe } from "@/shared/lib/session";
import { useTitle } from "@/shared/lib/title";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Picture } from "@/shared/ui/Picture";
import { Waiting } from "@/shared/ui/Waiting";
import { orderWords } from "./orderWords";

/** Everything the logged-in buyer ordered, the nearest evening first. */
export function WalletPage() {
  useTitle("My tickets");
  const me = useMe();
  // Fixed when the page opens: an order must not jump between the lists while someone reads.
  const [now] = useState(() => Date.now());
  const loggedIn = me.data?.user != null;
  const orders = useInfiniteQuery({
    queryKey: ["my-orders"],
    queryFn: ({ pageParam, signal }) => listMyOrders({ limit: 50, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: loggedIn,
  });
  if (me.isError) return <Failure error={me.error} what="your tickets" onRetry={() => void me.refetch()} />;
  if (me.data?.user === null || codeOf(orders.error) === "not_logged_in") return <LogInFirst />;
  if (orders.isError && !orders.data) return <Failure error={orders.error} what="your tickets" onRetry={() => void orders.refetch()} />;
  const items = orders.data?.pages.flatMap((page) => page.items) ?? [];
  const soon = items.filter((order) => Date.parse(order.performance.starts_at) >= now).sort(byDate);
  const past = items.filter((order) => Date.parse(order.performance.starts_at) < now).sort(byDate).reverse();
  return (
    <div className="page pt-10 sm:pt-14">
      <h1 className="text-3xl sm:text-4xl">My tickets</h1>
      {orders.isPending && <Waiting what="your tickets" />}
      {orders.data && items.length === 0 && (
        <div className="mt-8">
          <p>You have not bought anything yet. What you buy while logged in appears here.</p>
          <Link to="/" className={buttonClass("next", "mt-6")}>
            See what is on
          </Link>
        </div>
      )}
      <Orders title="Coming up" orders={soon} />
      <Orders title="Past evenings" orders={past} />
      {orders.hasNextPage && (
        <Button className="mt-8" busy={orders.isFetchingNextPage} onClick={() => void orders.fetchNextPage()}>
          Show older orders
        </Button>
      )}
    </div>
  );
}

function byDate(a: Order, b: Order): number {
  return Date.parse(a.performance.starts_at) - Date.parse(b.performance.starts_at);
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

function OrderRow({ order }: { order: Order }) {
  const { performance, event } = order;
  const date = datePieces(performance.starts_at, performance.timezone);
  const words = order.state === "paid" ? count(order.lines.length, "ticket") : orderWords(order.state).title;
  return (
    <li className="border-b border-hairline">
      <Link to="/orders/$id" params={{ id: order.id }} className="group grid grid-cols-[4rem_1fr_5rem] items-center gap-x-4 py-5 sm:grid-cols-[7rem_1fr_9rem] sm:gap-x-8">
        <p className="tabular-nums">
          <span className="block font-display text-3xl leading-none">{date.day}</span>
          <span className="mt-1 block text-sm text-muted">
            {date.month} {date.year}
          </span>
        </p>
        <div className="min-w-0">
          <p className="font-display text-lg leading-snug underline-offset-4 group-hover:underline">{event.title}</p>
          <p className="text-sm text-muted">
            {clock(performance.starts_at, performance.timezone)}, {performance.venue.name}
          </p>
          <p className="mt-1 text-sm">
            {words} · <span className="tabular-nums">{order.code}</span>
          </p>
        </div>
        <Picture src={event.image_url} title={event.title} className="aspect-square w-full rounded-md sm:aspect-[3/2]" />
      </Link>
    </li>
  );
}

function LogInFirst() {
  return (
    <div className="page py-20">
      <h1 className="text-3xl sm:text-4xl">My tickets</h1>
      <p className="prose-width mt-4">
        Bought without an account? The link in your confirmation e-mail opens your tickets. With an account, log in and they are all here.
      </p>
      <Link to="/account" search={{ next: "/wallet" }} className={buttonClass("next", "mt-8")}>
        Log in
      </Link>
    </div>
  );
}
