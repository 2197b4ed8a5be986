"""A church with a nave, transepts and a gallery; a big top around its ring; an old theatre by the water."""

import math
from typing import Any

from frontrow.demo.halls.draught import COMPANION, PITCH, ROW_LETTERS, WHEELCHAIR, Arc, Draught, DrawnRow, Point

ROW = 12.0


def church() -> dict[str, Any]:
    """Pews of the nave to both sides of its aisle, transepts that look across, a gallery before the organ."""
    sheet = Draught("Harbour Church", stage=(-60.0, -70.0, 120.0, 50.0), stage_label="Crossing")
    for name, sign in (("Nave Left", -1.0), ("Nave Right", 1.0)):
        rows = []
        for at in range(16):
            points = sorted((sign * (14.0 + PITCH * (seat + 0.5)), 20.0 + at * ROW) for seat in range(8))
            ends = (7, 6) if sign > 0 else (0, 1)
            kinds = {ends[0]: WHEELCHAIR, ends[1]: COMPANION} if at == 0 else {}
            rows.append(
                DrawnRow(ROW_LETTERS[at], "A" if at < 8 else "B", points, first=1 if sign < 0 else 9, kinds=kinds)
            )
        sheet.section(name, rows, (sign * 54.0, 2.0))
    for name, sign in (("Transept Left", -1.0), ("Transept Right", 1.0)):
        rows = [
            DrawnRow(ROW_LETTERS[at], "C", [(sign * (84.0 + at * ROW), -76.0 + seat * PITCH) for seat in range(7)])
            for at in range(6)
        ]
        sheet.section(name, rows, (sign * 114.0, -92.0))
    gallery = []
    for at in range(3):
        arc = Arc(-120.0, 372.0 + at * ROW)
        half = arc.angle_at(92.0)
        gallery.append(DrawnRow(ROW_LETTERS[at], "D", arc.along(-half, half, arc.fits(-half, half))))
    sheet.section("Organ Gallery", gallery, (0.0, 236.0))
    walls: list[Point] = [(-112, 8), (-112, 214), (-112, 300), (112, 300), (112, 8), (176, 8), (176, -108), (66, -108)]
    apse = Arc(-108.0, 66.0)
    walls += [(x, -216.0 - y) for x, y in (apse.point(math.radians(angle)) for angle in range(90, -91, -15))]
    sheet.polygon("floor", [*walls, (-176, -108), (-176, 8)])
    for at in range(5):
        for sign in (-1.0, 1.0):
            sheet.circle("wall", (sign * 104.0, 30.0 + at * 42.0), 4.0)
    return sheet.layout()


def big_top() -> dict[str, Any]:
    """Five wedges around a ring thirteen metres across; the sixth is the artists' entrance under the band."""
    sheet = Draught("Big Top", stage=(-92.0, -92.0, 184.0, 184.0), stage_label="Ring")
    sheet.circle("stage", (0.0, 0.0), 130.0)
    bows: dict[str, list[DrawnRow]] = {wedge: [] for wedge in "ABCDE"}
    for at in range(14):
        arc = Arc(0.0, 152.0 + at * 11.5 + (14.0 if at >= 3 else 0.0))
        for which, wedge in enumerate(bows):
            middle = math.radians((which - 2) * 60.0)
            reach = math.radians(30.0) - 9.0 / arc.radius
            count = arc.fits(-reach, reach)
            kinds: dict[int, int] = {}
            if at == 3 and wedge == "C":  # beside the way that leads in without a step
                count -= 1
                kinds = {0: WHEELCHAIR, 1: COMPANION, count - 2: COMPANION, count - 1: WHEELCHAIR}
            wide = [0, count - 1] if kinds else []
            points = arc.along(middle - reach, middle + reach, count, wide=wide)[::-1]
            category = "A" if at < 3 else "B" if at < 9 and wedge in "BCD" else "C"
            label = f"Ringside {ROW_LETTERS[at]}" if at < 3 else str(at - 2)
            bows[wedge].append(DrawnRow(label, category, points, kinds=kinds))
    for which, (wedge, rows) in enumerate(bows.items()):
        # Beside the seats a name takes its width, below them its height.
        at_label = Arc(0.0, 344.0 if wedge == "C" else 362.0).point(math.radians((which - 2) * 60.0))
        sheet.section(f"Wedge {wedge}", rows, at_label)
    sheet.circle("floor", (0.0, 0.0), 396.0)
    sheet.text("Band and artists", (0.0, -240.0), 14.0)
    for x, y in ((-140.0, -140.0), (140.0, -140.0)):
        sheet.circle("wall", (x, y), 5.0)
    return sheet.layout()


def waterfront() -> dict[str, Any]:
    """An old theatre by the water: sixteen rows that bend a little more each, and a gallery of four."""
    sheet = Draught("Teatro do Cais", stage=(-120.0, -64.0, 240.0, 50.0), stage_label="Palco")
    rows = []
    for at in range(16):
        arc = Arc(-230.0, 262.0 + at * ROW)
        half = arc.angle_at(112.0 + at * 4.0)
        pair = 2 if at == 15 else 0
        count = arc.fits(-half, half) - pair // 2
        kinds = {0: WHEELCHAIR, 1: COMPANION, count - 2: COMPANION, count - 1: WHEELCHAIR} if pair else {}
        points = arc.along(-half, half, count, wide=[0, count - 1] if pair else [])
        rows.append(DrawnRow(ROW_LETTERS[at], "A" if at < 9 else "B", points, kinds=kinds))
    sheet.section("Plateia", rows, (0.0, 14.0))
    gallery = []
    for at in range(4):
        arc = Arc(-230.0, 494.0 + at * ROW)
        half = arc.angle_at(170.0)
        gallery.append(DrawnRow(ROW_LETTERS[at], "C", arc.along(-half, half, arc.fits(-half, half))))
    sheet.section("Galeria", gallery, (0.0, 244.0))
    return sheet.layout()
