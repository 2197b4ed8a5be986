"""Cancelling an evening against paying for it: what is sold was sold before, or isn't. The control has no guard."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.payments.actions import statements
from frontrow.payments.actions.call_off import paid
from frontrow.payments.actions.settle import Sale, settle
from tests.factories.house import House
from tests.races.gate import somebody_waits_for_a_row
from tests.races.test_payment_money import captured, one, order_of, paying

GUARD = "AND performance_id = (SELECT id FROM evening)"
SOLD = "SELECT count(*) FROM seat WHERE state = 'sold'"
STATE = "SELECT state FROM orders"


async def cancel(rt: Runtime, house: House) -> None:
    await rt.db.write(lambda tx: events.cancel_performance(tx, house.performance_id))


async def cancelled_while_it_waits(
    rt: Runtime, house: House, order_id: uuid.UUID, sale: Callable[[], Awaitable[Any]]
) -> Any:
    """The sale has looked at the evening, and waits for its order; in the meantime the evening is cancelled."""

    async def keeper(tx: Tx) -> asyncio.Future[Any]:
        await tx.sql("SELECT 1 FROM orders WHERE id = :order FOR NO KEY UPDATE", order=order_id)
        waiting = asyncio.ensure_future(sale())
        await somebody_waits_for_a_row(rt)
        await cancel(rt, house)
        return waiting

    return await (await rt.db.write(keeper))


async def test_nothing_is_sold_once_the_evening_is_cancelled(rt: Runtime, house: House) -> None:
    payment_id, intent = await paying(rt, house, [1, 2])
    order_id = await order_of(rt, payment_id)
    sold = await cancelled_while_it_waits(rt, house, order_id, lambda: settle(rt, payment_id, intent, "news"))
    assert sold is None
    assert await one(rt, SOLD) == 0
    assert await one(rt, STATE) == "failed"
    assert await one(rt, "SELECT state FROM payment") == "cancelling"


async def test_control_without_the_guard_a_seat_is_sold_for_a_cancelled_evening(rt: Runtime, house: House) -> None:
    payment_id, intent = await paying(rt, house, [1, 2])
    order_id = await order_of(rt, payment_id)
    assert GUARD in statements.AUTHORISED
    values = {
        "payment": payment_id,
        "intent": intent.id,
        "before": "paying",
        "why": "news",
        "topic": "payments.capture",
        "key": f"capture:{payment_id}",
        "payload": "{}",
        "leased": 60.0,
        "amount": intent.amount,
        "currency": intent.currency,
    }
    careless = statements.AUTHORISED.replace(GUARD, "")
    await cancelled_while_it_waits(rt, house, order_id, lambda: rt.db.once(careless, **values))
    assert await one(rt, SOLD) == 2
    assert await one(rt, STATE) == "capturing"


async def test_a_sale_that_came_first_is_waited_for_and_given_back(rt: Runtime, house: House) -> None:
    payment_id, intent = await paying(rt, house, [1])
    assert isinstance(await settle(rt, payment_id, intent, "authorised"), Sale)

    async def sale(tx: Tx) -> asyncio.Future[None]:
        # As a sale has it: the cancellation waits.
        await tx.sql("SELECT 1 FROM performance FOR KEY SHARE")
        waiting = asyncio.ensure_future(cancel(rt, house))
        await somebody_waits_for_a_row(rt)
        return waiting

    await (await rt.db.write(sale))
    await settle(rt, payment_id, captured(intent), "captured")
    assert await one(rt, STATE) == "paid"
    await paid(rt, await order_of(rt, payment_id))
    assert await one(rt, STATE) == "cancelled"
    assert await one(rt, "SELECT sum(amount) FROM refund") == intent.amount
