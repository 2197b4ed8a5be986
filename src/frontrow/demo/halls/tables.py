"""Houses where one sits at tables: a cabaret, a warehouse with long tables, a printer's workshop."""

import math
from typing import Any

from frontrow.demo.halls.draught import COMPANION, PITCH, WHEELCHAIR, Draught, DrawnRow, Point

CABARET_SEATS = 122
LONG_TABLE_SEATS = 96
WORKSHOP_SEATS = 16


def cabaret() -> dict[str, Any]:
    """Round tables in three bows around a small stage, four chairs at the front ones, eight at the back, and a bar."""
    sheet = Draught("Velvet Room", stage=(-70.0, -62.0, 140.0, 54.0))
    number = 0
    bows = ((4, 4, 78.0, 60.0, "A"), (6, 6, 146.0, 62.0, "B"), (7, 6, 214.0, 60.0, "C"))
    for count, chairs, radius, reach, category in bows:
        for at in range(count):
            angle = math.radians(-reach + 2 * reach * (at + 0.5) / count)
            middle = radius * 1.25 * math.sin(angle), radius * math.cos(angle) + 10.0
            number += 1
            _round(sheet, number, middle, chairs, category, angle)
    for side in (-1.0, 1.0):
        number += 1
        _round(sheet, number, (side * 236.0, 30.0), 8, "C", 0.0)
    stools = [(-72.6 + at * 13.2, 274.0) for at in range(12)]
    sheet.section("Bar", [DrawnRow("1", "D", stools[: CABARET_SEATS - sheet.seat_count()])], (0.0, 310.0))
    sheet.rect("bar", (0.0, 290.0), 190.0, 14.0)
    return sheet.layout()


def _table(sheet: Draught, name: str, category: str, points: list[Point], middle: Point, *, places: bool) -> None:
    """A section of its own: one sits at table 4, not in row 4. ``places``: a wheelchair's and its companion's."""
    kinds = {0: WHEELCHAIR, 1: COMPANION} if places else {}
    sheet.section(name, [DrawnRow("", category, points, kinds=kinds)], middle, kind="table")


def _round(sheet: Draught, number: int, middle: Point, chairs: int, category: str, angle: float) -> None:
    """A round table with room for its chairs at a seat's pitch and a half; chair 1 has its back to the stage."""
    radius = max(13.0, chairs * PITCH * 1.35 / (2 * math.pi))
    turn = -angle + math.pi / chairs
    sheet.circle("table", middle, radius - 6.0)
    points = [
        (middle[0] + radius * math.sin(turn + 2 * math.pi * at / chairs),
         middle[1] - radius * math.cos(turn + 2 * math.pi * at / chairs))
        for at in range(chairs)
    ]  # fmt: skip
    _table(sheet, f"Table {number}", category, points, middle, places=number == 1)


def long_tables() -> dict[str, Any]:
    """Six tables of sixteen, eight a side, laid across the warehouse; the kitchen is open and in front."""
    sheet = Draught("Long Tables", stage=(-120.0, -66.0, 240.0, 40.0), stage_label="Open kitchen")
    for at in range(6):
        across, down = (at % 2 * 2 - 1) * 62.0, 20.0 + at // 2 * 58.0
        sheet.rect("table", (across, down), 96.0, 14.0)
        points = [(across + (seat - 3.5) * 11.5, down + side * 14.0) for side in (-1.0, 1.0) for seat in range(8)]
        _table(sheet, f"Table {at + 1}", "A" if at < 2 else "B", points, (across, down), places=at == 0)
    for x, y in ((-140.0, 49.0), (140.0, 49.0), (-140.0, 107.0), (140.0, 107.0)):
        sheet.circle("wall", (x, y), 5.0)
    return sheet.layout()


def workshop() -> dict[str, Any]:
    """Four benches of four in a printer's workshop, around its press."""
    sheet = Draught("Workshop", stage=(-26.0, -20.0, 52.0, 40.0), stage_label="Press")
    for at in range(4):
        x, y = (at % 2 * 2 - 1) * 78.0, (at // 2 * 2 - 1) * 44.0
        sheet.rect("table", (x, y), 60.0, 16.0)
        points = [(x + way * 18.0, y + side * 16.0) for side in (-1.0, 1.0) for way in (-1.0, 1.0)]
        _table(sheet, f"Bench {at + 1}", "A", points, (x, y), places=False)
    return sheet.layout()
