"""Nordvallen: a bowl of 50,000 seats around a football pitch, and the same bowl on the evening of a concert.

Two tiers follow one oval (see oval.py). Each is parted into blocks by aisles that run along its normals; in the middle
of a block is the mouth that one comes in through, where its number hangs. Between the tiers, above the last row of the
lower one, are the platforms for wheelchairs, and on the main stand the boxes. 20 units are a metre.
"""

import math
from dataclasses import dataclass
from typing import Any

from frontrow.demo.halls.draught import COMPANION, PITCH, WHEELCHAIR, Draught, DrawnRow, Point
from frontrow.demo.halls.oval import Oval

SEATS = 50_000
STANDING = {"Front Standing": 1500, "Pitch Standing": 4500}

ROW, AISLE = 12.5, 14.0
_PITCH = (2100.0, 1360.0)  # 105 by 68 metres
_BOWL = (2480.0, 1780.0)
_LOWER_ROWS, _LOWER_BLOCKS = 28, 36
_CONCERT_ROWS = 16  # the rows behind them are curtained off
_UPPER_ROWS, _UPPER_BLOCKS = 29, 44
_UPPER_FROM = _LOWER_ROWS * ROW + 86.0
_MOUTH_ROWS, _MOUTH_SEATS = 5, 6
_PLATFORMS = frozenset({2, 7, 11, 16, 20, 25, 29, 34})  # blocks of the lower tier
_PAIRS = 8
_BOXES = 24
_AWAY_LOWER, _AWAY_UPPER = frozenset({30, 31, 32}), frozenset({37, 38, 39})


@dataclass(frozen=True)
class Tier:
    """Rows that run parallel ``first`` units outside the oval, parted into blocks numbered from ``number``."""

    oval: Oval
    first: float
    rows: int
    blocks: int
    number: int
    mouth: int  # the row before which the blocks' mouths open

    def out(self, row: float) -> float:
        return self.first + row * ROW

    def parts(self) -> list[tuple[float, float]]:
        return self.oval.parts(self.blocks, self.out(self.rows / 2))

    def middle(self, part: tuple[float, float]) -> Point:
        """Where a block's number hangs."""
        return self._spots(part, self.mouth + (_MOUTH_ROWS - 1) / 2, 1)[0]

    def row(self, part: tuple[float, float], at: int) -> list[Point]:
        count = self._room(part, at)
        points = self._spots(part, at, count)
        if self.mouth <= at < self.mouth + _MOUTH_ROWS and count > 3 * _MOUTH_SEATS:
            # As wide whether the row is even or odd, so that the block's number has its place.
            gone = _MOUTH_SEATS + count % 2
            before = (count - gone) // 2
            return points[:before] + points[before + gone :]
        return points

    def platform(self, part: tuple[float, float], pairs: int) -> tuple[list[Point], dict[int, int]]:
        """A row behind the last one where wheelchairs, half as wide again, stand beside their companions' seats."""
        rooms = [PITCH * 1.6, PITCH * 1.2] * pairs
        start, end = self.oval.along(*part, self.out(self.rows) + 4.0)
        edge, marks = (start + end - sum(rooms)) / 2, []
        for room in rooms:
            marks.append(edge + room / 2)
            edge += room
        kinds = {at: WHEELCHAIR if at % 2 == 0 else COMPANION for at in range(2 * pairs)}
        return self._points(marks, self.rows + 4.0 / ROW), kinds

    def few(self, part: tuple[float, float], at: int, count: int) -> list[Point]:
        """``count`` seats side by side in the middle of a block."""
        start, end = self.oval.along(*part, self.out(at))
        left = (start + end - count * PITCH) / 2
        return self._points([left + (seat + 0.5) * PITCH for seat in range(count)], at)

    def _room(self, part: tuple[float, float], at: int) -> int:
        start, end = self.oval.along(*part, self.out(at))
        return int((end - start - AISLE) / PITCH + 1e-6)

    def _spots(self, part: tuple[float, float], at: float, count: int) -> list[Point]:
        start, end = self.oval.along(*part, self.out(at))
        room = (end - start - AISLE) / count
        return self._points([start + AISLE / 2 + room * (seat + 0.5) for seat in range(count)], at)

    def _points(self, marks: list[float], at: float) -> list[Point]:
        out = self.out(at)
        return [self.oval.point(bearing, out) for bearing in self.oval.bearings(marks, out)]


def football() -> dict[str, Any]:
    """The whole bowl: exactly 50,000 seats, A to E by view, F for the visitors' supporters."""
    sheet = Draught("Football", stage=_around(_PITCH), stage_label="Pitch", margin=40.0)
    _markings(sheet)
    bowl = Oval(*_BOWL, top=4200.0, side=1500.0, corner=320.0)
    lower = Tier(bowl, 0.0, _LOWER_ROWS, _LOWER_BLOCKS, 101, mouth=12)
    for at, part in enumerate(lower.parts()):
        rows = _rows(lower, part, "F" if at in _AWAY_LOWER else _lower_category(lower.middle(part)))
        if at in _PLATFORMS:
            points, kinds = lower.platform(part, _PAIRS)
            rows.append(DrawnRow("P", rows[0].category, points, kinds=kinds))
        sheet.section(f"Block {lower.number + at}", rows, lower.middle(part))
    _boxes(sheet, lower)
    upper = Tier(bowl, _UPPER_FROM, _UPPER_ROWS, _UPPER_BLOCKS, 201, mouth=6)
    blocks = [
        (part, _rows(upper, part, "F" if at in _AWAY_UPPER else _upper_category(upper.middle(part))))
        for at, part in enumerate(upper.parts())
    ]
    # What is missing to the full house sits under the roof, the same everywhere but for a seat.
    missing = SEATS - sheet.seat_count() - sum(len(row.points) for _, rows in blocks for row in rows)
    for at, (part, rows) in enumerate(blocks):
        share = missing // _UPPER_BLOCKS + (at < missing % _UPPER_BLOCKS)
        rows.append(DrawnRow(str(_UPPER_ROWS + 1), rows[0].category, upper.few(part, _UPPER_ROWS, share)))
        sheet.section(f"Block {upper.number + at}", rows, upper.middle(part))
    return sheet.layout()


