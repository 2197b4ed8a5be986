"""What an intent's status means for the order: T4, T5, T7, T8. Every source of news ends here, and only forward.

The buyer's own check, the webhook, the reconciler and the answer to a capture all call :func:`settle`; the order's row
lock lets one of them take the step, the others find it taken.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import structlog

from frontrow.core import ids, outbox
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.log import bind_correlation
from frontrow.core.runtime import Runtime
from frontrow.gateways.stripe import Intent
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.orders.messages import ORDER_PAID
from frontrow.orders.rules import MOVING
from frontrow.payments import queries
from frontrow.payments.actions import late, statements
from frontrow.payments.messages import CAPTURE
from frontrow.payments.queries import PaymentView
from frontrow.seats import actions as seats
from frontrow.tickets.actions import issue as tickets

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sale:
    """Seats that were just sold: the capture in the outbox row is ours to run at once."""

    row_id: int
    payment_id: uuid.UUID
    intent_id: str
    tries: int


async def settle(rt: Runtime, payment_id: uuid.UUID, intent: Intent, why: str) -> Sale | None:
    """Act on an intent's status. Returns the sale whose capture is to be run now, if this made one."""
    # The usual steps of a purchase are one statement each; whatever isn't waiting for them goes the long way.
    lease = rt.settings.stripe.timeout_s + 3.0
    if intent.status == "requires_capture":
        values = _sale("paying", payment_id, intent, why, lease)
        sold = await rt.db.once(statements.AUTHORISED, amount=intent.amount, currency=intent.currency, **values)
        if sold is not None and sold.performance_id is not None:
            bind_correlation(sold.correlation_id)
            rt.broadcast.seats_changed(sold.performance_id, seats.changes(sold, "sold"))
            return None if sold.row_id is None else Sale(sold.row_id, payment_id, intent.id, sold.tries)
    if intent.status == "succeeded":
        done = await rt.db.once(statements.PAID, **_paid(payment_id, intent, why))
        if done is None or done.now_paid or (done.state == "paid" and done.payment_state == "captured"):
            return None
    return await rt.db.write(lambda tx: _settle(tx, payment_id, intent, why, lease))


def _sale(before: str, payment_id: uuid.UUID, intent: Intent, why: str, lease: float) -> dict[str, Any]:
    return {
        "payment": payment_id,
        "intent": intent.id,
        "before": before,
        "why": why,
        "topic": CAPTURE,
        "key": capture_key(payment_id),
        "payload": json.dumps({"payment_id": str(payment_id)}),
        "leased": lease,
    }


def _paid(payment_id: uuid.UUID, intent: Intent, why: str) -> dict[str, Any]:
    return {
        "payment": payment_id,
        "captured": intent.captured,
        "currency": intent.currency,
        "why": why,
        "transaction": ids.new_id(),
        "fact": ORDER_PAID,
        "key": capture_key(payment_id),
    }


async def _settle(tx: Tx, payment_id: uuid.UUID, intent: Intent, why: str, lease: float) -> Sale | None:
    try:
        order, payment = await queries.lock_both(tx, payment_id)
    except NotFound:
        return None
    if payment.intent_id not in {None, intent.id}:
        log.error("intent_of_another_payment", payment_id=str(payment_id), intent_id=intent.id)
        return None
    if payment.intent_id is None:
        await tx.sql(
            "UPDATE payment SET intent_id = :intent, client_secret = :secret WHERE id = :id",
            id=payment_id,
            intent=intent.id,
            secret=intent.client_secret,
        )
    if (intent.amount, intent.currency) != (payment.amount, payment.currency):
        log.error("amount_differs", payment_id=str(payment_id), intent_id=intent.id)
        await _looked(tx, payment_id)
        return None
    match intent.status:
        case "requires_capture":
            return await _authorised(tx, order, payment, intent, why, lease)
        case "succeeded":
            await _captured(tx, order, payment, intent, why)
        case "canceled":
            await _cancelled(tx, order, payment, why)
        case _ if order.state not in {"paying", "expiring"} and payment.state in {"creating", "open"}:
            await late.void(tx, payment)
        case _:
            await _looked(tx, payment_id)
    return None


async def _looked(tx: Tx, payment_id: uuid.UUID) -> None:
    await tx.sql("UPDATE payment SET looked_at = clock_timestamp() WHERE id = :id", id=payment_id)


