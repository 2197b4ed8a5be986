"""The other halls are sound maps, too, and the stadium holds exactly what it says."""

import math
from collections import Counter

import pytest

from frontrow.demo.halls import small, stadium, tables
from frontrow.demo.programme.houses import HALLS
from frontrow.events.rules import places_of


@pytest.mark.parametrize("name", [name for name in HALLS if name != "football"])
def test_a_hall_is_a_sound_map_under_the_name_it_is_found_by(name: str) -> None:
    hall = HALLS[name]
    layout = hall.draw()
    assert layout["name"] == hall.plan
    assert {place.category for place in places_of(layout)} == set(hall.bands)


def test_the_stadium_has_exactly_50000_seats_around_its_pitch() -> None:
    layout = stadium.football()
    places = places_of(layout)
    assert len(places) == stadium.SEATS == 50_000
    assert {place.category for place in places} == set("ABCDEF")
    accesses = Counter(place.access for place in places)
    assert accesses["wheelchair"] == accesses["companion"] == 64
    pitch = layout["stage"]
    middle = pitch["x"] + pitch["width"] / 2, pitch["y"] + pitch["height"] / 2
    for place in places:
        x, y = abs(place.x - middle[0]), abs(place.y - middle[1])
        assert x > pitch["width"] / 2 or y > pitch["height"] / 2 or math.hypot(x - 1050, y - 680) < 1, place


def test_small_houses_hold_what_they_say() -> None:
    assert len(places_of(small.pumphouse())) == sum(small.PUMPHOUSE_PLACES.values())
    assert len(places_of(small.quay())) == sum(small.QUAY_PLACES.values())
    assert len(places_of(small.library())) == small.LIBRARY_SEATS
    assert len(places_of(tables.cabaret())) == tables.CABARET_SEATS
    assert len(places_of(tables.long_tables())) == tables.LONG_TABLE_SEATS
    assert len(places_of(tables.workshop())) == tables.WORKSHOP_SEATS
    kinds = {section["name"]: section.get("kind", "") for section in tables.cabaret()["sections"]}
    assert kinds == {**{f"Table {number}": "table" for number in range(1, 20)}, "Bar": ""}
