"""A draughtsman's tools: rows of seats along arcs and lines, gathered into a layout that is numbered as it's drawn.

Coordinates are in map units (10 = one seat pitch), y grows away from the stage, x to the right of the audience as it
looks at the stage. Angles are radians from straight away from the stage, positive to the right.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PITCH = 10.0
Point = tuple[float, float]

# No I and no O: on a ticket they are 1 and 0.
ROW_LETTERS = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in "IO"]

NUMBERED, WHEELCHAIR, COMPANION = 0, 1, 2


@dataclass(frozen=True)
class Arc:
    """A row's line: a circle around ``(0, centre_y)``; ``at(x)`` finds its angle at a distance from the middle."""

    centre_y: float
    radius: float

    def point(self, angle: float) -> Point:
        return self.radius * math.sin(angle), self.centre_y + self.radius * math.cos(angle)

    def angle_at(self, x: float) -> float:
        return math.asin(x / self.radius)

    def along(self, start: float, end: float, count: int, wide: Iterable[int] = ()) -> list[Point]:
        """``count`` points spread from ``start`` to ``end``, each in the middle of its room.

        Rooms are equal, but for those of the indices in ``wide``, which are a wheelchair's: half as wide again.
        """
        rooms = [1.0] * count
        for at in wide:
            rooms[at] = 1.5
        unit, edge, points = (end - start) / sum(rooms), start, []
        for room in rooms:
            points.append(self.point(edge + unit * room / 2))
            edge += unit * room
        return points

    def fits(self, start: float, end: float) -> int:
        """How many seats have room between two angles at full pitch."""
        step = 2 * math.asin(PITCH / 2 / self.radius)
        return int((end - start) / step + 1e-6)


@dataclass
class DrawnRow:
    label: str
    category: str
    points: Sequence[Point]
    first: int = 1
    kinds: dict[int, int] = field(default_factory=dict)  # index in the row -> kind


