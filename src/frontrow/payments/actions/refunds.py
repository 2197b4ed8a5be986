"""T9: money goes back. It moves no seats; but an order whose money went back whole has no places any more."""

import uuid
from typing import Any

import structlog

from frontrow.core import ids, outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import RefundAnswer, RefundDone, Refused, Unknown
from frontrow.orders import actions as orders
from frontrow.payments import queries
from frontrow.payments.actions import books, lines
from frontrow.payments.actions.answers import KEYS_LIVE_S, KeyTooOld
from frontrow.payments.errors import NotRefundable, StripeUnavailable
from frontrow.payments.messages import REFUND, REFUND_MADE, RefundMade
from frontrow.payments.queries import PaymentView, RefundView

log = structlog.get_logger(__name__)


async def ask(tx: Tx, payment: PaymentView, amount: int, reason: str, by: uuid.UUID | None) -> uuid.UUID:
    """Refund ``amount`` (minor units) of a locked payment; refunds that wait count against what is left.

    What was taken at a desk is given back at a desk, so it is done at once. Raises NotRefundable with what is left.
    """
    left = payment.captured - await asked(tx, payment.id)
    if not 0 < amount <= left:
        raise NotRefundable(refundable=left)
    refund_id = ids.new_id()
    await tx.sql(
        """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, reason, made_by)
           SELECT :id, :organiser, :payment, count(*) + 1, CAST(:amount AS int), CAST(:reason AS text),
                  CAST(:by AS uuid)
             FROM refund WHERE payment_id = :payment""",
        id=refund_id,
        organiser=payment.organiser_id,
        payment=payment.id,
        amount=amount,
        reason=reason,
        by=by,
    )
    if payment.method == "stripe":
        await outbox.add(tx, REFUND, f"refund:{refund_id}", {"refund_id": str(refund_id)})
    else:
        await record(tx, refund_id, RefundDone("", "succeeded"))
    return refund_id


async def asked(tx: Tx, payment_id: uuid.UUID) -> int:
    """What refunds of a payment amount to, those that wait included, in minor units."""
    found = await tx.sql(
        "SELECT coalesce(sum(amount), 0)::int FROM refund WHERE payment_id = :payment AND state <> 'failed'",
        payment=payment_id,
    )
    return int(found.scalar_one())


async def refund(rt: Runtime, gw: Gateways, refund_id: uuid.UUID) -> None:
    """Ask Stripe for a refund that the books owe, and record it. Safe to repeat.

    Raises StripeUnavailable or StripeUnreachable when unknown, KeyTooOld when Stripe may have forgotten the key.
    """
    found = await rt.db.read(lambda tx: queries.refund_to_make(tx, refund_id))
    if found is None:
        return
    if found.refund.tries or found.age_s > KEYS_LIVE_S:
        # The last answer was a 500 that Stripe stored, or it has forgotten the key: the refund may have been made.
        made = await _made_already(gw, found.intent_id, refund_id)
        if made is not None:
            await rt.db.write(lambda tx: record(tx, refund_id, made))
            return
        if found.age_s > KEYS_LIVE_S:
            raise KeyTooOld(f"refund {refund_id}: Stripe shows none, and its key is too old to ask for one again")
    answer: RefundAnswer | None = await gw.stripe.refund(
        found.intent_id, found.refund.amount, refund_id, tries=found.refund.tries
    )
    if isinstance(answer, Refused):
        log.error("refund_refused", code=answer.code, refund_id=str(refund_id))
        failed = RefundDone("", "failed", failure_reason=answer.code)
        answer = await _made_already(gw, found.intent_id, refund_id) or failed
    if isinstance(answer, RefundDone):
        done = answer
        await rt.db.write(lambda tx: record(tx, refund_id, done))
        return
    assert isinstance(answer, Unknown)
    log.warning("refund_unknown", reason=answer.reason, refund_id=str(refund_id))
    if answer.next_key:
        await rt.db.call("UPDATE refund SET tries = tries + 1 WHERE id = $1", refund_id)
    raise StripeUnavailable


async def _made_already(gw: Gateways, intent_id: str, refund_id: uuid.UUID) -> RefundDone | None:
    return next((one for one in await gw.stripe.refunds(intent_id) if one.refund_id == refund_id), None)


async def look(rt: Runtime, gw: Gateways, waiting: RefundView) -> bool:
    """T11: see how a refund that waited at Stripe has gone on. False when Stripe didn't say."""
    assert waiting.stripe_id is not None
    answer = await gw.stripe.retrieve_refund(waiting.stripe_id)
    if not isinstance(answer, RefundDone):
        return False
    await rt.db.write(lambda tx: record(tx, waiting.id, answer))
    return True


