"""What is asked of the catalogue: words, filters, cursors."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrow.core.errors import InvalidRequest
from frontrow.events.queries import After, Wish
from frontrow.events.schemas.wishes import after_of, cursor_of, minute_of, month_of, search_words, wish_of

NOW = datetime(2026, 11, 1, 12, 0, 30, tzinfo=UTC)
NOTHING: dict[str, Any] = {
    **{"q": None, "starts": None, "ends": None, "cities": [], "categories": [], "max_price": None},
    **{"accessible": False, "organiser": None, "today": NOW.date()},
}


@given(st.timedeltas(timedelta(0), timedelta(days=1)), st.integers(0, 255), st.datetimes(), st.uuids())
def test_a_cursor_survives_the_trip(ago: timedelta, rank: int, at: datetime, key: uuid.UUID) -> None:
    after = After(NOW - ago, rank, at.replace(tzinfo=UTC), key)
    assert after_of(cursor_of(after), NOW) == after


@given(st.text(max_size=64))
def test_any_other_cursor_is_refused(text: str) -> None:
    try:
        decoded = after_of(text, NOW)
    except InvalidRequest:
        return
    assert cursor_of(decoded) == text


@pytest.mark.parametrize("cursor", ["f" * 44, "A" * 43, "ü" * 44, "AAAA\x00", "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""])
def test_a_cursor_of_nonsense_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        after_of(cursor, NOW)


@pytest.mark.parametrize("ago", [timedelta(days=1, seconds=1), timedelta(seconds=-1)])
def test_a_cursor_of_another_day_begins_again(ago: timedelta) -> None:
    with pytest.raises(InvalidRequest):
        after_of(cursor_of(After(NOW - ago, 0, NOW, uuid.uuid4())), NOW)


def test_for_a_minute_all_see_the_same_list() -> None:
    assert minute_of(NOW) == minute_of(NOW + timedelta(seconds=29)) == datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    assert minute_of(NOW + timedelta(seconds=30)) != minute_of(NOW)


def test_search_words() -> None:
    assert search_words(None) == search_words(" \t\x00 ") == ()
    assert search_words("  la\x00 traviata ") == ("la", "traviata")
    assert len(search_words("a " * 40)) == 6


def test_the_same_wish_is_the_same() -> None:
    wish = wish_of(**NOTHING | {"q": " verdi ", "cities": ["Wien", "Turku", "Wien"], "categories": ["opera"]})
    assert wish == Wish(words=("verdi",), cities=("Turku", "Wien"), categories=("opera",))
    assert wish_of(**NOTHING) == Wish()
    assert hash(wish) == hash(wish_of(**NOTHING | {"q": "verdi", "cities": ["Turku", "Wien"], "categories": ["opera"]}))


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("to", {"starts": date(2026, 12, 2), "ends": date(2026, 12, 1)}),
        ("from", {"starts": date(9999, 12, 31)}),
        ("to", {"ends": date(1, 1, 1)}),
        ("city", {"cities": ["Tur\x00ku"]}),
        ("city", {"cities": [""]}),
        ("city", {"cities": ["x" * 81]}),
        ("category", {"categories": ["a"] * 21}),
        ("category", {"categories": ["opera\n"]}),
    ],
)
def test_what_cant_be_meant_names_its_field(field: str, sent: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        wish_of(**NOTHING | sent)
    assert refused.value.extra["errors"][0]["field"] == field


def test_a_month_has_a_first_and_a_last_day() -> None:
    assert month_of("2026-12") == (date(2026, 12, 1), date(2026, 12, 31))
    assert month_of("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "2026-12 ", "٢٠٢٦-12", "0000-01", "9999-12"]
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(InvalidRequest):
        month_of(text)
