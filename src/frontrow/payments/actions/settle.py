"""What an intent's status means for the order: T4, T5, T7, T8. Every source of news ends here, and only forward.

The buyer's own check, the webhook, the reconciler and the answer to a capture all call :func:`settle`; the order's row
lock lets one of them take the step, the others find it taken.
"""

import uuid
from typing import Any

import structlog

from frontrow.core import ids, outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.stripe import Intent
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.payments import queries
from frontrow.payments.messages import CANCEL_INTENT, CAPTURE, REFUND
from frontrow.payments.queries import PaymentView
from frontrow.seats import actions as seats
from frontrow.tickets.actions import issue as tickets

log = structlog.get_logger(__name__)


class SeatsLost(Exception):
    """The hold no longer has all its seats; nothing of the sale may be committed."""


async def settle(rt: Runtime, payment_id: uuid.UUID, intent: Intent, why: str) -> int | None:
    """Act on an intent's status. Returns the outbox row of a capture to run at once, if there is one."""
    try:
        return await rt.db.write(lambda tx: _settle(tx, payment_id, intent, why))
    except SeatsLost:
        log.error("seats_lost", payment_id=str(payment_id), status=intent.status)
        await rt.db.write(lambda tx: _give_up(tx, payment_id, intent))
        return None


async def _settle(tx: Tx, payment_id: uuid.UUID, intent: Intent, why: str) -> int | None:
    known = await queries.payment(tx, payment_id)
    if known is None:
        return None
    order = await order_queries.lock(tx, known.order_id)
    payment = await queries.lock_payment(tx, payment_id)
    await tx.sql(
        """UPDATE payment SET looked_at = clock_timestamp(), intent_id = coalesce(intent_id, :intent),
                              client_secret = coalesce(client_secret, :secret)
            WHERE id = :id""",
        id=payment_id,
        intent=intent.id,
        secret=intent.client_secret,
    )
    if (intent.amount, intent.currency) != (payment.amount, payment.currency):
        log.error("amount_differs", payment_id=str(payment_id), intent_id=intent.id)
        return None
    match intent.status:
        case "requires_capture":
            return await _authorised(tx, order, payment, why)
        case "succeeded":
            await _captured(tx, order, payment, intent, why)
        case "canceled":
            await _cancelled(tx, order, payment, why)
        case _ if order.state not in {"paying", "expiring"} and payment.state == "open":
            await _void(tx, payment)
    return None


async def _authorised(tx: Tx, order: Any, payment: PaymentView, why: str) -> int | None:
    """T4: seats sold, tickets inactive, the capture queued; all in one transaction. Late: void."""
    if order.state == "capturing":
        return None
    if order.state != "paying" or not payment.active:
        await _void(tx, payment)
        return None
    if not await seats.sell(tx, order.hold_id, order.id):
        raise SeatsLost
    await tickets.issue(tx, order)
    await orders.step(tx, order, "capturing", why)
    await tx.sql("UPDATE payment SET state = 'capturing' WHERE id = :id", id=payment.id)
    return await outbox.add(
        tx, CAPTURE, capture_key(payment.id), {"payment_id": str(payment.id)}, delay=outbox.RUN_AT_ONCE
    )


def capture_key(payment_id: uuid.UUID) -> str:
    return f"capture:{payment_id}"


async def _captured(tx: Tx, order: Any, payment: PaymentView, intent: Intent, why: str) -> None:
    """T5 done; or T8, money for an order that isn't waiting for it."""
    if order.state in {"paid", "refund_due", "refunded"}:
        return
    if order.state in {"paying", "expiring"}:
        # Captured before we heard of the authorisation: the seats are still ours, sell them now.
        if not await seats.sell(tx, order.hold_id, order.id):
            raise SeatsLost
        await tickets.issue(tx, order)
        await orders.step(tx, order, "capturing", why)
        order = await order_queries.lock(tx, order.id)
    if order.state != "capturing":
        await _refund_due(tx, order, payment, intent, why)
        return
    await _book(tx, order, payment, intent.captured)
    await tickets.activate(tx, order.id)
    await orders.step(tx, order, "paid", why)


