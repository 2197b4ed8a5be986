"""Plans of pretix's: imported, refused with every fault named, exported, and the same after a journey."""

import copy
import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrow.events.rules.pretix_export import export_plan
from frontrow.events.rules.pretix_import import codes_for, import_plan
from frontrow.events.rules.pretix_words import access_of
from frontrow.events.rules.seatmaps import all_places, places_of
from frontrow.events.rules.seatmaps_file import read_map
from frontrow.events.rules.seatmaps_format import Area, Layout
from tests.seatmaps.drawing import plans
from tests.seatmaps.plans import Json, dinner_show, faulty, theatre

# The same examples on every run: an edge that chance finds is for whoever works here, not for a red build elsewhere.
slow = settings(
    derandomize=True,
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def imported(plan: Json) -> Layout:
    """The map of a sound plan."""
    made = import_plan(plan)
    assert made.layout is not None, [f"{fault.path}: {fault}" for fault in made.faults.errors]
    return made.layout


def exported(layout: Layout) -> Json:
    plan: Json = msgspec.to_builtins(export_plan(layout).plan)
    return plan


def seats_in(plan: Json) -> list[Json]:
    return [seat for zone in plan["zones"] for row in zone["rows"] for seat in row["seats"]]


def test_a_theatre_is_imported() -> None:
    layout = imported(theatre())
    assert layout.seat_count == 300
    assert [(section.name, section.kind) for section in layout.sections] == [
        *(("Stalls", ""), ("Balcony", "")),
        *(("Box left", "box"), ("Box right", "box")),
    ]
    assert layout.stage is not None
    assert (layout.stage.label, layout.stage.width, layout.stage.height) == ("Stage", 176, 24)
    assert [(shape.role, shape.label) for shape in layout.shapes] == [("text", "Balcony")]
    places = all_places(layout)
    assert [place.access for place in places if place.row == "10"] == ["wheelchair", "companion"] * 4
    # Neighbours of the balcony stood 25 pixels apart, and stand one pitch apart now.
    front = [place for place in places if (place.section, place.row) == ("Balcony", "A")]
    assert {round(later.x - one.x, 2) for one, later in pairwise(front)} == {10.0}
    # A row of several categories is in pieces that keep its label, from one end to the other.
    first = [row for row in layout.sections[0].rows if row.label == "1"]
    assert [(row.category, len(row.seats)) for row in first] == [("B", 4), ("A", 14), ("B", 4)]
    assert [seat[1] for row in first for seat in row.seats] == [str(number) for number in range(1, 23)]
    assert layout.origin is not None
    assert layout.origin.guids[:22] == [seat["seat_guid"] for seat in theatre()["zones"][0]["rows"][0]["seats"]]
    assert [(category.code, category.name) for category in layout.categories][:2] == [
        *(("A", "Category 1"), ("B", "Category 2")),
    ]
    assert places_of(json.loads(msgspec.json.encode(layout))) == places


def test_rows_around_shapes_are_tables() -> None:
    layout = imported(dinner_show())
    assert {section.kind for section in layout.sections} == {"table"}
    names = [section.name for section in layout.sections]
    assert names == [*(f"Table {number}" for number in range(1, 13)), "Tisch 20", "Tisch 21"]
    roles = [(shape.role, shape.label) for shape in layout.shapes]
    assert roles.count(("table", "")) == 14
    assert set(roles) - {("table", "")} == {
        ("stage", "Bühne"),
        ("bar", "Bar"),
        ("floor", "Dance floor"),
        ("text", "Way in"),
    }


def test_every_planted_fault_is_named() -> None:
    plan, planted = faulty()
    found = import_plan(plan)
    assert found.layout is None
    assert {(fault.code, fault.path) for fault in found.faults.errors} == planted
    told = {fault.code: str(fault) for fault in found.faults.errors}
    assert told["seats_overlap"] == "Stalls, row 4, seat 8: stands on the same spot as Stalls, row 4, seat 7"
    assert told["unknown_category"].startswith("Stalls, row 2, seat 5: is of the category 'Category 9'")


@slow
@given(plans())
def test_a_plan_is_the_same_after_a_journey(plan: Json) -> None:
    layout = imported(plan)
    assert layout.origin is not None
    seats = seats_in(plan)
    assert sorted(layout.origin.guids) == sorted(seat["seat_guid"] for seat in seats)
    back = exported(layout)
    assert sorted((seat["seat_guid"], seat["seat_number"], seat["category"]) for seat in seats_in(back)) == sorted(
        (seat["seat_guid"], seat["seat_number"], seat["category"]) for seat in seats
    )
    assert imported(back) == layout


def _no_such_category(seat: Json, other: Json) -> None:
    seat["category"] = "No such"


def _guid_of_other(seat: Json, other: Json) -> None:
    seat["seat_guid"] = other["seat_guid"]


def _far_away(seat: Json, other: Json) -> None:
    seat["position"] = {"x": 1e7, "y": 0}


def _no_number(seat: Json, other: Json) -> None:
    seat["seat_number"] = ""


def _no_guid(seat: Json, other: Json) -> None:
    seat["seat_guid"] = ""


PLANTS = {
    "unknown_category": _no_such_category,
    "guid_twice": _guid_of_other,
    "off_paper": _far_away,
    "unnamed": _no_number,
    "guid_missing": _no_guid,
}


@slow
@given(plans(), st.data())
def test_whatever_is_planted_is_named(plan: Json, data: st.DataObject) -> None:
    paths = [
        (f"$.zones[{at}].rows[{down}].seats[{along}]", seat)
        for at, zone in enumerate(plan["zones"])
        for down, row in enumerate(zone["rows"])
        for along, seat in enumerate(row["seats"])
    ]
    *chosen, (_, untouched) = data.draw(st.permutations(paths[: len(PLANTS) + 1]))
    codes = data.draw(st.permutations(list(PLANTS)))
    planted = set()
    for (path, seat), code in zip(chosen, codes, strict=False):
        PLANTS[code](seat, untouched)
        planted.add((code, path))
    found = import_plan(plan).faults
    named = {(fault.code, fault.path) for fault in found.errors}
    twice = {path for code, path in planted if code == "guid_twice"}
    # Of two seats with one guid the later is named, whichever it was planted on.
    assert {one for one in planted if one[0] != "guid_twice"} <= named
    assert len([one for one in named if one[0] == "guid_twice"]) == len(twice)
    assert len(named) == len(planted)


SEAT = "$.zones[0].rows[1].seats[2]"


@pytest.mark.parametrize(
    ("spoil", "path", "section", "row", "seat"),
    [
        (lambda plan: plan.pop("size"), "$", "", "", ""),
        (lambda plan: plan.update(size={"width": 1.5, "height": 2}), "$.size.width", "", "", ""),
        (lambda plan: plan["zones"][0].update(color="red"), "$.zones[0]", "Stalls", "", ""),
        (lambda plan: plan["zones"][0]["rows"][0].pop("row_number"), "$.zones[0].rows[0]", "Stalls", "", ""),
        (lambda plan: _seat(plan).update(radius="10"), f"{SEAT}.radius", "Stalls", "2", "3"),
        (lambda plan: _seat(plan).update(position=[1, 2]), f"{SEAT}.position", "Stalls", "2", "3"),
        (lambda plan: _seat(plan)["position"].update(x=10**400), f"{SEAT}.position.x", "Stalls", "2", "3"),
        (lambda plan: _seat(plan)["position"].update(x=float("nan")), f"{SEAT}.position.x", "Stalls", "2", "3"),
        (lambda plan: plan["zones"][0]["areas"][0].update(shape="star"), "$.zones[0].areas[0].shape", "Stalls", "", ""),
    ],
)  # fmt: skip
def test_what_isnt_as_the_schema_says_is_named(spoil: Any, path: str, section: str, row: str, seat: str) -> None:
    plan = copy.deepcopy(theatre())
    spoil(plan)
    found = import_plan(plan)
    if path.endswith("position.x") and plan["zones"][0]["rows"][1]["seats"][2]["position"]["x"] != 10**400:
        # No JSON file has it, but what isn't a number mustn't pass either.
        assert [fault.code for fault in found.faults.errors] == ["not_finite"]
        path = path.removesuffix(".position.x")
    else:
        assert [fault.code for fault in found.faults.errors] == ["not_in_format"]
    [fault] = found.faults.errors
    assert (fault.path, fault.section, fault.row, fault.seat) == (path, section, row, seat)


def _seat(plan: Json) -> Json:
    seat: Json = plan["zones"][0]["rows"][1]["seats"][2]
    return seat


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda area: area.pop("rectangle"), "bad_shape"),
        (lambda area: area["rectangle"].update(width=0), "bad_shape"),
        (lambda area: area["position"].update(x=1e12), "bad_shape"),
        (lambda area: area.update(shape="polygon", polygon={"points": []}), "bad_shape"),
        (lambda area: area.update(rotation=1e9), "bad_shape"),
        (lambda area: area["text"].update(text="a\u0007b"), "bad_text"),
    ],
)
def test_a_faulty_area_is_named(spoil: Any, code: str) -> None:
    plan = copy.deepcopy(theatre())
    spoil(plan["zones"][0]["areas"][0])
    [fault] = import_plan(plan).faults.errors
    assert (fault.code, fault.section) == (code, "Stalls")
    assert fault.path.startswith("$.zones[0].areas[0]")


