"""Posters drawn by us: flat shapes as a screen printer would pull them, in paper, ink and one colour.

Each is an SVG of 1500 x 1000 whose motif lies in the middle 1000 x 620, because pages crop it square and wide. The
same code gives the same bytes every time.
"""

from collections.abc import Callable, Iterable

PAPER, INK = "#F3ECDF", "#1B1A19"
WIDTH, HEIGHT = 1500, 1000


def num(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="{fill}"/>'


def rect(x: float, y: float, width: float, height: float, fill: str, turn: float = 0.0) -> str:
    turned = f' transform="rotate({num(turn)} {num(x + width / 2)} {num(y + height / 2)})"' if turn else ""
    return f'<rect x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}" fill="{fill}"{turned}/>'


def shape(points: Iterable[tuple[float, float]], fill: str) -> str:
    return f'<path d="M{"L".join(f"{num(x)} {num(y)}" for x, y in points)}Z" fill="{fill}"/>'


def path(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}"/>'


def line(d: str, colour: str, width: float) -> str:
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{num(width)}" stroke-linecap="butt"/>'


def halftone(x: float, y: float, columns: int, rows: int, fill: str, size: Callable[[float, float], float]) -> str:
    """A printer's screen: dots on a slanted grid of 18, as big as ``size(u, v)`` (0 to 1 across and down) says."""
    dots = []
    for row in range(rows):
        for column in range(columns):
            radius = 9 * size(column / columns, row / rows)
            if radius > 1.2:
                dots.append(circle(x + column * 18 + row % 2 * 9, y + row * 15.6, radius, fill))
    return "".join(dots)


def screen(x: float, y: float, columns: int, rows: int, colour: str, size: Callable[[float], float]) -> str:
    """The same for dots that only change from row to row: each row is one dashed line with round caps."""
    lines = []
    for row in range(rows):
        start = x + row % 2 * 9
        lines.append(
            f'<path d="M{num(start)} {num(y + row * 15.6)}h{(columns - 1) * 18}" fill="none" stroke="{colour}" '
            f'stroke-width="{num(18 * size(row / rows))}" stroke-linecap="round" stroke-dasharray="0 18"/>'
        )
    return "".join(lines)


def sheet(ground: str, *shapes: str) -> bytes:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return (head + rect(0, 0, WIDTH, HEIGHT, ground) + "".join(shapes) + "</svg>\n").encode()
