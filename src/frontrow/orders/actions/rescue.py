"""T8: late money finds its order again, if everything that was given away can still be had."""

import uuid
from typing import Any

from frontrow.core.db import Tx
from frontrow.coupons import actions as coupons
from frontrow.orders.queries import places_of_account
from frontrow.people.queries import ONE_PERSON
from frontrow.seats import actions as seats

_LOCK_PERSON = f"""
SELECT pg_advisory_xact_lock(hashtextextended(
         'cap:' || CAST(CAST(:performance AS uuid) AS text) || ':'
                || (SELECT max(account) FROM {ONE_PERSON} AS one), 0))
"""  # noqa: S608 -- an expression of ours


async def lock_account(tx: Tx, performance_id: uuid.UUID, account: str) -> None:
    """Whoever counts a person's places in a performance, and adds to them, waits here for the others who do.

    A guest and the account that has proved the same address wait for each other.
    """
    await tx.sql(_LOCK_PERSON, performance=performance_id, account=account)


async def rescue(tx: Tx, order: Any) -> bool:
    """Take an *expired* order's seats, its coupon and its account's cap again, all or nothing (``order`` is locked).

    True: the seats are sold to it; the caller takes the steps to *paid* and issues the tickets. False: nothing has
    changed, and the money goes back. An order that its buyer cancelled, or that failed, isn't brought back to life.

    The account is locked after the order here, against the usual order of locks: whoever has an account locked (T2)
    waits for a running hold or a coupon only, never for an order, so this closes no circle.
    """
    if order.state != "expired":
        return False
    lines = await tx.sql(
        """SELECT l.seat_no, p.max_per_account
             FROM order_line l JOIN performance p ON p.id = l.performance_id
            WHERE l.order_id = :order AND l.reverses_id IS NULL ORDER BY l.seat_no""",
        order=order.id,
    )
    rows = lines.all()
    seat_nos, cap = [row.seat_no for row in rows], rows[0].max_per_account
    if cap is not None:
        await lock_account(tx, order.performance_id, order.account)
        if await places_of_account(tx, order.performance_id, order.account) + len(seat_nos) > cap:
            return False
    if not await seats.take_again(tx, order.performance_id, seat_nos, order.id):
        return False
    if not await coupons.take_again(tx, order.id):
        # The seats were had, but not the coupon. They go free by a change of their own: a fence must not fall.
        await seats.free_sold(tx, order.id)
        return False
    await tx.sql("UPDATE orders SET account_cap = CAST(:cap AS int) WHERE id = :order", cap=cap, order=order.id)
    return True
