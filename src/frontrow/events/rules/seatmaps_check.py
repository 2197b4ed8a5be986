"""Whether a map in our format can be sold by: every seat one seat, every place in its place. All faults at once."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from frontrow.events.rules.seatmaps_faults import Fault, Faults
from frontrow.events.rules.seatmaps_format import KINDS, MOST_PLACES, Area, Circle, Layout, Polygon, Rect, Text
from frontrow.events.rules.seatmaps_geometry import Point, Squares, corners_of, crossing, finite, inside, surface
from frontrow.events.rules.seatmaps_geometry import rect_corners as corners_of_rect

CLOSEST = 6.0
"""Units. A seat is drawn about 8 wide and pitched at 10; nearer than this, two would cover each other."""

BESIDE = 25.0
"""Units: a companion sits at most so far from a wheelchair place, whose own room is wider than a seat's."""

LARGEST = 100_000.0
"""Units: the widest paper, ten thousand seats from side to side."""

MOST_SHAPES = 5_000
MOST_CORNERS = 500


def check(plan: Layout) -> Faults:
    """Everything that is wrong with a map, and what somebody should look at."""
    return _Check(plan).run()


class _Check:
    def __init__(self, plan: Layout) -> None:
        self.plan = plan
        self.faults = Faults()
        self.paper = finite(plan.width, plan.height) and 0 < plan.width <= LARGEST and 0 < plan.height <= LARGEST
        self.names: dict[int, Fault] = {}  # seat number -> where it is
        self.words: dict[tuple[str, str, str], int] = {}
        self.seats = Squares[int](CLOSEST)
        self.wheelchairs: dict[str, Squares[int]] = {}
        self.companions: list[tuple[Fault, float, float]] = []
        self.known = {category.code for category in plan.categories} or None

    def run(self) -> Faults:
        faults, plan = self.faults, self.plan
        count = sum(len(row.seats) for section in plan.sections for row in section.rows)
        standing = sum(max(area.capacity, 0) for area in plan.areas)
        if count + standing > MOST_PLACES:
            faults.error("too_many_places", f"has {count + standing:,} places; {MOST_PLACES:,} are the most")
            return faults
        self._paper()
        self._sections()
        self._areas()
        self._numbers(count + standing)
        self._companions()
        self._shapes()
        if plan.origin is not None and len(plan.origin.guids) != count:
            said = len(plan.origin.guids)
            faults.error("origin_mismatch", f"names {said} seats of another system, but has {count}", path="$.origin")
        return faults

    # -- the sheet ---------------------------------------------------------------------------------------------------

    def _paper(self) -> None:
        plan, faults = self.plan, self.faults
        if not plan.name.strip():
            faults.error("unnamed", "the map needs a name", path="$.name")
        self._text(plan.name, "$.name")
        if not self.paper:
            faults.error("bad_paper", f"width and height must be more than 0 and at most {LARGEST:,.0f} units")
        if plan.stage is not None:
            stage = plan.stage
            self._box("$.stage", [(stage.x, stage.y), (stage.x + stage.width, stage.y + stage.height)], "the stage")
            if stage.width < 0 or stage.height < 0:
                faults.error("bad_shape", "the stage's sizes must not be negative", path="$.stage")
            self._text(stage.label, "$.stage.label")
        codes: set[str] = set()
        for at, category in enumerate(plan.categories):
            path = f"$.categories[{at}]"
            if not _is_code(category.code):
                faults.error("bad_category", "a category's code is 1 to 4 letters or digits", path=f"{path}.code")
            if category.code in codes:
                faults.error("category_twice", f"category {category.code} is listed twice", path=path)
            codes.add(category.code)
            self._text(category.name, f"{path}.name")

    def _text(self, text: str, path: str, **where: Any) -> None:
        if has_controls(text):
            self.faults.error("bad_text", "has a character that can't be printed", path=path, **where)

    def _on_paper(self, x: float, y: float) -> bool:
        return not self.paper or (0 <= x <= self.plan.width and 0 <= y <= self.plan.height)

    def _box(self, path: str, points: Sequence[Point], what: str, section: str = "") -> bool:
        """Whether all these points are numbers and on the paper; told as one fault."""
        if not all(finite(x, y) for x, y in points):
            self.faults.error("not_finite", f"{what} has a coordinate that isn't a finite number", path=path)
            return False
        if not all(self._on_paper(round(x, 1), round(y, 1)) for x, y in points):
            self.faults.error("off_paper", f"{what} reaches beyond the paper", path=path, section=section)
            return False
        return True

    # -- seats -------------------------------------------------------------------------------------------------------

    def _sections(self) -> None:
        named: set[str] = set()
        for at, section in enumerate(self.plan.sections):
            path = f"$.sections[{at}]"
            if not section.name.strip():
                self.faults.error("unnamed", "a section needs a name", path=f"{path}.name")
            elif folded(section.name) in named:
                self.faults.warn("section_twice", "two sections have this name", path=path, section=section.name)
            named.add(folded(section.name))
            self._text(section.name, f"{path}.name")
            self._box(f"{path}.label_at", [section.label_at], "the section's label", section.name)
            for down, row in enumerate(section.rows):
                where = {"section": section.name, "row": row.label}
                if not row.seats:
                    self.faults.warn("row_empty", "has no seats", path=f"{path}.rows[{down}]", **where)
                self._category(row.category, f"{path}.rows[{down}].category", **where)
                self._text(row.label, f"{path}.rows[{down}].label", **where)
                for along, seat in enumerate(row.seats):
                    name = Fault(
                        "", "", f"{path}.rows[{down}].seats[{along}]", section.name, row.label, seat[1], seat[0]
                    )
                    self._seat(name, *seat[2:])

    def _seat(self, name: Fault, x: float, y: float, kind: int) -> None:
        tell = self._teller(name)
        seat_no = name.seat_no or 0
        self._number(name, seat_no)
        if not name.seat.strip():
            tell("unnamed", "the seat needs a label")
        else:
            words = (folded(name.section), folded(name.row), folded(name.seat))
            first = self.words.setdefault(words, seat_no)
            if first != seat_no:
                tell("seat_twice", "another seat has the same section, row and label")
        self._text(name.seat, f"{name.path}[1]", section=name.section, row=name.row, seat=name.seat)
        if kind not in KINDS:
            tell("bad_kind", f"is of the unknown kind {kind}; 0, 1 and 2 are known")
        if not finite(x, y):
            tell("not_finite", "has a coordinate that isn't a finite number")
            return
        if not self._on_paper(x, y):
            tell("off_paper", f"lies outside the paper, at {x:g}, {y:g}")
            return
        for other in self.seats.near(x, y):
            tell("seats_overlap", f"stands on the same spot as {self.names[other].where}")
            break
        self.seats.add(x, y, seat_no)
        if kind == 1:
            self.wheelchairs.setdefault(name.section, Squares[int](BESIDE)).add(x, y, seat_no)
        elif kind == 2:
            self.companions.append((name, x, y))

    def _teller(self, name: Fault) -> Callable[[str, str], None]:
        def tell(code: str, message: str) -> None:
            self.faults.error(
                code,
                message,
                path=name.path,
                section=name.section,
                row=name.row,
                seat=name.seat,
                seat_no=name.seat_no,
            )

        return tell

    def _number(self, name: Fault, seat_no: int) -> None:
        first = self.names.setdefault(seat_no, name)
        if first is not name:
            self._teller(name)("number_twice", f"has the number {seat_no}, which is {first.where or 'taken'} already")

    def _category(self, code: str, path: str, **where: Any) -> None:
        if not _is_code(code):
            self.faults.error("bad_category", "needs a category of 1 to 4 letters or digits", path=path, **where)
        elif self.known is not None and code not in self.known:
            message = f"is of category {code}, which the map doesn't list"
            self.faults.error("unknown_category", message, path=path, **where)

    def _companions(self) -> None:
        for name, x, y in self.companions:
            squares = self.wheelchairs.get(name.section)
            if squares is None or next(squares.near(x, y), None) is None:
                self.faults.warn(
                    "companion_alone",
                    "is a companion's place, but no wheelchair place is beside it",
                    path=name.path,
                    section=name.section,
                    row=name.row,
                    seat=name.seat,
                    seat_no=name.seat_no,
                )

    def _numbers(self, count: int) -> None:
        faults, said = self.faults, self.plan.seat_count
        if not count:
            faults.error("no_places", "the map has no places")
        elif said != count:
            message = f"seat_count says {said}, but there are {count} places"
            faults.error("seat_count_wrong", message, path="$.seat_count")
        missing = [number for number in range(1, count + 1) if number not in self.names]
        if missing:
            shown = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")
            faults.error("number_missing", f"seat numbers must run from 1 to {count}; missing: {shown}")

    # -- standing areas and decor --------------------------------------------------------------------------------------

    def _areas(self) -> None:
        named: set[str] = set()
        for at, area in enumerate(self.plan.areas):
            path, tell = f"$.areas[{at}]", self.faults.error
            if not area.name.strip():
                tell("unnamed", "an area needs a name", path=f"{path}.name")
            elif folded(area.name) in named:
                tell("area_twice", "two areas have this name", path=path, section=area.name)
            named.add(folded(area.name))
            self._text(area.name, f"{path}.name")
            self._category(area.category, f"{path}.category", section=area.name)
            if area.capacity < 1:
                tell("bad_capacity", "needs room for at least one", path=f"{path}.capacity", section=area.name)
            for number in range(area.first_seat_no, area.first_seat_no + max(area.capacity, 0)):
                name = Fault("", "", path, area.name, seat_no=number)
                if self.names.setdefault(number, name) is not name:
                    first = self.names[number].where
                    tell("number_twice", f"has the number {number}, which is {first}", path=path, section=area.name)
                    break
            self._polygon(area, path)

    def _polygon(self, area: Area, path: str) -> None:
        tell = self.faults.error
        where = {"path": f"{path}.polygon", "section": area.name}
        if not self._box(f"{path}.polygon", area.polygon, "the area's polygon", area.name):
            return
        corners = corners_of(area.polygon)
        if len(corners) > MOST_CORNERS:
            tell("too_many_corners", f"has {len(corners)} corners; {MOST_CORNERS} are the most", **where)
        elif (at := crossing(corners)) is not None:
            tell("crossed_polygon", f"has sides that cross each other, near {at[0]:g}, {at[1]:g}", **where)
        elif len(corners) < 3 or surface(corners) < 1:
            tell("flat_polygon", "needs at least three corners that aren't on one line", **where)
        else:
            self._seats_in(area, corners, where)

    def _seats_in(self, area: Area, corners: Sequence[Point], where: dict[str, str]) -> None:
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        within = 0
        for section in self.plan.sections:
            for row in section.rows:
                for _, _, x, y, _ in row.seats:
                    if left < x < right and top < y < bottom and inside(corners, x, y):
                        within += 1
        if within:
            self.faults.warn("seats_in_area", f"covers {within} numbered seats", **where)

    def _shapes(self) -> None:
        shapes = self.plan.shapes
        if len(shapes) > MOST_SHAPES:
            self.faults.error("too_many_shapes", f"has {len(shapes)} shapes; {MOST_SHAPES} are the most")
            return
        for at, shape in enumerate(shapes):
            path, sizes = f"$.shapes[{at}]", [1.0]
            self._text(shape.label, f"{path}.label")
            match shape:
                case Circle(x=x, y=y, radius=radius):
                    points, sizes = [(x - radius, y - radius), (x + radius, y + radius)], [radius]
                case Rect():
                    points = corners_of_rect(shape.x, shape.y, shape.width, shape.height, shape.turn)
                    sizes = [shape.width, shape.height]
                case Polygon():
                    points = shape.points
                    if not 3 <= len(points) <= MOST_CORNERS:
                        message = f"a polygon needs 3 to {MOST_CORNERS} corners"
                        self.faults.error("bad_shape", message, path=path)
                case Text():
                    points, sizes = [(shape.x, shape.y)], [shape.size]
                    if not shape.label.strip():
                        self.faults.error("bad_shape", "a text needs a label", path=path)
            if self._box(path, points, f"the shape {shape.label!r}" if shape.label else "a shape") and min(sizes) <= 0:
                self.faults.error("bad_shape", "a shape's sizes must be more than 0", path=path)


def has_controls(text: str) -> bool:
    """Whether a text has control characters, which neither a ticket nor the database can hold."""
    return not text.isprintable() and any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


def _is_code(code: str) -> bool:
    return 1 <= len(code) <= 4 and code.isalnum()


def folded(words: str) -> str:
    """Words as people compare them: case, width and spaces don't tell two seats apart."""
    return unicodedata.normalize("NFKC", " ".join(words.split())).casefold()
