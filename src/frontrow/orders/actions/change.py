"""T13 and T14: lines of a sold order are taken back by reversing ones; a pending order is made a gift."""

import uuid
from dataclasses import dataclass
from typing import Any

from frontrow.core import ids
from frontrow.core.db import Tx
from frontrow.coupons import actions as coupons
from frontrow.orders.actions.steps import step
from frontrow.orders.errors import LinesNotThere, OrderNotPayable
from frontrow.orders.queries import LOCKED


@dataclass(frozen=True)
class Reversal:
    """What was taken back: ``amount`` is what the lines had cost, in minor units of the order's currency.

    ``whole``: nothing of the order is left, and it is *cancelled*.
    """

    amount: int
    seat_nos: list[int]
    line_ids: list[uuid.UUID]
    whole: bool


async def reverse_lines(tx: Tx, order: Any, line_ids: list[uuid.UUID] | None = None) -> Reversal:
    """T13: take back lines of a locked *paid* order, or all that are left. Sold lines stay; reversing ones are added.

    The order stays *paid* while a line is left; with the last it is *cancelled*, which gives its coupon back. Voiding
    the tickets and freeing the seats is the caller's. (Here a coupon may be locked before seats: they are sold to this
    order, and nobody who waits for a coupon holds those.) Raises LinesNotThere for lines that aren't the order's or
    were taken back already, OrderNotPayable unless it is paid.
    """
    if order.state != "paid":
        raise OrderNotPayable("Only a paid order has tickets to cancel.", state=order.state)
    found = await tx.sql(
        """SELECT l.id, l.seat_no, l.unit_price - l.discount + l.fee + l.added_tax AS total
             FROM order_line l
            WHERE l.order_id = :order AND l.reverses_id IS NULL
              AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id)
            ORDER BY l.seat_no""",
        order=order.id,
    )
    left = found.all()
    wanted = {row.id for row in left} if line_ids is None else set(line_ids)
    taken = [row for row in left if row.id in wanted]
    if len(taken) != len(wanted) or not taken:
        raise LinesNotThere
    # The order's row is locked, and ``uq_order_line_reverses_id`` is the last word.
    await tx.sql(
        """INSERT INTO order_line (id, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type,
                                   section, row, label, unit_price, discount, fee, tax_bp, tax, added_tax, reverses_id)
           SELECT r.id, l.organiser_id, l.order_id, l.performance_id, l.seat_no, l.ticket_type_id, l.ticket_type,
                  l.section, l.row, l.label, -l.unit_price, -l.discount, -l.fee, l.tax_bp, -l.tax, -l.added_tax, l.id
             FROM unnest(CAST(:ids AS uuid[]), CAST(:lines AS uuid[])) AS r (id, line_id)
             JOIN order_line l ON l.id = r.line_id""",
        ids=[ids.new_id() for _ in taken],
        lines=[row.id for row in taken],
    )
    whole = len(taken) == len(left)
    if whole:
        await step(tx, order, "cancelled", "all its tickets were cancelled")
    return Reversal(sum(row.total for row in taken), [row.seat_no for row in taken], [row.id for row in taken], whole)


async def make_complimentary(tx: Tx, order: Any) -> Any:
    """T14: a locked *pending* order costs nothing: each line is discounted by its price, without fee or tax.

    Returns the order's row as it is now. Its coupon, if it has one, is given back: a gift needs none. Raises
    OrderNotPayable unless the order is pending. Whoever calls this has asked who may give away.
    """
    if order.state != "pending":
        raise OrderNotPayable(state=order.state)
    await tx.sql(
        """UPDATE order_line SET discount = unit_price, fee = 0, tax = 0, added_tax = 0
            WHERE order_id = :order AND reverses_id IS NULL""",
        order=order.id,
    )
    row = (
        await tx.sql(
            f"""UPDATE orders SET discount = subtotal, fees = 0, tax = 0, added_tax = 0, total = 0, coupon_id = NULL,
                                  coupon_code = NULL
                 WHERE id = :order RETURNING {LOCKED}""",  # noqa: S608 -- columns of queries.py
            order=order.id,
        )
    ).one()
    if order.coupon_id is not None:
        await coupons.give_back(tx, order.id)
    return row
