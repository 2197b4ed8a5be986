"""Best-available: together, the best there is, nobody left alone, and a plain word when it can't be."""

import json

import pytest

from frontrow.core.errors import IdempotencyMismatch
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions
from frontrow.seats.actions import Best, Held
from frontrow.seats.errors import NotEnoughLeft, NotTogether, TooManySeats
from tests.factories.house import House
from tests.seats.halls import best, block, build_hall, states


async def test_the_middle_of_the_front_first_and_then_behind_it(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaaaaaaaaa"] * 3)
    assert await best(rt, hall, 2) == [5, 6]
    assert await best(rt, hall, 2) == [15, 16]
    assert await best(rt, hall, 2) == [25, 26]
    assert await best(rt, hall, 4) in ([1, 2, 3, 4], [7, 8, 9, 10])


async def test_nobody_sits_across_an_aisle(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaa  aaa", "aaaa  aaaa"])
    assert await best(rt, hall, 4) in ([7, 8, 9, 10], [11, 12, 13, 14])
    assert await best(rt, hall, 4) in ([7, 8, 9, 10], [11, 12, 13, 14])
    with pytest.raises(NotTogether) as refused:
        await best(rt, hall, 4)
    assert refused.value.extra["largest"] == 3


async def test_no_single_seat_is_left_alone_while_there_is_another_choice(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaaaa", "aaaaa"])
    # Of five, two in the middle would leave one alone on one side, two at an edge leave three.
    assert await best(rt, hall, 2) in ([1, 2], [4, 5])
    # Three are left there: the next pair would leave one of them alone, so it sits behind.
    assert set(await best(rt, hall, 2)) < set(range(6, 11))
    # Now there is no other choice.
    left = [at + 1 for at, state in enumerate(await states(rt, hall)) if state == "f"]
    assert len(left) == 6
    assert set(await best(rt, hall, 2)) < set(left)


async def test_of_one_category_only(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aaaa", "bbbb"])
    assert set(await best(rt, hall, 2, category="B")) < {5, 6, 7, 8}
    with pytest.raises(NotTogether) as refused:
        await best(rt, hall, 5, category="B")
    assert refused.value.extra["largest"] == 2
    with pytest.raises(NotTogether) as refused:
        await best(rt, hall, 1, category="Z")
    assert refused.value.extra["largest"] == 0


async def test_wheelchair_places_are_for_who_asks_for_them(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["wcwcaa", "aa"])
    assert await best(rt, hall, 2) in ([5, 6], [7, 8])
    # One place for a wheelchair is enough for a party; a second one would be wasted.
    assert await best(rt, hall, 2, accessible=True) in ([1, 2], [2, 3], [3, 4])
    hall = await build_hall(rt, house, ["aawc"])
    with pytest.raises(NotTogether) as refused:
        await best(rt, hall, 3)
    assert refused.value.extra["largest"] == 2
    assert await best(rt, hall, 4, accessible=True) == [1, 2, 3, 4]


async def test_split_when_there_is_no_other_way(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aa aaa", "aaaa"])
    assert await best(rt, hall, 4, split=True) == [6, 7, 8, 9]
    assert await best(rt, hall, 4, split=True) in ([1, 3, 4, 5], [2, 3, 4, 5])
    with pytest.raises(NotEnoughLeft) as refused:
        await best(rt, hall, 2, split=True)
    assert refused.value.extra["left"] == 1
    assert (await states(rt, hall)).count("h") == 8


async def test_far_away_seats_are_found_in_a_large_house(rt: Runtime, house: House) -> None:
    """The best runs are looked at first; what is beyond them isn't forgotten."""
    hall = await build_hall(rt, house, ["aaaa"] * 90)
    await block(rt, hall, list(range(1, 356)))
    assert await best(rt, hall, 4) == [357, 358, 359, 360]
    with pytest.raises(NotTogether) as refused:
        await best(rt, hall, 2)
    assert refused.value.extra["largest"] == 1


async def test_the_same_key_gets_the_same_seats(rt: Runtime, house: House) -> None:
    buyer = new_id()

    async def ask(wish: Best) -> object:
        return await actions.hold_best(rt.db, rt.settings.till, house.performance_id, buyer, wish, "once")

    made = await ask(Best(2))
    assert isinstance(made, Held)
    assert [place["seat_no"] for place in json.loads(made.places)] == made.seats == [5, 6]
    assert await ask(Best(2)) == made.hold_id
    with pytest.raises(IdempotencyMismatch):
        await ask(Best(3))


async def test_no_more_than_the_cap(rt: Runtime, house: House) -> None:
    buyer = new_id()
    assert len(await best(rt, house.performance_id, 8, buyer)) == 8
    with pytest.raises(TooManySeats) as refused:
        await best(rt, house.performance_id, 3, buyer)
    assert refused.value.extra == {"held": 8, "max_seats": 10}
    assert len(await best(rt, house.performance_id, 2, buyer)) == 2
    with pytest.raises(TooManySeats):
        await best(rt, house.performance_id, 11)
