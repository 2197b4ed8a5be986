"""Our own format: what is read, what is refused and in which words, and the schema that is published of it."""

import copy
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrow.events.errors import SeatMapInvalid
from frontrow.events.rules import places_of
from frontrow.events.rules.seatmaps import layout_of
from frontrow.events.rules.seatmaps_check import check
from frontrow.events.rules.seatmaps_faults import Faults
from frontrow.events.rules.seatmaps_file import read_map
from frontrow.events.rules.seatmaps_format import Layout
from frontrow.events.rules.seatmaps_picture import picture
from frontrow.events.rules.seatmaps_schema import schema
from tests.events.conftest import LAYOUT

Json = dict[str, Any]

NEW: Json = {
    **copy.deepcopy(LAYOUT),
    "version": 2,
    "sections": [
        {
            "name": "Stalls",
            "label_at": [50, 14],
            "rows": [
                {
                    "label": "A",
                    "category": "A",
                    "seats": [[1, "1", 20, 20, 0], [2, "2", 30, 20, 1], [3, "3", 40, 20, 2]],
                },
            ],
        },
        {
            "name": "Table 1",
            "kind": "table",
            "label_at": [70, 25],
            "rows": [{"label": "", "category": "B", "seats": [[4, "1", 60, 30, 0], [5, "2", 80, 30, 0]]}],
        },
    ],
    "shapes": [
        {"role": "table", "kind": "circle", "x": 70, "y": 30, "radius": 5},
        {"role": "bar", "kind": "rect", "x": 8, "y": 20, "width": 5, "height": 20, "turn": 15, "label": "Bar"},
        {"role": "floor", "kind": "polygon", "points": [[10, 40], [90, 40], [50, 55]]},
        {"role": "text", "kind": "text", "x": 5, "y": 5, "label": "Way in", "size": 6},
    ],
    "categories": [{"code": "A", "name": "Best", "color": "#b02a37"}, {"code": "B"}, {"code": "C"}],
}


def faults_of(layout: Json) -> Faults:
    plan, faults = layout_of(layout)
    return faults if plan is None else check(plan)


def test_version_2_is_read_and_written_without_what_is_usual() -> None:
    assert [place.section for place in places_of(NEW)][3:5] == ["Table 1", "Table 1"]
    plan, _ = layout_of(NEW)
    assert plan is not None
    written = json.loads(msgspec.json.encode(plan))
    assert written == {**NEW, "shapes": [NEW["shapes"][0], *NEW["shapes"][1:]]}
    assert "kind" not in written["sections"][0]
    assert faults_of(NEW).warnings == []


def test_version_1_is_written_as_it_was() -> None:
    plan, _ = layout_of(LAYOUT)
    assert json.loads(msgspec.json.encode(plan)) == LAYOUT


def _seat(layout: Json, section: int, seat: int) -> list[Any]:
    found: list[Any] = layout["sections"][section]["rows"][0]["seats"][seat]
    return found


def _area(layout: Json, **changed: Any) -> None:
    layout["areas"][0].update(changed)


def _shape(layout: Json, at: int, **changed: Any) -> None:
    layout["shapes"][at].update(changed)


