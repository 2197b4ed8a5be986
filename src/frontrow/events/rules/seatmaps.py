"""Seat maps: read, checked, and the places that they sell."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from frontrow.events.errors import SeatMapInvalid
from frontrow.events.rules.seatmaps_check import CLOSEST, check
from frontrow.events.rules.seatmaps_faults import Faults, not_in_format
from frontrow.events.rules.seatmaps_format import KINDS, Layout

__all__ = ["CLOSEST", "KINDS", "Place", "all_places", "categories_of", "invalid", "layout_of", "places_of"]


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
    plan, faults = layout_of(layout)
    if plan is not None:
        faults = check(plan)
    if plan is None or faults.found:
        raise invalid(faults)
    return all_places(plan)


def layout_of(value: object) -> tuple[Layout | None, Faults]:
    """A JSON value as a layout, or None and every place that isn't in our format; its sense isn't asked."""
    try:
        return msgspec.convert(value, Layout), Faults()
    except (msgspec.ValidationError, OverflowError) as error:
        return None, not_in_format(value, Layout, ("sections", "name", "rows", "label", "seats", 1), str(error))


def invalid(faults: Faults) -> SeatMapInvalid:
    """The refusal that tells all these faults, the first of them in its sentence."""
    first = faults.errors[0]
    named = f"{first.path}: {first}" if first.code == "not_in_format" else str(first)
    others = f" And {faults.found - 1} more." if faults.found > 1 else ""
    return SeatMapInvalid(
        f"{named[:1].upper()}{named[1:].rstrip('.')}.{others}",
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
