"""The format of our seat maps, and whether a map can be sold by."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from frontrow.events.errors import SeatMapInvalid

KINDS = {0: "", 1: "wheelchair", 2: "companion"}
"""The wire's ``kind`` of a numbered place, and the word that the table holds for it."""

CLOSEST = 6.0
"""Units. A seat is drawn about 8 wide and pitched at 10; nearer than this, two would cover each other."""


class Row(msgspec.Struct):
    label: str
    category: str
    seats: list[tuple[int, str, float, float, int]]


class Section(msgspec.Struct):
    name: str
    rows: list[Row]
    label_at: tuple[float, float]


class Area(msgspec.Struct):
    name: str
    category: str
    first_seat_no: int
    capacity: int
    polygon: list[tuple[float, float]]


class Stage(msgspec.Struct):
    x: float
    y: float
    width: float
    height: float
    label: str


class Layout(msgspec.Struct):
    """The layout format of docs/architecture.md: what the browser draws. 10 units are one seat pitch."""

    format: Literal["frontrow-seatmap"]
    version: Literal[1]
    name: str
    width: float
    height: float
    stage: Stage | None
    sections: list[Section]
    areas: list[Area]
    seat_count: int


@dataclass(frozen=True)
class Place:
    """One place of a map, as ``seat_place`` stores it."""

    seat_no: int
    kind: str
    access: str
    category: str
    section: str
    row: str
    label: str
    x: float
    y: float


def places_of(layout: dict[str, Any]) -> list[Place]:
    """All places of a layout, by number.

    Raises SeatMapInvalid unless the numbers run 1..n without gaps, every place has a category and words of its own,
    lies on the paper, and no two seats cover each other.
    """
    try:
        plan = msgspec.convert(layout, Layout)
    except msgspec.ValidationError as error:
        raise SeatMapInvalid(f"The layout isn't in our format: {error}.") from None
    places = sorted([*_seats(plan), *_standing(plan)], key=lambda place: place.seat_no)
    if not places or [place.seat_no for place in places] != list(range(1, len(places) + 1)):
        raise SeatMapInvalid("Seat numbers must run from 1 to the last without gaps or repeats.")
    if plan.seat_count != len(places):
        raise SeatMapInvalid(f"seat_count says {plan.seat_count}, but there are {len(places)} places.")
    for place in places:
        if not 1 <= len(place.category) <= 4 or not place.section:
            raise SeatMapInvalid(f"Seat {place.seat_no} needs a category of 1 to 4 letters and a section.")
        if not (0 <= place.x <= plan.width and 0 <= place.y <= plan.height):
            raise SeatMapInvalid(f"Seat {place.seat_no} lies outside the map.")
    numbered = [place for place in places if place.kind == "numbered"]
    words = {(place.section, place.row, place.label) for place in numbered}
    if len(words) != len(numbered):
        raise SeatMapInvalid("Two seats have the same section, row and label.")
    _refuse_overlap(numbered)
    return places


def categories_of(places: Iterable[Place]) -> list[str]:
    return sorted({place.category for place in places})


def _seats(plan: Layout) -> Iterable[Place]:
    for section in plan.sections:
        for row in section.rows:
            for seat_no, label, x, y, kind in row.seats:
                if kind not in KINDS:
                    raise SeatMapInvalid(f"Seat {seat_no} is of the unknown kind {kind}.")
                yield Place(seat_no, "numbered", KINDS[kind], row.category, section.name, row.label, label, x, y)


def _standing(plan: Layout) -> Iterable[Place]:
    for area in plan.areas:
        if area.capacity < 1 or len(area.polygon) < 3:
            raise SeatMapInvalid(f"The area {area.name!r} needs a capacity and at least three corners.")
        x = sum(corner[0] for corner in area.polygon) / len(area.polygon)
        y = sum(corner[1] for corner in area.polygon) / len(area.polygon)
        for at in range(area.capacity):
            yield Place(area.first_seat_no + at, "standing", "", area.category, area.name, "", "", x, y)


def _refuse_overlap(places: Iterable[Place]) -> None:
    """Compare each seat with those of its own and the eight neighbouring squares only: 50,000 seats in a moment."""
    squares: dict[tuple[int, int], list[Place]] = {}
    for place in places:
        if not (math.isfinite(place.x) and math.isfinite(place.y)):
            raise SeatMapInvalid(f"Seat {place.seat_no} has no point.")
        column, line = int(place.x // CLOSEST), int(place.y // CLOSEST)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for other in squares.get((column + dx, line + dy), ()):
                    if math.hypot(place.x - other.x, place.y - other.y) < CLOSEST:
                        raise SeatMapInvalid(f"Seats {other.seat_no} and {place.seat_no} cover each other.")
        squares.setdefault((column, line), []).append(place)
