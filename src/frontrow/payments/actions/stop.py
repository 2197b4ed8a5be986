"""T7: a payment ends without money. Seats are freed only once Stripe has confirmed, or at the hard cap."""

import uuid
from typing import Any

import structlog

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Refused
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.orders.queries import Viewer, check_viewer
from frontrow.payments import queries
from frontrow.payments.actions.answers import act_on
from frontrow.payments.errors import StripeUnavailable
from frontrow.payments.messages import CANCEL_INTENT

log = structlog.get_logger(__name__)


async def cancel_order(rt: Runtime, gw: Gateways, order_id: uuid.UUID, viewer: Viewer) -> None:
    """A buyer gives an order up. A *paying* one is stopped at Stripe first; if the money was taken meanwhile, the order
    is paid after all. Raises NotFound, OrderMoving. When Stripe doesn't answer, the cancellation goes on by itself."""

    async def leave(tx: Tx) -> tuple[uuid.UUID, int | None] | None:
        order = await order_queries.lock(tx, order_id)
        check_viewer(order, viewer)
        state = await orders.cancel_pending(tx, order_id)
        if state != "paying":
            return None
        return await _expiring(tx, order, "buyer cancelled")

    started = await rt.db.write(leave)
    if started is None:
        return
    payment_id, row_id = started
    if row_id is not None and await outbox.lease(rt.db, row_id):
        try:
            await cancel_intent(rt, gw, payment_id)
        except StripeUnavailable:
            await outbox.give_back(rt.db, row_id)


async def _expiring(tx: Tx, order: Any, why: str) -> tuple[uuid.UUID, int | None] | None:
    """*paying* -> *expiring*: nobody may pay any more, and Stripe is asked to cancel. Returns payment and row."""
    payment = await queries.active_payment(tx, order.id)
    if payment is None:
        await orders.end_unpaid(tx, order, "failed", "no payment was open")
        return None
    await orders.step(tx, order, "expiring", why)
    await tx.sql("UPDATE orders SET expires_at = clock_timestamp() WHERE id = :id", id=order.id)
    row_id = await outbox.add(
        tx,
        CANCEL_INTENT,
        f"cancel:{payment.id}",
        {"payment_id": str(payment.id)},
        delay=outbox.RUN_AT_ONCE,
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
            await _expiring(tx, order, "time ran out while paying")
        return len(rows)

    return await rt.db.write(work)


async def reach_hard_cap(rt: Runtime, batch: int = 50) -> int:
    """Stripe hasn't confirmed a cancellation in time: the seats are freed, and late news is voided or refunded (T8)."""

    async def work(tx: Tx) -> int:
        rows = (
            await tx.sql(
                """SELECT id, organiser_id, hold_id, state FROM orders
                    WHERE state = 'expiring' AND expires_at + make_interval(secs => :cap) < clock_timestamp()
                    ORDER BY expires_at LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED""",
                cap=rt.settings.till.cancel_cap_s,
                batch=batch,
            )
        ).all()
        for order in rows:
            await tx.sql(
                "UPDATE payment SET state = 'cancelling', active = false WHERE order_id = :order AND active",
                order=order.id,
            )
            await orders.end_unpaid(tx, order, "expired", "the payment service did not confirm in time")
        return len(rows)

    return await rt.db.write(work)


async def cancel_intent(rt: Runtime, gw: Gateways, payment_id: uuid.UUID) -> None:
    """Cancel a payment's intent and act on what Stripe says. Safe to repeat. Raises StripeUnavailable when unknown."""
    payment = await rt.db.read(lambda tx: queries.payment(tx, payment_id))
    if payment is None or payment.state in {"captured", "cancelled", "failed"}:
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
        answer = await gw.stripe.retrieve(intent_id)
    await act_on(rt, payment_id, answer, "cancelled at Stripe")


async def _never_made(tx: Tx, payment_id: uuid.UUID) -> None:
    known = await queries.payment(tx, payment_id)
    assert known is not None
    order = await order_queries.lock(tx, known.order_id)
    await tx.sql("UPDATE payment SET state = 'cancelled', active = false WHERE id = :id", id=payment_id)
    if order.state == "expiring":
        await orders.end_unpaid(tx, order, "expired", "no payment was made")
