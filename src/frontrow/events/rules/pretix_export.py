"""One of our maps as a plan of pretix's. What pretix has no place for is told, never dropped in silence."""

from dataclasses import dataclass, field

from frontrow.events.rules.pretix_plan import (
    USUAL_PITCH,
    Plan,
    PlanArea,
    PlanCategory,
    PlanCircle,
    PlanPolygon,
    PlanRectangle,
    PlanRow,
    PlanSeat,
    PlanSize,
    PlanText,
    PlanZone,
    Spot,
)
from frontrow.events.rules.pretix_words import access_of
from frontrow.events.rules.seatmaps_format import (
    KINDS,
    Area,
    Circle,
    Layout,
    Polygon,
    Rect,
    Row,
    Seat,
    Section,
    Stage,
    Text,
)
from frontrow.events.rules.seatmaps_geometry import turned

PIXELS = USUAL_PITCH / 10.0
"""Pixels in a unit."""

COLORS = {"table": "#d8cfc0", "wall": "#8b8d94", "floor": "#ececee", "bar": "#c9d3c4", "stage": "#3d3f47"}
PLAIN = "#dfe0e4"
PALETTE = ("#4f6bd8", "#c9772b", "#3f9a68", "#a2479c", "#8a7a2f", "#2f8fa8", "#b8484f", "#6d5bb0")


@dataclass
class Exported:
    """The plan, and in whole sentences what pretix can't hold."""

    plan: Plan
    notes: list[str] = field(default_factory=list)


def export_plan(layout: Layout) -> Exported:
    """A sound map as a plan: seats with their guids if they were imported, else with names of their own."""
    return _Export(layout).run()


class _Export:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.names = _category_names(layout)
        self.added: dict[str, None] = {}  # categories for wheelchair places and companions, in order
        self.notes: list[str] = []

    def run(self) -> Exported:
        layout = self.layout
        areas = [_stage(layout.stage)] if layout.stage is not None else []
        areas += [self._shape(shape) for shape in layout.shapes]
        for area in layout.areas:
            self.notes.append(
                f"{area.name}: pretix's plans have no standing areas. The shape is there; sell its {area.capacity} "
                "places as a product without seats."
            )
            areas.append(_standing(area))
        zones = [PlanZone(name="", position=_spot(0, 0), rows=[], areas=areas)] if areas else []
        zones += [self._zone(section) for section in layout.sections]
        colors = {category.code: category.color for category in layout.categories}
        categories = [
            PlanCategory(name=name, color=colors.get(code, PALETTE[at % len(PALETTE)]))
            for at, (code, name) in enumerate(self.names.items())
        ]
        categories += [PlanCategory(name=name, color=PALETTE[0]) for name in self.added]
        if self.added:
            self.notes.append(
                "pretix has no wheelchair places; they have categories of their own: " + ", ".join(self.added) + "."
            )
        size = PlanSize(width=_whole(layout.width), height=_whole(layout.height))
        return Exported(Plan(name=layout.name, categories=categories, zones=zones, size=size), self.notes)

    def _zone(self, section: Section) -> PlanZone:
        rows: list[PlanRow] = []
        before: Row | None = None
        for row in section.rows:
            seats = [self._seat(section, row, seat) for seat in row.seats]
            # A row of several categories is several of ours one after the other.
            if before is not None and before.label == row.label and before.category != row.category:
                rows[-1].seats.extend(seats)
            else:
                rows.append(PlanRow(row_number=row.label, row_number_position="both", seats=seats))
            before = row
        return PlanZone(name=section.name, position=_spot(0, 0), rows=rows)

    def _seat(self, section: Section, row: Row, seat: Seat) -> PlanSeat:
        seat_no, label, x, y, kind = seat
        name = self.names[row.category]
        if access_of(name, label) != kind:
            name = f"{name} ({KINDS[kind] or 'seat'})"
            self.added.setdefault(name)
        guid = f"{section.name}/{row.label}/{label}"
        if self.layout.origin is not None:
            guid = self.layout.origin.guids[seat_no - 1]
        return PlanSeat(seat_guid=guid, seat_number=label, position=_spot(x, y), category=name)

    def _shape(self, shape: Circle | Rect | Polygon | Text) -> PlanArea:
        color = COLORS.get(shape.role, PLAIN)
        match shape:
            case Circle(x=x, y=y):
                circle = PlanCircle(radius=_whole(shape.radius))
                return PlanArea(shape="circle", position=_spot(x, y), color=color, circle=circle, text=_text(shape))
            case Rect():
                return _rect(shape, color)
            case Polygon():
                points = [_spot(x, y) for x, y in shape.points]
                return PlanArea(shape="polygon", color=color, polygon=PlanPolygon(points=points), text=_text(shape))
            case Text(x=x, y=y):
                text = PlanText(text=shape.label, position=_spot(0, 0), color="#333333", size=_whole(shape.size))
                return PlanArea(shape="text", position=_spot(x, y), rotation=shape.turn, text=text)


def _category_names(layout: Layout) -> dict[str, str]:
    """Each category's name in the plan by its code: those listed first, no two alike."""
    codes = [category.code for category in layout.categories]
    used = {row.category for row in _rows(layout)} | {area.category for area in layout.areas}
    codes += sorted(used - set(codes))
    said = {category.code: category.name for category in layout.categories}
    names: dict[str, str] = {}
    for code in codes:
        name = said.get(code) or code
        names[code] = name if name not in names.values() else f"{name} {code}"
    return names


def _rows(layout: Layout) -> list[Row]:
    return [row for section in layout.sections for row in section.rows]


def _spot(x: float, y: float) -> Spot:
    """A point in pixels, to a thousandth."""
    return Spot(x=round(x * PIXELS, 3), y=round(y * PIXELS, 3))


def _whole(units: float) -> int:
    return max(round(units * PIXELS), 1)


def _text(shape: Circle | Rect | Polygon) -> PlanText | None:
    """The label of a shape, in the middle of it."""
    if not shape.label:
        return None
    middle = _spot(0, 0)
    if isinstance(shape, Rect):
        middle = _spot(shape.width / 2, shape.height / 2)
    elif isinstance(shape, Polygon):
        xs, ys = [x for x, _ in shape.points], [y for _, y in shape.points]
        middle = _spot((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    return PlanText(text=shape.label, position=middle, color="#333333")


def _rect(shape: Rect, color: str) -> PlanArea:
    """We turn a rectangle about its middle, pretix about its corner: the corner is where ours comes to lie."""
    middle = (shape.x + shape.width / 2, shape.y + shape.height / 2)
    x, y = turned((shape.x, shape.y), shape.turn, middle)
    size = PlanRectangle(width=_whole(shape.width), height=_whole(shape.height))
    return PlanArea(
        shape="rectangle",
        position=_spot(x, y),
        rotation=shape.turn,
        color=color,
        rectangle=size,
        text=_text(shape),
    )


def _stage(stage: Stage) -> PlanArea:
    rect = Rect(x=stage.x, y=stage.y, width=stage.width, height=stage.height, role="stage", label=stage.label)
    return _rect(rect, COLORS["stage"])


def _standing(area: Area) -> PlanArea:
    shape = Polygon(points=area.polygon, role="floor", label=area.name)
    points = [_spot(x, y) for x, y in area.polygon]
    return PlanArea(shape="polygon", color=COLORS["floor"], polygon=PlanPolygon(points=points), text=_text(shape))
