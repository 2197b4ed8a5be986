"""Two hundred buyers for one seat, and groups of four for twenty-four seats; each with a control that must go wrong."""

import asyncio
import random
import uuid
from dataclasses import dataclass

import pytest

from frontrow.core.errors import Busy
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.errors import SeatsTaken
from tests.factories.house import House

LOCK = "FOR NO KEY UPDATE"


@dataclass
class Outcome:
    """What one buyer was told."""

    seats: list[int]
    won: bool


async def race(rt: Runtime, house: House, wishes: list[list[int]]) -> list[Outcome]:
    """Everybody asks at once, each with a key of their own."""

    async def ask(seats: list[int]) -> Outcome:
        try:
            made = await actions.hold_seats(
                rt.db, rt.settings.till, house.performance_id, new_id(), seats, uuid.uuid4().hex
            )
        except SeatsTaken:
            return Outcome(seats, won=False)
        assert isinstance(made, actions.Held)
        return Outcome(seats, won=True)

    await warm_up(rt)
    return await asyncio.gather(*(ask(seats) for seats in wishes))


async def warm_up(rt: Runtime) -> None:
    """Open every connection of the pool first; else the buyers arrive one by one, and nothing races."""
    size = rt.settings.database.pool_size
    await asyncio.gather(*(rt.db.call("SELECT pg_sleep(0.05)") for _ in range(size)))


async def change_guard(rt: Runtime, old: str, new: str) -> None:
    """Rewrite the hold's own statement in this test's database: a control has the guard off."""

    async def work(tx: object) -> None:
        source = (await tx.sql("SELECT pg_get_functiondef('hold_seats'::regproc)")).scalar_one()  # type: ignore[attr-defined]
        assert old in source
        await tx.connection.exec_driver_sql(source.replace(old, new))  # type: ignore[attr-defined]

    await rt.db.write(work)


async def slow_down(rt: Runtime) -> None:
    """Widen the gap between looking and taking, so that a missing guard shows at once."""
    await change_guard(rt, "created_at := v_now;", "PERFORM pg_sleep(0.1); created_at := v_now;")


async def test_200_buyers_for_one_seat(rt: Runtime, house: House) -> None:
    await slow_down(rt)
    told = await race(rt, house, [[7]] * 200)
    assert sum(outcome.won for outcome in told) == 1
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert (seen.states.count("h"), seen.digest) == (1, "1")


async def test_control_without_the_row_lock_the_seat_is_promised_twice(rt: Runtime, house: House) -> None:
    await slow_down(rt)
    await change_guard(rt, f"ORDER BY s.seat_no {LOCK}", "ORDER BY s.seat_no")
    told = await race(rt, house, [[7]] * 200)
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
    told = await race(rt, house, wishes_of_groups(seed))
    taken = [seat for outcome in told if outcome.won for seat in outcome.seats]
    assert len(taken) == len(set(taken))
    assert losers_in_vain(told) == []
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert sorted(taken) == [at + 1 for at, state in enumerate(seen.states) if state == "h"]


async def test_control_with_skip_locked_somebody_loses_in_vain(rt: Runtime, house: House) -> None:
    """SKIP LOCKED on named seats: neighbours refuse each other, and seats stay free that a loser had asked for."""
    await change_guard(
        rt, f"ORDER BY s.seat_no {LOCK};", f"ORDER BY s.seat_no {LOCK} SKIP LOCKED; PERFORM pg_sleep(0.02);"
    )
    await change_guard(
        rt,
        "v_now := clock_timestamp();\n    SELECT",
        """v_now := clock_timestamp();
    IF (SELECT count(*) FROM (SELECT 1 FROM seat s WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
          FOR NO KEY UPDATE SKIP LOCKED) mine) < cardinality(p_seats) THEN
      seats := p_seats; outcome := 'taken'; RETURN;
    END IF;
    SELECT""",
    )
    for seed in range(1, 30):
        await rt.db.write(
            lambda tx: tx.sql(
                """UPDATE seat SET state = 'free', hold_id = NULL, expires_at = NULL, fence = fence + 1
                    WHERE state = 'held'"""
            )
        )
        try:
            told = await race(rt, house, wishes_of_groups(seed))
        except Busy:
            continue
        if losers_in_vain(told):
            return
    pytest.fail("with SKIP LOCKED nobody lost in vain: the race of this file would not notice")
