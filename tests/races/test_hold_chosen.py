"""Seats that the house chooses: rivals pass each other by, nobody gets another's, nobody is refused in vain."""

import asyncio
import uuid

import pytest

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions
from frontrow.seats.actions import Best, Held, Standing
from frontrow.seats.errors import NotEnoughLeft, NotTogether
from tests.factories.house import House
from tests.races.gate import LOCK, change_guard, closed_gate, put_gate, somebody_waits_for_a_row
from tests.seats.halls import build_hall, states

SKIPPING = f"{LOCK} SKIP LOCKED"
Answer = Held | NotEnoughLeft | NotTogether


async def ask(rt: Runtime, performance: uuid.UUID, wish: Best | Standing) -> Answer:
    verb = actions.hold_best if isinstance(wish, Best) else actions.hold_standing
    try:
        made = await verb(rt.db, rt.settings.till, performance, new_id(), wish, str(new_id()))  # type: ignore[arg-type]
    except (NotEnoughLeft, NotTogether) as refused:
        return refused
    assert isinstance(made, Held)
    return made


async def race(
    rt: Runtime, performance: uuid.UUID, wish: Best | Standing, buyers: int, together: int = 2
) -> list[Answer]:
    """Everybody asks at once; ``together`` of them must have chosen before the first takes anything."""
    await put_gate(rt, "hold_best" if isinstance(wish, Best) else "hold_standing")
    async with closed_gate(rt) as gate:
        asking = [asyncio.create_task(ask(rt, performance, wish)) for _ in range(buyers)]
        await gate.come(together)
        await gate.open()
        return await asyncio.gather(*asking)


def taken(told: list[Answer]) -> list[int]:
    return [seat for answer in told if isinstance(answer, Held) for seat in answer.seats]


async def test_60_buyers_of_2_for_100_standing_places(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, [], {"Floor": 100})
    told = await race(rt, hall, Standing("Floor", 2), 60, together=30)
    assert sorted(taken(told)) == list(range(1, 101))
    assert [answer.extra["left"] for answer in told if isinstance(answer, NotEnoughLeft)] == [0] * 10
    assert await states(rt, hall) == "h" * 100


async def test_control_without_the_row_lock_a_place_is_promised_twice(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, [], {"Floor": 100})
    await change_guard(rt, SKIPPING, "", "hold_standing")
    await change_guard(rt, "random()", "0", "hold_standing")
    told = await race(rt, hall, Standing("Floor", 2), 10)
    assert len(taken(told)) > len(set(taken(told)))


async def test_rivals_for_the_best_seats_pass_each_other_by(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaaaaaaaaa"] * 6)
    told = await race(rt, hall, Best(3), 12, together=12)
    assert len(taken(told)) == len(set(taken(told))) == 36
    for answer in told:
        assert isinstance(answer, Held)
        first = answer.seats[0]
        assert answer.seats == [first, first + 1, first + 2]
        assert (first - 1) // 10 == (first + 1) // 10


async def test_control_without_the_row_lock_the_best_seats_are_promised_twice(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaaaaaaaaa"] * 6)
    await change_guard(rt, SKIPPING, "", "hold_best")
    told = await race(rt, hall, Best(3), 12, together=12)
    assert len(taken(told)) > len(set(taken(told)))


async def test_everybody_gets_seats_while_there_are_some(rt: Runtime, house: House) -> None:
    """Thirty pairs for thirty double seats: however they meet, the last pair gets the last two."""
    hall = await build_hall(rt, house, ["aa aa aa aa aa"] * 6)
    told = await race(rt, hall, Best(2), 34, together=20)
    assert sorted(taken(told)) == list(range(1, 61))
    assert [answer.extra["largest"] for answer in told if isinstance(answer, NotTogether)] == [0] * 4


@pytest.mark.parametrize("wish", [Best(2), Standing("Floor", 2)], ids=["best", "standing"])
async def test_nobody_is_refused_what_a_rival_gives_up_again(rt: Runtime, house: House, wish: Best | Standing) -> None:
    hall = await build_hall(rt, house, ["aa"], {"Floor": 2})
    async with rt.db.primary.connect() as rival:
        await rival.execute("BEGIN")
        await rival.ask(f"SELECT FROM seat WHERE performance_id = $1 AND seat_no IN (1, 3) {LOCK}", [hall])
        asking = asyncio.create_task(ask(rt, hall, wish))
        await somebody_waits_for_a_row(rt)
        await rival.execute("ROLLBACK")
    made = await asking
    assert isinstance(made, Held)
    assert made.seats == ([1, 2] if isinstance(wish, Best) else [3, 4])
