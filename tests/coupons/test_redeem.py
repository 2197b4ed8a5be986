"""Coupons with orders: used once an order, given back with every end, never above a limit, with Redis or without."""

import asyncio
from typing import Any

import asyncpg
import pytest

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.redis import Redis
from frontrow.core.runtime import Runtime
from frontrow.coupons import actions as coupons
from frontrow.coupons import queries as coupon_queries
from frontrow.coupons.actions.queue import LEASE_MS, CouponQueue, lock_key
from frontrow.coupons.errors import (
    CouponChanged,
    CouponMinimum,
    CouponUnknown,
    CouponUsedByYou,
    CouponUsedUp,
    CouponWrongTickets,
)
from frontrow.coupons.rules import terms_of
from frontrow.local.ports import free_ports
from frontrow.orders import actions as orders
from frontrow.orders import queries
from tests.factories.till import LIST, Till
from tests.waiting import eventually


async def test_a_fixed_amount_is_split_over_what_it_is_for(till: Till) -> None:
    types = await till.price(*LIST)
    await till.coupon("KIDS", percent_bp=None, amount=999, currency="EUR", ticket_types=["Child"], min_purchase=4000)
    held = await till.hold(1, 2, 3)
    with pytest.raises(CouponWrongTickets):
        await till.order(held, coupon="kids")
    with pytest.raises(CouponMinimum) as refused:
        await till.order(held, coupon="kids", types={1: types["Child"]})
    assert refused.value.extra == {"minimum": 4000}
    made = await till.order(held, coupon="kids", types={1: types["Child"], 3: types["Child"]})
    assert [line.discount for line in made.lines] == [500, 0, 499]
    assert made.order.coupon_code == "KIDS"


async def test_codes_of_others_are_unknown(till: Till) -> None:
    await till.coupon()
    held = await till.hold(1)
    for typed in ("ſave", "sa ve", "other", "", "%"):
        with pytest.raises(CouponUnknown):
            await till.order(held, coupon=typed)
    await till.sql("UPDATE coupon SET enabled = false")
    with pytest.raises(CouponUnknown):
        await till.order(held, coupon="save")
    assert await till.used() == 0


async def test_limits_of_all_and_of_one(till: Till) -> None:
    await till.coupon(max_uses=2, per_account=1)
    await till.order(await till.hold(1), coupon="save", email="ann@example.com")
    quoted = await till.quote(await till.hold(2), coupon="save", email="ANN@example.com")
    assert isinstance(quoted.coupon_problem, CouponUsedByYou)
    with pytest.raises(CouponUsedByYou):
        await till.order(await till.hold(3), coupon="save", email="ANN@example.com")
    await till.order(await till.hold(4), coupon="save", email="ann@example.com", user=new_id())
    with pytest.raises(CouponUsedUp):
        await till.order(await till.hold(5), coupon="save")
    assert await till.used() == 2
    # A refused order leaves nothing behind: the hold is as it was.
    assert {row.state for row in await till.sql("SELECT state FROM hold WHERE seat_nos = '{3}'")} == {"active"}


async def end(till: Till, order_id: Any, to: str) -> None:
    async def work(tx: Tx) -> None:
        order = await queries.lock(tx, order_id)
        if to == "cancelled":
            await orders.end_unpaid(tx, order, to, "test")
            return
        order = await orders.step(tx, order, "paying", "test")
        if to == "failed":
            await orders.end_unpaid(tx, order, to, "test")
            return
        order = await orders.step(tx, order, "expiring", "test")
        await orders.end_unpaid(tx, order, "expired", "test")
        if to == "refund_due":
            await orders.step(tx, await queries.lock(tx, order_id), to, "test")
            # The payment that it is for isn't part of this test.
            await orders.step(tx, await queries.lock(tx, order_id), "refunded", "test")

    await till.rt.db.write(work)
    await till.sql("DELETE FROM outbox")


