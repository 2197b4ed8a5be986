"""T13's seats: the tickets of cancelled lines are void, their seats are free, and a cancellation says which and why."""

import uuid
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.orders import actions as orders
from frontrow.orders.actions import Reversal
from frontrow.payments.queries import RefundView
from frontrow.seats import actions as seats
from frontrow.tickets.actions import issue as tickets


async def take_back(tx: Tx, order: Any, line_ids: list[uuid.UUID] | None) -> Reversal:
    """Take lines of a locked *paid* order back (None: all that are left). With the last one it is *cancelled*.

    Raises LinesNotThere.
    """
    reversal = await orders.reverse_lines(tx, order, line_ids)
    await seats.free_sold(tx, order.id, reversal.seat_nos)
    await tickets.void(tx, order.id, reversal.line_ids)
    return reversal


async def write_down(
    tx: Tx,
    cancellation_id: uuid.UUID,
    order: Any,
    reversal: Reversal,
    *,
    refund_id: uuid.UUID | None,
    reason: str,
    made_by: uuid.UUID | None,
) -> None:
    """The record of it, which also says of a void ticket that it was good until then."""
    await tx.sql(
        """INSERT INTO cancellation (id, organiser_id, order_id, line_ids, seat_nos, amount, whole, refund_id, reason,
                                     made_by)
           VALUES (:id, :organiser, :order, :lines, :seats, :amount, :whole, :refund, :reason, :by)""",
        id=cancellation_id,
        organiser=order.organiser_id,
        order=order.id,
        lines=reversal.line_ids,
        seats=reversal.seat_nos,
        amount=reversal.amount,
        whole=reversal.whole,
        refund=refund_id,
        reason=reason,
        by=made_by,
    )


async def end_refunded(tx: Tx, order: Any, last: RefundView) -> None:
    """All the money of a *paid* order went back, so nobody is let in for it any more: the order is *refunded*."""
    left = (
        await tx.sql(
            """SELECT l.id, l.seat_no, l.unit_price - l.discount + l.fee + l.added_tax AS total FROM order_line l
                WHERE l.order_id = :order AND l.reverses_id IS NULL
                  AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id) ORDER BY l.seat_no""",
            order=order.id,
        )
    ).all()
    await seats.free_sold(tx, order.id)
    await orders.step(tx, order, "refunded", "all its money went back")
    await tickets.void(tx, order.id)
    taken = Reversal(sum(row.total for row in left), [row.seat_no for row in left], [row.id for row in left], True)
    await write_down(tx, new_id(), order, taken, refund_id=last.id, reason=last.reason, made_by=None)
