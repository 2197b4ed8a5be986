import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { checkPayment, getOrder } from "@/client/frontrow";
import type { Order } from "@/client/frontrow.schemas";
import { remember } from "@/shared/lib/checkoutMemory";
import { clock, longDate, zoneNote } from "@/shared/lib/dates";
import { count } from "@/shared/lib/locale";
import { money } from "@/shared/lib/money";
import { isMissing } from "@/shared/lib/problem";
import { learnServerTime } from "@/shared/lib/serverClock";
import { useTitle } from "@/shared/lib/title";
import { buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Waiting } from "@/shared/ui/Waiting";
import { isOver, isPassing, orderWords, withToken } from "./orderWords";
import { Ticket } from "./Ticket";

const POLL_MS = 1_000;
/** While paying, the server is asked to look at the payment itself this often; the webhook is usually faster. */
const CHECK_MS = 5_000;

function useOrder(id: string, token: string | undefined) {
  const order = useQuery({
    queryKey: ["order", id],
    queryFn: async ({ signal }) => {
      const answer = await getOrder(id, token ? { token } : undefined, { signal });
      learnServerTime(answer.server_time);
      return answer;
    },
    refetchInterval: (query) => (query.state.data && isPassing(query.state.data.state) ? POLL_MS : false),
    refetchIntervalInBackground: true,
  });
  const passing = order.data !== undefined && isPassing(order.data.state);
  const { refetch } = order;
  useEffect(() => {
    if (!passing) return;
    const look = (): void => void checkPayment(id, token ? { token } : undefined).then(() => refetch(), () => undefined);
    look();
    const timer = window.setInterval(look, CHECK_MS);
    return () => window.clearInterval(timer);
  }, [id, token, passing, refetch]);
  return order;
}

/** One order: progress while it is being paid, tickets when it is, and the way on when it failed. */
export function OrderPage() {
  const { id } = useParams({ from: "/orders/$id" });
  const { token } = useSearch({ from: "/orders/$id" });
  const order = useOrder(id, token);
  useTitle(order.data ? `Order ${order.data.code}` : "Order");
  if (isMissing(order.error)) return <NotYours />;
  if (order.isError && !order.data) return <Failure error={order.error} what="your order" onRetry={() => void order.refetch()} />;
  if (!order.data) {
    return (
      <div className="page">
        <Waiting what="your order" lines={6} />
      </div>
    );
  }
  return <OrderView order={order.data} token={token ?? order.data.token} />;
}

function OrderView({ order, token }: { order: Order; token: string }) {
  const { event, performance } = order;
  const zone = zoneNote(performance.starts_at, performance.timezone);
  return (
    <div className="page pt-8 sm:pt-14">
      <div aria-live="polite">{order.state === "paid" ? <Paid order={order} token={token} /> : <Unpaid order={order} />}</div>
      <div className="mt-12 grid gap-x-16 gap-y-10 lg:grid-cols-2">
        <section aria-labelledby="evening">
          <h2 id="evening" className="border-b border-ink pb-2 text-xl">
            The evening
          </h2>
          <p className="mt-4 font-display text-lg">
            <Link to="/events/$slug" params={{ slug: event.slug }} className="text-link">
              {event.title}
            </Link>
          </p>
          <p className="mt-1">
            {longDate(performance.starts_at, performance.timezone)}, {clock(performance.starts_at, performance.timezone)}
            {zone && <span className="text-muted"> {zone}</span>}
          </p>
          <p className="text-muted">
            {venueLine(performance.venue)}
          </p>
        </section>
        <Receipt order={order} />
      </div>
    </div>
  );
}

/** Many addresses name their city already. */
function venueLine({ name, address, city }: Order["performance"]["venue"]): string {
  return [name, address, address.includes(city) ? "" : city].filter(Boolean).join(", ");
}

