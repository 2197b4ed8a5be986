"""A plan of pretix's as one of our maps: zones become sections, rows rows, areas shapes; the usual pitch 10 units."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Literal

from frontrow.events.rules.pretix_check import FoundSeat, check_plan, read_plan, seats_of
from frontrow.events.rules.pretix_plan import USUAL_PITCH, Plan
from frontrow.events.rules.pretix_shapes import drawn_of, snapped
from frontrow.events.rules.pretix_words import BOX, TABLE, access_of
from frontrow.events.rules.seatmaps_check import check, folded
from frontrow.events.rules.seatmaps_faults import Fault, Faults
from frontrow.events.rules.seatmaps_format import Category, Layout, Origin, Row, Seat, Section
from frontrow.events.rules.seatmaps_geometry import inside

PITCH = 10.0
MARGIN = 24.0
WIDEST_MARGIN = 80.0
"""Units of empty paper that are left as the plan has them; what is wider is cut."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Imported:
    """The map, or None when the plan has errors; what is wrong with it, and what somebody should look at."""

    layout: Layout | None
    faults: Faults


@dataclass
class _Part:
    """A section to be: its rows are pieces of the plan's, each with the label it keeps."""

    name: str
    kind: Literal["", "box", "table"]
    rows: list[tuple[str, list[FoundSeat]]] = field(default_factory=list)


def import_plan(value: object) -> Imported:
    """A map made of a plan (of JSON's own types), with every fault by zone, row, seat and path."""
    plan, faults = read_plan(value)
    if plan is None:
        return Imported(None, faults)
    faults, astray = check_plan(plan)
    if faults.more_errors or any(fault.code in _HOPELESS for fault in faults.errors):
        return Imported(None, faults)
    layout, names = _Import(plan, astray, faults).run()
    # With seats left out, numbers and counts are still sound: they are made here.
    found = check(layout).moved(names)
    for error in found.errors:
        faults.add_error(error)
    for warning in found.warnings:
        faults.add_warning(warning)
    faults.more_errors += found.more_errors
    faults.more_warnings += found.more_warnings
    return Imported(None if faults.found else layout, faults)


_HOPELESS = {"too_many_places", "bad_paper", "no_places", "too_long", "bad_text", "bad_shape"}
"""With one of these nothing could be drawn that is worth being looked at."""


class _Import:
    def __init__(self, plan: Plan, astray: set[str], faults: Faults) -> None:
        self.plan = plan
        self.faults = faults
        self.rows: list[list[list[FoundSeat]]] = [[[] for _ in zone.rows] for zone in plan.zones]
        for at, down, found in seats_of(plan):
            if found.name.path not in astray:
                self.rows[at][down].append(found)
        self.scale = PITCH / pitch_of(row for zone in self.rows for row in zone)
        self.drawn = drawn_of(plan, self.scale)
        self.taken: set[str] = set()

    def run(self) -> tuple[Layout, list[Fault]]:
        """The map, and by seat number what the plan calls its seats."""
        parts = [part for at in range(len(self.plan.zones)) for part in self._parts(at)]
        left, top, width, height = self._sheet()
        codes = codes_for([category.name for category in self.plan.categories])
        spare = next(iter(codes.values()), "A")  # for a category that isn't listed, which was told already
        sections, found = [], list[FoundSeat]()
        for part in parts:
            rows = []
            for label, seats in part.rows:
                for category, piece in groupby(seats, key=lambda one: one.seat.category):
                    drawn: list[Seat] = []
                    for one in piece:
                        found.append(one)
                        x, y = round(one.x * self.scale - left, 2), round(one.y * self.scale - top, 2)
                        number = one.seat.seat_number.strip()
                        drawn.append((len(found), number, x, y, access_of(category, number)))
                    rows.append(Row(label, codes.get(category, spare), drawn))
            sections.append(Section(part.name, rows, _label_at(rows, width, height), part.kind))
        layout = Layout(
            "frontrow-seatmap",
            2,
            self.plan.name.strip(),
            width,
            height,
            self.drawn.stage_at(left, top),
            sections,
            [],
            len(found),
            self.drawn.shapes_at(left, top),
            [Category(codes[one.name], one.name, one.color[:40]) for one in self.plan.categories],
            Origin("pretix", [one.seat.seat_guid for one in found]),
        )
        return layout, [one.name for one in found]

    # -- sections ----------------------------------------------------------------------------------------------------

    def _parts(self, at: int) -> Iterator[_Part]:
        """A zone's sections: itself, and a table or box for each of its rows that is one."""
        zone, rows = self.plan.zones[at], self.rows[at]
        name = zone.name.strip() or zone.zone_id.strip()[:100]
        tables = [self._around(seats) for seats in rows]
        full = [down for down, seats in enumerate(rows) if seats]
        if not full:
            return
        one_table = bool(TABLE.search(name)) and any(letter.isdigit() for letter in name)
        if one_table or (TABLE.search(name) and [zone.rows[down].row_number.strip() for down in full] == [""]):
            labelled = [(zone.rows[down].row_number.strip(), rows[down]) for down in full]
            yield _Part(self._free(name), "table", labelled)
            return
        main, others = list[int](), list[tuple[str, Literal["box", "table"], int]]()
        for down in full:
            number = zone.rows[down].row_number.strip()
            if tables[down] or TABLE.search(number) or TABLE.search(name):
                others.append((number if TABLE.search(number) else f"Table {number}".strip(), "table", down))
            elif BOX.search(number):
                others.append((number, "box", down))
            else:
                main.append(down)
        if main:
            kind: Literal["", "box"] = "box" if BOX.search(name) else ""
            labelled = [(zone.rows[down].row_number.strip(), rows[down]) for down in main]
            yield _Part(self._free(name or f"Section {at + 1}"), kind, labelled)
        for words, which, down in others:
            yield _Part(self._free(words, name), which, [("", rows[down])])

    def _free(self, name: str, zone: str = "") -> str:
        """This name, or a longer one when another section has it already."""
        tries = [name, *([f"{zone} {name}"] if zone and zone not in name else [])]
        tries += [f"{tries[-1]} ({number})" for number in range(2, len(self.taken) + 3)]
        free = next(one for one in tries if folded(one) not in self.taken)
        self.taken.add(folded(free))
        return free

    def _around(self, seats: Sequence[FoundSeat]) -> bool:
        """Whether a row's seats stand around a shape, which then is a table's."""
        if not 2 <= len(seats) <= 24:
            return False
        points = [(one.x * self.scale, one.y * self.scale) for one in seats]
        middle = (statistics.fmean(x for x, _ in points), statistics.fmean(y for _, y in points))
        for at, corners in self.drawn.corners():
            left, right = min(x for x, _ in corners), max(x for x, _ in corners)
            top, bottom = min(y for _, y in corners), max(y for _, y in corners)
            if max(right - left, bottom - top) > 12.3 * PITCH or not _well_inside(corners, *middle):
                continue
            near = all(
                left - 1.83 * PITCH <= x <= right + 1.83 * PITCH and top - 1.83 * PITCH <= y <= bottom + 1.83 * PITCH
                for x, y in points
            )
            deep = sum(left + 4.7 < x < right - 4.7 and top + 4.7 < y < bottom - 4.7 for x, y in points)
            if near and deep * 5 <= len(points) and _surround(points, middle):
                self.drawn.make_table(at)
                return True
        return False

    # -- the sheet ---------------------------------------------------------------------------------------------------

    def _sheet(self) -> tuple[float, float, float, float]:
        """Where the paper begins on the plan, in our units, and its width and height."""
        points = [(one.x * self.scale, one.y * self.scale) for zone in self.rows for row in zone for one in row]
        points = [(x + by, y + by) for x, y in points for by in (-PITCH * 0.4, PITCH * 0.4)]
        points += self.drawn.extent()
        size = self.plan.size
        left, width = _side([x for x, _ in points], size.width * self.scale)
        top, height = _side([y for _, y in points], size.height * self.scale)
        return left, top, width, height


