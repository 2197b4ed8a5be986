"""pretix's seating plans as they are on paper: our own description of the format that its editor writes.

The JSON Schema that they publish (pretix/pretix, ``static/seating/seating-plan.schema.json``) says what is there and
what must be. Lengths are pixels. A seat's point is its own plus its row's plus its zone's; an area's is its own plus
its zone's, and it is turned about that point. Nothing is allowed that isn't listed.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

USUAL_PITCH = 25.0
"""Pixels between two seats of a row as pretix's editor sets them, and as we export them."""

Whole = Annotated[float, Meta(multiple_of=1)]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    pass


class Spot(_Strict):
    """A point, relative to what holds it."""

    x: float
    y: float


class PlanSeat(_Strict):
    """A seat; its guid is unique in the plan, its number what people see."""

    seat_guid: str
    seat_number: str
    position: Spot
    category: str
    uuid: str | None = None
    start_direction: str | None = None
    radius: Whole = 10


class PlanRow(_Strict):
    """A row; ``row_label`` and ``seat_label`` are how pretix writes its seats in sentences."""

    row_number: str
    seats: list[PlanSeat]
    position: Spot = msgspec.field(default_factory=lambda: Spot(x=0, y=0))
    row_number_position: Literal["start", "end", "both"] | None = None
    row_label: str | None = None
    seat_label: str | None = None
    uuid: str | None = None


class PlanPolygon(_Strict):
    points: list[Spot]


class PlanRectangle(_Strict):
    width: Whole
    height: Whole


class PlanEllipse(_Strict):
    radius: Spot


class PlanCircle(_Strict):
    radius: Whole


class PlanText(_Strict):
    """Words on an area, or the area itself; its position is relative to the area's."""

    text: str
    position: Spot
    color: str = ""
    size: Whole = 16


class PlanArea(_Strict):
    """A shape with colours; which shape it is says which of the five must be there."""

    shape: Literal["polygon", "rectangle", "ellipse", "circle", "text"] | None = None
    position: Spot = msgspec.field(default_factory=lambda: Spot(x=0, y=0))
    color: str = ""
    border_color: str = ""
    rotation: float = 0
    uuid: str | None = None
    polygon: PlanPolygon | None = None
    rectangle: PlanRectangle | None = None
    ellipse: PlanEllipse | None = None
    circle: PlanCircle | None = None
    text: PlanText | None = None


class PlanZone(_Strict):
    position: Spot
    rows: list[PlanRow]
    name: str = ""
    areas: list[PlanArea] = []
    zone_id: str = ""
    uuid: str | None = None


class PlanCategory(_Strict):
    name: str
    color: str = ""


class PlanSize(_Strict):
    width: Whole
    height: Whole


class Plan(_Strict):
    """A whole plan."""

    name: str
    zones: list[PlanZone]
    categories: list[PlanCategory]
    size: PlanSize
