"""The small houses: a studio, two clubs to stand in, a harbour quay, a museum by the hour, a library."""

import math
from collections.abc import Iterator
from typing import Any

from frontrow.demo.halls.draught import COMPANION, PITCH, ROW_LETTERS, WHEELCHAIR, Arc, Draught, DrawnRow, Point

STUDIO_SEATS = 120
CLUB_PLACES = 300
PUMPHOUSE_PLACES = {"Floor": 420, "Bar Side": 110, "Balcony": 140, "Platform": 10}
QUAY_PLACES = {"Front of Stage": 500, "Quay": 1800, "Warehouse Roof": 200}
MUSEUM_PLACES = 90
LIBRARY_SEATS = 84

AISLE = 16.0


def studio() -> dict[str, Any]:
    """A studio on a flat floor: ten straight rows of twelve with an aisle in the middle."""
    sheet = Draught("Studio", stage=(-66.0, -58.0, 132.0, 40.0), stage_label="Playing area")
    rows = []
    for at in range(10):
        y = 20.0 + at * 12.0
        kinds = {0: WHEELCHAIR, 1: COMPANION, 10: COMPANION, 11: WHEELCHAIR} if at == 0 else {}
        points = [(side * (AISLE / 2 + PITCH * (place + 0.5)), y) for side in (-1, 1) for place in range(6)]
        rows.append(DrawnRow(ROW_LETTERS[at], "A" if at < 6 else "B", sorted(points), kinds=kinds))
    sheet.section("Studio", rows, (0.0, 2.0))
    return sheet.layout()


def club() -> dict[str, Any]:
    """A club under a railway arch: one standing floor of 300 places before a low stage."""
    sheet = Draught("Cellar Club", stage=(-70.0, -50.0, 140.0, 40.0))
    sheet.area("Floor", "A", CLUB_PLACES, list(_club_floor()))
    return sheet.layout()


def _club_floor() -> Iterator[Point]:
    """The floor between the walls; its far end is the half circle of the vault."""
    yield -120.0, 8.0
    yield 120.0, 8.0
    for step in range(33):
        angle = math.pi * step / 32
        yield round(120.0 * math.cos(angle), 1), round(96.0 + 84.0 * math.sin(angle), 1)


def pumphouse() -> dict[str, Any]:
    """A waterworks turned club: the floor, the side along the bar, a balcony above, a platform with no step."""
    sheet = Draught("Pumphouse", stage=(-110.0, -70.0, 220.0, 60.0))
    places = PUMPHOUSE_PLACES
    sheet.area("Floor", "A", places["Floor"], [(-150, 14), (110, 14), (110, 206), (-150, 206)])
    sheet.area("Bar Side", "B", places["Bar Side"], [(120, 14), (190, 14), (190, 206), (120, 206)])
    sheet.area("Platform", "A", places["Platform"], [(-220, 14), (-160, 14), (-160, 80), (-220, 80)])
    curve = Arc(-420.0, 660.0)
    inner = [curve.point(math.radians(angle)) for angle in range(-18, 19, 2)]
    outer = [Arc(-420.0, 740.0).point(math.radians(angle)) for angle in range(18, -19, -2)]
    sheet.area("Balcony", "C", places["Balcony"], inner + outer)
    sheet.rect("bar", (206.0, 112.0), 18.0, 180.0, label="Bar")
    for x, y in ((-60.0, 120.0), (40.0, 120.0)):
        sheet.circle("wall", (x, y), 6.0)
    return sheet.layout()


def quay() -> dict[str, Any]:
    """A harbour quay with a stage on a barge; the roof of a warehouse looks over all heads."""
    sheet = Draught("Quay", stage=(-130.0, -120.0, 260.0, 80.0), stage_label="Stage on the barge")
    bend = [(x, 30.0 - 24.0 * math.cos(x / 420.0 * math.pi)) for x in range(-420, 421, 42)]
    front = [(x, 10.0 + y / 6) for x, y in bend if abs(x) < 300]
    fence = [(x, y + 140.0) for x, y in front]
    sheet.polygon("floor", [(-460.0, -150.0), (460.0, -150.0), *bend[::-1]], label="")
    sheet.area("Front of Stage", "A", QUAY_PLACES["Front of Stage"], front + fence[::-1])
    back = [(-420.0, 170.0), (420.0, 170.0), (420.0, 400.0), (-420.0, 400.0)]
    sheet.area("Quay", "B", QUAY_PLACES["Quay"], back)
    roof = [(-300.0, 430.0), (300.0, 430.0), (300.0, 500.0), (-300.0, 500.0)]
    sheet.area("Warehouse Roof", "C", QUAY_PLACES["Warehouse Roof"], roof)
    for x in (-380.0, 380.0):
        sheet.rect("bar", (x, 465.0), 90.0, 50.0, label="Food")
    return sheet.layout()


def museum() -> dict[str, Any]:
    """A museum that lets in so many an hour: four rooms, one ticket."""
    sheet = Draught("Maritime Museum", stage=(-60.0, -52.0, 120.0, 34.0), stage_label="Entrance")
    hall = [
        (-150, 0),
        (150, 0),
        (150, 90),
        (190, 90),
        (190, 200),
        (40, 200),
        (40, 150),
        (-190, 150),
        (-190, 60),
        (-150, 60),
    ]
    sheet.area("All Rooms", "A", MUSEUM_PLACES, hall)
    return sheet.layout()


def library() -> dict[str, Any]:
    """A reading room: seven rows of chairs that bend around a desk and a lamp."""
    sheet = Draught("Reading Room", stage=(-30.0, -20.0, 60.0, 24.0), stage_label="Desk")
    rows = []
    for at in range(7):
        arc = Arc(-90.0, 130.0 + at * 13.0)
        count = 9 + at
        half = count * PITCH * 1.06 / arc.radius / 2
        kinds = {0: WHEELCHAIR, 1: COMPANION} if at == 3 else {}
        points = arc.along(-half, half, count, wide=[0] if kinds else [])
        rows.append(DrawnRow(ROW_LETTERS[at], "A", points, kinds=kinds))
    sheet.section("Reading Room", rows, (0.0, 22.0))
    for side in (-1.0, 1.0):
        sheet.rect("wall", (side * 140.0, 60.0), 8.0, 150.0, label="")
    return sheet.layout()
