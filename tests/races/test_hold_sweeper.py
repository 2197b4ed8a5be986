"""A lapsed hold's seats: a buyer takes them while the sweeper frees them. Nobody loses what they were promised."""

import asyncio

import pytest

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.actions import Held
from frontrow.seats.actions.upkeep import SWEEP
from frontrow.seats.errors import HoldExpired
from tests.factories.house import House
from tests.races.gate import closed_gate, put_gate, somebody_waits_for_a_row
from tests.seats.test_verbs import lapse

RECHECK = " AND s.hold_id = mine.hold_id"
ROW_LOCK = "FOR NO KEY UPDATE OF s"


async def hold(rt: Runtime, house: House, key: str) -> Held:
    made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, new_id(), [1, 2], key)
    assert isinstance(made, Held)
    return made


async def owners(rt: Runtime) -> list[object]:
    found = await rt.db.read(lambda tx: tx.sql("SELECT hold_id FROM seat WHERE seat_no <= 2 ORDER BY seat_no"))
    return [row.hold_id for row in found]


async def taken_while_swept(rt: Runtime, house: House, statement: str) -> Held:
    """A buyer has the lapsed seats' locks when the sweeper comes, who has seen them as they were before."""
    await lapse(rt, (await hold(rt, house, "lapsed")).hold_id)
    await put_gate(rt)
    async with closed_gate(rt) as gate:
        taking = asyncio.create_task(hold(rt, house, "taker"))
        await gate.come(1)
        sweeping = asyncio.create_task(rt.db.write(lambda tx: tx.sql(statement, batch=100)))
        await somebody_waits_for_a_row(rt)
        await gate.open()
        await sweeping
        return await taking


async def test_the_sweeper_leaves_what_a_buyer_has_just_taken(rt: Runtime, house: House) -> None:
    taker = await taken_while_swept(rt, house, SWEEP)
    assert await owners(rt) == [taker.hold_id] * 2
    found = await rt.db.read(lambda tx: tx.sql("SELECT state FROM hold ORDER BY id"))
    assert [row.state for row in found] == ["expired", "active"]


async def test_control_a_sweeper_that_does_not_look_again_frees_it(rt: Runtime, house: House) -> None:
    assert ROW_LOCK in SWEEP
    assert RECHECK in SWEEP
    taker = await taken_while_swept(rt, house, SWEEP.replace(ROW_LOCK, "").replace(RECHECK, ""))
    assert taker.hold_id not in await owners(rt)


async def test_a_buyer_gets_what_the_sweeper_is_just_freeing(rt: Runtime, house: House) -> None:
    await lapse(rt, (await hold(rt, house, "lapsed")).hold_id)
    swept, go = asyncio.Event(), asyncio.Event()

    async def sweep(tx: Tx) -> int:
        holds = await actions.sweep(tx)
        swept.set()
        await go.wait()
        return holds

    sweeping = asyncio.create_task(rt.db.write(sweep))
    await swept.wait()
    taking = asyncio.create_task(hold(rt, house, "taker"))
    await somebody_waits_for_a_row(rt)
    go.set()
    assert await sweeping == 1
    assert (await taking).fences == [4, 4]
    assert await owners(rt) == [(await taking).hold_id] * 2


@pytest.mark.parametrize("verb", ["tie_to_order", "extend_hold"])
async def test_an_order_or_more_time_that_comes_while_the_sweeper_is_at_it_is_too_late(
    rt: Runtime, house: House, verb: str
) -> None:
    """The row lock decides (protocol, point 4); whoever waited for it sees what the sweeper has made of the hold."""
    buyer, swept, go = new_id(), asyncio.Event(), asyncio.Event()
    made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, [1, 2], "k")
    assert isinstance(made, Held)

    async def sweep(tx: Tx) -> None:
        await tx.sql("UPDATE hold SET expires_at = now() - interval '1 s'")
        await actions.sweep(tx)
        swept.set()
        await go.wait()

    async def use(tx: Tx) -> None:
        if verb == "tie_to_order":
            await actions.tie_to_order(tx, made.hold_id, buyer)
        else:
            await actions.extend_hold(tx, made.hold_id, buyer, rt.settings.till)

    sweeping = asyncio.create_task(rt.db.write(sweep))
    await swept.wait()
    using = asyncio.create_task(rt.db.write(use))
    await somebody_waits_for_a_row(rt)
    go.set()
    await sweeping
    with pytest.raises(HoldExpired):
        await using
    assert await owners(rt) == [None, None]


async def test_sweepers_share_the_work_in_batches(rt: Runtime, house: House) -> None:
    for seat in range(1, 31):
        made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, new_id(), [seat], str(seat))
        assert isinstance(made, Held)
    await rt.db.write(lambda tx: tx.sql("UPDATE hold SET expires_at = now() - interval '1 s'"))
    counts = await asyncio.gather(*(rt.db.write(lambda tx: actions.sweep(tx, 10)) for _ in range(5)))
    assert sum(counts) == 30
    assert max(counts) <= 10
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert "h" not in seen.states
