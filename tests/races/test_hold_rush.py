"""A thousand buyers for ten seats: each seat is sold once, and nobody is refused in vain."""

import asyncio
import random
import uuid
from collections import Counter

import pytest

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.errors import SeatsTaken
from tests.factories.house import House
from tests.races.gate import LOCK, change_guard, closed_gate, put_gate

BUYERS, SEATS, AT_ONCE = 1000, 10, 60


async def rush(rt: Runtime, house: House, seed: int) -> tuple[dict[uuid.UUID, list[int]], list[list[int]]]:
    """Everybody wants one to three neighbours among the ten. Returns who won what, and what the losers had wanted."""
    chance = random.Random(seed)
    room = asyncio.Semaphore(AT_ONCE)
    won: dict[uuid.UUID, list[int]] = {}
    lost: list[list[int]] = []

    async def buy(wanted: list[int]) -> None:
        async with room:
            try:
                made = await actions.hold_seats(
                    rt.db, rt.settings.till, house.performance_id, new_id(), wanted, uuid.uuid4().hex
                )
            except SeatsTaken:
                lost.append(wanted)
                return
            assert isinstance(made, actions.Held)
            order = new_id()
            won[order] = made.seats
            assert await rt.db.write(lambda tx: actions.sell(tx, made.hold_id, order))

    wishes = []
    for _ in range(BUYERS):
        size = chance.randint(1, 3)
        start = chance.randint(1, SEATS - size + 1)
        wishes.append(list(range(start, start + size)))
    await asyncio.gather(*(buy(wanted) for wanted in wishes))
    return won, lost


@pytest.mark.parametrize("seed", [1, 2])
async def test_1000_buyers_on_10_seats(rt: Runtime, house: House, seed: int) -> None:
    """The test's database must not have seen a deadlock either; the fixture asks PostgreSQL."""
    won, lost = await rush(rt, house, seed)
    assert len(won) + len(lost) == BUYERS
    sold = Counter(seat for seats in won.values() for seat in seats)
    assert max(sold.values()) == 1
    owners = await rt.db.read(lambda tx: tx.sql("SELECT seat_no, order_id FROM seat WHERE state = 'sold'"))
    assert {row.seat_no: row.order_id for row in owners} == {
        seat: order for order, seats in won.items() for seat in seats
    }
    assert [wanted for wanted in lost if not set(wanted) & set(sold)] == []
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert seen.digest == str(2 * len(sold))
    assert "h" not in seen.states


async def test_control_without_the_row_lock_a_hold_is_lost_again(rt: Runtime, house: House) -> None:
    """Two who both found the seat free: the later one overwrites the hold that the first was promised."""
    await put_gate(rt)
    await change_guard(rt, f"ORDER BY s.seat_no {LOCK}", "ORDER BY s.seat_no")

    async def hold() -> object:
        return await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, new_id(), [1], uuid.uuid4().hex)

    async with closed_gate(rt) as gate:
        both = [asyncio.create_task(hold()) for _ in range(2)]
        await gate.come(2)
        await gate.open()
        made = await asyncio.gather(*both)
    sold = [
        await rt.db.write(lambda tx, held=held: actions.sell(tx, held.hold_id, new_id()))
        for held in made
        if isinstance(held, actions.Held)
    ]
    assert sorted(sold) == [False, True]