async def _authorised(tx: Tx, order: Any, payment: PaymentView, intent: Intent, why: str, lease: float) -> Sale | None:
    """T4: seats sold, tickets inactive, the capture queued; all in one transaction. Late: void."""
    if payment.state in {"capturing", "captured"}:
        await _looked(tx, payment.id)
        return None
    if order.state == "expiring" and payment.active:
        # Its cancellation is asked for already, and Stripe's answer to that ends the order as its buyer wished (T7).
        await _looked(tx, payment.id)
        return None
    if order.state != "paying" or not payment.active:
        await late.void(tx, payment)
        return None
    if not await seats.sell(tx, order.hold_id, order.id):
        log.error("seats_lost", payment_id=str(payment.id))
        await orders.end_unpaid(tx, order, "failed", "seats lost")
        await late.void(tx, payment)
        return None
    row_id = await _sold(tx, order, payment, intent, why, lease)
    return None if row_id is None else Sale(row_id, payment.id, intent.id, payment.tries)


async def _sold(tx: Tx, order: Any, payment: PaymentView, intent: Intent, why: str, lease: float) -> int | None:
    values = _sale(order.state, payment.id, intent, why, lease)
    sold = await tx.sql(statements.SOLD, order=order.id, **values)
    row_id: int | None = sold.scalar_one_or_none()
    return row_id


def capture_key(payment_id: uuid.UUID) -> str:
    return f"capture:{payment_id}"


async def _captured(tx: Tx, order: Any, payment: PaymentView, intent: Intent, why: str) -> None:
    """T5 done; or T8, money for an order that isn't waiting for it."""
    if payment.state == "captured":
        await _looked(tx, payment.id)
        return
    if intent.captured != payment.amount:
        log.error("captured_differs", payment_id=str(payment.id), captured=intent.captured)
        order = await _undone(tx, order, payment, "another amount was captured")
    elif order.state == "capturing" and payment.active:
        await _book(tx, payment.id, intent, why)
        return
    elif order.state in {"paying", "expiring"} and payment.active:
        # Captured before we heard of an authorisation, as with every method that can't be authorised first.
        if await seats.sell(tx, order.hold_id, order.id):
            await _sold(tx, order, payment, intent, why, 0.0)
            await _book(tx, payment.id, intent, why)
            return
        log.error("seats_lost", payment_id=str(payment.id))
        order = await _undone(tx, order, payment, "seats lost")
    elif order.state == "expired" and await orders.rescue(tx, order):
        await _sold(tx, order, payment, intent, f"{why}: late, and everything could still be had", 0.0)
        await _book(tx, payment.id, intent, why)
        return
    await late.give_back(tx, order, payment, intent, why)


async def _book(tx: Tx, payment_id: uuid.UUID, intent: Intent, why: str) -> None:
    done = (await tx.sql(statements.PAID, **_paid(payment_id, intent, why))).one()
    if not done.now_paid:
        raise RuntimeError(f"payment {payment_id}: locked, and yet not to be booked")


async def _cancelled(tx: Tx, order: Any, payment: PaymentView, why: str) -> None:
    """Stripe will never take this money: whatever was kept for it is free."""
    if payment.state in {"captured", "cancelled"}:
        await _looked(tx, payment.id)
        return
    await tx.sql(
        "UPDATE payment SET state = 'cancelled', active = false, looked_at = clock_timestamp() WHERE id = :id",
        id=payment.id,
    )
    await outbox.done_by_key(tx, capture_key(payment.id))
    if not payment.active:
        return
    if order.state == "expiring":
        await end_expiring(tx, order, payment, why)
    else:
        await _undone(tx, order, payment, "the authorisation lapsed or was cancelled")


async def _undone(tx: Tx, order: Any, payment: PaymentView, why: str) -> Any:
    """A payment that can't pay any more takes its order with it, if it is the order's. Returns the order as it is."""
    if not payment.active or order.state not in MOVING:
        return order
    if order.state == "capturing":
        await tickets.void(tx, order.id)
        await seats.free_sold(tx, order.id)
        return await orders.step(tx, order, "failed", why)
    await orders.end_unpaid(tx, order, "failed" if order.state == "paying" else "expired", why)
    return await order_queries.lock(tx, order.id)


async def end_expiring(tx: Tx, order: Any, payment: PaymentView, why: str) -> None:
    """T7's end: Stripe takes no money any more, and the order becomes what it was to become."""
    if payment.ends_as != "pending":
        await orders.end_unpaid(tx, order, payment.ends_as or "expired", why)
        return
    hold = (
        await tx.sql(
            "SELECT expires_at, expires_at < clock_timestamp() AS lapsed FROM hold WHERE id = :hold", hold=order.hold_id
        )
    ).one()
    if hold.lapsed:
        await orders.end_unpaid(tx, order, "expired", "time ran out while the checkout was left")
    else:
        # The seats stay marked as in payment: only the expiry of the order, which they have in common, frees them.
        await orders.step(tx, order, "pending", "the buyer left the checkout", expires_at=hold.expires_at)