@pytest.mark.parametrize(
    ("spoil", "code", "told"),
    [
        (lambda it: it.update(name=" "), "unnamed", "needs a name"),
        (lambda it: it.update(width=0), "bad_paper", "more than 0"),
        (lambda it: it.update(height=1e9), "bad_paper", "at most"),
        (lambda it: it.update(seat_count=7), "seat_count_wrong", "says 7, but there are 8"),
        (lambda it: it["stage"].update(x=90), "off_paper", "stage"),
        (lambda it: it["stage"].update(label="a\u0000"), "bad_text", "can't be printed"),
        (lambda it: it["categories"].append({"code": "A"}), "category_twice", "A is listed twice"),
        (lambda it: it["categories"].pop(), "unknown_category", "Floor: is of category C"),
        (lambda it: it["sections"][1].update(name=""), "unnamed", "a section needs a name"),
        (lambda it: it["sections"][0].update(label_at=[500, 1]), "off_paper", "Stalls: the section's label"),
        (lambda it: _seat(it, 0, 0).__setitem__(0, 2), "number_twice", "Stalls, row A, seat 2: has the number 2"),
        (lambda it: _seat(it, 0, 0).__setitem__(1, " 2 "), "seat_twice", "Stalls, row A, seat 2: another seat"),
        (lambda it: _seat(it, 0, 0).__setitem__(1, ""), "unnamed", "Stalls, row A: the seat needs a label"),
        (lambda it: _seat(it, 0, 0).__setitem__(2, -1), "off_paper", "Stalls, row A, seat 1: lies outside"),
        (lambda it: _seat(it, 0, 0).__setitem__(2, float("inf")), "not_finite", "Stalls, row A, seat 1"),
        (lambda it: _seat(it, 0, 1).__setitem__(2, 24), "seats_overlap", "same spot as Stalls, row A, seat 1"),
        (lambda it: _seat(it, 1, 0).__setitem__(4, 3), "bad_kind", "Table 1, seat 1: is of the unknown kind 3"),
        (lambda it: _area(it, name=""), "unnamed", "an area needs a name"),
        (lambda it: _area(it, first_seat_no=5), "number_twice", "Floor: has the number 5, which is Table 1, seat 2"),
        (lambda it: _area(it, polygon=[[10, 40], [90, 55], [90, 40], [10, 55]]), "crossed_polygon", "cross"),
        (lambda it: _area(it, polygon=[[10, 40], [20, 40], [30, 40]]), "flat_polygon", "Floor: needs at least"),
        (lambda it: _area(it, polygon=[[10, 40], [20, 40], [30, 400]]), "off_paper", "Floor: the area's polygon"),
        (lambda it: _area(it, polygon=[[10 + n / 20, 40 + n % 2] for n in range(600)]), "too_many_corners", "600"),
        (lambda it: it["areas"].append({**it["areas"][0], "first_seat_no": 9}), "area_twice", "two areas"),
        (lambda it: _area(it, capacity=100_000), "too_many_places", "100,000 are the most"),
        (lambda it: _shape(it, 0, radius=0), "bad_shape", "more than 0"),
        (lambda it: _shape(it, 0, x=1000), "off_paper", "a shape reaches beyond the paper"),
        (lambda it: _shape(it, 1, x=-5), "off_paper", "'Bar' reaches beyond"),
        (lambda it: _shape(it, 2, points=[[1, 1], [2, 2]]), "bad_shape", "3 to 500 corners"),
        (lambda it: _shape(it, 3, label=""), "bad_shape", "a text needs a label"),
        (lambda it: it.update(origin={"format": "pretix", "guids": ["x"]}), "origin_mismatch", "names 1 seats"),
        (lambda it: it["shapes"].extend(it["shapes"] * 1300), "too_many_shapes", "5000 are the most"),
    ],
)
def test_what_makes_no_sense_is_named(spoil: Callable[[Json], object], code: str, told: str) -> None:
    layout = copy.deepcopy(NEW)
    spoil(layout)
    found = {fault.code: str(fault) for fault in faults_of(layout).errors}
    assert told in found[code], found
    with pytest.raises(SeatMapInvalid) as refused:
        places_of(layout)
    assert code in {error["code"] for error in refused.value.extra["errors"]}


@pytest.mark.parametrize(
    ("spoil", "path", "told"),
    [
        (lambda it: it.update(version=3), "$.version", "must be one of 1, 2"),
        (lambda it: it.update(version=True), "$.version", "must be one of 1, 2"),
        (lambda it: it.pop("stage"), "$", "'stage' is missing"),
        (lambda it: it.update(sections={}), "$.sections", "must be a list, not an object"),
        (lambda it: it["sections"][1].update(kind="sofa"), "$.sections[1].kind", "must be one of '', 'box', 'table'"),
        (lambda it: _seat(it, 1, 0).pop(), "$.sections[1].rows[0].seats[0]", "a list of 5 values"),
        (lambda it: _seat(it, 1, 0).__setitem__(2, "60"), "$.sections[1].rows[0].seats[0][2]", "not text"),
        (lambda it: _seat(it, 1, 0).__setitem__(0, 4.5), "$.sections[1].rows[0].seats[0][0]", "whole number"),
        (lambda it: _seat(it, 1, 0).__setitem__(1, "x" * 121), "$.sections[1].rows[0].seats[0][1]", "at most 120"),
        (lambda it: _shape(it, 0, kind="star"), "$.shapes[0]", "'kind' must be one of circle, polygon, rect, text"),
        (lambda it: _shape(it, 0, role="moat"), "$.shapes[0].role", "must be one of 'bar', 'floor'"),
        (lambda it: it["shapes"][0].pop("radius"), "$.shapes[0]", "'radius' is missing"),
        (lambda it: it.update(origin=3), "$.origin", "must be an object"),
    ],
)
def test_what_isnt_in_the_format_is_named(spoil: Callable[[Json], object], path: str, told: str) -> None:
    layout = copy.deepcopy(NEW)
    spoil(layout)
    [fault] = faults_of(layout).errors
    assert (fault.code, fault.path) == ("not_in_format", path)
    assert told in fault.message
    if path.startswith("$.sections[1].rows"):
        assert fault.section == "Table 1"


