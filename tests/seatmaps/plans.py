"""Seating plans as pretix's editor would write them, drawn here by code: a theatre, a dinner show, a faulty one."""

import copy
import math
import uuid
from typing import Any

Json = dict[str, Any]

_NAMESPACE = uuid.UUID("6f1d7f5e-4f0f-4a51-9a53-0d6f1c6f2b11")


def spot(x: float, y: float) -> Json:
    return {"x": round(x, 3), "y": round(y, 3)}


def seat(words: str, number: str, x: float, y: float, category: str, **more: Any) -> Json:
    guid = str(uuid.uuid5(_NAMESPACE, f"{words}/{number}"))
    return {"seat_guid": guid, "seat_number": number, "position": spot(x, y), "category": category, **more}


def row(number: str, seats: list[Json], x: float = 0, y: float = 0, **more: Any) -> Json:
    return {"row_number": number, "row_number_position": "both", "position": spot(x, y), "seats": seats, **more}


def zone(name: str, x: float, y: float, rows: list[Json], areas: list[Json] | None = None, **more: Any) -> Json:
    return {"name": name, "position": spot(x, y), "rows": rows, "areas": areas or [], **more}


def label(text: str, x: float = 0, y: float = 0, size: int = 16) -> Json:
    return {"text": text, "position": spot(x, y), "color": "#333333", "size": size}


def plan(name: str, categories: dict[str, str], zones: list[Json], width: int, height: int) -> Json:
    listed = [{"name": called, "color": color} for called, color in categories.items()]
    return {"name": name, "categories": listed, "zones": zones, "size": {"width": width, "height": height}}


def theatre() -> Json:
    """300 seats: nine curved rows of stalls in two categories, a balcony, two boxes, four places for wheelchairs."""
    middle, stage_front = 520.0, 130.0
    stalls = []
    for at in range(9):
        radius, seats = 260 + at * 27.5, []
        count = 22 + at // 2
        step = 25 / radius
        for n in range(count):
            angle = (n - (count - 1) / 2) * step
            x, y = middle + radius * math.sin(angle), stage_front - 180 + radius * math.cos(angle)
            # The middle of the front is dearer, so a row is of two categories, or of three pieces.
            best = at < 5 and abs(n - (count - 1) / 2) < 7
            seats.append(seat(f"Stalls {at + 1}", str(n + 1), x, y, "Category 1" if best else "Category 2"))
        stalls.append(row(str(at + 1), seats, row_label=f"Row {at + 1}", seat_label="Seat %s"))
    last = [
        seat("Stalls 10", str(n + 1), n * 30, 0, "Wheelchair" if n % 2 == 0 else "Companion", radius=12)
        for n in range(8)
    ]
    stalls.append(row("10", last, 410, 470))
    balcony = [
        row(letter, [seat(f"Balcony {letter}", str(n + 1), n * 25, 0, "Category 3") for n in range(24)], 0, at * 28)
        for at, letter in enumerate("ABC")
    ]
    boxes = [
        zone(
            f"Box {side}", x, 260, [row("", [seat(f"Box {side}", str(n), 0, n * 25, "Category 1") for n in (1, 2, 3)])]
        )
        for side, x in (("left", 60), ("right", 980))
    ]
    stage = {
        "shape": "rectangle",
        "color": "#cccccc",
        "border_color": "#333333",
        "rotation": 0,
        "position": spot(300, 20),
        "rectangle": {"width": 440, "height": 60},
        "text": label("Stage", 220, 30),
    }
    name = {"shape": "text", "position": spot(287.5, -35), "text": label("Balcony", size=20)}
    zones = [
        zone("Stalls", 0, 0, stalls, [stage], zone_id="stalls"),
        zone("Balcony", 232.5, 575, balcony, [name]),
        *boxes,
    ]
    colors = {"Category 1": "#b02a37", "Category 2": "#2a6fb0", "Category 3": "#3f8f4f"}
    return plan("Little Theatre", {**colors, "Wheelchair": "#777777", "Companion": "#999999"}, zones, 1060, 700)


def dinner_show() -> Json:
    """Twelve round tables of eight, two long ones, a bar, a dance floor; their seats stand 20 pixels apart or so."""
    rows, areas = [], []
    for at in range(12):
        x, y = 150 + (at % 4) * 180, 290 + (at // 4) * 170
        seats = [
            seat(
                f"Table {at + 1}", str(n + 1), 40 * math.cos(n * math.pi / 4), 40 * math.sin(n * math.pi / 4), "Dinner"
            )
            for n in range(8)
        ]
        rows.append(row(str(at + 1), seats, x, y))
        areas.append({"shape": "circle", "position": spot(x, y), "circle": {"radius": 24}, "color": "#d7c29b"})
    long_tables = []
    for at in range(2):
        x = 200 + at * 330
        sides = [
            seat(f"Long {at}", str(side * 6 + n + 1), n * 26, side * 56, "Balcony") for side in (0, 1) for n in range(6)
        ]
        long_tables.append(row(f"Tisch {at + 20}", sides, x, 790))
        areas.append(
            {
                "shape": "rectangle",
                "position": spot(x - 12, 804),
                "rectangle": {"width": 154, "height": 28},
                "rotation": 0,
            }
        )
    areas += [
        {"shape": "ellipse", "position": spot(420, 80), "ellipse": {"radius": spot(160, 50)}, "text": label("Bühne")},
        {"shape": "rectangle", "position": spot(840, 150), "rotation": 90, "rectangle": {"width": 220, "height": 40},
         "text": label("Bar", 110, 20)},
        {"shape": "polygon", "position": spot(330, 145), "rotation": 0,
         "polygon": {"points": [spot(0, 0), spot(180, 0), spot(150, 50), spot(30, 50)]},
         "text": label("Dance floor", 90, 25)},
        {"shape": "text", "position": spot(60, 60), "rotation": 345, "text": label("Way in", size=14)},
    ]  # fmt: skip
    zones = [zone("Tables", 0, 0, rows, areas), zone("Gallery", 0, 0, long_tables)]
    return plan("Dinner Show", {"Dinner": "#8a4fb0", "Balcony": "#4fb08a"}, zones, 860, 920)


def faulty() -> tuple[Json, set[tuple[str, str]]]:
    """The theatre with faults of every kind planted, and which they are: the code and the path of each."""
    made = copy.deepcopy(theatre())
    stalls, balcony = made["zones"][0]["rows"], made["zones"][1]["rows"]
    stalls[0]["seats"][3]["seat_guid"] = stalls[0]["seats"][2]["seat_guid"]
    stalls[1]["seats"][4]["category"] = "Category 9"
    stalls[2]["seats"][5]["seat_number"] = "5"
    stalls[3]["seats"][6]["position"] = dict(stalls[3]["seats"][7]["position"])
    stalls[4]["seats"][0]["position"] = {"x": 99_999, "y": 0}
    balcony[0]["seats"][0]["seat_number"] = " "
    balcony[1]["seats"][1]["seat_guid"] = ""
    planted = {
        ("guid_twice", "$.zones[0].rows[0].seats[3]"),
        ("unknown_category", "$.zones[0].rows[1].seats[4]"),
        ("seat_twice", "$.zones[0].rows[2].seats[5]"),
        ("seats_overlap", "$.zones[0].rows[3].seats[7]"),
        ("off_paper", "$.zones[0].rows[4].seats[0]"),
        ("unnamed", "$.zones[1].rows[0].seats[0]"),
        ("guid_missing", "$.zones[1].rows[1].seats[1]"),
    }
    return made, planted
