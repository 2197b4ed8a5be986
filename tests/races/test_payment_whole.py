"""T3 and T4 as one statement each. Such a statement sees what was when it began, even of what changes while it waits
for a lock: here things change just then. The controls have the guard off, and are misled."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.orders.queries import Viewer
from frontrow.payments.actions import start, statements
from frontrow.payments.actions.settle import _sale, settle
from frontrow.seats.errors import HoldExpired
from tests.factories.house import House
from tests.races.gate import somebody_waits_for_a_row
from tests.races.test_payment_money import one, order_of, paying, unlocked
from tests.races.test_payment_tabs import placed

NUMBERED_TWICE = "ALTER TABLE payment DROP CONSTRAINT uq_payment_order_id_seq"
AS_SEEN = "AND " + statements._AS_SEEN
BEGUN_AND_LEFT = (
    """INSERT INTO payment (id, organiser_id, order_id, method, state, active, amount, currency)
       SELECT gen_random_uuid(), organiser_id, id, 'stripe', 'cancelled', false, total, currency
         FROM orders WHERE id = :order""",
    "UPDATE orders SET state = 'paying' WHERE id = :order",
    "UPDATE orders SET state = 'pending' WHERE id = :order",
)


async def begun_while_another_was_left(rt: Runtime, house: House) -> start.Opened:
    """A payment is begun while another tab's, begun and left, isn't committed yet."""
    order_id, viewer = await placed(rt, house)

    async def other_tab(tx: Tx) -> asyncio.Task[start.Opened]:
        await tx.sql("SELECT 1 FROM orders WHERE id = :order FOR NO KEY UPDATE", order=order_id)
        waiting = asyncio.create_task(start.open_or_find(rt, order_id, viewer, "a key", "card"))
        await somebody_waits_for_a_row(rt)
        for statement in BEGUN_AND_LEFT:
            await tx.sql(statement, order=order_id)
        return waiting

    return await (await rt.db.write(other_tab))


async def test_a_payment_counts_the_one_that_was_left_meanwhile(rt: Runtime, house: House) -> None:
    """Stripe's key is made of the number: the same once more would bring back the intent that was cancelled."""
    opened = await begun_while_another_was_left(rt, house)
    assert opened.payment.seq == 2
    assert await one(rt, "SELECT resource_id FROM idempotency WHERE endpoint = 'pay'") == opened.payment.id


