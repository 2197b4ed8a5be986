"""What staff do about a paid order: give money back (T9), take places back (T13), or both at once."""

import uuid
from dataclasses import dataclass

from frontrow.core import idempotency, ids, outbox
from frontrow.core.db import Tx
from frontrow.orders import queries as order_queries
from frontrow.payments import queries
from frontrow.payments.actions import lines, refunds
from frontrow.payments.errors import OrderNotPaid, TicketUsed
from frontrow.payments.messages import LINES_CANCELLED, LinesCancelled
from frontrow.payments.queries import PaymentView
from frontrow.tickets import queries as ticket_queries


@dataclass(frozen=True)
class Cancel:
    """``line_ids``: None is all that are left. ``force``: used tickets, too."""

    line_ids: list[uuid.UUID] | None
    refund: bool
    reason: str
    force: bool = False


async def request_refund(
    tx: Tx, order_id: uuid.UUID, amount: int | None, reason: str, by: uuid.UUID, key: str, *, force: bool = False
) -> uuid.UUID:
    """T9: refund ``amount`` (minor units; None: all that is left) of an order. Returns the refund (of the earlier call
    with that key).

    Raises NotFound, IdempotencyMismatch, OrderNotPaid, NotRefundable, and TicketUsed for giving everything back though
    somebody went in, unless ``force``.
    """
    refund_id = ids.new_id()
    body = idempotency.request_hash([str(order_id), amount, reason, force])
    claimed = await idempotency.claim(tx, str(by), "refund", key, body, refund_id)
    if claimed != refund_id:
        return claimed
    order = await order_queries.lock(tx, order_id)
    payment = await _captured(tx, order_id)
    left = payment.captured - await refunds.asked(tx, payment.id)
    wanted = left if amount is None else amount
    if order.state == "paid" and wanted == left:
        await _refuse_used(tx, order_id, None, force=force)
    made = await refunds.ask(tx, payment, wanted, reason, by)
    await _stands_for(tx, by, "refund", key, made)
    return made


async def request_cancellation(tx: Tx, order_id: uuid.UUID, wish: Cancel, by: uuid.UUID, key: str) -> uuid.UUID:
    """T13, with T9 if wished: lines of a paid order are taken back. Returns the cancellation (of the earlier call with
    that key). With its last line the order is *cancelled*, and its coupon may be used again.

    Raises NotFound, LinesNotThere (orders) for a line that isn't the order's or was cancelled, IdempotencyMismatch,
    OrderNotPaid, and TicketUsed unless ``force``.
    """
    cancellation_id = ids.new_id()
    line_ids = sorted(set(wish.line_ids)) if wish.line_ids is not None else None
    body = idempotency.request_hash(
        [str(order_id), line_ids and [str(one) for one in line_ids], wish.refund, wish.reason, wish.force]
    )
    claimed = await idempotency.claim(tx, str(by), "cancel_lines", key, body, cancellation_id)
    if claimed != cancellation_id:
        return claimed
    order = await order_queries.lock(tx, order_id)
    if order.state != "paid":
        raise OrderNotPaid(state=order.state)
    payment = await _captured(tx, order_id)
    reversal = await lines.take_back(tx, order, line_ids)
    # Asked once the tickets are void: nobody goes in with them between this question and the commit.
    await _refuse_used(tx, order_id, reversal.line_ids, force=wish.force)
    refund_id = None
    amount = min(reversal.amount, payment.captured - await refunds.asked(tx, payment.id))
    if wish.refund and amount > 0:
        refund_id = await refunds.ask(tx, payment, amount, wish.reason or "cancelled", by)
    await lines.write_down(tx, cancellation_id, order, reversal, refund_id=refund_id, reason=wish.reason, made_by=by)
    fact = LinesCancelled(cancellation_id)
    await outbox.add(tx, LINES_CANCELLED, f"{LINES_CANCELLED}:{cancellation_id}", fact.payload())
    return cancellation_id


async def _captured(tx: Tx, order_id: uuid.UUID) -> PaymentView:
    """The locked payment whose money the order has, or had. Raises OrderNotPaid."""
    found = await queries.lock_captured(tx, order_id)
    if found is None:
        raise OrderNotPaid
    return found


async def _refuse_used(tx: Tx, order_id: uuid.UUID, line_ids: list[uuid.UUID] | None, *, force: bool) -> None:
    if force:
        return
    used = await ticket_queries.used_lines(tx, order_id)
    concerned = [one for one in used if line_ids is None or one in line_ids]
    if concerned:
        raise TicketUsed(line_ids=[str(one) for one in concerned])


async def _stands_for(tx: Tx, by: uuid.UUID, endpoint: str, key: str, resource_id: uuid.UUID) -> None:
    await tx.sql(
        """UPDATE idempotency SET resource_id = :resource
            WHERE subject = :subject AND endpoint = :endpoint AND key = :key""",
        resource=resource_id,
        subject=str(by),
        endpoint=endpoint,
        key=key,
    )
