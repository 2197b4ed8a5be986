"""What the browser draws a house from."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from frontrow.events.queries.rows import AnyRow


class SeatMapStage(BaseModel):
    x: float
    y: float
    width: float
    height: float
    label: str


class SeatMapRow(BaseModel):
    """A seat is ``[seat_no, label, x, y, kind]``; kind 0 is numbered, 1 a wheelchair place, 2 its companion's."""

    label: str
    category: str
    seats: list[tuple[int, str, float, float, int]]


class SeatMapSection(BaseModel):
    """Part of the house; ``kind`` is missing for a plain one."""

    name: str
    rows: list[SeatMapRow]
    label_at: tuple[float, float]
    kind: Literal["", "box", "table"] = ""


class SeatMapArea(BaseModel):
    name: str
    category: str
    first_seat_no: int
    capacity: int
    polygon: list[tuple[float, float]]


ShapeRole = Literal["table", "wall", "floor", "bar", "stage", "text", "other"]


class SeatMapCircle(BaseModel):
    """A shape is drawn under the seats and sold to nobody; ``x``, ``y`` is a circle's middle."""

    kind: Literal["circle"]
    role: ShapeRole
    label: str = ""
    x: float
    y: float
    radius: float


class SeatMapRect(BaseModel):
    """``x``, ``y`` is the corner from which it reaches right and down before it is turned about its middle."""

    kind: Literal["rect"]
    role: ShapeRole
    label: str = ""
    x: float
    y: float
    width: float
    height: float
    turn: float = 0


class SeatMapPolygon(BaseModel):
    kind: Literal["polygon"]
    role: ShapeRole
    label: str = ""
    points: list[tuple[float, float]]


class SeatMapText(BaseModel):
    """Words drawn above the seats, their middle at ``x``, ``y``; ``size`` is the letters' height, ``turn`` degrees."""

    kind: Literal["text"]
    role: ShapeRole
    label: str = ""
    x: float
    y: float
    size: float = 8
    turn: float = 0


SeatMapShape = Annotated[SeatMapCircle | SeatMapRect | SeatMapPolygon | SeatMapText, Field(discriminator="kind")]


class SeatMapCategory(BaseModel):
    """A price category in words; ``color`` is the organiser's wish, in CSS's words."""

    code: str
    name: str = ""
    color: str = ""


class SeatMap(BaseModel):
    """An immutable version of a map; 10 units are one seat pitch, y grows away from the stage."""

    format: Literal["frontrow-seatmap"]
    version: int
    name: str
    width: float
    height: float
    stage: SeatMapStage | None
    sections: list[SeatMapSection]
    areas: list[SeatMapArea]
    seat_count: int
    shapes: list[SeatMapShape] = []
    categories: list[SeatMapCategory] = []


class SeatMapWarning(BaseModel):
    """What somebody should look at; the map can be sold with it. ``path`` is where it stands in the file sent."""

    code: str
    path: str
    section: str
    row: str
    seat: str
    message: str


class SeatMapPut(BaseModel):
    """``created`` is false when the newest version of that name was this very map already."""

    id: uuid.UUID
    name: str
    version: int
    created: bool
    format: Literal["frontrow", "pretix"]
    seat_count: int
    categories: list[str]
    warnings: list[SeatMapWarning]
    more_warnings: int


class SeatMapVenue(BaseModel):
    id: uuid.UUID
    name: str
    city: str


class SeatMapInfo(BaseModel):
    """A version of a map; ``used`` when a performance has it."""

    id: uuid.UUID
    name: str
    version: int
    venue: SeatMapVenue
    seat_count: int
    origin: Literal["frontrow", "pretix"]
    used: bool
    created_at: datetime


class SeatMapList(BaseModel):
    items: list[SeatMapInfo]


def info_of(row: AnyRow) -> SeatMapInfo:
    """From a row of ``queries.seatmaps.maps_of``."""
    return SeatMapInfo(
        id=row.id,
        name=row.name,
        version=row.version,
        venue=SeatMapVenue(id=row.venue_id, name=row.venue, city=row.city),
        seat_count=row.seat_count,
        origin=row.origin,
        used=row.used,
        created_at=row.created_at,
    )
