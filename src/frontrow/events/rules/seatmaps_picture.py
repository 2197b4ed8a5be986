"""A quick picture of a seat map as SVG, to look at what a file holds. The page paints maps far better."""

from html import escape

from frontrow.events.rules.seatmaps_format import Circle, Layout, Polygon, Rect, Text

PALETTE = ("#4f6bd8", "#c9772b", "#3f9a68", "#a2479c", "#8a7a2f", "#2f8fa8", "#b8484f", "#6d5bb0")
_FILLS = {"table": "#e3dccf", "wall": "#8b8d94", "floor": "#ececee", "bar": "#d3dccf", "stage": "#3d3f47"}


def picture(layout: Layout) -> str:
    """The map as an SVG document, one unit a pixel: wheelchair places are squares, companions' have a ring."""
    used = [row.category for section in layout.sections for row in section.rows]
    codes = list(dict.fromkeys([*used, *(area.category for area in layout.areas)]))
    fills = {code: PALETTE[at % len(PALETTE)] for at, code in enumerate(codes)}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width:g} {layout.height:g}"'
        ' font-family="sans-serif" text-anchor="middle">',
        f"<title>{escape(layout.name)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    if layout.stage is not None:
        stage = layout.stage
        box = f'x="{stage.x:g}" y="{stage.y:g}" width="{stage.width:g}" height="{stage.height:g}"'
        lines.append(f'<rect {box} rx="3" fill="#3d3f47"/>')
        lines.append(_words(stage.x + stage.width / 2, stage.y + stage.height / 2 + 3, 9, stage.label, "#ffffff"))
    lines += [_shape(shape) for shape in layout.shapes if not isinstance(shape, Text)]
    for area in layout.areas:
        lines.append(_polygon(area.polygon, f'fill="{fills[area.category]}" fill-opacity=".25"'))
        x = sum(x for x, _ in area.polygon) / len(area.polygon)
        y = sum(y for _, y in area.polygon) / len(area.polygon)
        lines.append(_words(x, y, 9, f"{area.name} ({area.capacity})", "#222222"))
    for section in layout.sections:
        for row in section.rows:
            fill = fills[row.category]
            lines += [_seat(x, y, kind, fill) for _, _, x, y, kind in row.seats]
        lines.append(_words(section.label_at[0], section.label_at[1], 8, section.name, "#444444"))
    for shape in layout.shapes:
        if isinstance(shape, Text):
            lines.append(_words(shape.x, shape.y, shape.size, shape.label, "#222222", shape.turn))
    return "\n".join([*lines, "</svg>", ""])


def _seat(x: float, y: float, kind: int, fill: str) -> str:
    if kind == 1:
        return f'<rect x="{x - 4:g}" y="{y - 4:g}" width="8" height="8" rx="1" fill="{fill}"/>'
    ring = f' stroke="{fill}" stroke-width="1.5" fill-opacity=".4"' if kind == 2 else ""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{3.2 if kind == 2 else 4}" fill="{fill}"{ring}/>'


def _shape(shape: Circle | Rect | Polygon) -> str:
    fill = f'fill="{_FILLS.get(shape.role, "#e6e7ea")}"'
    color = "#ffffff" if shape.role in ("stage", "wall") else "#444444"
    match shape:
        case Circle(x=x, y=y):
            drawn = f'<circle cx="{x:g}" cy="{y:g}" r="{shape.radius:g}" {fill}/>'
        case Rect():
            x, y = shape.x + shape.width / 2, shape.y + shape.height / 2
            box = f'x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}"'
            drawn = f'<rect {box} transform="rotate({shape.turn:g} {x:g} {y:g})" {fill}/>'
        case Polygon():
            x = sum(x for x, _ in shape.points) / len(shape.points)
            y = sum(y for _, y in shape.points) / len(shape.points)
            drawn = _polygon(shape.points, fill)
    return drawn + (_words(x, y + 2, 7, shape.label, color) if shape.label else "")


def _polygon(points: list[tuple[float, float]], how: str) -> str:
    return f'<polygon points="{" ".join(f"{x:g},{y:g}" for x, y in points)}" {how}/>'


def _words(x: float, y: float, size: float, words: str, color: str, turn: float = 0) -> str:
    turned = f' transform="rotate({turn:g} {x:g} {y:g})"' if turn else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color}"{turned}>{escape(words)}</text>'
