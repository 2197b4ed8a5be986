"""T5: take the authorised money, with a key that Stripe answers once. And T9's call: give money back."""

import uuid
from dataclasses import dataclass

import structlog

from frontrow.core import ids, outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Done, RefundDone, Refused, Unknown
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.payments import queries
from frontrow.payments.actions.answers import act_on
from frontrow.payments.errors import StripeUnavailable

log = structlog.get_logger(__name__)


async def capture_now(rt: Runtime, gw: Gateways, payment_id: uuid.UUID, row_id: int) -> None:
    """Run a capture that was just queued, because a buyer waits. Unknown: the relay goes on with it."""
    if not await outbox.lease(rt.db, row_id):
        return
    try:
        await capture(rt, gw, payment_id)
    except StripeUnavailable:
        await outbox.give_back(rt.db, row_id)


async def capture(rt: Runtime, gw: Gateways, payment_id: uuid.UUID) -> None:
    """Capture and settle what Stripe answers. Safe to repeat. Raises StripeUnavailable when the outcome is unknown."""
    payment = await rt.db.read(lambda tx: queries.payment(tx, payment_id))
    if payment is None or payment.state != "capturing" or payment.intent_id is None:
        return
    answer = await gw.stripe.capture(payment.intent_id, f"cap:{payment_id}:{payment.tries}")
    if isinstance(answer, Refused):
        # A refusal is a state of the intent: read it, and act on what it is.
        log.warning("capture_refused", code=answer.code, payment_id=str(payment_id))
        answer = await gw.stripe.retrieve(payment.intent_id)
        if isinstance(answer, Done) and answer.intent.status == "requires_capture":
            answer = Unknown("refused_but_capturable", next_key=True)
    await act_on(rt, payment_id, answer, "captured")


async def refund(rt: Runtime, gw: Gateways, refund_id: uuid.UUID) -> None:
    """Ask Stripe for a refund that the books owe, and record it. Raises StripeUnavailable when unknown."""
    row = await rt.db.read(
        lambda tx: _refund_row(tx, refund_id),
    )
    if row is None:
        return
    answer = await gw.stripe.refund(row.intent_id, row.amount, refund_id)
    match answer:
        case RefundDone(stripe_id, status):
            await rt.db.write(lambda tx: _refunded(tx, refund_id, stripe_id, status))
        case Refused(code, _):
            log.warning("refund_refused", code=code, refund_id=str(refund_id))
            await rt.db.write(lambda tx: _refunded(tx, refund_id, "", "failed"))
        case Unknown(reason, _):
            log.warning("refund_unknown", reason=reason, refund_id=str(refund_id))
            raise StripeUnavailable


@dataclass(frozen=True)
class _Owed:
    intent_id: str
    amount: int


async def _refund_row(tx: Tx, refund_id: uuid.UUID) -> _Owed | None:
    row = (
        await tx.sql(
            """SELECT p.intent_id, r.amount FROM refund r JOIN payment p ON p.id = r.payment_id
                WHERE r.id = :refund AND r.state = 'pending'""",
            refund=refund_id,
        )
    ).one_or_none()
    return _Owed(row.intent_id, row.amount) if row else None


async def _refunded(tx: Tx, refund_id: uuid.UUID, stripe_id: str, status: str) -> None:
    payment_id, order_id = (
        await tx.sql(
            "SELECT p.id, p.order_id FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.id = :refund",
            refund=refund_id,
        )
    ).one()
    order = await order_queries.lock(tx, order_id)
    payment = await queries.lock_payment(tx, payment_id)
    changed = (
        await tx.sql(
            """UPDATE refund SET state = :status, stripe_id = nullif(:stripe, '')
                WHERE id = :refund AND state = 'pending' RETURNING amount""",
            refund=refund_id,
            status=status,
            stripe=stripe_id,
        )
    ).one_or_none()
    if changed is None or status != "succeeded":
        return
    await tx.sql(
        "UPDATE payment SET refunded = refunded + :amount WHERE id = :id", id=payment.id, amount=changed.amount
    )
    await tx.sql(
        """INSERT INTO ledger_entry (transaction_id, organiser_id, payment_id, order_id, account, amount, currency)
           VALUES (:transaction, :organiser, :payment, :order, 'refunds', :amount, :currency),
                  (:transaction, :organiser, :payment, :order, 'stripe', -CAST(:amount AS int), :currency)""",
        transaction=ids.new_id(),
        organiser=payment.organiser_id,
        payment=payment.id,
        order=order_id,
        amount=changed.amount,
        currency=payment.currency,
    )
    if order.state == "refund_due":
        await orders.step(tx, order, "refunded", "refunded")