def test_a_seat_beside_the_paper_is_a_warning_and_gets_paper() -> None:
    plan = theatre()
    plan["zones"][1]["rows"][2]["seats"][23]["position"]["x"] = 900
    made = import_plan(plan)
    assert [(fault.code, fault.path) for fault in made.faults.warnings] == [
        ("off_paper", "$.zones[1].rows[2].seats[23]")
    ]
    assert made.layout is not None
    assert max(place.x for place in all_places(made.layout)) < made.layout.width


def test_too_many_seats_are_refused_at_once() -> None:
    plan = theatre()
    seats = plan["zones"][0]["rows"][0]["seats"]
    plan["zones"][0]["rows"][0]["seats"] = seats * 5000
    assert [fault.code for fault in import_plan(plan).faults.errors] == ["too_many_places"]


def test_of_many_faults_some_are_told_and_the_rest_counted() -> None:
    plan = theatre()
    for seat in seats_in(plan):
        seat["category"] = "Nothing"
    found = import_plan(plan).faults
    assert (len(found.errors), found.more_errors) == (100, 200)


def test_a_map_of_ours_keeps_its_seats_on_a_journey_and_tells_what_is_lost() -> None:
    layout = imported(theatre())
    ours = msgspec.structs.replace(layout, origin=None, categories=[])
    made = export_plan(ours)
    assert made.notes == [
        "pretix has no wheelchair places; they have categories of their own: D (wheelchair), E (companion)."
    ]
    back = imported(msgspec.to_builtins(made.plan))

    def words(map_: Layout) -> list[tuple[object, ...]]:
        return [(one.section, one.row, one.label, one.access, one.x, one.y) for one in all_places(map_)]

    assert words(back) == words(ours)


