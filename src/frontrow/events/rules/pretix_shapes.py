"""The areas of a plan of pretix's as shapes of ours, in our units, before they are moved to our paper's corner."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from frontrow.events.rules.pretix_plan import Plan, PlanArea, PlanZone
from frontrow.events.rules.pretix_words import STAGE, role_of
from frontrow.events.rules.seatmaps_format import Circle, Polygon, Rect, Stage, Text
from frontrow.events.rules.seatmaps_geometry import Point, inside, rect_corners, turned

ELLIPSE_CORNERS = 36
STEP = 0.4
"""Units: one pixel of an exported plan. pretix's sizes are whole pixels, so ours are whole steps after an import."""

LONGEST = 120

Role = Literal["table", "wall", "floor", "bar", "stage", "text", "other"]


@dataclass(frozen=True)
class _Area:
    """A shape in our units on the plan's own paper; ``points`` are a rect's corner, a middle, or all corners."""

    kind: Literal["circle", "rect", "polygon", "text"]
    role: Role
    label: str
    points: tuple[Point, ...]
    sizes: tuple[float, ...] = ()
    turn: float = 0.0

    def corners(self) -> list[Point]:
        """Around it, roughly where it's round; nothing for words, whose size only the page knows."""
        (x, y), *_ = self.points
        match self.kind:
            case "rect":
                return rect_corners(x, y, self.sizes[0], self.sizes[1], self.turn)
            case "circle":
                return _ring(x, y, self.sizes[0], self.sizes[0])
            case "polygon":
                return list(self.points)
            case _:
                return []


class Drawn:
    """All shapes of a plan, the stage among them."""

    def __init__(self, areas: Sequence[_Area]) -> None:
        self._areas = list(areas)
        self._stage = self._find_stage()

    def corners(self) -> Iterator[tuple[int, list[Point]]]:
        """Shapes that have a surface, by index."""
        for at, area in enumerate(self._areas):
            if area.kind != "text" and at != self._stage:
                yield at, area.corners()

    def make_table(self, at: int) -> None:
        self._areas[at] = replace(self._areas[at], role="table")

    def extent(self) -> list[Point]:
        """Points that the paper must have room for."""
        found: list[Point] = []
        for area in self._areas:
            (x, y), *_ = area.points
            if area.kind == "circle":
                by = area.sizes[0]
                found += [(x - by, y - by), (x + by, y + by)]
            else:
                found += area.corners() or [(x, y)]
        return found

    def stage_at(self, left: float, top: float) -> Stage | None:
        """The stage, on paper that begins at ``left``, ``top``."""
        if self._stage is None:
            return None
        area = self._areas[self._stage]
        (x, y), (width, height) = area.points[0], area.sizes
        return Stage(round(x - left, 2), round(y - top, 2), width, height, area.label)

    def shapes_at(self, left: float, top: float) -> list[Circle | Rect | Polygon | Text]:
        """All other shapes, on paper that begins at ``left``, ``top``."""
        shapes: list[Circle | Rect | Polygon | Text] = []
        for at, area in enumerate(self._areas):
            if at == self._stage:
                continue
            points = [(round(x - left, 2), round(y - top, 2)) for x, y in area.points]
            x, y = points[0]
            role, label = area.role, area.label
            match area.kind:
                case "circle":
                    shapes.append(Circle(x=x, y=y, radius=area.sizes[0], role=role, label=label))
                case "rect":
                    width, height = area.sizes
                    turn = area.turn
                    shapes.append(Rect(x=x, y=y, width=width, height=height, turn=turn, role=role, label=label))
                case "polygon":
                    shapes.append(Polygon(points=points, role=role, label=label))
                case _:
                    shapes.append(Text(x=x, y=y, size=area.sizes[0], turn=area.turn, role=role, label=label))
        return shapes

    def _find_stage(self) -> int | None:
        """The first rectangle that isn't askew and is called a stage. Words that lie on a bare shape become its own."""
        given = set()
        for at, area in enumerate(self._areas):
            if area.kind == "text" and area.role == "stage":
                under = next((n for n, one in enumerate(self._areas) if _blank_under(one, area.points[0])), None)
                if under is not None:
                    self._areas[under] = replace(self._areas[under], role="stage", label=area.label)
                    given.add(at)
        self._areas = [area for at, area in enumerate(self._areas) if at not in given]
        found = (at for at, one in enumerate(self._areas) if one.kind == "rect" and one.role == "stage")
        return next((at for at in found if not self._areas[at].turn), None)


def _blank_under(area: _Area, point: Point) -> bool:
    return area.kind != "text" and not area.label and inside(area.corners(), *point)


def drawn_of(plan: Plan, scale: float) -> Drawn:
    """The shapes of all zones; ``scale`` is units in a pixel. The plan's areas were found sound before."""
    areas = [_area(area, zone, scale) for zone in plan.zones for area in zone.areas]
    return Drawn([area for area in areas if area is not None])


def _area(area: PlanArea, zone: PlanZone, scale: float) -> _Area | None:
    origin = (zone.position.x + area.position.x, zone.position.y + area.position.y)
    label = " ".join(area.text.text.split())[:LONGEST] if area.text is not None else ""
    turn = round(area.rotation % 360, 2) % 360

    def here(x: float, y: float) -> Point:
        """A point relative to the area's, turned with it, in units."""
        at_x, at_y = turned((origin[0] + x, origin[1] + y), area.rotation % 360, origin)
        return at_x * scale, at_y * scale

    if area.shape == "text" and area.text is not None:
        if not label:
            return None
        role: Role = "stage" if STAGE.search(label) else "text"
        at = here(area.text.position.x, area.text.position.y)
        return _Area("text", role, label, (at,), (snapped(area.text.size * scale),), turn)
    role = role_of(label)
    if area.shape == "circle" and area.circle is not None:
        return _Area("circle", role, label, (here(0, 0),), (snapped(area.circle.radius * scale),))
    if area.shape == "ellipse" and area.ellipse is not None:
        radius = area.ellipse.radius
        points = (here(x, y) for x, y in _ring(0, 0, radius.x, radius.y))
        return _Area("polygon", role, label, tuple(points))
    if area.shape == "polygon" and area.polygon is not None:
        return _Area("polygon", role, label, tuple(here(point.x, point.y) for point in area.polygon.points))
    if area.shape == "rectangle" and area.rectangle is not None:
        return _rect(area, label, role, turn, scale, origin)
    return None


def _rect(area: PlanArea, label: str, role: Role, turn: float, scale: float, origin: Point) -> _Area:
    """pretix turns a rectangle about its corner, we turn it about its middle; a right angle isn't a turn at all."""
    assert area.rectangle is not None
    width, height = snapped(area.rectangle.width * scale), snapped(area.rectangle.height * scale)
    corner = (origin[0] * scale, origin[1] * scale)
    x, y = turned((corner[0] + width / 2, corner[1] + height / 2), turn, corner)
    if turn in (90, 270):
        width, height = height, width
    if not turn % 90:
        turn = 0.0
    return _Area("rect", role, label, ((x - width / 2, y - height / 2),), (width, height), turn)


def snapped(size: float, *, up: bool = False) -> float:
    """A size in units as so many whole steps, at least one; ``up``: never less than it was."""
    steps = math.ceil(size / STEP - 1e-6) if up else round(size / STEP)
    return round(max(steps, 1) * STEP, 1)


def _ring(x: float, y: float, across: float, down: float) -> list[Point]:
    step = 2 * math.pi / ELLIPSE_CORNERS
    return [(x + across * math.cos(at * step), y + down * math.sin(at * step)) for at in range(ELLIPSE_CORNERS)]