function Paid({ order, token }: { order: Order; token: string }) {
  return (
    <>
      <p className="font-display text-lg text-muted italic">
        Order <span data-testid="order-code" className="not-italic tabular-nums">{order.code}</span>
      </p>
      <h1 className="mt-2 text-3xl sm:text-4xl">{order.tickets.length === 1 ? "Here is your ticket" : `Here are your ${count(order.tickets.length, "ticket")}`}</h1>
      <p className="prose-width mt-3">
        They are also on their way to <span className="font-medium">{order.email}</span>. At the door, show the code on your phone or on paper.
      </p>
      {order.pdf_url && (
        <a href={withToken(order.pdf_url, token)} className={buttonClass("next", "mt-6")} download>
          Download as PDF
        </a>
      )}
      <ul className="mt-10 grid gap-6 lg:grid-cols-2" aria-label="Tickets">
        {order.tickets.map((ticket) => (
          <Ticket key={ticket.id} ticket={ticket} order={order} qrUrl={withToken(ticket.qr_svg_url, token)} />
        ))}
      </ul>
    </>
  );
}

function Unpaid({ order }: { order: Order }) {
  const { title, body } = orderWords(order.state);
  const passing = isPassing(order.state);
  return (
    <>
      <p className="font-display text-lg text-muted italic">
        Order <span data-testid="order-code" className="not-italic tabular-nums">{order.code}</span>
      </p>
      <h1 className="mt-2 text-3xl sm:text-4xl">{title}</h1>
      <p className="prose-width mt-3">{body}</p>
      {passing && <Progress />}
      {(order.state === "pending" || order.state === "paying") && (
        <Link
          to="/performances/$id"
          params={{ id: order.performance.id }}
          className={buttonClass(order.state === "pending" ? "next" : "ink", "mt-6")}
          onClick={() => remember(order.performance.id, { orderId: order.id, orderToken: order.token })}
        >
          {order.state === "pending" ? "Continue to payment" : "Back to the payment form"}
        </Link>
      )}
      {isOver(order.state) && (
        <Link to="/performances/$id" params={{ id: order.performance.id }} className={buttonClass("next", "mt-6")}>
          Choose seats again
        </Link>
      )}
    </>
  );
}

/** A line that moves because nobody can know how far a bank is. */
function Progress() {
  return (
    <div role="progressbar" aria-label="Waiting for the payment" className="relative mt-8 h-0.5 max-w-md overflow-hidden bg-hairline">
      <div className="progress-run absolute inset-y-0 w-1/3 bg-ink" />
    </div>
  );
}

function Receipt({ order }: { order: Order }) {
  const row = "flex items-baseline justify-between gap-4 py-1.5 tabular-nums";
  return (
    <section aria-labelledby="receipt">
      <h2 id="receipt" className="border-b border-ink pb-2 text-xl">
        The bill
      </h2>
      <dl className="mt-3">
        <div className={row}>
          <dt>{count(order.lines.length, "seat")}</dt>
          <dd>{money(order.subtotal, order.currency)}</dd>
        </div>
        {order.discount > 0 && (
          <div className={row}>
            <dt>Discount</dt>
            <dd>−{money(order.discount, order.currency)}</dd>
          </div>
        )}
        <div className={row}>
          <dt>Fees</dt>
          <dd>{money(order.fees, order.currency)}</dd>
        </div>
        <div className={`${row} mt-1 border-t border-hairline pt-3`}>
          <dt>Total</dt>
          <dd className="font-display text-xl leading-tight">{money(order.total, order.currency)}</dd>
        </div>
        {order.tax > 0 && (
          <div className={`${row} text-sm text-muted`}>
            <dt>of which tax</dt>
            <dd>{money(order.tax, order.currency)}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function NotYours() {
  return (
    <div className="page py-24">
      <h1 className="text-3xl">This order is not open to you</h1>
      <p className="prose-width mt-4">
        It was bought from another browser, or the address is incomplete. The link in your confirmation e-mail opens it anywhere; so does logging in with
        the account that bought it.
      </p>
      <Link to="/account" className={buttonClass("next", "mt-8")}>
        Log in
      </Link>
    </div>
  );
}