def concert() -> dict[str, Any]:
    """The front of the lower tier but for what is behind the stage, and standing on the pitch."""
    height, width = _PITCH
    sheet = Draught("Concert", stage=(-460.0, -height / 2 - 60.0, 920.0, 300.0), margin=40.0)
    front = -height / 2 + 240.0
    bowl = Oval(_BOWL[1], _BOWL[0], top=1500.0, side=4200.0, corner=320.0)
    tier = Tier(bowl, 0.0, _CONCERT_ROWS, _LOWER_BLOCKS, 101, mouth=6)
    sheet.polygon("stage", [(-70.0, front), (70.0, front), (70.0, front + 330.0), (-70.0, front + 330.0)])
    for at, part in enumerate(tier.parts()):
        middle = tier.middle(part)
        if middle[1] < front + 60.0:
            continue
        category = "D" if middle[1] > height / 2 else "C" if middle[1] < height / 5 else "E"
        rows = _rows(tier, part, category)
        if at in _PLATFORMS:
            points, kinds = tier.platform(part, _PAIRS)
            rows.append(DrawnRow("P", category, points, kinds=kinds))
        sheet.section(f"Block {tier.number + at}", rows, middle)
    half, fence, back = width / 2, front + 560.0, height / 2
    # Around the runway that the stage reaches out with.
    horseshoe = [(-half, front + 20.0), (-90.0, front + 20.0), (-90.0, front + 350.0), (90.0, front + 350.0)]
    horseshoe += [(90.0, front + 20.0), (half, front + 20.0), (half, fence - 12.0), (-half, fence - 12.0)]
    sheet.area("Front Standing", "A", STANDING["Front Standing"], horseshoe)
    desk = [(-120.0, back - 160.0), (120.0, back - 160.0), (120.0, back), (half, back)]
    pitch = [(-half, fence + 12.0), (half, fence + 12.0), *desk[::-1], (-120.0, back), (-half, back)]
    sheet.area("Pitch Standing", "B", STANDING["Pitch Standing"], pitch)
    return sheet.layout()


def _around(size: tuple[float, float]) -> tuple[float, float, float, float]:
    return -size[0] / 2, -size[1] / 2, size[0], size[1]


def _rows(tier: Tier, part: tuple[float, float], category: str) -> list[DrawnRow]:
    return [DrawnRow(str(at + 1), category, tier.row(part, at)) for at in range(tier.rows)]


def _lower_category(middle: Point) -> str:
    """The long sides see the most, their middle best; corners less, and from behind a goal one sees one goal."""
    x, y = abs(middle[0]), abs(middle[1])
    if y > x * 0.62 and y > 700.0:
        return "A" if x < 420.0 else "B" if x < 880.0 else "C"
    return "C" if y > 420.0 else "D"


def _upper_category(middle: Point) -> str:
    x, y = abs(middle[0]), abs(middle[1])
    if y > 1000.0:
        return "B" if x < 420.0 else "C" if x < 980.0 else "D"
    return "D" if y > 560.0 else "E"


def _boxes(sheet: Draught, lower: Tier) -> None:
    """Boxes of eight, four before four, above the lower tier of the main stand, which is at the bottom of the paper."""
    out = lower.out(lower.rows) + 34.0
    size = 4 * PITCH + 12.0
    middle = sum(lower.oval.along(math.pi, math.pi, out)) / 2
    rows = []
    for box in range(_BOXES):
        centre = middle + (_BOXES / 2 - box - 0.5) * size
        marks = [centre + (1.5 - seat) * PITCH for seat in range(4)]
        points = [
            lower.oval.point(bearing, out + behind)
            for behind in (0.0, 11.0)
            for bearing in lower.oval.bearings(marks, out)
        ]
        rows.append(DrawnRow(str(box + 1), "A", points))
    sheet.section("Boxes", rows, lower.oval.point(math.pi, out + 28.0), kind="box")


def _markings(sheet: Draught) -> None:
    """What the laws of the game want on the grass, as lines 4 wide."""
    half, side = _PITCH[0] / 2, _PITCH[1] / 2
    sheet.rect("other", (0.0, 0.0), 4.0, 2 * side)
    sheet.circle("other", (0.0, 0.0), 183.0)
    for end in (-1.0, 1.0):
        sheet.rect("other", (end * (half - 165.0), 0.0), 330.0, 806.0)
        sheet.rect("other", (end * (half - 55.0), 0.0), 110.0, 366.0)
