"""No seat is left alone while there is another choice: the database's choice against a plain reference."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.actions import Best, Held
from frontrow.seats.errors import NotEnoughLeft, NotTogether
from tests.factories.house import House
from tests.races.gate import change_guard
from tests.seats.halls import block, build_hall, standing, states


@dataclass(frozen=True)
class Hall:
    """A hall as it is drawn, and the states of its seats; ``.`` is an aisle."""

    rows: tuple[str, ...]
    states: str

    def runs(self) -> list[list[tuple[int, str, bool]]]:
        """Stretches of neighbours: (seat number, letter, free)."""
        found, number = [], 0
        for row in self.rows:
            for part in row.split("  "):
                run = []
                for letter in part:
                    run.append((number + 1, letter, self.states[number] == "f"))
                    number += 1
                found.append(run)
        return found


def choices(hall: Hall, count: int, category: str | None, accessible: bool) -> Iterator[tuple[list[int], bool]]:
    """Every block that would do, and whether it leaves a seat alone: who was beside a free seat and isn't any more."""
    for run in hall.runs():
        free = [is_free and (accessible or letter in "ab") for _, letter, is_free in run]
        for start in range(len(run) - count + 1):
            part = run[start : start + count]
            right = all(free[start : start + count]) and all(
                category in (None, "B" if letter == "b" else "A") for _, letter, _ in part
            )
            if not right or (accessible and not any(letter == "w" for _, letter, _ in part)):
                continue
            left = [is_free and not start <= at < start + count for at, is_free in enumerate(free)]
            yield [number for number, _, _ in part], _alone(left) - _alone(free) != set()


def _alone(free: list[bool]) -> set[int]:
    padded = [False, *free, False]
    return {at for at, is_free in enumerate(free) if is_free and not padded[at] and not padded[at + 2]}


async def chosen(rt: Runtime, performance: uuid.UUID, wish: Best) -> Held | NotTogether | NotEnoughLeft:
    try:
        made = await actions.hold_best(rt.db, rt.settings.till, performance, new_id(), wish, str(new_id()))
    except (NotTogether, NotEnoughLeft) as refused:
        return refused
    assert isinstance(made, Held)
    return made


async def show(rt: Runtime, performance: uuid.UUID, wanted: str) -> None:
    """Make the states of the seats these (``f`` or ``b``)."""
    await rt.db.write(
        lambda tx: tx.sql(
            """UPDATE seat SET state = CASE substr(:states, seat_no, 1) WHEN 'f' THEN 'free' ELSE 'blocked' END,
                               hold_id = NULL, expires_at = NULL, fence = fence + 1
                WHERE performance_id = :performance""",
            states=wanted,
            performance=performance,
        )
    )


def check(hall: Hall, wish: Best, made: Held | NotTogether | NotEnoughLeft) -> None:
    of_size = list(choices(hall, wish.count, wish.category, wish.accessible))
    if not of_size:
        assert isinstance(made, NotTogether)
        sizes = [
            count for count in range(1, 12) if any(True for _ in choices(hall, count, wish.category, wish.accessible))
        ]
        assert made.extra["largest"] == max(sizes, default=0) < wish.count
        return
    assert isinstance(made, Held)
    leaves = {tuple(seats): single for seats, single in of_size}
    assert tuple(made.seats) in leaves
    assert leaves[tuple(made.seats)] == made.leaves_single
    # The rule: alone only if every choice leaves one alone.
    assert made.leaves_single == all(single for _, single in of_size)


ROWS = ("aaaaaaaa", "aaa")


async def every_state_of_a_row(rt: Runtime, house: House) -> None:
    """All 256 states of a row of eight, with a few seats behind it that leave another choice or none."""
    performance = await build_hall(rt, house, list(ROWS))
    for front in itertools.product("fb", repeat=8):
        for behind in ("bbb", "ffb"):
            hall = Hall(ROWS, "".join(front) + behind)
            await show(rt, performance, hall.states)
            check(hall, wish := Best(2), await chosen(rt, performance, wish))


async def test_every_state_of_a_row(rt: Runtime, house: House) -> None:
    await every_state_of_a_row(rt, house)


