"""The same fixtures that the browser's ``apply`` is held to: apply(snapshot, changes) == fresh snapshot."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.rules import apply, digest
from tests.factories.house import House

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "seat_changes").glob("*.json"))


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_fixture(file: Path) -> None:
    case: dict[str, Any] = json.loads(file.read_text())
    states, fences = apply(
        case["snapshot"]["states"], case["snapshot"]["fences"], [tuple(change) for change in case["changes"]]
    )
    assert {"states": states, "fences": fences, "digest": digest(fences)} == case["result"]


changes = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("fhsb"), st.integers(0, 6)), max_size=30)


@given(changes=changes, seed=st.randoms())
def test_order_and_repetition_make_no_difference(changes: list[tuple[int, str, int]], seed: Any) -> None:
    one_state_a_fence = {(seat, fence): state for seat, state, fence in changes}
    history = [(seat, state, fence) for (seat, fence), state in one_state_a_fence.items()]
    shuffled = [*history, *history]
    seed.shuffle(shuffled)
    start = ("f" * 8, [0] * 8)
    assert apply(*start, history) == apply(*start, shuffled)


async def test_changes_as_broadcast_lead_to_the_fresh_snapshot(rt: Runtime, house: House) -> None:
    told: list[tuple[int, str, int]] = []
    rt.db.announce = lambda performance, news: told.extend(news)
    before = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    buyer = new_id()
    for seats in ([1, 2], [7, 9]):
        made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, seats, str(seats))
        assert isinstance(made, actions.Held)
        told.extend(made.changes)
        if seats == [1, 2]:
            await rt.db.write(functools.partial(actions.release_hold, hold_id=made.hold_id, buyer_id=buyer))
    after = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert apply(before.states, before.fences, told) == (after.states, after.fences)
    assert digest(after.fences) == after.digest
