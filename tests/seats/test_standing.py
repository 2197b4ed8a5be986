"""Standing places: any of the area's, never another's, as many as there are."""

import pytest

from frontrow.core.runtime import Runtime
from frontrow.seats.errors import NotEnoughLeft, NotTogether, UnknownSeats
from tests.factories.house import House
from tests.seats.halls import best, build_hall, standing, states


async def test_an_area_is_sold_to_the_last_place_and_no_further(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aa"], {"Floor": 12, "Gallery": 5})
    got = [seat for _ in range(5) for seat in await standing(rt, hall, "Floor", 2)]
    assert len(set(got)) == 10
    assert set(got) < set(range(3, 15))
    with pytest.raises(NotEnoughLeft) as refused:
        await standing(rt, hall, "Floor", 3)
    assert refused.value.extra["left"] == 2
    await standing(rt, hall, "Floor", 2)
    assert await states(rt, hall) == "ff" + "h" * 12 + "f" * 5
    assert sorted(await standing(rt, hall, "Gallery", 5)) == [15, 16, 17, 18, 19]


async def test_seats_and_areas_are_different_things(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aa"], {"Floor": 12})
    for section in ("Stalls", "Roof", ""):
        with pytest.raises(UnknownSeats):
            await standing(rt, hall, section, 1)
    with pytest.raises(NotTogether) as refused:
        await best(rt, hall, 3)
    assert refused.value.extra["largest"] == 2
