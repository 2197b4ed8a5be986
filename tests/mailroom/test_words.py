"""Languages, money, dates, and the wrapping, without any server."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrow.mailroom import rules
from frontrow.mailroom.templates import LOCALES, Rendered, language, words
from frontrow.orders.queries import OrderView

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy

WHEN = datetime(2026, 12, 4, 18, 30, tzinfo=UTC)


PLACE = rules.PlaceSold("Stalls", "C", "7", "Standard", 4250)


def order(**change: Any) -> OrderView:
    ids = {name: uuid.uuid4() for name in ("id", "organiser_id", "performance_id", "hold_id", "buyer_id")}
    usual: dict[str, Any] = {
        **ids,
        "code": "K7QF-3M9X",
        "user_id": None,
        "email": "ben@frontrow.example",
        "name": "Ben",
        "locale": "en",
        "token": "tok/en+&",
        "currency": "EUR",
        "state": "paid",
        "subtotal": 4000,
        "discount": 0,
        "fees": 250,
        "tax": 278,
        "added_tax": 0,
        "total": 4250,
        "coupon_code": None,
        "created_at": WHEN,
        "expires_at": None,
        "paid_at": WHEN,
        "event_slug": "figaro",
        "event_title": "Figaro",
        "image_key": None,
        "cancelled": False,
        "starts_at": WHEN,
        "doors_at": None,
        "timezone": "Europe/Berlin",
        "venue_name": "Small Hall",
        "venue_city": "Berlin",
        "venue_address": "",
    }
    return OrderView(**{**usual, **change})


def said(**change: Any) -> Rendered:
    return rules.confirmation(order(**change), [PLACE], "https://frontrow.example")


def test_dates_are_in_the_events_zone_and_the_buyers_language() -> None:
    assert "Friday, 4 December 2026, 19:30\nCentral European Standard Time (Europe/Berlin)" in said().text
    assert "Freitag, 4. Dezember 2026, 19:30\nMitteleuropäische Normalzeit (Europe/Berlin)" in said(locale="de-AT").text
    tokyo = said(timezone="Asia/Tokyo").text
    assert "Saturday, 5 December 2026, 03:30\nJapan Standard Time (Asia/Tokyo)" in tokyo
    summer = said(starts_at=datetime(2026, 7, 4, 18, 30, tzinfo=UTC), doors_at=datetime(2026, 7, 4, 17, 0, tzinfo=UTC))
    assert "20:30\nCentral European Summer Time (Europe/Berlin) · doors open at 19:00" in summer.text


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "written"),
    [
        (4250, "EUR", "en", "€42.50"),
        (4250, "EUR", "de", "42,50\xa0€"),
        (4250, "JPY", "en", "JP¥4,250"),
        (4250, "KWD", "en", "KWD4.250"),
        (123456789, "USD", "de", "1.234.567,89\xa0$"),
        (0, "EUR", "en", "€0.00"),
    ],
)
def test_money_has_its_currencys_minor_units(amount: int, currency: str, locale: str, written: str) -> None:
    assert rules.amount_of(amount, currency, locale) == written


@pytest.mark.parametrize(
    "kind", ["order_paid", "order_failed", "refund_made", "lines_cancelled", "moved", "called_off", "email_proof"]
)
def test_every_language_says_everything(kind: str) -> None:
    placeholders = re.compile(r"\$(\w+)")
    english = words(kind, "en")
    for locale in LOCALES:
        other = words(kind, locale)
        assert other.keys() == english.keys()
        for name in english:
            assert set(placeholders.findall(other[name])) == set(placeholders.findall(english[name])), name


@pytest.mark.parametrize(
    ("locale", "spoken"), [("de", "de"), ("de_CH", "de"), ("fr", "en"), ("", "en"), ("../x", "en")]
)
def test_the_nearest_language(locale: str, spoken: str) -> None:
    assert language(locale) == spoken


def test_nothing_is_fetched_from_elsewhere() -> None:
    page = said().html
    assert "<img" not in page
    assert "@import" not in page
    assert "url(" not in page
    links = set(re.findall(r'(?:href|src)="([^"]+)"', page))
    assert all(link.startswith("https://frontrow.example/orders/") for link in links)
    assert len(links) == 1
    assert 'content="light dark"' in page
    assert "prefers-color-scheme: dark" in page
    assert 'lang="en"' in page
    assert "$" not in page


def test_the_link_survives_odd_tokens() -> None:
    assert "?token=tok/en%2B%26" in said().text


def test_lines_without_row_or_seat() -> None:
    standing = rules.PlaceSold("Floor", "", "", "Standing", 4000)
    box = rules.PlaceSold("Box 4", "", "2", "Box", 3600)
    text = rules.confirmation(order(tax=0, total=7600), [standing, box], "https://frontrow.example").text
    assert "- Floor (Standing): €40.00" in text
    assert "- Box 4, seat 2 (Box): €36.00" in text
    assert "All fees are included." in text


@UNHURRIED
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_and_title_make_a_sound_letter(name: str, title: str) -> None:
    letter = rules.envelope(
        said(event_title=title, name=name),
        key="mail:order_paid:1",
        sender="Frontrow <tickets@frontrow.example>",
        to="ben@bücher.example",
        to_name=name,
        now=WHEN,
        correlation_id="a\r\nb",
    )
    head = letter.as_bytes().split(b"\r\n\r\n", 1)[0]
    assert letter["To"].addresses[0].addr_spec == "ben@xn--bcher-kva.example"
    assert b"\r\nBcc" not in head
    assert set(letter.keys()) >= {"From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Correlation-Id"}


def test_the_message_id_belongs_to_the_effect() -> None:
    one = rules.message_id("mail:order_paid:1", "Frontrow <tickets@frontrow.example>")
    assert one == rules.message_id("mail:order_paid:1", "Frontrow <tickets@frontrow.example>")
    assert one != rules.message_id("mail:order_paid:2", "Frontrow <tickets@frontrow.example>")