@dataclass
class Draught:
    """A sheet that sections and areas are drawn on; ``layout`` moves it to the paper's corner and numbers it."""

    name: str
    stage: tuple[float, float, float, float]  # x, y, width, height
    stage_label: str = "Stage"
    margin: float = 24.0
    sections: list[tuple[str, list[DrawnRow], Point]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)  # of sections by name, where they aren't plain rows
    shapes: list[dict[str, Any]] = field(default_factory=list)
    areas: list[tuple[str, str, int, list[Point]]] = field(default_factory=list)

    def section(self, name: str, rows: Iterable[DrawnRow], label_at: Point, kind: str = "") -> None:
        """``kind``: box, whose rows are single ones, or table, which is a section of its own."""
        kept = [row for row in rows if row.points]
        if kind:
            self.kinds[name] = kind
        self.sections.append((name, kept, label_at))

    def area(self, name: str, category: str, capacity: int, polygon: Sequence[Point]) -> None:
        self.areas.append((name, category, capacity, list(polygon)))

    def circle(self, role: str, middle: Point, radius: float, label: str = "") -> None:
        self._decorate(role, "circle", [middle], {"radius": round(radius, 1)}, label)

    def rect(self, role: str, middle: Point, width: float, height: float, turn: float = 0.0, label: str = "") -> None:
        """``turn``: degrees about its middle."""
        corner = (middle[0] - width / 2, middle[1] - height / 2)
        size = {"width": round(width, 1), "height": round(height, 1), "turn": round(turn, 1)}
        self._decorate(role, "rect", [corner], size, label)

    def polygon(self, role: str, points: Sequence[Point], label: str = "") -> None:
        self._decorate(role, "polygon", list(points), {}, label)

    def text(self, label: str, middle: Point, size: float = 12.0, turn: float = 0.0) -> None:
        self._decorate("text", "text", [middle], {"size": size, "turn": round(turn, 1)}, label)

    def _decorate(self, role: str, kind: str, points: list[Point], more: dict[str, float], label: str) -> None:
        self.shapes.append({"role": role, "kind": kind, "points": points, **more, "label": label})

    def seat_count(self) -> int:
        seats = sum(len(row.points) for _, rows, _ in self.sections for row in rows)
        return seats + sum(capacity for _, _, capacity, _ in self.areas)

    def layout(self) -> dict[str, Any]:
        """The sheet in the layout format, places numbered from 1 in the order in which they were drawn."""
        stage_x, stage_y, stage_width, stage_height = self.stage
        points = [(stage_x, stage_y), (stage_x + stage_width, stage_y + stage_height)]
        for name, rows, (x, y) in self.sections:
            points += [point for row in rows for point in row.points]
            points += [(x - 3.2 * len(name), y), (x + 3.2 * len(name), y)]  # about as wide as the words will be
        points += [corner for *_, polygon in self.areas for corner in polygon]
        points += [corner for shape in self.shapes for corner in _reach(shape)]
        left = min(x for x, _ in points) - self.margin
        top = min(y for _, y in points) - self.margin
        seat_no = 0

        def here(point: Point) -> list[float]:
            return [round(point[0] - left, 1), round(point[1] - top, 1)]

        sections = []
        for name, rows, label_at in self.sections:
            drawn = []
            for row in rows:
                seats = []
                for at, point in enumerate(row.points):
                    seat_no += 1
                    kind = row.kinds.get(at, NUMBERED)
                    seats.append([seat_no, str(row.first + at), *here(point), kind])
                drawn.append({"label": row.label, "category": row.category, "seats": seats})
            told = {"kind": self.kinds[name]} if name in self.kinds else {}
            sections.append({"name": name, **told, "rows": drawn, "label_at": here(label_at)})
        areas = []
        for name, category, capacity, polygon in self.areas:
            corners = [here(corner) for corner in polygon]
            areas.append(
                {
                    "name": name,
                    "category": category,
                    "first_seat_no": seat_no + 1,
                    "capacity": capacity,
                    "polygon": corners,
                }
            )
            seat_no += capacity
        x, y = here((stage_x, stage_y))
        return {
            "format": "frontrow-seatmap",
            "version": 2,
            "name": self.name,
            "width": round(max(x for x, _ in points) + self.margin - left, 1),
            "height": round(max(y for _, y in points) + self.margin - top, 1),
            "stage": {"x": x, "y": y, "width": stage_width, "height": stage_height, "label": self.stage_label},
            "sections": sections,
            "areas": areas,
            "shapes": [_placed(shape, here) for shape in self.shapes],
            "seat_count": seat_no,
        }


def _reach(shape: Mapping[str, Any]) -> list[Point]:
    """Corners of what a shape covers on the paper."""
    x, y = shape["points"][0]
    match shape["kind"]:
        case "circle":
            radius = shape["radius"]
            return [(x - radius, y - radius), (x + radius, y + radius)]
        case "rect":
            width, height, turn = shape["width"], shape["height"], math.radians(shape["turn"])
            wide = abs(width * math.cos(turn)) + abs(height * math.sin(turn))
            high = abs(width * math.sin(turn)) + abs(height * math.cos(turn))
            x, y = x + width / 2, y + height / 2
            return [(x - wide / 2, y - high / 2), (x + wide / 2, y + high / 2)]
        case "text":
            half = 0.3 * shape["size"] * len(shape["label"])
            return [(x - half, y - half), (x + half, y + half)]
        case _:
            return list(shape["points"])


def _placed(shape: Mapping[str, Any], here: Callable[[Point], list[float]]) -> dict[str, Any]:
    """The shape as the format has it; what is empty isn't told."""
    points = [here(point) for point in shape["points"]]
    told = {key: value for key, value in shape.items() if key != "points" and (value or key != "label")}
    if shape["kind"] == "polygon":
        return {**told, "points": points}
    return {**told, "x": points[0][0], "y": points[0][1]}
