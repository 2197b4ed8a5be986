"""What orders and payments ask of seats: each verb does all of it or nothing, and says which."""

import functools
import uuid
from datetime import timedelta
from typing import Any

import pytest

from frontrow.core.errors import NotFound
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.actions import Held
from frontrow.seats.errors import HoldExpired, HoldInUse
from tests.factories.house import House


async def hold(rt: Runtime, house: House, seats: list[int], buyer: uuid.UUID) -> Held:
    made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, seats, str(seats))
    assert isinstance(made, Held)
    return made


async def run(rt: Runtime, verb: Any, *arguments: Any) -> Any:
    return await rt.db.write(lambda tx: verb(tx, *arguments))


async def states(rt: Runtime, house: House) -> str:
    return (await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))).states


async def hold_states(rt: Runtime) -> list[str]:
    found = await rt.db.read(lambda tx: tx.sql("SELECT state FROM hold ORDER BY id"))
    return [row.state for row in found]


async def lapse(rt: Runtime, hold_id: uuid.UUID) -> None:
    """Let a hold's time run out."""

    async def work(tx: Any) -> None:
        await tx.sql("UPDATE hold SET expires_at = now() - interval '1 s' WHERE id = :h", h=hold_id)
        await tx.sql(
            "UPDATE seat SET expires_at = now() - interval '1 s', fence = fence + 1 WHERE hold_id = :h", h=hold_id
        )

    await rt.db.write(work)


async def test_from_hold_to_sold_and_back(rt: Runtime, house: House) -> None:
    told: list[tuple[int, str, int]] = []
    rt.db.announce = lambda performance, news: told.extend(news)
    buyer, order = new_id(), new_id()
    held = await hold(rt, house, [4, 5, 6], buyer)
    row = await run(rt, actions.tie_to_order, held.hold_id, buyer)
    assert (row.performance_id, row.seat_nos, row.expires_at) == (house.performance_id, [4, 5, 6], held.expires_at)
    kept = await run(rt, actions.keep_for_payment, held.hold_id, timedelta(seconds=900))
    assert kept > held.expires_at
    assert await run(rt, actions.sell, held.hold_id, order)
    assert (await states(rt, house))[:7] == "fffsssf"
    assert await hold_states(rt) == ["sold"]
    assert await run(rt, actions.free_sold, order, [5, 7]) == 1
    assert (await states(rt, house))[:7] == "fffsfsf"
    assert await run(rt, actions.free_sold, new_id()) == 0
    assert await run(rt, actions.free_sold, order) == 2
    assert "s" not in await states(rt, house)
    assert told[-1] == (6, "f", 4)
    assert [change[:2] for change in told[:3]] == [(4, "h"), (5, "h"), (6, "h")]


async def test_a_hold_is_tied_once_by_its_buyer_and_in_time(rt: Runtime, house: House) -> None:
    buyer = new_id()
    held = await hold(rt, house, [1], buyer)
    with pytest.raises(NotFound):
        await run(rt, actions.tie_to_order, held.hold_id, new_id())
    await run(rt, actions.tie_to_order, held.hold_id, buyer)
    with pytest.raises(HoldInUse):
        await run(rt, actions.tie_to_order, held.hold_id, buyer)
    with pytest.raises(HoldInUse):
        await run(rt, actions.release_hold, held.hold_id, buyer)
    late = await hold(rt, house, [2], buyer)
    await lapse(rt, late.hold_id)
    with pytest.raises(HoldExpired):
        await run(rt, actions.tie_to_order, late.hold_id, buyer)
    assert await hold_states(rt) == ["ordered", "active"]


async def test_no_sale_and_no_payment_for_a_hold_that_lost_a_seat(rt: Runtime, house: House) -> None:
    buyer = new_id()
    held = await hold(rt, house, [1, 2], buyer)
    await run(rt, actions.tie_to_order, held.hold_id, buyer)
    await rt.db.write(
        lambda tx: tx.sql(
            """UPDATE seat SET state = 'free', hold_id = NULL, expires_at = NULL, fence = fence + 1
                WHERE seat_no = 2"""
        )
    )
    with pytest.raises(HoldExpired):
        await run(rt, actions.keep_for_payment, held.hold_id, timedelta(seconds=60))
    assert not await run(rt, actions.sell, held.hold_id, new_id())
    assert (await states(rt, house))[:2] == "hf"
    assert await hold_states(rt) == ["ordered"]


async def test_an_order_that_ends_unpaid_frees_what_the_hold_still_has(rt: Runtime, house: House) -> None:
    buyer = new_id()
    held = await hold(rt, house, [1, 2], buyer)
    await run(rt, actions.tie_to_order, held.hold_id, buyer)
    assert await run(rt, actions.end_hold, held.hold_id, "expired") == 2
    assert await run(rt, actions.end_hold, held.hold_id, "expired") == 0
    assert await hold_states(rt) == ["expired"]
    sold = await hold(rt, house, [3], buyer)
    assert await run(rt, actions.sell, sold.hold_id, new_id())
    assert await run(rt, actions.end_hold, sold.hold_id, "released") == 0
    assert await hold_states(rt) == ["expired", "sold"]


async def test_late_money_takes_all_of_its_seats_again_or_none(rt: Runtime, house: House) -> None:
    take = functools.partial(run, rt, actions.take_again, house.performance_id)
    order = new_id()
    lapsed = await hold(rt, house, [2], new_id())
    await lapse(rt, lapsed.hold_id)
    assert await take([3, 1, 2], order)
    assert (await states(rt, house))[:4] == "sssf"
    assert not await take([3, 4], new_id())
    in_payment = await hold(rt, house, [6], buyer := new_id())
    await run(rt, actions.tie_to_order, in_payment.hold_id, buyer)
    await run(rt, actions.keep_for_payment, in_payment.hold_id, timedelta(seconds=60))
    await lapse(rt, in_payment.hold_id)
    assert not await take([5, 6], new_id())
    assert (await states(rt, house))[:7] == "sssffhf"
    assert await run(rt, actions.free_sold, order) == 3