def test_all_mistakes_are_told_at_once() -> None:
    layout = copy.deepcopy(NEW)
    layout["version"] = 9
    _seat(layout, 0, 0)[2] = None
    _seat(layout, 1, 1)[4] = "0"
    assert [fault.path for fault in faults_of(layout).errors] == [
        *("$.version", "$.sections[0].rows[0].seats[0][2]", "$.sections[1].rows[0].seats[1][4]"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda it: _seat(it, 0, 1).__setitem__(4, 0), "companion_alone"),
        (lambda it: it["sections"][1].update(name="STALLS"), "section_twice"),
        (lambda it: _area(it, polygon=[[10, 15], [95, 15], [95, 55], [10, 55]]), "seats_in_area"),
        (lambda it: it["sections"][0]["rows"].append({"label": "C", "category": "A", "seats": []}), "row_empty"),
    ],
)
def test_what_somebody_should_look_at_is_a_warning(change: Callable[[Json], object], code: str) -> None:
    layout = copy.deepcopy(NEW)
    change(layout)
    found = faults_of(layout)
    assert found.errors == []
    assert [fault.code for fault in found.warnings] == [code]
    assert places_of(layout)


def test_a_stadium_is_checked_in_moments() -> None:
    rows = [
        {
            "label": str(down),
            "category": "A",
            "seats": [[down * 250 + n + 1, str(n + 1), 30 + n * 10, 30 + down * 10, 0] for n in range(250)],
        }
        for down in range(200)
    ]
    stadium = {**NEW, "width": 2600, "height": 2100, "seat_count": 50_000, "areas": [], "categories": []}
    stadium["sections"] = [{"name": "Bowl", "label_at": [10, 10], "rows": rows}]
    began = time.process_time()
    assert len(places_of(stadium)) == 50_000
    # About 1.2 s of a quiet machine's: what took squares of it would take hours.
    assert time.process_time() - began < 20


def test_the_published_schema_is_the_structs() -> None:
    published = json.loads((Path(__file__).parents[2] / "docs" / "seatmap.schema.json").read_text())
    assert published == json.loads(json.dumps(schema())), (
        "make it anew: frontrow seatmap schema > docs/seatmap.schema.json"
    )
    assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    text = json.dumps(published)
    for name in published["$defs"]:
        assert f'"#/$defs/{name}"' in text
    assert set(published["properties"]) == set(NEW) | {"origin"}


def test_a_picture_shows_words_as_words() -> None:
    layout = copy.deepcopy(NEW)
    layout["sections"][0]["name"] = '</text><script>alert("x")</script>'
    plan = msgspec.convert(layout, Layout)
    drawn = picture(plan)
    assert "<script>" not in drawn
    assert drawn.count("<circle") == 4 + 1  # a wheelchair place is a square, a table round
    assert ">Way in</text>" in drawn


def test_the_page_about_it_shows_a_sound_map_and_names_every_code() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "seatmaps.md").read_text()
    shown = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    found = read_map(shown[1].encode())
    assert (found.faults.errors, found.faults.warnings) == ([], [])
    source = "".join(file.read_text() for file in (root / "src/frontrow/events/rules").glob("*.py"))
    codes = set(re.findall(r'(?:error|warn|tell|_tell)\(\s*(?:faults, (?:found\.)?name, )?"([a-z_]+)"', source))
    assert len(codes) > 30
    assert {code for code in codes if f"`{code}`" not in page} == set()
