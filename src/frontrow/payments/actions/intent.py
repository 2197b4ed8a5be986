"""A payment's intent: Stripe is asked for it, and what it answers is stored. At once, or by the outbox's job."""

import contextlib
import dataclasses
import json
import uuid

import structlog

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.log import correlation_id
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Done, Intent, Refused, StripeUnreachable, Unknown
from frontrow.orders import actions as orders
from frontrow.orders.errors import OrderNotPayable
from frontrow.payments import queries
from frontrow.payments.actions import statements
from frontrow.payments.actions.answers import KEYS_LIVE_S, KeyTooOld, use_next_key
from frontrow.payments.errors import StripeUnavailable
from frontrow.payments.messages import CANCEL_INTENT
from frontrow.payments.queries import PaymentView, ToCreate

log = structlog.get_logger(__name__)


def create_key(payment_id: uuid.UUID) -> str:
    return f"create:{payment_id}"


async def ask_stripe(rt: Runtime, gw: Gateways, wanted: ToCreate, row_id: int) -> PaymentView:
    """The intent of a payment just begun, whose outbox row is ours. Raises OrderNotPayable, StripeUnavailable."""
    try:
        return await _create(rt, gw, wanted)
    except (StripeUnavailable, StripeUnreachable) as error:
        await outbox.give_back(rt.db, row_id)
        raise StripeUnavailable from error


async def create_intent(rt: Runtime, gw: Gateways, payment_id: uuid.UUID) -> None:
    """Ask Stripe for a payment's intent and store it: what the outbox does when nobody did it at once.

    Safe to repeat. Raises StripeUnavailable when unknown, KeyTooOld when Stripe may have forgotten the key.
    """
    wanted = await rt.db.read(lambda tx: queries.to_create(tx, payment_id))
    if wanted is None or wanted.payment.intent_id is not None or wanted.payment.state != "creating":
        return
    with contextlib.suppress(OrderNotPayable):
        # Refused for good: the order has failed, and this job is done.
        await _create(rt, gw, wanted)


async def _create(rt: Runtime, gw: Gateways, wanted: ToCreate) -> PaymentView:
    payment = wanted.payment
    if wanted.age_s > KEYS_LIVE_S:
        found = await gw.stripe.find(payment.id)
        if found is None:
            raise KeyTooOld(f"payment {payment.id}: no intent was found, and its key is too old to ask for one again")
        return await _opened(rt, payment, found)
    answer = await gw.stripe.create(
        payment_id=payment.id,
        order_code=wanted.order_code,
        amount=payment.amount,
        currency=payment.currency,
        email=wanted.email,
        key=f"pay:{payment.order_id}:{payment.seq}" + (f":{payment.tries}" if payment.tries else ""),
        method=payment.kind,
    )
    match answer:
        case Done(intent):
            return await _opened(rt, payment, intent)
        case Refused(code, message):
            log.error("intent_refused", code=code, message=message, payment_id=str(payment.id))
            await rt.db.write(lambda tx: _refused(tx, payment.id))
            raise OrderNotPayable(state="failed")
        case Unknown(reason, next_key):
            log.warning("intent_unknown", reason=reason, payment_id=str(payment.id))
            if next_key:
                # Stripe replays a stored 500 for the same key, but the intent may exist: look before the next key.
                found = await gw.stripe.find(payment.id)
                if found is not None:
                    return await _opened(rt, payment, found)
                await use_next_key(rt, payment.id)
            raise StripeUnavailable


async def _opened(rt: Runtime, payment: PaymentView, intent: Intent) -> PaymentView:
    made = await rt.db.once(
        statements.MADE,
        order=payment.order_id,
        payment=payment.id,
        intent=intent.id,
        secret=intent.client_secret,
        key=create_key(payment.id),
        cancel=CANCEL_INTENT,
        cancel_key=f"cancel:{payment.id}:late",
        payload=json.dumps({"payment_id": str(payment.id)}),
        correlation=correlation_id(),
    )
    return dataclasses.replace(payment, intent_id=intent.id, client_secret=intent.client_secret, state=made.state)


async def _refused(tx: Tx, payment_id: uuid.UUID) -> None:
    order, payment = await queries.lock_both(tx, payment_id)
    if payment.state != "creating":
        return
    await tx.sql("UPDATE payment SET state = 'failed', active = false WHERE id = :id", id=payment_id)
    await outbox.done_by_key(tx, create_key(payment_id))
    if order.state == "paying":
        await orders.end_unpaid(tx, order, "failed", "the payment could not be opened")
    elif order.state == "expiring":
        await orders.end_unpaid(tx, order, "expired", "the payment could not be opened")
