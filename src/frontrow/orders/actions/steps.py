"""The steps of an order: the next state, its line in the history and the fact of it in one statement; and all the ways
in which an order ends unpaid."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.log import correlation_id
from frontrow.coupons import actions as coupons
from frontrow.orders.errors import OrderMoving
from frontrow.orders.messages import ORDER_FAILED, ORDER_PAID, OrderFailed, OrderPaid
from frontrow.orders.queries import LOCKED, lock
from frontrow.orders.rules import ENDED, MOVING, STEPS
from frontrow.seats import actions as seats

# The state is compared, too: whoever holds an old row of the order must not take a step from where it isn't any more.
_STEP = f"""
WITH moved AS (
  UPDATE orders SET state = CAST(:to AS text),
                    expires_at = coalesce(CAST(:expires AS timestamptz), expires_at),
                    paid_at = CASE WHEN CAST(:to AS text) = 'paid' THEN clock_timestamp() ELSE paid_at END
   WHERE id = :order AND state = CAST(:before AS text)
  RETURNING {LOCKED}
), history AS (
  INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
  SELECT organiser_id, id, CAST(:before AS text), state, CAST(:why AS text) FROM moved
), fact AS (
  INSERT INTO outbox (topic, dedupe_key, payload, correlation_id)
  SELECT CAST(:topic AS text), CAST(:topic AS text) || ':' || id, CAST(:payload AS jsonb), CAST(:correlation AS text)
    FROM moved WHERE CAST(:topic AS text) IS NOT NULL
  ON CONFLICT DO NOTHING
)
SELECT * FROM moved
"""  # noqa: S608 -- columns of queries.py

_END_ALL = """
WITH moved AS (
  UPDATE orders o SET state = CAST(:to AS text) FROM unnest(CAST(:orders AS uuid[]), CAST(:states AS text[]))
                                                     AS was (id, state)
   WHERE o.id = was.id AND o.state = was.state
  RETURNING o.id, o.organiser_id, was.state AS before
)
INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
SELECT organiser_id, id, before, CAST(:to AS text), CAST(:why AS text) FROM moved
RETURNING order_id, from_state
"""


async def step(tx: Tx, order: Any, to: str, why: str, *, expires_at: datetime | None = None) -> Any:
    """Take a locked order to its next state, with its history and the fact of it. Returns its row as it is now.

    A step that ends the order unpaid, or cancels it whole, gives its coupon back: free its seats before that.
    Raises RuntimeError for a step that the protocol doesn't know, or from a state that the order has left.
    """
    _check(order, to)
    topic, payload = _fact(order, to)
    found = await tx.sql(
        _STEP,
        order=order.id,
        before=order.state,
        to=to,
        why=why,
        expires=expires_at,
        topic=topic,
        payload=payload,
        correlation=correlation_id(),
    )
    moved = found.one_or_none()
    if moved is None:
        raise RuntimeError(f"order {order.id} isn't {order.state} any more")
    if to in ENDED:
        await coupons.give_back(tx, order.id)
    return moved


def _check(order: Any, to: str) -> None:
    if to not in STEPS[order.state]:
        raise RuntimeError(f"order {order.id}: no step from {order.state} to {to}")


def _fact(order: Any, to: str) -> tuple[str | None, str | None]:
    """What others hear of a step. That an order nobody tried to pay has lapsed is news to no one."""
    if to == "paid":
        return ORDER_PAID, json.dumps(OrderPaid(order.id).payload())
    if order.state in MOVING and to in {"failed", "expired"}:
        return ORDER_FAILED, json.dumps(OrderFailed(order.id).payload())
    return None, None


async def end_unpaid(tx: Tx, order: Any, to: str, why: str) -> None:
    """*failed*, *expired* or *cancelled* before the sale: every seat of the hold is free, the coupon is given back."""
    _check(order, to)
    await seats.end_hold(tx, order.hold_id, _hold_state(to))
    await step(tx, order, to, why)


async def end_all_unpaid(tx: Tx, orders: Sequence[Any], to: str, why: str) -> None:
    """As :func:`end_unpaid` for many locked orders (rows with id, hold_id, state) at once.

    All seats are freed before the first coupon is touched, so that two of these batches never wait for each other.
    """
    if not orders:
        return
    for order in orders:
        _check(order, to)
    await seats.end_holds(tx, [order.hold_id for order in orders], _hold_state(to))
    ended = await tx.sql(
        _END_ALL, orders=[order.id for order in orders], states=[order.state for order in orders], to=to, why=why
    )
    moved = ended.all()
    if len(moved) != len(orders):
        raise RuntimeError(f"{len(orders) - len(moved)} orders aren't in the state any more that they were read in")
    await coupons.give_back_all(tx, [row.order_id for row in moved])
    for row in moved:
        if row.from_state in MOVING and to in {"failed", "expired"}:
            fact = OrderFailed(row.order_id)
            await outbox.add(tx, ORDER_FAILED, f"{ORDER_FAILED}:{row.order_id}", fact.payload())


def _hold_state(to: str) -> str:
    return "expired" if to == "expired" else "released"


async def cancel_pending(tx: Tx, order_id: uuid.UUID) -> str:
    """A buyer gives a pending order up. Returns the state it is in; *paying* ones are for payments to stop first.

    Raises OrderMoving while money is on its way.
    """
    order = await lock(tx, order_id)
    if order.state == "pending":
        await end_unpaid(tx, order, "cancelled", "buyer cancelled")
        return "cancelled"
    if order.state in {"capturing", "expiring"}:
        raise OrderMoving
    return str(order.state)


async def expire_pending(tx: Tx, batch: int = 50) -> int:
    """T6: pending orders whose time ran out. Returns how many; several workers don't meet."""
    lapsed = await tx.sql(
        """SELECT id, hold_id, state FROM orders
            WHERE state = 'pending' AND expires_at < clock_timestamp()
            ORDER BY expires_at LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED""",
        batch=batch,
    )
    rows = lapsed.all()
    await end_all_unpaid(tx, rows, "expired", "time ran out")
    return len(rows)