async def heard(rt: Runtime, told: RefundDone) -> bool:
    """News of a refund. False when it is of nothing that we know (yet).

    One that somebody made in Stripe's dashboard is entered into our books as it stands.
    """

    async def work(tx: Tx) -> bool:
        known = await queries.refund_by_stripe_id(tx, told.stripe_id)
        if known is None and told.refund_id is not None:
            ours = await queries.refund(tx, told.refund_id)
            # A second one under our refund's name is one too many, and is entered as such.
            known = ours if ours is not None and ours.stripe_id is None else None
        if known is not None:
            await record(tx, known.id, told)
            return True
        payment = await queries.by_intent(tx, told.intent_id) if told.intent_id else None
        return payment is not None and await _enter(tx, payment.id, told)

    return await rt.db.write(work)


async def _enter(tx: Tx, payment_id: uuid.UUID, told: RefundDone) -> bool:
    _, payment = await queries.lock_both(tx, payment_id)
    if told.status == "failed":
        return True
    left = payment.captured - await asked(tx, payment.id)
    if told.amount > left or told.currency != payment.currency:
        # Ours may be on its way to Stripe, or its capture on its way to us; parked, it is looked at again.
        return False
    refund_id = ids.new_id()
    await tx.sql(
        """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, reason)
           SELECT :id, :organiser, :payment, count(*) + 1, CAST(:amount AS int), 'made at Stripe'
             FROM refund WHERE payment_id = :payment""",
        id=refund_id,
        organiser=payment.organiser_id,
        payment=payment.id,
        amount=told.amount,
    )
    log.warning("refund_made_at_stripe", refund_id=str(refund_id), payment_id=str(payment.id))
    await record(tx, refund_id, told)
    return True


async def record(tx: Tx, refund_id: uuid.UUID, done: RefundDone) -> None:
    """Write down how a refund stands. Forward only, but for one thing: money that had gone back may bounce days later,
    and then the books are turned back, too."""
    payment_id = (await tx.sql("SELECT payment_id FROM refund WHERE id = :refund", refund=refund_id)).scalar_one()
    order, payment = await queries.lock_both(tx, payment_id)
    before = await queries.refund(tx, refund_id)
    assert before is not None
    if before.state == "failed" and done.status != "failed":
        log.error("refund_failed_and_yet_made", refund_id=str(refund_id), stripe_id=done.stripe_id)
        return
    bounced = before.state == "succeeded" and done.status == "failed"
    state = done.status if before.state == "pending" or bounced else before.state
    await tx.sql(
        """UPDATE refund SET state = :state, stripe_id = coalesce(stripe_id, nullif(CAST(:stripe AS text), '')),
                             failure = CAST(:failure AS text), looked_at = clock_timestamp(),
                             done_at = CASE WHEN CAST(:state AS text) = 'pending' THEN NULL
                                            ELSE coalesce(done_at, clock_timestamp()) END
            WHERE id = :refund""",
        refund=refund_id,
        state=state,
        stripe=done.stripe_id,
        failure=done.failure_reason,
    )
    await outbox.done_by_key(tx, f"refund:{refund_id}")
    if state == before.state:
        return
    if state == "failed":
        # Somebody has to find another way to pay the buyer back, or try once more.
        log.error("refund_failed", refund_id=str(refund_id), reason=done.failure_reason, bounced=bounced)
    if bounced:
        await _move(tx, payment, -before.amount)
    elif state == "succeeded":
        await _move(tx, payment, before.amount)
        await outbox.add(tx, REFUND_MADE, f"{REFUND_MADE}:{refund_id}", RefundMade(refund_id).payload())
        if payment.refunded + before.amount == payment.captured:
            await _all_given_back(tx, order, payment, before)


async def _move(tx: Tx, payment: PaymentView, amount: int) -> None:
    await tx.sql(
        "UPDATE payment SET refunded = refunded + CAST(:amount AS int) WHERE id = :id", id=payment.id, amount=amount
    )
    await books.book(tx, payment, {"refunds": amount, books.MONEY_IN[payment.method]: -amount})


async def _all_given_back(tx: Tx, order: Any, payment: PaymentView, last: RefundView) -> None:
    if order.state == "refund_due":
        open_ones = await tx.sql(
            """SELECT 1 FROM refund r JOIN payment p ON p.id = r.payment_id
                WHERE p.order_id = :order AND r.state = 'pending' LIMIT 1""",
            order=order.id,
        )
        if not open_ones.all():
            await orders.step(tx, order, "refunded", "refunded")
    elif order.state == "paid" and payment.active:
        await lines.end_refunded(tx, order, last)
