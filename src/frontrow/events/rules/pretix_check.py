"""A plan of pretix's, read and checked by itself: what it says, before anything is made of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from frontrow.events.rules.pretix_plan import Plan, PlanArea, PlanRow, PlanSeat, PlanZone
from frontrow.events.rules.seatmaps_check import MOST_CORNERS, has_controls
from frontrow.events.rules.seatmaps_faults import Fault, Faults, not_in_format
from frontrow.events.rules.seatmaps_format import MOST_PLACES
from frontrow.events.rules.seatmaps_geometry import Point, finite

MOST_PIXELS = 1_000_000
"""The widest plan that we take, in pixels."""

LONGEST = 120
"""Characters of a name; pretix itself keeps at most 190 of a seat's."""


@dataclass(frozen=True)
class FoundSeat:
    """A seat with its point on the whole plan, in pixels, and what it's called in the file."""

    seat: PlanSeat
    x: float
    y: float
    name: Fault


def looks_like_pretix(value: object) -> bool:
    """Whether a JSON value is meant to be a plan of pretix's rather than one of our maps."""
    return isinstance(value, dict) and "zones" in value and "format" not in value


def read_plan(value: object) -> tuple[Plan | None, Faults]:
    """A plan as structs, or None and every place that isn't as the published format says."""
    try:
        return msgspec.convert(value, Plan), Faults()
    except (msgspec.ValidationError, OverflowError) as error:
        names = ("zones", "name", "rows", "row_number", "seats", "seat_number")
        return None, not_in_format(value, Plan, names, str(error))


def seats_of(plan: Plan) -> Iterator[tuple[int, int, FoundSeat]]:
    """Every seat with the indices of its zone and its row, in the file's order."""
    for at, zone in enumerate(plan.zones):
        for down, row in enumerate(zone.rows):
            for along, seat in enumerate(row.seats):
                yield at, down, _found(zone, row, seat, f"$.zones[{at}].rows[{down}].seats[{along}]")


def _found(zone: PlanZone, row: PlanRow, seat: PlanSeat, path: str) -> FoundSeat:
    x = zone.position.x + row.position.x + seat.position.x
    y = zone.position.y + row.position.y + seat.position.y
    # A grid of 1/40 pixel, which an export can write exactly: so a plan that went through us measures the same again.
    if abs(x) < MOST_PIXELS * 2 and abs(y) < MOST_PIXELS * 2:
        x, y = round(x * 40) / 40, round(y * 40) / 40
    return FoundSeat(seat, x, y, Fault("", "", path, zone.name, row.row_number, seat.seat_number))


def check_plan(plan: Plan) -> tuple[Faults, set[str]]:
    """What is wrong with a plan by itself, and the paths of seats whose points make no sense."""
    faults, astray = Faults(), set[str]()
    if not plan.name.strip():
        faults.error("unnamed", "the plan needs a name", path="$.name")
    _lengths(plan, faults)
    count = sum(len(row.seats) for zone in plan.zones for row in zone.rows)
    if count > MOST_PLACES:
        faults.error("too_many_places", f"has {count:,} seats; {MOST_PLACES:,} are the most", path="$.zones")
        return faults, astray
    if not count:
        faults.error("no_places", "the plan has no seats", path="$.zones")
    sized = 0 < plan.size.width <= MOST_PIXELS and 0 < plan.size.height <= MOST_PIXELS
    if not sized:
        faults.error("bad_paper", f"width and height must be 1 to {MOST_PIXELS:,} pixels", path="$.size")
    known: set[str] = set()
    for at, category in enumerate(plan.categories):
        if category.name in known:
            message = f"the category {category.name!r} is listed twice"
            faults.error("category_twice", message, path=f"$.categories[{at}]")
        known.add(category.name)
    guids: dict[str, Fault] = {}
    for _, _, found in seats_of(plan):
        _seat(found, known, guids, faults)
        if not (finite(found.x, found.y) and (not sized or _near(plan, found.x, found.y, faults, found.name))):
            if not finite(found.x, found.y):
                _tell(faults, found.name, "not_finite", "has no point: a coordinate is too large")
            astray.add(found.name.path)
    reach = 3 * min(max(plan.size.width, plan.size.height, 1000), MOST_PIXELS)
    for at, zone in enumerate(plan.zones):
        for which, area in enumerate(zone.areas):
            _area(area, zone, f"$.zones[{at}].areas[{which}]", reach, faults)
    return faults, astray


