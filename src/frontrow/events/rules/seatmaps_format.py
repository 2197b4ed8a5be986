"""The format of our seat maps, as docs/seatmaps.md tells it: version 2, and version 1, which is part of it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

KINDS = {0: "", 1: "wheelchair", 2: "companion"}
"""The wire's ``kind`` of a numbered place, and the word that the table holds for it."""

MOST_PLACES = 100_000
"""Of one map, seats and standing places together: above the largest stadiums."""

Name = Annotated[str, Meta(max_length=120)]
Code = Annotated[str, Meta(max_length=4, description="A price category: 1 to 4 letters, as prices name it.")]
Point = tuple[float, float]
Seat = Annotated[
    tuple[int, Name, float, float, int],
    Meta(description="Seat number, label, x, y, kind: 0 numbered, 1 a wheelchair place, 2 its companion's."),
]
Role = Annotated[
    Literal["table", "wall", "floor", "bar", "stage", "text", "other"],
    Meta(description="What a shape stands for; the page paints by it."),
]


class Row(msgspec.Struct):
    """A row of one price category, its seats from one end to the other; a curve is where its seats stand."""

    label: Name
    category: Code
    seats: list[Seat]


class Section(msgspec.Struct, omit_defaults=True):
    """Part of the house: stalls, a balcony; a box or a table when its kind says so."""

    name: Name
    rows: list[Row]
    label_at: Point
    kind: Annotated[Literal["", "box", "table"], Meta(description="A plain section when empty.")] = ""


class Area(msgspec.Struct):
    """Standing places inside a polygon: numbers from ``first_seat_no`` on, ``capacity`` of them."""

    name: Name
    category: Code
    first_seat_no: int
    capacity: int
    polygon: list[Point]


class Stage(msgspec.Struct):
    """What the audience looks at."""

    x: float
    y: float
    width: float
    height: float
    label: Name


class Shape(msgspec.Struct, omit_defaults=True, tag_field="kind", kw_only=True):
    """Something drawn under the seats that nobody buys."""

    role: Role
    label: Name = ""


class Circle(Shape, tag="circle"):
    """Around its middle."""

    x: float
    y: float
    radius: float


class Rect(Shape, tag="rect"):
    """From its corner at ``x``, ``y``, then turned about its middle."""

    x: float
    y: float
    width: float
    height: float
    turn: Annotated[float, Meta(description="Degrees, clockwise.")] = 0


class Polygon(Shape, tag="polygon"):
    """Closed by itself."""

    points: list[Point]


class Text(Shape, tag="text"):
    """Words, drawn above the seats, their middle at ``x``, ``y``."""

    x: float
    y: float
    size: Annotated[float, Meta(description="Height of the letters.")] = 8
    turn: Annotated[float, Meta(description="Degrees, clockwise.")] = 0


class Category(msgspec.Struct, omit_defaults=True):
    """A price category's name and colour in words; prices go by its code."""

    code: Code
    name: Name = ""
    color: Annotated[str, Meta(max_length=40, description="As CSS writes colours; a hint.")] = ""


class Origin(msgspec.Struct, omit_defaults=True):
    """Where an imported map comes from. Buyers' pages don't get it."""

    format: Literal["pretix"]
    guids: Annotated[list[Name], Meta(description="The other system's name of each seat, by seat number.")]


class Layout(msgspec.Struct, omit_defaults=True):
    """A seat map. 10 units are one seat's pitch, x grows to the right, y away from the stage, from the paper's corner.

    Version 1 has no kinds, shapes, categories and origin.
    """

    format: Literal["frontrow-seatmap"]
    version: Literal[1, 2]
    name: Name
    width: float
    height: float
    stage: Stage | None
    sections: list[Section]
    areas: list[Area]
    seat_count: int
    shapes: list[Circle | Rect | Polygon | Text] = []
    categories: list[Category] = []
    origin: Origin | None = None
