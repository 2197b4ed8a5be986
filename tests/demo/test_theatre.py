"""The drawn halls are sound maps with real geometry."""

import math
from itertools import pairwise
from typing import Any

import pytest

from frontrow.demo.halls.small import CLUB_PLACES, STUDIO_SEATS, club, studio
from frontrow.demo.halls.theatre import SEATS, theatre
from frontrow.events.rules import Place, places_of


@pytest.fixture(scope="module")
def layout() -> dict[str, Any]:
    return theatre()


@pytest.fixture(scope="module")
def places(layout: dict[str, Any]) -> list[Place]:
    return places_of(layout)


def test_the_theatre_has_2000_seats_in_eleven_sections(layout: dict[str, Any], places: list[Place]) -> None:
    assert len(places) == SEATS == layout["seat_count"]
    assert {section["name"] for section in layout["sections"]} == {
        *("Stalls", "Stalls Left", "Stalls Right", "Boxes Left", "Boxes Right"),
        *("Dress Circle", "Dress Circle Left", "Dress Circle Right"),
        *("Upper Circle", "Upper Circle Left", "Upper Circle Right"),
    }
    assert {place.category for place in places} == set("ABCDE")


def test_no_two_seats_come_close(places: list[Place]) -> None:
    in_lines = sorted(places, key=lambda place: place.y)
    for at, one in enumerate(in_lines):
        for other in in_lines[at + 1 :]:
            if other.y - one.y > 8:
                break
            assert math.dist((one.x, one.y), (other.x, other.y)) > 8, (one, other)


def test_everything_is_on_the_paper_with_a_margin(layout: dict[str, Any], places: list[Place]) -> None:
    assert all(10 < place.x < layout["width"] - 10 and 10 < place.y < layout["height"] - 10 for place in places)
    for section in layout["sections"]:
        x, y = section["label_at"]
        assert 0 < x < layout["width"]
        assert 0 < y < layout["height"]


def test_no_label_lies_on_a_seat(layout: dict[str, Any], places: list[Place]) -> None:
    for section in layout["sections"]:
        x, y = section["label_at"]
        half = 3.2 * len(section["name"])
        assert not [place for place in places if abs(place.x - x) < half + 4 and abs(place.y - y) < 9], section["name"]


def test_the_house_is_symmetric(layout: dict[str, Any], places: list[Place]) -> None:
    middle = layout["stage"]["x"] + layout["stage"]["width"] / 2
    seats = {(round(place.x), round(place.y)) for place in places}
    for place in places:
        x, y = round(2 * middle - place.x), round(place.y)
        assert {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & seats, place


def test_seats_of_a_row_are_numbered_through_from_left_to_right(layout: dict[str, Any]) -> None:
    by_name = {section["name"]: section for section in layout["sections"]}
    for house in ("Stalls", "Dress Circle", "Upper Circle"):
        for letter in "ABCDEF":
            seats = [
                seat
                for name in (f"{house} Left", house, f"{house} Right")
                for row in by_name[name]["rows"]
                if row["label"] == letter
                for seat in row["seats"]
            ]
            assert [int(seat[1]) for seat in seats] == list(range(1, len(seats) + 1))
            assert all(one[2] < next_one[2] for one, next_one in pairwise(seats))


def test_every_wheelchair_place_has_its_companion_beside_it(places: list[Place]) -> None:
    wheelchairs = [place for place in places if place.access == "wheelchair"]
    companions = [place for place in places if place.access == "companion"]
    assert len(wheelchairs) == len(companions) == 6
    for place in wheelchairs:
        assert any(math.dist((place.x, place.y), (other.x, other.y)) < 16 for other in companions)


def test_no_row_is_called_i_or_o(layout: dict[str, Any]) -> None:
    labels = {row["label"] for section in layout["sections"] for row in section["rows"]}
    assert not labels & {"I", "O"}


def test_the_small_halls() -> None:
    assert len(places_of(studio())) == STUDIO_SEATS
    standing = places_of(club())
    assert len(standing) == CLUB_PLACES
    assert {place.kind for place in standing} == {"standing"}


def test_drawing_twice_gives_the_same(layout: dict[str, Any]) -> None:
    assert theatre() == layout
