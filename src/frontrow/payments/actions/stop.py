"""T7: a payment ends without money. Seats are freed only once Stripe has confirmed, or at the hard cap."""

import uuid
from typing import Any, Literal

import structlog

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Done, Refused, StripeUnreachable, Unknown
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.orders.errors import OrderMoving
from frontrow.orders.queries import Viewer, check_viewer
from frontrow.payments import queries
from frontrow.payments.actions.answers import act_on
from frontrow.payments.actions.settle import end_expiring
from frontrow.payments.errors import StripeUnavailable
from frontrow.payments.messages import CANCEL_INTENT

log = structlog.get_logger(__name__)

EndsAs = Literal["cancelled", "expired", "pending"]
_Stopped = tuple[uuid.UUID, int | None]


async def cancel_order(rt: Runtime, gw: Gateways, order_id: uuid.UUID, viewer: Viewer) -> None:
    """A buyer gives an order up. A *paying* one is stopped at Stripe first; if the money was taken meanwhile, the order
    is paid after all. Raises NotFound, OrderMoving. When Stripe doesn't answer, the cancellation goes on by itself."""

    async def give_up(tx: Tx) -> _Stopped | None:
        order = await order_queries.lock(tx, order_id)
        check_viewer(order, viewer)
        if order.state == "paying":
            return await expiring(rt, tx, order, "buyer cancelled", "cancelled")
        await orders.cancel_pending(tx, order_id)
        return None

    await _stop(rt, gw, await rt.db.write(give_up))


async def leave_checkout(rt: Runtime, gw: Gateways, order_id: uuid.UUID, viewer: Viewer) -> None:
    """A buyer goes back from the payment to the order, which is *pending* again once Stripe has cancelled the intent.

    Nothing happens to an order that isn't *paying*. Raises NotFound, and OrderMoving while money is on its way.
    """

    async def leave(tx: Tx) -> _Stopped | None:
        order = await order_queries.lock(tx, order_id)
        check_viewer(order, viewer)
        if order.state == "capturing":
            raise OrderMoving
        return await expiring(rt, tx, order, "left the checkout", "pending") if order.state == "paying" else None

    await _stop(rt, gw, await rt.db.write(leave))


async def _stop(rt: Runtime, gw: Gateways, stopped: _Stopped | None) -> None:
    if stopped is None:
        return
    payment_id, row_id = stopped
    try:
        await cancel_intent(rt, gw, payment_id)
    except (StripeUnavailable, StripeUnreachable):
        if row_id is not None:
            await outbox.give_back(rt.db, row_id)


async def expiring(rt: Runtime, tx: Tx, order: Any, why: str, ends_as: EndsAs) -> _Stopped | None:
    """*paying* -> *expiring*: nobody may pay any more, and Stripe is asked to cancel. Returns payment and row.

    Who has a buyer waiting runs the row at once; the timer leaves it to the outbox.
    """
    payment = await queries.lock_active(tx, order.id)
    if payment is None:
        await orders.end_unpaid(tx, order, "failed", "no payment was open")
        return None
    await orders.step(tx, order, "expiring", why)
    await tx.sql("UPDATE orders SET expires_at = clock_timestamp() WHERE id = :id", id=order.id)
    await tx.sql("UPDATE payment SET ends_as = :ends_as WHERE id = :id", id=payment.id, ends_as=ends_as)
    row_id = await outbox.add(
        tx,
        CANCEL_INTENT,
        f"cancel:{payment.id}",
        {"payment_id": str(payment.id)},
        leased_s=None if ends_as == "expired" else rt.settings.stripe.timeout_s * 2 + 3.0,
    )
    return payment.id, row_id


async def expire_paying(rt: Runtime, batch: int = 50) -> int:
    """Orders whose time ran out while paying. Returns how many began to expire."""

    async def work(tx: Tx) -> int:
        rows = (
            await tx.sql(
                """SELECT id, organiser_id, hold_id, state FROM orders
                    WHERE state = 'paying' AND expires_at < clock_timestamp()
                    ORDER BY expires_at LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED""",
                batch=batch,
            )
        ).all()
        for order in rows:
            await expiring(rt, tx, order, "time ran out while paying", "expired")
        return len(rows)

    return await rt.db.write(work)


async def reach_hard_cap(rt: Runtime, batch: int = 50) -> int:
    """Stripe hasn't confirmed a cancellation in time: the seats are freed, and late news is voided or refunded (T8)."""

    async def work(tx: Tx) -> int:
        rows = (
            await tx.sql(
                """SELECT id, hold_id, state FROM orders
                    WHERE state = 'expiring'
                      AND expires_at + make_interval(secs => CAST(:cap AS float8)) < clock_timestamp()
                    ORDER BY expires_at LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED""",
                cap=rt.settings.till.cancel_cap_s,
                batch=batch,
            )
        ).all()
        if rows:
            given_up = await tx.sql(
                """UPDATE payment SET state = 'cancelling', active = false
                    WHERE order_id = ANY (CAST(:orders AS uuid[])) AND active RETURNING order_id, ends_as""",
                orders=[order.id for order in rows],
            )
            by_buyer = {row.order_id for row in given_up if row.ends_as == "cancelled"}
            why = "the payment service did not confirm in time"
            await orders.end_all_unpaid(tx, [order for order in rows if order.id not in by_buyer], "expired", why)
            await orders.end_all_unpaid(tx, [order for order in rows if order.id in by_buyer], "cancelled", why)
        return len(rows)

    return await rt.db.write(work)


async def cancel_intent(rt: Runtime, gw: Gateways, payment_id: uuid.UUID) -> None:
    """Cancel a payment's intent and act on what Stripe says. Safe to repeat; an old key does no harm, since Stripe
    cancels an intent once. Raises StripeUnavailable or StripeUnreachable when the outcome is unknown."""
    payment = await rt.db.read(lambda tx: queries.payment(tx, payment_id))
    if payment is None or payment.state in {"capturing", "captured", "cancelled", "failed"}:
        return
    intent_id = payment.intent_id
    if intent_id is None:
        # Asked to create, never answered. If there is one, it carries our payment's id.
        found = await gw.stripe.find(payment_id)
        if found is None:
            await rt.db.write(lambda tx: _never_made(tx, payment_id))
            return
        intent_id = found.id
    answer = await gw.stripe.cancel(intent_id, f"cancel:{payment_id}:{payment.tries}")
    if isinstance(answer, Refused):
        # It is canceled already, or captured, or being paid at a bank: the intent says which.
        answer = await gw.stripe.retrieve(intent_id)
        if isinstance(answer, Done) and answer.intent.status not in {"canceled", "succeeded"}:
            answer = Unknown(f"not to be cancelled while {answer.intent.status}", next_key=True)
    await act_on(rt, payment_id, answer, "cancelled at Stripe")


async def _never_made(tx: Tx, payment_id: uuid.UUID) -> None:
    order, payment = await queries.lock_both(tx, payment_id)
    if payment.intent_id is not None:
        # Its making was answered while we looked for it: the relay cancels it by its id.
        await outbox.add(tx, CANCEL_INTENT, f"cancel:{payment_id}:late", {"payment_id": str(payment_id)})
        return
    await tx.sql("UPDATE payment SET state = 'cancelled', active = false WHERE id = :id", id=payment_id)
    if order.state == "expiring" and payment.active:
        await end_expiring(tx, order, payment, "no payment was made")