def test_a_plan_with_a_standing_area_says_so() -> None:
    layout = imported(theatre())
    area = Area("Floor", "A", 301, 40, [(10, 10), (60, 10), (60, 40)])
    made = export_plan(msgspec.structs.replace(layout, areas=[area], seat_count=340))
    assert made.notes == [
        "Floor: pretix's plans have no standing areas. The shape is there; sell its 40 places as a product without "
        "seats."
    ]
    assert imported(msgspec.to_builtins(made.plan)).seat_count == 300


@pytest.mark.parametrize(
    ("category", "number", "kind"),
    [
        ("Category 1", "12", 0),
        ("Wheelchair", "1", 1),
        ("Rollstuhlplätze", "1", 1),
        ("Wheelchair companion", "1", 2),
        ("Wheelchair with companion", "1", 1),
        ("Begleitperson", "1", 2),
        ("Category 1", "W1 wheelchair", 1),
        ("Wheelchair", "1 Begleitung", 2),
        ("Canadian", "1", 0),
    ],
)
def test_words_tell_a_wheelchair_place(category: str, number: str, kind: int) -> None:
    assert access_of(category, number) == kind


def test_codes_are_short_and_differ() -> None:
    names = ["A", "Category 1", "VIP", "Category 2", "B", "Ω"]
    codes = codes_for(names)
    assert codes["A"] == "A"
    assert codes["VIP"] == "VIP"
    assert len(set(codes.values())) == len(names)
    assert all(1 <= len(code) <= 4 for code in codes.values())
    many = codes_for([f"Category {number}" for number in range(700)])
    assert len(set(many.values())) == 700


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"zones": NaN}', "not_json"),
        (b'{"zones": 1e999}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[]", "not_in_format"),
        (b'{"zones": []}', "not_in_format"),
        (b" " * 1001, "too_large"),
    ],
)
def test_a_file_of_nonsense_is_refused_in_words(body: bytes, code: str) -> None:
    found = read_map(body, most=1000 if code == "too_large" else 10_000_000)
    assert found.layout is None
    assert {fault.code for fault in found.faults.errors} == {code}


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(body: bytes) -> None:
    assert read_map(body).faults.errors


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3),
    max_leaves=5,
)


@slow
@given(st.data())
def test_whatever_stands_in_a_plan_the_reader_says_something(data: st.DataObject) -> None:
    """One value anywhere is replaced by any other: the plan is read, or refused with a path; nothing else happens."""
    plan = dinner_show()
    at: Any = plan
    while True:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if isinstance(at[key], dict | list) and at[key] and data.draw(st.integers(0, 5)):
            at = at[key]
            continue
        at[key] = data.draw(anything)
        break
    made = import_plan(plan)
    if made.layout is None:
        assert all(fault.path.startswith("$") and fault.message for fault in made.faults.errors)
        assert made.faults.errors
    else:
        assert imported(exported(made.layout)).seat_count == made.layout.seat_count