async def test_control_who_only_takes_the_best_leaves_seats_alone(rt: Runtime, house: House) -> None:
    await change_guard(rt, "(ORDER BY single, wheelchairs", "(ORDER BY wheelchairs", "best_blocks")
    with pytest.raises(AssertionError):
        await every_state_of_a_row(rt, house)


HALLS = (
    ("aaaaaaaaaa", "aaaaa  aaaaa", "bbbbbbb"),
    ("aabbaa", "aaaabbbb", "aa  aaa  aa"),
    ("wcaaaacw", "aaawcaa", "aaaa"),
)


@given(st.data())
@settings(max_examples=120, suppress_health_check=list(HealthCheck))
async def test_any_state_of_any_hall(rt: Runtime, house: House, data: st.DataObject) -> None:
    rows = data.draw(st.sampled_from(HALLS))
    places = sum(len(row.replace(" ", "")) for row in rows)
    hall = Hall(rows, data.draw(st.text("ffb", min_size=places, max_size=places)))
    category = data.draw(st.sampled_from([None, "A", "B"]))
    wish = Best(data.draw(st.integers(1, 6)), category, accessible=data.draw(st.booleans()))
    performance = await build_hall(rt, house, list(rows))
    await show(rt, performance, hall.states)
    check(hall, wish, await chosen(rt, performance, wish))


async def test_split_blocks_leave_nobody_alone_either(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaa", "aaa", "aaaa"])
    await block(rt, hall, [10])
    # Three together is the most. The fourth sits at an end of what is left, not in its middle.
    made = await chosen(rt, hall, Best(4, split=True))
    assert isinstance(made, Held)
    assert not made.leaves_single
    left = await states(rt, hall)
    rows = [left[:3], left[3:6], left[6:9]]
    assert sorted(row.count("f") for row in rows) == [0, 2, 3]
    assert "hfh" not in rows
    assert "fhf" not in rows


async def test_who_leaves_a_seat_alone_is_told_so_every_time(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaa"])
    buyer = new_id()

    async def ask() -> Held | uuid.UUID:
        return await actions.hold_best(rt.db, rt.settings.till, hall, buyer, Best(2), "once")

    made = await ask()
    assert isinstance(made, Held)
    assert made.leaves_single
    assert await ask() == made.hold_id
    kept = await rt.db.read(lambda tx: queries.hold_of(tx, made.hold_id, buyer))
    assert kept.leaves_single


async def test_a_refusal_says_what_would_do(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaa  aaa", "bbbbbb"], {"Floor": 3, "Pit": 60})
    refused = await chosen(rt, hall, Best(5, "A"))
    assert isinstance(refused, NotTogether)
    assert refused.extra == {
        "largest": 3,
        "left": 6,
        # What is large enough comes before what was asked for.
        "instead": [
            {"section": "Stalls", "category": "B", "together": 6},
            {"section": "Stalls", "category": "A", "together": 3},
        ],
    }
    with pytest.raises(NotEnoughLeft) as standing_refused:
        await standing(rt, hall, "Floor", 4)
    assert standing_refused.value.extra == {
        "left": 3,
        "instead": [
            {"section": "Pit", "category": "A", "together": 50},
            {"section": "Floor", "category": "A", "together": 3},
        ],
    }
    await block(rt, hall, list(range(1, 76)))
    refused = await chosen(rt, hall, Best(1))
    assert isinstance(refused, NotTogether)
    assert refused.extra == {"largest": 0, "left": 0, "instead": []}


async def test_rivals_at_every_good_block_are_not_undercut(rt: Runtime, house: House) -> None:
    """While others are at all blocks nearby, seats farther off come before a block here that leaves one alone."""
    hall = await build_hall(rt, house, ["aaa"] * 16 + ["aaaa"] * 2)
    await block(rt, hall, [3 * row + 1 for row in range(15)])
    async with rt.db.primary.connect() as rival:
        await rival.execute("BEGIN")
        await rival.ask(
            "SELECT FROM seat WHERE performance_id = $1 AND seat_no % 3 = 0 AND seat_no < 46 FOR NO KEY UPDATE", [hall]
        )
        made = await chosen(rt, hall, Best(2))
        await rival.execute("ROLLBACK")
    assert isinstance(made, Held)
    assert made.seats[0] > 48
    assert not made.leaves_single
