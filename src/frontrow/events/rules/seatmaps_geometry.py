"""Points, polygons and who is near whom, in map units; quick enough for 100,000 seats."""

import math
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
Point = tuple[float, float]


class Squares(Generic[T]):
    """Things by their points, found again by nearness: only the nine squares around a point are looked into."""

    def __init__(self, reach: float) -> None:
        self._reach = reach
        self._squares: dict[tuple[int, int], list[tuple[float, float, T]]] = {}

    def add(self, x: float, y: float, thing: T) -> None:
        self._squares.setdefault((int(x // self._reach), int(y // self._reach)), []).append((x, y, thing))

    def near(self, x: float, y: float) -> Iterator[T]:
        """All that is nearer than ``reach``, in no order."""
        column, line = int(x // self._reach), int(y // self._reach)
        for at in range(column - 1, column + 2):
            for down in range(line - 1, line + 2):
                for other_x, other_y, thing in self._squares.get((at, down), ()):
                    if math.hypot(x - other_x, y - other_y) < self._reach:
                        yield thing


def finite(*numbers: float) -> bool:
    return all(math.isfinite(number) for number in numbers)


def corners_of(points: Sequence[Point]) -> list[Point]:
    """A polygon's corners, each once: without repeats one after the other, and without the first again at the end."""
    kept = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def surface(corners: Sequence[Point]) -> float:
    """A polygon's surface in square units, never negative."""
    doubled = 0.0
    for at, (x, y) in enumerate(corners):
        next_x, next_y = corners[(at + 1) % len(corners)]
        doubled += x * next_y - next_x * y
    return abs(doubled) / 2


def crossing(corners: Sequence[Point]) -> Point | None:
    """A corner whose side crosses another side of the polygon, or None. Sides that only touch don't count."""
    count = len(corners)
    sides = [(corners[at], corners[(at + 1) % count]) for at in range(count)]
    for at, side in enumerate(sides):
        for other in range(at + 2, count):
            if (other + 1) % count != at and _cross(side, sides[other]):
                return corners[at]
    return None


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = one, other
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def inside(corners: Sequence[Point], x: float, y: float) -> bool:
    """Whether a point lies within a polygon; on its edge it may go either way."""
    within = False
    for at, (x0, y0) in enumerate(corners):
        x1, y1 = corners[at - 1]
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            within = not within
    return within


def turned(point: Point, degrees: float, about: Point) -> Point:
    """A point turned clockwise (as seen with y growing downwards)."""
    if not degrees % 360:
        return point
    angle = math.radians(degrees)
    x, y = point[0] - about[0], point[1] - about[1]
    return (
        about[0] + x * math.cos(angle) - y * math.sin(angle),
        about[1] + x * math.sin(angle) + y * math.cos(angle),
    )


def rect_corners(x: float, y: float, width: float, height: float, turn: float) -> list[Point]:
    """A rectangle's corners after it was turned about its middle."""
    middle = (x + width / 2, y + height / 2)
    plain = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return [turned(corner, turn, middle) for corner in plain]
