"""One buyer in eight tabs: together they hold no more than the cap; without the buyer's lock they do."""

import asyncio

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions
from frontrow.seats.actions import Held
from frontrow.seats.errors import TooManySeats
from tests.factories.house import House
from tests.races.gate import change_guard, closed_gate, put_gate

BUYER_LOCK = "pg_advisory_xact_lock(hashtextextended(p_buyer::text, hashtextextended(p_performance::text, 0)))"
CAP = 4


async def eight_tabs(rt: Runtime, house: House, together: int) -> list[Held | TooManySeats]:
    """Each tab holds two seats of its own. ``together``: how many must come to the gate at once."""
    rt.settings.till.max_seats = CAP
    buyer = new_id()

    async def hold(tab: int) -> Held | TooManySeats:
        seats = [2 * tab + 1, 2 * tab + 2]
        try:
            made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, seats, f"tab {tab}")
        except TooManySeats as refused:
            return refused
        assert isinstance(made, Held)
        return made

    async with closed_gate(rt) as gate:
        tabs = [asyncio.create_task(hold(tab)) for tab in range(8)]
        await gate.come(together)
        await gate.open()
        return await asyncio.gather(*tabs)


async def test_eight_tabs_hold_no_more_than_the_cap(rt: Runtime, house: House) -> None:
    await put_gate(rt)
    told = await eight_tabs(rt, house, together=1)
    assert sum(isinstance(answer, Held) for answer in told) == 2
    assert [answer.extra for answer in told if isinstance(answer, TooManySeats)] == [{"held": 4, "max_seats": 4}] * 6


async def test_control_without_the_buyers_lock_each_tab_sees_none_of_the_others(rt: Runtime, house: House) -> None:
    await put_gate(rt)
    await change_guard(rt, BUYER_LOCK, "1")
    told = await eight_tabs(rt, house, together=8)
    assert sum(len(answer.seats) for answer in told if isinstance(answer, Held)) > CAP


async def test_unpaid_orders_count_and_what_is_over_does_not(rt: Runtime, house: House) -> None:
    rt.settings.till.max_seats = CAP
    buyer, another = new_id(), new_id()

    async def hold(seats: list[int], who: object = buyer) -> Held:
        made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, who, seats, str(seats))  # type: ignore[arg-type]
        assert isinstance(made, Held)
        return made

    async def refused(seats: list[int]) -> object:
        try:
            await hold(seats)
        except TooManySeats as error:
            return error.extra["held"]
        return None

    first = await hold([1, 2])
    await hold([11, 12, 13, 14], another)
    await rt.db.write(lambda tx: actions.tie_to_order(tx, first.hold_id, buyer))
    second = await hold([3])
    assert await refused([5, 6]) == 3
    await rt.db.write(lambda tx: actions.release_hold(tx, second.hold_id, buyer))
    assert await refused([5, 6, 7]) == 2
    assert await rt.db.write(lambda tx: actions.sell(tx, first.hold_id, new_id()))
    # What is sold is the order's cap to count, not the hold's.
    await hold([5, 6, 7, 8])
    assert await refused([9]) == 4
    await rt.db.write(lambda tx: tx.sql("UPDATE hold SET expires_at = now() - interval '1 s' WHERE state = 'active'"))
    await hold([21])
