import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { checkPayment, getOrder, listOwnRefunds } from "@/client/frontrow";
import type { Order } from "@/client/frontrow.schemas";
import { remember } from "@/shared/lib/checkoutMemory";
import { clock, longDate, ownClock, zoneNote } from "@/shared/lib/dates";
import { isMissing } from "@/shared/lib/problem";
import { learnServerTime, millisecondsUntil } from "@/shared/lib/serverClock";
import { useTitle } from "@/shared/lib/title";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Notice } from "@/shared/ui/Notice";
import { Waiting } from "@/shared/ui/Waiting";
import { AsOf } from "./AsOf";
import { isOver, isPassing, refundWords, ticketWords, withToken, wordsOf } from "./orderWords";
import { Receipt } from "./Receipt";
import type { FullOrder } from "./shapes";
import { Ticket } from "./Ticket";
import { TicketActions } from "./TicketActions";
import { TicketScreen } from "./TicketScreen";
import { useKept } from "./useKept";
import "./wallet.css";

const POLL_MS = 1_000;
/** While paying, the server is asked to look at the payment itself this often; the webhook is usually faster. */
const CHECK_MS = 5_000;

/** How long until the server is asked again: every second while something passes, at its deadline while it waits. */
function pollAfter(order: Order | undefined): number | false {
  if (!order) return false;
  if (isPassing(order.state)) return POLL_MS;
  if (order.state === "pending" && order.expires_at) return Math.max(POLL_MS, millisecondsUntil(order.expires_at) + POLL_MS);
  // Money that is on its way back arrives without a word to this page.
  if (order.state === "paid" && order.performance.cancelled) return CHECK_MS;
  return order.state === "refund_due" ? CHECK_MS : false;
}

