"""A theatre of 2,000 seats in true curves.

The theatre is a horseshoe. Stalls rows are gentle arcs around a point behind the stage, parted by two aisles that fan
out and a cross aisle; boxes line the side walls; dress circle and upper circle are arcs around the front of the stage.
Each block is a section of its own, because view, and so the price category, changes from block to block.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from frontrow.demo.halls.draught import COMPANION, PITCH, ROW_LETTERS, WHEELCHAIR, Arc, Draught, DrawnRow, Point

SEATS = 2000

ROW = 11.5  # from row to row
AISLE = 16.0

# Stalls: 20 rows whose arcs have their centre behind the stage; the sides and the aisles fan out towards the back.
_STALLS_ROWS, _STALLS_FRONT, _STALLS_CENTRE = 20, 62.0, -260.0
_CROSS_AISLE_AFTER, _CROSS_AISLE = 12, 12.0

_BOXES_A_SIDE, _BOX_RADIUS = 9, 322.0
_DRESS_RADIUS, _DRESS_ROWS = 374.0, 6
_UPPER_RADIUS, _UPPER_ROWS = 484.0, 7

_CENTRE, _LEFT, _RIGHT = "", " Left", " Right"


def theatre() -> dict[str, Any]:
    """The great house: 2,000 seats in eleven sections, categories A to E by view."""
    sheet = Draught("Great House", stage=(-150.0, -78.0, 300.0, 62.0))
    _stalls(sheet)
    _boxes(sheet)
    _balcony(
        sheet,
        "Dress Circle",
        radius=_DRESS_RADIUS,
        rows=_DRESS_ROWS,
        centre=24.0,
        aisle=49.0,
        side=73.0,
        categories={_CENTRE: "AAABBB", _LEFT: "BBCCCD", _RIGHT: "BBCCCD"},
        label_radius=400.0,
        label_angle=77.0,
        wheelchairs=True,
    )
    upper = _balcony(
        sheet,
        "Upper Circle",
        radius=_UPPER_RADIUS,
        rows=_UPPER_ROWS,
        centre=19.0,
        aisle=35.0,
        side=50.0,
        categories={_CENTRE: "CCCDDDD", _LEFT: "DDDEEEE", _RIGHT: "DDDEEEE"},
        label_radius=_UPPER_RADIUS + _UPPER_ROWS * ROW + 38.0,
        label_angle=36.0,
    )
    # The last row, behind everything, takes what is missing to the full house, symmetric about the middle.
    arc = Arc(0.0, _UPPER_RADIUS + _UPPER_ROWS * ROW)
    missing = SEATS - sheet.seat_count()
    half = missing * PITCH * 1.01 / arc.radius / 2
    upper[_CENTRE].append(DrawnRow(ROW_LETTERS[_UPPER_ROWS], "E", arc.along(-half, half, missing)))
    return sheet.layout()


def _stalls(sheet: Draught) -> None:
    blocks: dict[str, list[DrawnRow]] = {_LEFT: [], _CENTRE: [], _RIGHT: []}
    for at in range(_STALLS_ROWS):
        back = at / (_STALLS_ROWS - 1)
        y = _STALLS_FRONT + at * ROW + (_CROSS_AISLE if at >= _CROSS_AISLE_AFTER else 0.0)
        arc = Arc(_STALLS_CENTRE, y - _STALLS_CENTRE)
        # The side walls open quickly at first and then run almost straight, as walls of a horseshoe do.
        wall, aisle = 170.0 + 62.0 * math.sin(back * math.pi / 2), 72.0 + 32.0 * back
        outer, inner = arc.angle_at(wall), arc.angle_at(aisle + AISLE / 2)
        centre = arc.angle_at(aisle - AISLE / 2)
        # Wheelchairs come in through the cross aisle, which has no step, and need room for two.
        pairs = 2 if at == _CROSS_AISLE_AFTER else 0
        count, side = arc.fits(-centre, centre), arc.fits(inner, outer) - pairs // 2
        best = "B" if at < 2 or at >= 17 else "A"
        beside = "B" if 2 <= at < _CROSS_AISLE_AFTER else "C"
        letter, kinds = ROW_LETTERS[at], _wheelchairs(side, pairs)
        left = arc.along(-outer, -inner, side, wide=_wide(kinds))
        middle = arc.along(-centre, centre, count)
        blocks[_LEFT].append(DrawnRow(letter, beside, left, kinds=kinds))
        blocks[_CENTRE].append(DrawnRow(letter, best, middle, first=side + 1))
        blocks[_RIGHT].append(
            DrawnRow(letter, beside, _mirrored(left), first=side + count + 1, kinds=_turned(kinds, side))
        )
    front = _STALLS_FRONT - 22.0
    sheet.section("Stalls", blocks[_CENTRE], (0.0, front))
    sheet.section("Stalls Left", blocks[_LEFT], (-246.0, front))
    sheet.section("Stalls Right", blocks[_RIGHT], (246.0, front))


def _boxes(sheet: Draught) -> None:
    """Boxes of four, two behind two, along the side walls; number 1 is next to the stage and sees it from the side."""
    step, inner, outer = math.radians(5.3), Arc(0.0, _BOX_RADIUS), Arc(0.0, _BOX_RADIUS + 11.0)
    for name, sign in (("Boxes Left", -1.0), ("Boxes Right", 1.0)):
        rows = []
        for at in range(_BOXES_A_SIDE):
            angle = math.radians(98.0) - at * step
            across = PITCH / 2 / inner.radius
            # Seats are numbered from the left of the box, front row first, as seen from inside it.
            turns = (sign * angle - across, sign * angle + across)
            points = [arc.point(turn) for arc in (inner, outer) for turn in turns]
            rows.append(DrawnRow(str(at + 1), "D" if at < 3 else "C" if at < 6 else "B", points))
        sheet.section(name, rows, (sign * (_BOX_RADIUS + 3.0), -_BOX_RADIUS * 0.14 - 32.0), kind="box")


def _balcony(
    sheet: Draught,
    name: str,
    *,
    radius: float,
    rows: int,
    centre: float,
    aisle: float,
    side: float,
    categories: Mapping[str, str],
    label_radius: float,
    label_angle: float,
    wheelchairs: bool = False,
) -> dict[str, list[DrawnRow]]:
    """A balcony of arcs around the front of the stage. Angles in degrees: where the middle block ends, where the aisle
    through the side blocks is, and where those end; with ``wheelchairs`` the ends of the middle block's last row are
    theirs. Returns the blocks, which may still be added to.
    """
    blocks: dict[str, list[DrawnRow]] = {_LEFT: [], _CENTRE: [], _RIGHT: []}
    for at in range(rows):
        arc = Arc(0.0, radius + at * ROW)
        gap = AISLE / 2 / arc.radius
        middle, through, end = (math.radians(angle) for angle in (centre, aisle, side))
        stretches = [(middle + gap, through - gap), (through + gap, end)]
        right = [point for start, stop in stretches for point in arc.along(start, stop, arc.fits(start, stop))]
        left = _mirrored(right)
        pair = 1 if wheelchairs and at == rows - 1 else 0
        count = arc.fits(-middle + gap, middle - gap) - pair
        one_end = _wheelchairs(count, pair)
        kinds = one_end | _turned(one_end, count)
        centre_points = arc.along(-middle + gap, middle - gap, count, wide=_wide(kinds))
        letter = ROW_LETTERS[at]
        blocks[_LEFT].append(DrawnRow(letter, categories[_LEFT][at], left))
        blocks[_CENTRE].append(DrawnRow(letter, categories[_CENTRE][at], centre_points, len(left) + 1, kinds))
        blocks[_RIGHT].append(DrawnRow(letter, categories[_RIGHT][at], right, first=len(left) + count + 1))
    beside = Arc(0.0, label_radius).point(math.radians(label_angle))
    sheet.sections.append((name, blocks[_CENTRE], (0.0, radius - 22.0)))
    sheet.sections.append((f"{name} Left", blocks[_LEFT], (-beside[0], beside[1])))
    sheet.sections.append((f"{name} Right", blocks[_RIGHT], beside))
    return blocks


def _mirrored(points: Sequence[Point]) -> list[Point]:
    """The same points on the other side of the middle, again from left to right."""
    return [(-x, y) for x, y in reversed(points)]


def _wheelchairs(count: int, pairs: int) -> dict[int, int]:
    """Kinds of a row of ``count`` whose left end has pairs of a wheelchair place and its companion's seat."""
    return {at: WHEELCHAIR if at % 2 == 0 else COMPANION for at in range(min(2 * pairs, count))}


def _turned(kinds: Mapping[int, int], count: int) -> dict[int, int]:
    return {count - 1 - at: kind for at, kind in kinds.items()}


def _wide(kinds: Mapping[int, int]) -> list[int]:
    return [at for at, kind in kinds.items() if kind == WHEELCHAIR]
