"""Strategies that draw seating plans of pretix's by chance: shapes of every kind, rows of many categories, tables."""

import math
from typing import Any

from hypothesis import strategies as st

from tests.seatmaps.plans import Json, label, plan, row, seat, spot, zone

CATEGORIES = ("Best", "A", "Wheelchair", "Companion seats", "Category 2", "Rollstuhl mit Begleitung")
WORDS = ("", "Stage", "Bar", "Way in", "Table 4", "Bühne", "Dance floor", "Exit  left")
ZONES = ("Stalls", "Balcony", "Box 3", "Tables", "Table 7", "", "Stalls")

pixels = st.one_of(st.integers(0, 900), st.floats(0, 900, allow_nan=False).map(lambda at: round(at, 4)))
sizes = st.integers(1, 200)


@st.composite
def areas(draw: st.DrawFn) -> Json:
    """A shape of any kind, with or without words on it."""
    shape = draw(st.sampled_from(("polygon", "rectangle", "ellipse", "circle", "text")))
    words = draw(st.sampled_from(WORDS))
    area: Json = {
        "shape": shape,
        "position": spot(draw(pixels), draw(pixels)),
        "rotation": draw(st.one_of(st.sampled_from((0, 90, 180, 270, 360, -90)), st.integers(-400, 400))),
        "color": "#cccccc",
    }
    if words or shape == "text":
        area["text"] = label(words or "Words", draw(st.integers(-50, 50)), draw(st.integers(-50, 50)), draw(sizes))
    if shape == "rectangle":
        area["rectangle"] = {"width": draw(sizes), "height": draw(sizes)}
    elif shape == "circle":
        area["circle"] = {"radius": draw(sizes)}
    elif shape == "ellipse":
        area["ellipse"] = {"radius": {"x": draw(sizes), "y": draw(sizes)}}
    elif shape == "polygon":
        corners = draw(st.lists(st.tuples(pixels, pixels), min_size=3, max_size=7))
        area["polygon"] = {"points": [spot(x, y) for x, y in corners]}
    return area


@st.composite
def rows(draw: st.DrawFn, words: str, number: str, y: float, pitch: int) -> Json:
    """A row at about ``pitch`` pixels, straight or bent, its first seats perhaps of another category."""
    count, pitch = draw(st.integers(1, 7)), pitch * draw(st.floats(1, 1.2))
    bend = draw(st.floats(-0.6, 0.6))
    first, second = draw(st.sampled_from(CATEGORIES)), draw(st.sampled_from(CATEGORIES))
    change = draw(st.integers(0, count))
    seats = [
        seat(f"{words}/{number}", str(n + 1), n * pitch, bend * (n - count / 2) ** 2, first if n < change else second)
        for n in range(count)
    ]
    return row(number, seats, draw(st.integers(0, 100)), y)


@st.composite
def round_tables(draw: st.DrawFn, words: str, number: str, y: float) -> tuple[Json, Json]:
    """A row around a circle, and the circle."""
    count = draw(st.integers(3, 8))
    around = 30 * count / math.pi / 2 + 12
    seats = [
        seat(
            f"{words}/{number}",
            str(n + 1),
            *(around * way(2 * math.pi * n / count) for way in (math.cos, math.sin)),
            "A",
        )
        for n in range(count)
    ]
    top = {"shape": "circle", "position": spot(90, y + 60), "circle": {"radius": max(int(around) - 10, 3)}}
    return row(number, seats, 90, y + 60), top


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """A plan without faults: one to three zones side by side, each with rows and tables one below the other."""
    zones, across, pitch = [], 0, draw(st.integers(22, 40))
    for at in range(draw(st.integers(1, 3))):
        drawn, shapes, y = [], draw(st.lists(areas(), max_size=3)), 0
        for down in range(draw(st.integers(1, 4))):
            words, number = f"{at}", draw(st.sampled_from((str(down + 1), chr(65 + down), f"Tisch {down}")))
            if draw(st.integers(0, 3)):
                drawn.append(draw(rows(words, number, y, pitch)))
                y += 60
            else:
                table, top = draw(round_tables(words, number, y))
                drawn.append(table)
                shapes.append(top)
                y += 160
        zones.append(zone(draw(st.sampled_from(ZONES)), across, 40, drawn, shapes))
        across += 500
    listed = dict.fromkeys(CATEGORIES, "#336699")
    return plan("Drawn by chance", listed, zones, draw(st.integers(1500, 2500)), draw(st.integers(900, 1500)))
