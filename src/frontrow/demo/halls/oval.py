"""The line of a stadium's front row: an oval of eight arcs that meet without a kink, and what runs parallel to it.

Bearings are radians clockwise from the top of the paper. As the arcs meet without a kink, the bearing of the outward
normal names a point of the line, and every parallel line has its points on the same normals: aisles run along them.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from frontrow.demo.halls.draught import Point

TURN = 2 * math.pi


@dataclass(frozen=True)
class _Piece:
    start: float  # bearing
    centre: Point
    radius: float


class Oval:
    """An oval about (0, 0), ``width`` and ``height`` across; ``top``, ``side`` and ``corner`` are its arcs' radii.

    Lengths are map units. The radii must leave room for the corners: half the height or width < ``corner`` < the others
    never meet, which is a mistake of whoever draws and raises ValueError.
    """

    def __init__(self, width: float, height: float, *, top: float, side: float, corner: float) -> None:
        half_x, half_y = width / 2, height / 2
        # A corner's centre is where its arc touches both neighbours from within: two circles cross there.
        x, y = _crossing((0.0, half_y - top), top - corner, (half_x - side, 0.0), side - corner)
        first = math.atan2(x, y - (half_y - top))
        second = math.pi / 2 - math.atan2(y, x - (half_x - side))
        quarter = math.pi / 2
        self._pieces = [
            _Piece(0.0, (0.0, top - half_y), top),
            _Piece(first, (x, -y), corner),
            _Piece(second, (half_x - side, 0.0), side),
            _Piece(2 * quarter - second, (x, y), corner),
            _Piece(2 * quarter - first, (0.0, half_y - top), top),
            _Piece(2 * quarter + first, (-x, y), corner),
            _Piece(2 * quarter + second, (side - half_x, 0.0), side),
            _Piece(4 * quarter - second, (-x, -y), corner),
            _Piece(4 * quarter - first, (0.0, top - half_y), top),
        ]
        self._starts = [piece.start for piece in self._pieces]
        self._ends = [*self._starts[1:], TURN]

    def point(self, bearing: float, out: float) -> Point:
        """Where the normal of that bearing meets the line ``out`` units outside the oval."""
        bearing %= TURN
        piece = self._pieces[bisect_right(self._starts, bearing) - 1]
        reach = piece.radius + out
        return piece.centre[0] + reach * math.sin(bearing), piece.centre[1] - reach * math.cos(bearing)

    def length(self, out: float) -> float:
        """All the way round, ``out`` units outside."""
        return self._knots(out)[-1]

    def bearings(self, marks: Sequence[float], out: float) -> list[float]:
        """The bearings of points so far along the line ``out`` units outside, from the top; below 0 is before it."""
        knots = self._knots(out)
        around, found = knots[-1], []
        for mark in marks:
            turns, rest = divmod(mark, around)
            at = min(bisect_right(knots, rest), len(self._pieces)) - 1
            piece = self._pieces[at]
            found.append(piece.start + (rest - knots[at]) / (piece.radius + out) + turns * TURN)
        return found

    def along(self, start: float, end: float, out: float) -> tuple[float, float]:
        """How far along the line ``out`` units outside two bearings lie, the later one after the first."""
        knots, marks = self._knots(out), []
        for bearing in (start, end):
            turns, rest = divmod(bearing, TURN)
            at = bisect_right(self._starts, rest) - 1
            piece = self._pieces[at]
            marks.append(knots[at] + (rest - piece.start) * (piece.radius + out) + turns * knots[-1])
        return marks[0], marks[1]

    def _knots(self, out: float) -> list[float]:
        knots = [0.0]
        for piece, end in zip(self._pieces, self._ends, strict=True):
            knots.append(knots[-1] + (end - piece.start) * (piece.radius + out))
        return knots

    def parts(self, count: int, out: float) -> list[tuple[float, float]]:
        """``count`` equal stretches of the line ``out`` units outside, as bearings; the first has its middle on top."""
        size = self.length(out) / count
        edges = self.bearings([(at - 0.5) * size for at in range(count + 1)], out)
        return list(pairwise(edges))


def _crossing(one: Point, reach: float, other: Point, other_reach: float) -> Point:
    """Where two circles cross, the point to the lower right. Raises ValueError when they don't."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    apart = math.hypot(dx, dy)
    along = (reach**2 - other_reach**2 + apart**2) / (2 * apart)
    if abs(along) > reach:
        raise ValueError("These arcs never meet.")
    across = math.sqrt(reach**2 - along**2)
    foot = one[0] + along * dx / apart, one[1] + along * dy / apart
    ways = [(foot[0] + sign * across * dy / apart, foot[1] - sign * across * dx / apart) for sign in (-1, 1)]
    return max(ways, key=sum)