@pytest.mark.parametrize("to", ["cancelled", "failed", "expired", "refund_due"])
async def test_every_unpaid_end_gives_it_back(till: Till, to: str) -> None:
    await till.coupon(max_uses=1)
    placed = await till.order(await till.hold(1), coupon="save")
    await end(till, placed.order.id, to)
    assert await till.used() == 0
    await till.order(await till.hold(2), coupon="save")
    # Once more for the first order, as a second worker might: nothing is given back twice.
    await till.rt.db.write(lambda tx: coupons.give_back(tx, placed.order.id))
    assert await till.used() == 1


async def test_terms_that_changed_since_they_were_read_are_not_redeemed(till: Till) -> None:
    await till.coupon()
    terms = terms_of(await till.rt.db.read(lambda tx: coupon_queries.find(tx, till.house.organiser_id, "SAVE")))
    assert terms is not None
    await till.sql("UPDATE coupon SET percent_bp = 1, revision = revision + 1")
    with pytest.raises(CouponChanged):
        await till.rt.db.write(lambda tx: coupons.redeem(tx, terms, new_id(), "x"))
    assert await till.used() == 0


async def test_the_table_has_the_last_word(till: Till) -> None:
    await till.coupon(max_uses=1)
    await till.order(await till.hold(1), coupon="save")
    with pytest.raises(asyncpg.CheckViolationError):
        await till.sql("UPDATE coupon SET used = used + 1")
    with pytest.raises(asyncpg.UniqueViolationError):
        await till.sql(
            """INSERT INTO coupon_redemption (organiser_id, coupon_id, order_id, account)
               SELECT organiser_id, coupon_id, order_id, account FROM coupon_redemption"""
        )


async def test_one_at_a_time_goes_through_the_queue_also_between_processes(rt: Runtime) -> None:
    """Two queues stand for two processes: only Redis is between them."""
    inside, most = 0, 0

    async def pass_through(queue: CouponQueue) -> None:
        nonlocal inside, most
        async with queue.turn("save"):
            inside += 1
            most = max(most, inside)
            assert await (await rt.redis.client()).exists(lock_key("SAVE"))
            inside -= 1

    queues = [CouponQueue(rt.redis), CouponQueue(rt.redis)]
    await asyncio.gather(*(pass_through(queues[at % 2]) for at in range(20)))
    assert most == 1
    assert not await (await rt.redis.client()).exists(lock_key("SAVE"))


async def test_a_lock_that_lapsed_is_not_taken_from_its_next_owner(rt: Runtime) -> None:
    client = await rt.redis.client()
    async with CouponQueue(rt.redis).turn("save"):
        assert 0 < await client.pttl(lock_key("SAVE")) <= LEASE_MS
        await client.set(lock_key("SAVE"), "somebody else")
    assert await client.get(lock_key("SAVE")) == b"somebody else"


async def test_who_waits_too_long_goes_on_without_the_lock(rt: Runtime) -> None:
    client = await rt.redis.client()
    await client.set(lock_key("SAVE"), "somebody who sleeps")
    async with asyncio.timeout(10), CouponQueue(rt.redis).turn("save"):
        pass
    assert await client.get(lock_key("SAVE")) == b"somebody who sleeps"


async def test_without_redis_there_is_no_lock_and_no_sale_too_many(till: Till) -> None:
    """The server of the settings is away: the database alone decides, as it does anyway."""
    away = till.rt.settings.redis.model_copy(update={"url": f"redis://127.0.0.1:{free_ports(1)[0]}", "timeout_s": 0.2})
    queue = CouponQueue(Redis(away, till.rt.secrets))
    await till.coupon(max_uses=3)
    held = [await till.hold(at + 1) for at in range(8)]

    async def buy(at: int) -> bool:
        async with queue.turn("save"):
            try:
                await till.order(held[at], coupon="save")
            except CouponUsedUp:
                return False
            return True

    told = await asyncio.gather(*(buy(at) for at in range(8)))
    assert (sum(told), await till.used()) == (3, 3)


async def test_a_queue_forgets_codes_that_nobody_asks_for(rt: Runtime) -> None:
    queue = CouponQueue(rt.redis)
    async with queue.turn("save"):
        assert len(queue._here) == 1
    await eventually(lambda: len(queue._here) == 0)
