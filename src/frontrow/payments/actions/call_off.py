"""An evening was cancelled: its orders end, and what was paid for them goes back. A few at a time.

An outbox row stands for each batch, each order and each refund, added by the row before it in one transaction: a crash
anywhere leaves a row that goes on. Each order is a transaction of its own, decided on its locked row: whoever comes
twice finds it taken back, and asks for no second refund. It uses the steps that there are: T7 for an order that is
being paid, T13 with T9 for a paid one.

Nothing is sold for a cancelled evening (``seats``), so an order that slips in behind the batches ends by itself. One
whose money is being taken just when the evening is cancelled is given back as soon as it is paid (:func:`paid`).
"""

import uuid
from datetime import timedelta
from typing import Any

from frontrow.core import ids, outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.events import queries as event_queries
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.payments import queries
from frontrow.payments.actions import lines, refunds
from frontrow.payments.actions.stop import expiring
from frontrow.payments.messages import CALL_OFF, CALL_OFF_BATCH, CALLED_OFF, CalledOff
from frontrow.seats import actions as seats

BATCH = 50
PAUSE = timedelta(seconds=2)
WHY = "the evening was cancelled"

_BATCH = """
WITH page AS (
  SELECT id, correlation_id FROM orders
   WHERE performance_id = :performance AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
     AND state IN ('pending', 'paying', 'expiring', 'capturing', 'paid')
   ORDER BY id LIMIT :batch),
asked AS (
  INSERT INTO outbox (topic, dedupe_key, payload, correlation_id)
  SELECT CAST(:topic AS text), CAST(:topic AS text) || ':' || id, jsonb_build_object('order_id', id), correlation_id
    FROM page
  ON CONFLICT DO NOTHING RETURNING 1)
SELECT (SELECT count(*) FROM asked) AS asked, (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last
"""


async def call_off_batch(rt: Runtime, performance_id: uuid.UUID, after: uuid.UUID | None = None) -> int:
    """Add a job for each open or paid order among the next ``BATCH`` behind ``after``, and the next batch. Holds that
    nobody has ordered go with the first. Returns how many jobs were added."""

    async def work(tx: Tx) -> int:
        if after is None:
            await seats.end_holds(tx, await _held(tx, performance_id), "released")
        row = (await tx.sql(_BATCH, performance=performance_id, after=after, batch=BATCH, topic=CALL_OFF)).one()
        if row.last is not None:
            payload = {"performance_id": str(performance_id), "after": str(row.last)}
            key = f"{CALL_OFF_BATCH}:{performance_id}:{row.last}"
            await outbox.add(tx, CALL_OFF_BATCH, key, payload, delay=PAUSE)
        return int(row.asked)

    return await rt.db.write(work)


async def _held(tx: Tx, performance_id: uuid.UUID) -> list[uuid.UUID]:
    found = await tx.sql(
        """SELECT id FROM hold
            WHERE state = 'active'
              AND id IN (SELECT hold_id FROM seat WHERE performance_id = :performance AND state = 'held')""",
        performance=performance_id,
    )
    return list(found.scalars())


async def call_off(rt: Runtime, order_id: uuid.UUID) -> None:
    """End an order of a cancelled evening, whatever its state. Safe to repeat. Raises NotFound."""

    async def work(tx: Tx) -> None:
        order = await order_queries.lock(tx, order_id)
        match order.state:
            case "pending":
                await orders.end_unpaid(tx, order, "cancelled", WHY)
            case "paying":
                await expiring(rt, tx, order, WHY, "expired")
            case "expiring":
                # Its buyer left the payment, perhaps to pay another way: there is none any more.
                await tx.sql(
                    "UPDATE payment SET ends_as = 'expired' WHERE order_id = :order AND active AND ends_as = 'pending'",
                    order=order_id,
                )
            case "paid":
                await _take_back(tx, order)

    await rt.db.write(work)


async def paid(rt: Runtime, order_id: uuid.UUID) -> None:
    """An order has just been paid. Was its evening cancelled while the money was being taken, it is given back."""

    async def look(tx: Tx) -> bool:
        order = await order_queries.order(tx, order_id)
        return await event_queries.is_cancelled(tx, order.performance_id)

    if await rt.db.read(look):
        await call_off(rt, order_id)


async def _take_back(tx: Tx, order: Any) -> None:
    """T13 for all that is left of a locked *paid* order, and T9 for what it cost. Used tickets, too: their holders
    were in for an evening that was broken off. Money from a desk goes back at a desk, by staff, who see it there."""
    payment = await queries.lock_captured(tx, order.id)
    reversal = await lines.take_back(tx, order, None)
    refund_id = None
    if payment is not None and payment.method == "stripe":
        amount = min(reversal.amount, payment.captured - await refunds.asked(tx, payment.id))
        if amount > 0:
            refund_id = await refunds.ask(tx, payment, amount, WHY, None)
    await lines.write_down(tx, ids.new_id(), order, reversal, refund_id=refund_id, reason=WHY, made_by=None)
    await outbox.add(tx, CALLED_OFF, f"{CALLED_OFF}:{order.id}", CalledOff(order.id).payload())