def _seat(found: FoundSeat, known: set[str], guids: dict[str, Fault], faults: Faults) -> None:
    seat, name = found.seat, found.name
    if not seat.seat_guid.strip():
        _tell(faults, name, "guid_missing", "has an empty seat_guid")
    else:
        first = guids.setdefault(seat.seat_guid, name)
        if first is not name:
            shown = seat.seat_guid[:60]
            _tell(faults, name, "guid_twice", f"has the seat_guid {shown!r} of {first.where or first.path}")
    if seat.category not in known:
        shown = seat.category[:60]
        _tell(faults, name, "unknown_category", f"is of the category {shown!r}, which the plan doesn't list")


def _near(plan: Plan, x: float, y: float, faults: Faults, name: Fault) -> bool:
    """Whether a seat is on the plan or somewhat beside it, and not absurdly far away."""
    width, height = plan.size.width, plan.size.height
    if 0 <= x <= width and 0 <= y <= height:
        return True
    at = f"at {x:g}, {y:g} of {width:g} x {height:g} pixels"
    if -width / 2 <= x <= width * 1.5 and -height / 2 <= y <= height * 1.5:
        message = f"lies beside the plan, {at}; the paper is made larger"
        faults.warn("off_paper", message, path=name.path, section=name.section, row=name.row, seat=name.seat)
        return True
    _tell(faults, name, "off_paper", f"lies far away from the plan, {at}")
    return False


def _tell(faults: Faults, name: Fault, code: str, message: str) -> None:
    faults.error(code, message, path=name.path, section=name.section, row=name.row, seat=name.seat)


def _lengths(plan: Plan, faults: Faults) -> None:
    def check(text: str, path: str, section: str = "", row: str = "") -> None:
        if len(text) > LONGEST:
            message = f"is {len(text)} characters long; {LONGEST} are the most"
            faults.error("too_long", message, path=path, section=section[:LONGEST], row=row[:LONGEST])
        elif has_controls(text):
            message = "has a character that can't be printed"
            faults.error("bad_text", message, path=path, section=section, row=row)

    check(plan.name, "$.name")
    for at, category in enumerate(plan.categories):
        check(category.name, f"$.categories[{at}].name")
    for at, zone in enumerate(plan.zones):
        for which, area in enumerate(zone.areas):
            if area.text is not None and has_controls(" ".join(area.text.text.split())):
                check("\0", f"$.zones[{at}].areas[{which}].text.text", zone.name)
        check(zone.name, f"$.zones[{at}].name")
        for down, row in enumerate(zone.rows):
            check(row.row_number, f"$.zones[{at}].rows[{down}].row_number", zone.name)
            for along, seat in enumerate(row.seats):
                path = f"$.zones[{at}].rows[{down}].seats[{along}]"
                check(seat.seat_number, f"{path}.seat_number", zone.name, row.row_number)
                check(seat.seat_guid, f"{path}.seat_guid", zone.name, row.row_number)


def _area(area: PlanArea, zone: PlanZone, path: str, reach: float, faults: Faults) -> None:
    if area.shape is None:
        faults.warn("bad_shape", "an area has no shape; it's left out", path=path, section=zone.name)
    elif getattr(area, area.shape) is None:
        message = f"an area of the shape {area.shape!r} needs {area.shape!r}"
        faults.error("bad_shape", message, path=path, section=zone.name)
    elif not all(abs(number) <= reach for point in points_of(area, zone) for number in point):
        faults.error("bad_shape", "an area lies far away from the plan", path=path, section=zone.name)
    elif min(_sizes(area)) <= 0:
        faults.error("bad_shape", "an area's sizes must be more than 0", path=path, section=zone.name)
    elif area.shape == "polygon" and area.polygon is not None and not (3 <= len(area.polygon.points) <= MOST_CORNERS):
        faults.error("bad_shape", f"a polygon needs 3 to {MOST_CORNERS} points", path=path, section=zone.name)


def points_of(area: PlanArea, zone: PlanZone) -> Iterator[Point]:
    """The numbers that an area's place hangs on, as points; not yet turned."""
    x, y = zone.position.x + area.position.x, zone.position.y + area.position.y
    yield x, y
    yield area.rotation, 0.0
    if area.text is not None:
        yield x + area.text.position.x, y + area.text.position.y
    for point in area.polygon.points if area.polygon is not None else ():
        yield x + point.x, y + point.y
    for size in _sizes(area):
        yield size, 0.0


def _sizes(area: PlanArea) -> tuple[float, ...]:
    match area.shape:
        case "rectangle" if area.rectangle is not None:
            return area.rectangle.width, area.rectangle.height
        case "circle" if area.circle is not None:
            return (area.circle.radius,)
        case "ellipse" if area.ellipse is not None:
            return area.ellipse.radius.x, area.ellipse.radius.y
        case "text" if area.text is not None:
            return (area.text.size,)
        case _:
            return (1.0,)