function useOrder(id: string, token: string | undefined) {
  const order = useQuery({
    queryKey: ["order", id],
    queryFn: async ({ signal }) => {
      const answer = await getOrder(id, token ? { token } : undefined, { signal });
      learnServerTime(answer.server_time);
      return answer;
    },
    refetchInterval: (query) => pollAfter(query.state.data),
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

/** Money that went back is told apart from the order: it belongs to its payments. */
function useRefunds(order: Order | undefined, token: string | undefined): FullOrder["refunds"] {
  const wanted = order !== undefined && (order.paid_at !== null || order.state === "refund_due" || order.state === "refunded");
  const refunds = useQuery({
    queryKey: ["refunds", order?.id, order?.state],
    queryFn: ({ signal }) => listOwnRefunds(order?.id ?? "", token ? { token } : undefined, { signal }),
    enabled: wanted,
    refetchInterval: (query) => (query.state.data?.items.some((refund) => refund.state === "pending") ? CHECK_MS : false),
  });
  return refunds.data?.items ?? [];
}

/**
 * Back from a bank's own page. What it says is only a hint; the server looks at the payment itself. Without the bank's
 * yes the way leads back to the payment form, which has lost nothing. The secret leaves the address either way.
 */
function useReturn(id: string, token: string | undefined, hint: string | undefined): boolean {
  const navigate = useNavigate();
  useEffect(() => {
    if (!hint) return;
    let gone = false;
    const stay = (): void => void navigate({ to: "/orders/$id", params: { id }, search: token ? { token } : {}, replace: true });
    checkPayment(id, token ? { token } : undefined).then(
      (order) => {
        if (gone) return;
        if (hint === "succeeded" || (order.state !== "pending" && order.state !== "paying")) {
          stay();
          return;
        }
        remember(order.performance.id, { orderId: order.id, orderToken: order.token, refused: true });
        void navigate({ to: "/performances/$id", params: { id: order.performance.id }, replace: true });
      },
      () => {
        if (!gone) stay();
      },
    );
    return () => {
      gone = true;
    };
  }, [id, token, hint, navigate]);
  return hint !== undefined;
}

/** One order: progress while it is being paid, tickets when it is, and the way on when it failed. */
export function OrderPage() {
  const { id } = useParams({ from: "/orders/$id" });
  const { token, redirect_status: hint } = useSearch({ from: "/orders/$id" });
  const order = useOrder(id, token);
  const { order: known, asOf } = useKept(id, order, token);
  const refunds = useRefunds(order.data, token);
  const returning = useReturn(id, token, hint);
  useTitle(known ? `Order ${known.code}` : "Order");
  if (isMissing(order.error)) return <NotYours />;
  if (order.isError && !known) return <Failure error={order.error} what="your order" onRetry={() => void order.refetch()} />;
  if (!known || (returning && known.state !== "paid")) {
    return (
      <div className="page">
        {returning && <p className="sr-only">Asking your bank how the payment went</p>}
        <Waiting what="your order" lines={6} />
      </div>
    );
  }
  return <OrderView order={{ ...known, refunds }} token={token ?? known.token} asOf={asOf} />;
}

function OrderView({ order, token, asOf }: { order: FullOrder; token: string; asOf: number | null }) {
  const { event, performance } = order;
  const zone = zoneNote(performance.starts_at, performance.timezone);
  return (
    <div className="page pt-8 sm:pt-14">
      {asOf !== null && <AsOf at={asOf} what="your tickets" />}
      <div aria-live="polite">{order.state === "paid" && !order.performance.cancelled ? <Paid order={order} token={token} offline={asOf !== null} /> : <Unpaid order={order} token={token} />}</div>
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

function Paid({ order, token, offline }: { order: FullOrder; token: string; offline: boolean }) {
  const valid = order.tickets.filter((ticket) => ticket.state !== "void").length;
  const refund = refundWords(order);
  const screen = useScreen(order);
  return (
    <>
      <OrderCode code={order.code} />
      <h1 className="mt-2 text-3xl sm:text-4xl">{ticketWords(order.tickets)}</h1>
      {valid > 0 && (
        <p className="prose-width mt-3">
          {valid === 1 ? "It is" : "They are"} also on {valid === 1 ? "its" : "their"} way to <span className="font-medium">{order.email}</span>. At the door, show the
          code on your phone or on paper; once opened, this page works without a connection, too.
        </p>
      )}
      <Said order={order} />
      {refund && (
        <div className="prose-width mt-5">
          <Notice title="Money that came back">{refund}</Notice>
        </div>
      )}
      <div className="mt-6 flex flex-wrap items-center gap-x-4 gap-y-3 print:hidden">
        {screen.tickets[0] && (
          <Button tone="next" className="max-sm:w-full" onClick={() => screen.show(screen.tickets[0]?.id ?? "")}>
            Show at the door
          </Button>
        )}
        {!offline && <TicketActions order={order} token={token} />}
      </div>
      <Tickets order={order} token={token} onShow={screen.show} />
      {screen.first !== null && <TicketScreen order={order} tickets={screen.tickets} first={screen.first} token={token} onClose={screen.close} />}
    </>
  );
}

/** What the organiser wrote to everybody who had bought: their words, as plain text. */
function Said({ order }: { order: FullOrder }) {
  if (!order.performance.message) return null;
  return (
    <figure className="prose-width mt-5 border-l-3 border-ink pl-4" data-testid="organiser-says">
      <figcaption className="text-sm text-muted">The organiser says</figcaption>
      <blockquote className="mt-0.5 break-words whitespace-pre-line">{order.performance.message}</blockquote>
    </figure>
  );
}

/** Which ticket is shown as large as the screen, if one is. */
function useScreen(order: FullOrder) {
  const [first, setFirst] = useState<string | null>(null);
  const tickets = order.tickets.filter((ticket) => ticket.state === "valid");
  return { tickets, first, show: (ticketId: string) => setFirst(ticketId), close: () => setFirst(null) };
}

/** All tickets, the void ones last: they stay in sight, so that nobody shows one at the door. */
function Tickets({ order, token, onShow }: { order: FullOrder; token: string; onShow: (ticketId: string) => void }) {
  const [valid, void_] = [order.tickets.filter((ticket) => ticket.state !== "void"), order.tickets.filter((ticket) => ticket.state === "void")];
  if (order.tickets.length === 0) return null;
  return (
    <ul className="mt-10 grid gap-6 lg:grid-cols-2" aria-label="Tickets">
      {[...valid, ...void_].map((ticket) => (
        <Ticket key={ticket.id} ticket={ticket} order={order} qrUrl={withToken(ticket.qr_svg_url, token)} onShow={() => onShow(ticket.id)} />
      ))}
    </ul>
  );
}

function OrderCode({ code }: { code: string }) {
  return (
    <p className="font-display text-lg text-muted italic">
      Order{" "}
      <span data-testid="order-code" className="not-italic tabular-nums">
        {code}
      </span>
    </p>
  );
}

function Unpaid({ order, token }: { order: FullOrder; token: string }) {
  const { title, body } = wordsOf(order);
  const passing = isPassing(order.state);
  const bought = order.paid_at !== null;
  const off = order.performance.cancelled;
  return (
    <>
      <OrderCode code={order.code} />
      <h1 className="mt-2 text-3xl sm:text-4xl">{title}</h1>
      <p className="prose-width mt-3">{body}</p>
      <Said order={order} />
      {order.state === "pending" && order.expires_at && !off && <p className="mt-2">Your seats are held until {ownClock(order.expires_at)}.</p>}
      {passing && <Progress />}
      {(order.state === "pending" || order.state === "paying") && !off && (
        <Link
          to="/performances/$id"
          params={{ id: order.performance.id }}
          className={buttonClass(order.state === "pending" ? "next" : "ink", "mt-6")}
          onClick={() => remember(order.performance.id, { orderId: order.id, orderToken: order.token })}
        >
          {order.state === "pending" ? "Continue to payment" : "Back to the payment form"}
        </Link>
      )}
      {off && (
        <Link to="/events/$slug" params={{ slug: order.event.slug }} className={buttonClass("ink", "mt-6")}>
          See other dates
        </Link>
      )}
      {isOver(order.state) && !bought && !off && (
        <Link to="/performances/$id" params={{ id: order.performance.id }} className={buttonClass("next", "mt-6")}>
          Choose seats again
        </Link>
      )}
      {bought && <Tickets order={order} token={token} onShow={() => undefined} />}
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