def _side(at: Sequence[float], size: float) -> tuple[float, float]:
    """Where the paper begins and how long it is, along one axis: as the plan has it if it's a sensible margin."""
    size = snapped(size, up=True)
    least, most = min(at, default=0.0), max(at, default=size)
    # A twentieth of a unit is what rounding may have done to what lies on the very edge.
    begins = 0.0 if -0.05 <= least <= WIDEST_MARGIN + 0.05 else float(math.floor(least - MARGIN))
    kept = begins == 0 and -0.05 <= size - most <= WIDEST_MARGIN + 0.05
    return begins, size if kept else snapped(most - begins + MARGIN, up=True)


def pitch_of(rows: Iterator[list[FoundSeat]]) -> float:
    """The usual distance of neighbours in a row, in pixels; less if many stand closer and would cover each other."""
    gaps = []
    for seats in rows:
        for one, other in pairwise(seats):
            gap = math.hypot(one.x - other.x, one.y - other.y)
            if gap >= 1:
                gaps.append(gap)
    if not gaps:
        return USUAL_PITCH
    gaps.sort()
    usual = statistics.median(gaps)
    # What is nearer than about half of that are two seats on one spot, which the check will find.
    tight = next(gap for gap in gaps[len(gaps) // 20 :] if gap >= 0.47 * usual)
    pitch = min(usual, tight / 0.7)
    # What is as good as pretix's own pitch counts as it, so that its pixels become round figures.
    return USUAL_PITCH if abs(pitch - USUAL_PITCH) <= 0.75 + 1e-6 else pitch


def codes_for(names: Sequence[str]) -> dict[str, str]:
    """A code for each category: its own name if it is short enough, else the next letter that's free."""
    codes = {name: name for name in names if 1 <= len(name) <= 4 and name.isalnum()}
    free = (first + second for first in ("", *LETTERS) for second in LETTERS)
    spare = (code for code in free if code not in codes)
    for name in names:
        if name not in codes:
            codes[name] = next(spare, "?")
    return codes


def _well_inside(corners: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    """Within a shape, and not on its edge, where a rounding would decide."""
    by = 1.37
    return all(inside(corners, *point) for point in ((x - by, y), (x + by, y), (x, y - by), (x, y + by)))


def _surround(points: Sequence[tuple[float, float]], middle: tuple[float, float]) -> bool:
    """Whether points lie on more than one side of a middle: no gap between their directions is wider than 240°."""
    angles = sorted(math.atan2(y - middle[1], x - middle[0]) for x, y in points)
    gaps = [later - earlier for earlier, later in pairwise(angles)]
    gaps.append(angles[0] + 2 * math.pi - angles[-1])
    return max(gaps) < math.radians(240.3)


def _label_at(rows: Sequence[Row], width: float, height: float) -> tuple[float, float]:
    """Above the middle of a section's front, on the paper: the ends of a curved row may reach far to the stage."""
    points = [(x, y) for row in rows for _, _, x, y, _ in row.seats]
    middle = (min(x for x, _ in points) + max(x for x, _ in points)) / 2
    front = [y for x, y in points if abs(x - middle) < 30] or [y for _, y in points]
    return min(max(round(middle, 1), 0), width), min(max(round(min(front) - 12, 1), 0), height)
