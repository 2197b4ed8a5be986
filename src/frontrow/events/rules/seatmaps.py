"""Seat maps: read, checked, and the places that they sell."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from frontrow.events.errors import SeatMapInvalid
from frontrow.events.rules.seatmaps_check import CLOSEST, check
from frontrow.events.rules.seatmaps_faults import Faults
from frontrow.events.rules.seatmaps_format import KINDS, Layout
from frontrow.events.rules.seatmaps_walk import mistakes

__all__ = ["CLOSEST", "KINDS", "Place", "all_places", "categories_of", "invalid", "places_of", "read_layout"]


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


def places_of(layout: object) -> list[Place]:
    """All places of a layout (of JSON's own types), by number.

    Raises SeatMapInvalid with every fault unless the layout is in our format, the numbers run 1..n without gaps, every
    place has a category and words of its own, lies on the paper, and no two seats cover each other.
    """
    plan = read_layout(layout)
    faults = check(plan)
    if faults.found:
        raise invalid(faults, "The map can't be sold")
    return all_places(plan)


def read_layout(layout: object) -> Layout:
    """A layout, of JSON's own types, as the structs of this format; whether it makes sense is not asked here.

    Raises SeatMapInvalid with every place that isn't in the format.
    """
    try:
        return msgspec.convert(layout, Layout)
    except (msgspec.ValidationError, OverflowError) as error:
        faults = Faults()
        for path, message in mistakes(layout, Layout):
            faults.error("not_in_format", message, path=path)
        if not faults.found:
            faults.error("not_in_format", str(error))
        raise invalid(faults, "The layout isn't in our format") from None


def invalid(faults: Faults, what: str) -> SeatMapInvalid:
    """The refusal that tells all these faults, the first of them in its sentence."""
    first = faults.errors[0]
    at = f" (at {first.path})" if first.code == "not_in_format" else ""
    others = f", and {faults.found - 1} more" if faults.found > 1 else ""
    return SeatMapInvalid(
        f"{what}: {str(first).rstrip('.')}{at}{others}.",
        errors=[fault.told() for fault in faults.errors],
        more_errors=faults.more_errors,
    )


def categories_of(places: Iterable[Place]) -> list[str]:
    return sorted({place.category for place in places})


def all_places(plan: Layout) -> list[Place]:
    """Every place of a sound map, by number; a standing place is in the middle of its area's corners."""
    places: list[Any] = [
        Place(seat_no, "numbered", KINDS[kind], row.category, section.name, row.label, label, x, y)
        for section in plan.sections
        for row in section.rows
        for seat_no, label, x, y, kind in row.seats
    ]
    for area in plan.areas:
        x = sum(corner[0] for corner in area.polygon) / len(area.polygon)
        y = sum(corner[1] for corner in area.polygon) / len(area.polygon)
        places += [
            Place(area.first_seat_no + at, "standing", "", area.category, area.name, "", "", x, y)
            for at in range(area.capacity)
        ]
    return sorted(places, key=lambda place: place.seat_no)
