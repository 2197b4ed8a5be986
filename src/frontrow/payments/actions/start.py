"""T3: an order becomes *paying*, and Stripe is asked for an intent. The row is committed before the call."""

import asyncio
import time
import uuid
from datetime import timedelta

import structlog

from frontrow.core import idempotency, ids, outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Done, Intent, Refused, Unknown
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.orders.errors import OrderNotPayable
from frontrow.orders.queries import Viewer, check_viewer
from frontrow.payments import queries
from frontrow.payments.actions.answers import use_next_key
from frontrow.payments.actions.settle import settle_free
from frontrow.payments.errors import StripeUnavailable
from frontrow.payments.messages import CANCEL_INTENT, CREATE_INTENT
from frontrow.payments.queries import PaymentView
from frontrow.seats import actions as seats

log = structlog.get_logger(__name__)

LOOK_AGAIN_S = 0.1


async def start_payment(rt: Runtime, gw: Gateways, order_id: uuid.UUID, viewer: Viewer, key: str) -> PaymentView:
    """Begin (or find) the one active payment of an order, with its intent made at Stripe.

    Raises NotFound, HoldExpired, OrderNotPayable, IdempotencyMismatch, and StripeUnavailable when Stripe didn't
    answer: then the intent is made in the background, and asking again returns it.
    """
    payment_id, row_id = await rt.db.write(lambda tx: _open(rt, tx, order_id, viewer, key))
    if row_id is not None and await outbox.lease(rt.db, row_id):
        try:
            await create_intent(rt, gw, payment_id)
        except StripeUnavailable:
            await outbox.give_back(rt.db, row_id)
            raise
    return await _made(rt, payment_id)


async def _made(rt: Runtime, payment_id: uuid.UUID) -> PaymentView:
    """The payment once its intent is there: another tab, or the relay, may be asking Stripe at this moment."""
    give_up_at = time.monotonic() + rt.settings.stripe.timeout_s
    while True:
        found = await rt.db.read(lambda tx: queries.payment(tx, payment_id))
        assert found is not None
        if found.state != "creating":
            return found
        if time.monotonic() > give_up_at:
            raise StripeUnavailable
        await asyncio.sleep(LOOK_AGAIN_S)


async def _open(rt: Runtime, tx: Tx, order_id: uuid.UUID, viewer: Viewer, key: str) -> tuple[uuid.UUID, int | None]:
    payment_id = ids.new_id()
    subject = str(viewer.buyer_id or viewer.user_id)
    claimed = await idempotency.claim(tx, subject, "pay", key, idempotency.request_hash(str(order_id)), payment_id)
    order = await order_queries.lock(tx, order_id)
    check_viewer(order, viewer)
    if claimed != payment_id:
        return claimed, None
    active = await queries.active_payment(tx, order_id)
    if active is not None and order.state == "paying":
        return active.id, None
    if order.state != "pending":
        raise OrderNotPayable(state=order.state)
    if order.total == 0:
        await settle_free(tx, order, payment_id)
        return payment_id, None
    expires_at = await seats.keep_for_payment(tx, order.hold_id, timedelta(seconds=rt.settings.till.paying_min_s))
    await orders.step(tx, order, "paying", "payment started", expires_at=expires_at)
    await tx.sql(
        """INSERT INTO payment (id, organiser_id, order_id, seq, method, state, amount, currency)
           SELECT :id, :organiser, :order, count(*) + 1, 'stripe', 'creating', :amount, :currency
             FROM payment WHERE order_id = :order""",
        id=payment_id,
        organiser=order.organiser_id,
        order=order_id,
        amount=order.total,
        currency=order.currency,
    )
    row_id = await outbox.add(
        tx, CREATE_INTENT, create_key(payment_id), {"payment_id": str(payment_id)}, delay=outbox.RUN_AT_ONCE
    )
    return payment_id, row_id


def create_key(payment_id: uuid.UUID) -> str:
    return f"create:{payment_id}"


async def create_intent(rt: Runtime, gw: Gateways, payment_id: uuid.UUID) -> None:
    """Ask Stripe for the payment's intent and store it. Safe to repeat. Raises StripeUnavailable when unknown."""
    payment = await rt.db.read(lambda tx: queries.payment(tx, payment_id))
    if payment is None or payment.intent_id is not None or payment.state != "creating":
        return
    order = await rt.db.read(lambda tx: order_queries.order(tx, payment.order_id))
    key = f"pay:{payment.order_id}:{payment.seq}" + (f":{payment.tries}" if payment.tries else "")
    answer = await gw.stripe.create(
        payment_id=payment_id,
        order_code=order.code,
        amount=payment.amount,
        currency=payment.currency,
        email=order.email,
        key=key,
    )
    match answer:
        case Done(intent):
            await rt.db.write(lambda tx: _opened(tx, payment, intent))
        case Refused(code, message):
            log.error("intent_refused", code=code, message=message, payment_id=str(payment_id))
            await rt.db.write(lambda tx: _refused(tx, payment))
        case Unknown(reason, next_key):
            log.warning("intent_unknown", reason=reason, payment_id=str(payment_id))
            if next_key:
                # Stripe replays a stored 500 for the same key, but the intent may exist: look before the next key.
                await _after_server_error(rt, gw, payment)
            raise StripeUnavailable


async def _after_server_error(rt: Runtime, gw: Gateways, payment: PaymentView) -> None:
    found = await gw.stripe.find(payment.id)
    if found is not None:
        await rt.db.write(lambda tx: _opened(tx, payment, found))
    else:
        await use_next_key(rt, payment.id)


async def _opened(tx: Tx, payment: PaymentView, intent: Intent) -> None:
    order = await order_queries.lock(tx, payment.order_id)
    await tx.sql(
        """UPDATE payment SET intent_id = :intent, client_secret = :secret,
                              state = CASE WHEN state = 'creating' THEN 'open' ELSE state END
            WHERE id = :id""",
        id=payment.id,
        intent=intent.id,
        secret=intent.client_secret,
    )
    await outbox.done_by_key(tx, create_key(payment.id))
    if order.state != "paying":
        # The order ended while Stripe was being asked: nobody may pay this intent.
        await outbox.add(tx, CANCEL_INTENT, f"cancel:{payment.id}:late", {"payment_id": str(payment.id)})


async def _refused(tx: Tx, payment: PaymentView) -> None:
    order = await order_queries.lock(tx, payment.order_id)
    await tx.sql("UPDATE payment SET state = 'failed', active = false WHERE id = :id", id=payment.id)
    await outbox.done_by_key(tx, create_key(payment.id))
    if order.state == "paying":
        await orders.end_unpaid(tx, order, "failed", "the payment could not be opened")