async def test_control_whoever_does_not_look_whether_the_order_changed_meets_the_constraint(
    rt: Runtime, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert AS_SEEN in statements.OPENED_AT_ONCE
    monkeypatch.setattr(statements, "OPENED_AT_ONCE", statements.OPENED_AT_ONCE.replace(AS_SEEN, ""))
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_payment_order_id_seq"):
        await begun_while_another_was_left(rt, house)


async def test_control_with_the_constraint_gone_as_well_it_counts_wrong(
    rt: Runtime, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rt.db.write(lambda tx: tx.sql(NUMBERED_TWICE))
    monkeypatch.setattr(statements, "OPENED_AT_ONCE", statements.OPENED_AT_ONCE.replace(AS_SEEN, ""))
    assert (await begun_while_another_was_left(rt, house)).payment.seq == 1


async def two_at_once(rt: Runtime, house: House, statement: str) -> list[Any]:
    """The statement twice, which finds the order and its hold locked."""
    order_id, viewer = await placed(rt, house)

    def opening() -> Any:
        payment_id = new_id()
        return rt.db.once(
            statement,
            **start._claim(order_id, viewer, str(payment_id), "card", payment_id),
            **start._new(rt, payment_id, "card"),
            buyer=viewer.buyer_id,
            user=None,
            at_least=start._paying_time(rt),
        )

    async def keeper(tx: Tx) -> list[asyncio.Task[Any]]:
        await tx.sql("SELECT 1 FROM orders WHERE id = :order FOR NO KEY UPDATE", order=order_id)
        await tx.sql("SELECT 1 FROM hold FOR NO KEY UPDATE")
        tasks = [asyncio.create_task(opening()) for _ in range(2)]
        await somebody_waits_for_a_row(rt, 2)
        return tasks

    return list(await asyncio.gather(*await rt.db.write(keeper), return_exceptions=True))


async def test_one_statement_opens_one_payment(rt: Runtime, house: House) -> None:
    told = await two_at_once(rt, house, statements.OPENED_AT_ONCE)
    assert sorted(isinstance(row, Exception) for row in told) == [False, True]
    assert await one(rt, "SELECT count(*) FROM payment") == 1
    assert await one(rt, "SELECT count(*) FROM idempotency WHERE endpoint = 'pay'") == 1, "with the rest or not at all"


async def test_control_without_lock_and_state_it_opens_two(rt: Runtime, house: House) -> None:
    loose = unlocked(statements.OPENED_AT_ONCE).replace("AND state = CAST(:before AS text)", "")
    await rt.db.write(lambda tx: tx.sql("DROP INDEX uq_payment_active"))
    await rt.db.write(lambda tx: tx.sql(NUMBERED_TWICE))
    told = await two_at_once(rt, house, loose)
    assert not [row for row in told if isinstance(row, Exception)]
    assert await one(rt, "SELECT count(*) FROM payment") == 2


async def test_a_stranger_leaves_no_trace(rt: Runtime, house: House) -> None:
    order_id, viewer = await placed(rt, house)
    token = await one(rt, "SELECT token FROM orders")
    for stranger in (Viewer(new_id(), None, None), Viewer(new_id(), new_id(), "wrong")):
        with pytest.raises(NotFound):
            await start.open_or_find(rt, order_id, stranger, "a key", "card")
        assert await start.open_at_once(rt, order_id, stranger, "a key", "card") is None
    assert await one(rt, "SELECT count(*) FROM idempotency WHERE endpoint = 'pay'") == 0
    assert await one(rt, "SELECT state FROM orders") == "pending"
    bearer = await start.open_or_find(rt, order_id, Viewer(new_id(), None, token), "a key", "card")
    assert bearer.row_id is not None
    assert viewer.buyer_id is not None
    again = await start.open_or_find(rt, order_id, viewer, "their own key", "card")
    assert again.payment.id == bearer.payment.id


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_with_a_seat_lost_nothing_is_begun(rt: Runtime, house: House, when: str) -> None:
    order_id, viewer = await placed(rt, house)
    before = await one(rt, "SELECT expires_at FROM hold")

    async def lose(tx: Tx) -> asyncio.Task[start.Opened] | None:
        await tx.sql("SELECT 1 FROM seat WHERE hold_id IS NOT NULL FOR NO KEY UPDATE")
        begun = None
        if when == "meanwhile":
            begun = asyncio.create_task(start.open_or_find(rt, order_id, viewer, "a key", "card"))
            await somebody_waits_for_a_row(rt)
        await tx.sql(
            """UPDATE seat SET state = 'free', hold_id = NULL, expires_at = NULL, fence = fence + 1
                WHERE hold_id IS NOT NULL"""
        )
        return begun

    begun = await rt.db.write(lose)
    with pytest.raises(HoldExpired):
        await (begun or start.open_or_find(rt, order_id, viewer, "a key", "card"))
    assert await one(rt, "SELECT count(*) FROM idempotency WHERE endpoint = 'pay'") == 0
    assert await one(rt, "SELECT count(*) FROM payment") == 0
    assert await one(rt, "SELECT expires_at FROM hold") == before


async def sold_while_a_seat_goes(rt: Runtime, house: House, sell: Callable[[uuid.UUID, Any], Any]) -> None:
    """Somebody takes a seat of the hold away (no verb of ours would) while the sale waits for just this seat."""
    payment_id, intent = await paying(rt, house, [1, 2])

    async def take_away(tx: Tx) -> asyncio.Task[Any]:
        await tx.sql("SELECT 1 FROM seat WHERE seat_no = 2 FOR NO KEY UPDATE")
        selling = asyncio.create_task(sell(payment_id, intent))
        await somebody_waits_for_a_row(rt)
        await tx.sql(
            """UPDATE seat SET state = 'free', hold_id = NULL, expires_at = NULL, in_payment = false,
                               fence = fence + 1 WHERE seat_no = 2"""
        )
        return selling

    await (await rt.db.write(take_away))


async def test_a_sale_that_loses_a_seat_sells_none(rt: Runtime, house: House) -> None:
    await sold_while_a_seat_goes(rt, house, lambda payment, intent: settle(rt, payment, intent, "news"))
    assert await one(rt, "SELECT count(*) FROM seat WHERE state <> 'free'") == 0
    assert await one(rt, "SELECT count(*) FROM ticket") == 0
    assert await one(rt, "SELECT state FROM orders") == "failed"
    assert await one(rt, "SELECT state FROM payment") == "cancelling"


async def test_control_without_the_seats_lock_it_sells_what_it_has_not(rt: Runtime, house: House) -> None:
    async def sell(payment_id: uuid.UUID, intent: Any) -> Any:
        return await rt.db.once(
            unlocked(statements.AUTHORISED),
            amount=intent.amount,
            currency=intent.currency,
            **_sale("paying", payment_id, intent, "news", 60.0),
        )

    await sold_while_a_seat_goes(rt, house, sell)
    assert await one(rt, "SELECT count(*) FROM seat WHERE state = 'sold'") == 2


async def test_news_and_check_of_one_authorisation_sell_once(rt: Runtime, house: House) -> None:
    """Whoever comes second finds the order further than it was seen, and says nothing."""
    payment_id, intent = await paying(rt, house, [1, 2])
    order_id = await order_of(rt, payment_id)
    told: list[Any] = []
    rt.broadcast.seats_changed = lambda _, changes: told.append(sorted(changes))  # type: ignore[method-assign]
    sales = await asyncio.gather(*(settle(rt, payment_id, intent, "news") for _ in range(8)))
    assert sum(sale is not None for sale in sales) == 1
    assert told == [[(1, "s", 2), (2, "s", 2)]]
    assert await one(rt, "SELECT count(*) FROM ticket WHERE order_id = :order", order=order_id) == 2
    assert await one(rt, "SELECT count(*) FROM order_step WHERE to_state = 'capturing'") == 1
