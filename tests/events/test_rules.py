import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from frontrow.events.errors import SeatMapInvalid
from frontrow.events.rules import availability, is_slug, places_of, sales_state
from tests.events.conftest import LAYOUT

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "open"),
        ({"opens": NOW + timedelta(seconds=1)}, "soon"),
        ({"opens": NOW}, "open"),
        ({"closes": NOW}, "closed"),
        ({"starts_at": NOW}, "closed"),
        ({"starts_at": NOW, "closes": NOW + timedelta(hours=1)}, "open"),
        ({"state": "cancelled"}, "closed"),
        ({"event_state": "cancelled", "opens": NOW + timedelta(days=1)}, "closed"),
    ],
)
def test_when_a_performance_can_be_bought(changed: dict[str, Any], said: str) -> None:
    usual: dict[str, Any] = {
        "event_state": "published",
        "state": "scheduled",
        "starts_at": NOW + timedelta(days=1),
        "opens": None,
        "closes": None,
    }
    assert sales_state(NOW, **{**usual, **changed}) == said


@pytest.mark.parametrize(
    ("free", "total", "said"), [(0, 100, "sold_out"), (10, 100, "few"), (11, 100, "available"), (0, 0, "sold_out")]
)
def test_how_much_is_left(free: int, total: int, said: str) -> None:
    assert availability(free, total) == said


@pytest.mark.parametrize("slug", ["", "A", "a--b", "-a", "a-", "a b", "a\n", "é", "a" * 121, "a\x00"])
def test_what_is_no_slug(slug: str) -> None:
    assert not is_slug(slug)


def test_the_places_of_a_layout() -> None:
    places = places_of(LAYOUT)
    assert [place.seat_no for place in places] == list(range(1, 9))
    assert [place.access for place in places[:4]] == ["", "wheelchair", "companion", ""]
    assert (places[3].section, places[3].row, places[3].label, places[3].category) == ("Stalls", "B", "1", "B")
    assert [(place.kind, place.section) for place in places[5:]] == [("standing", "Floor")] * 3


def _row(layout: dict[str, Any], at: int) -> Any:
    return layout["sections"][0]["rows"][at]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda layout: layout.update(format="other"),
        lambda layout: layout.update(seat_count=9),
        lambda layout: layout.update(sections=[], areas=[], seat_count=0),
        lambda layout: layout.pop("stage"),
        lambda layout: _row(layout, 0)["seats"].pop(),
        lambda layout: _row(layout, 0)["seats"][0].__setitem__(0, 2),
        lambda layout: _row(layout, 0)["seats"][0].__setitem__(4, 7),
        lambda layout: _row(layout, 0)["seats"][0].__setitem__(2, 101),
        lambda layout: _row(layout, 0)["seats"][0].__setitem__(3, float("nan")),
        lambda layout: _row(layout, 0)["seats"][0].__setitem__(2, 25),
        lambda layout: _row(layout, 0)["seats"][0].__setitem__(1, "2"),
        lambda layout: _row(layout, 0).update(category=""),
        lambda layout: _row(layout, 0).update(category="ABCDE"),
        lambda layout: layout["sections"][0].update(name=""),
        lambda layout: layout["areas"][0].update(first_seat_no=7),
        lambda layout: layout["areas"][0].update(capacity=0, first_seat_no=6),
        lambda layout: layout["areas"][0].update(polygon=[[1, 1], [2, 2]]),
    ],
)
def test_a_map_that_cant_be_sold_is_refused(spoil: Callable[[dict[str, Any]], object]) -> None:
    layout = copy.deepcopy(LAYOUT)
    spoil(layout)
    with pytest.raises(SeatMapInvalid):
        places_of(layout)