async def _book(tx: Tx, order: Any, payment: PaymentView, captured: int, *, late: bool = False) -> None:
    """Record the capture and its double entry: Stripe owes us; sales and fees earned it, or, late, we owe it back."""
    await tx.sql(
        """UPDATE payment SET state = 'captured', active = active AND NOT :late, captured = :captured,
                              captured_at = clock_timestamp()
            WHERE id = :id""",
        id=payment.id,
        captured=captured,
        late=late,
    )
    await outbox.done_by_key(tx, capture_key(payment.id))
    earned = (
        ("'refunds', -CAST(:captured AS int)",)
        if late
        else (
            "'fees', -o.fees",
            "'sales', o.fees - CAST(:captured AS int)",
        )
    )
    await tx.sql(
        f"""INSERT INTO ledger_entry (transaction_id, organiser_id, payment_id, order_id, account, amount, currency)
            SELECT CAST(:transaction AS uuid), o.organiser_id, :payment, o.id, e.account, e.amount, o.currency
              FROM orders o
             CROSS JOIN LATERAL (VALUES ('stripe', CAST(:captured AS int)), ({"), (".join(earned)}))
                             AS e (account, amount)
             WHERE o.id = :order AND e.amount <> 0""",  # noqa: S608 -- literals of this function
        transaction=ids.new_id(),
        payment=payment.id,
        order=order.id,
        captured=captured,
    )


async def _cancelled(tx: Tx, order: Any, payment: PaymentView, why: str) -> None:
    """Stripe will never take this money: whatever was kept for it is free."""
    await tx.sql("UPDATE payment SET state = 'cancelled', active = false WHERE id = :id", id=payment.id)
    await outbox.done_by_key(tx, capture_key(payment.id))
    match order.state:
        case "expiring":
            await orders.end_unpaid(tx, order, "cancelled" if await _buyer_left(tx, order.id) else "expired", why)
        case "paying" if payment.active:
            await orders.end_unpaid(tx, order, "failed", "the authorisation lapsed or was cancelled")
        case "capturing" if payment.active:
            await tickets.void(tx, order.id)
            await seats.free_sold(tx, order.id)
            await orders.step(tx, order, "failed", "the capture was refused")


async def _buyer_left(tx: Tx, order_id: uuid.UUID) -> bool:
    last = await tx.sql(
        "SELECT why FROM order_step WHERE order_id = :order AND to_state = 'expiring' ORDER BY id DESC LIMIT 1",
        order=order_id,
    )
    return bool(last.scalar_one_or_none() == "buyer cancelled")


async def _void(tx: Tx, payment: PaymentView) -> None:
    """T8: an authorisation that nobody waits for is cancelled, never captured."""
    if payment.state in {"open", "creating"}:
        await tx.sql("UPDATE payment SET state = 'cancelling', active = false WHERE id = :id", id=payment.id)
    await outbox.add(tx, CANCEL_INTENT, f"cancel:{payment.id}:late", {"payment_id": str(payment.id)})


async def _refund_due(tx: Tx, order: Any, payment: PaymentView, intent: Intent, why: str) -> None:
    """T8: captured too late. The order's state and the refund are one transaction, and final."""
    await _book(tx, order, payment, intent.captured, late=True)
    refund_id = ids.new_id()
    await tx.sql(
        """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, reason)
           VALUES (:id, :organiser, :payment, 1, :amount, 'paid too late')""",
        id=refund_id,
        organiser=payment.organiser_id,
        payment=payment.id,
        amount=intent.captured,
    )
    await orders.step(tx, order, "refund_due", why)
    await outbox.add(tx, REFUND, f"refund:{refund_id}", {"refund_id": str(refund_id)})


async def _give_up(tx: Tx, payment_id: uuid.UUID, intent: Intent) -> None:
    """The seats are gone although they were kept: the money goes back, or is never taken."""
    known = await queries.payment(tx, payment_id)
    assert known is not None
    order = await order_queries.lock(tx, known.order_id)
    payment = await queries.lock_payment(tx, payment_id)
    if order.state in {"paying", "expiring"}:
        await orders.end_unpaid(tx, order, "failed" if order.state == "paying" else "expired", "seats lost")
        order = await order_queries.lock(tx, order.id)
    if intent.status == "succeeded":
        await _refund_due(tx, order, payment, intent, "seats lost")
    else:
        await _void(tx, payment)


async def settle_free(tx: Tx, order: Any, payment_id: uuid.UUID) -> None:
    """T14: nothing to pay; T4 and T5 at once, with a payment of its own kind."""
    if not await seats.sell(tx, order.hold_id, order.id):
        raise SeatsLost
    await tickets.issue(tx, order)
    await tickets.activate(tx, order.id)
    await tx.sql(
        """INSERT INTO payment (id, organiser_id, order_id, method, state, amount, currency, captured_at)
           VALUES (:id, :organiser, :order, 'free', 'captured', 0, :currency, clock_timestamp())""",
        id=payment_id,
        organiser=order.organiser_id,
        order=order.id,
        currency=order.currency,
    )
    await orders.step(tx, order, "paid", "nothing to pay")
