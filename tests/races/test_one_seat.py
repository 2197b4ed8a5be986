"""Two hundred buyers for one seat, and groups of four for twenty-four seats; each with a control that must go wrong."""

import asyncio
import random
import uuid
from dataclasses import dataclass

import pytest

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.errors import SeatsTaken
from tests.factories.house import House
from tests.races.gate import LOCK, WAIT, change_guard, closed_gate, put_gate

AT_ONCE = 60
"""As many as have a connection, the gatekeeper aside; the others' patience with the pool isn't what is tested."""


@dataclass
class Outcome:
    """What one buyer was told."""

    seats: list[int]
    won: bool


async def race(
    rt: Runtime, house: House, wishes: list[list[int]], *, together: int = 1, in_turn: bool = False
) -> list[Outcome]:
    """Everybody asks at once, each with a key of their own.

    The first ``together`` who come to the gate of ``put_gate`` wait for each other there (all, one after another,
    when ``in_turn``), so that a missing guard shows at once, however slow the machine is.
    """

    room = asyncio.Semaphore(AT_ONCE)

    async def ask(seats: list[int]) -> Outcome:
        async with room:
            try:
                made = await actions.hold_seats(
                    rt.db, rt.settings.till, house.performance_id, new_id(), seats, uuid.uuid4().hex
                )
            except SeatsTaken:
                return Outcome(seats, won=False)
        assert isinstance(made, actions.Held)
        return Outcome(seats, won=True)

    async with closed_gate(rt) as gate:
        asking = []
        for seats in wishes:
            asking.append(asyncio.create_task(ask(seats)))
            if in_turn:
                await gate.come(len(asking))
        await gate.come(together)
        await gate.open()
        return await asyncio.gather(*asking)


async def test_200_buyers_for_one_seat(rt: Runtime, house: House) -> None:
    await put_gate(rt)
    told = await race(rt, house, [[7]] * 200)
    assert sum(outcome.won for outcome in told) == 1
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert (seen.states.count("h"), seen.digest) == (1, "1")


async def test_control_without_the_row_lock_the_seat_is_promised_twice(rt: Runtime, house: House) -> None:
    await put_gate(rt)
    await change_guard(rt, f"ORDER BY s.seat_no {LOCK}", "ORDER BY s.seat_no")
    told = await race(rt, house, [[7]] * 200, together=2)
    assert sum(outcome.won for outcome in told) > 1


def wishes_of_groups(seed: int) -> list[list[int]]:
    """48 groups, each wanting 4 neighbours among the first 24 seats."""
    chance = random.Random(seed)
    starts = [chance.randint(1, 21) for _ in range(48)]
    return [list(range(start, start + 4)) for start in starts]


def losers_in_vain(told: list[Outcome]) -> list[Outcome]:
    """Losers none of whose seats went to anybody."""
    gone = {seat for outcome in told if outcome.won for seat in outcome.seats}
    return [outcome for outcome in told if not outcome.won and not gone.intersection(outcome.seats)]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_48_groups_of_4_for_24_seats(rt: Runtime, house: House, seed: int) -> None:
    await put_gate(rt)
    told = await race(rt, house, wishes_of_groups(seed))
    taken = [seat for outcome in told if outcome.won for seat in outcome.seats]
    assert len(taken) == len(set(taken))
    assert losers_in_vain(told) == []
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert sorted(taken) == [at + 1 for at, state in enumerate(seen.states) if state == "h"]


async def test_control_with_skip_locked_somebody_loses_in_vain(rt: Runtime, house: House) -> None:
    """SKIP LOCKED on named seats: neighbours refuse each other, and seats stay free that a loser had asked for."""
    await change_guard(rt, "v_event text;", "v_event text; v_got int;")
    await change_guard(
        rt,
        f"ORDER BY s.seat_no {LOCK};",
        f"""ORDER BY s.seat_no {LOCK} SKIP LOCKED;
    GET DIAGNOSTICS v_got = ROW_COUNT;
    PERFORM {WAIT};
    IF v_got < cardinality(p_seats) THEN seats := p_seats; outcome := 'taken'; RETURN; END IF;""",
    )
    # A chain of overlapping wishes: the second meets the first, the third what the second had touched.
    told = await race(rt, house, [[n, n + 1, n + 2, n + 3] for n in (1, 3, 5)], in_turn=True)
    assert losers_in_vain(told) != []
