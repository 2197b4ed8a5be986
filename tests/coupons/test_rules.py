"""Codes as people type them, and every reason why a coupon doesn't apply."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrow.coupons import errors
from frontrow.coupons.rules import CODE, Basket, Terms, normal_code, why_not

NOW = datetime(2026, 11, 1, tzinfo=UTC)
EVENT = uuid.UUID(int=1)
BASKET = Basket(EVENT, "EUR", ["Adult", "Child"], [4000, 2000])
TERMS = Terms(
    id=uuid.UUID(int=2),
    code="SAVE",
    event_id=None,
    percent_bp=1000,
    amount=None,
    currency=None,
    valid_from=None,
    valid_until=None,
    min_purchase=0,
    max_uses=None,
    per_account=None,
    ticket_types=None,
    enabled=True,
    used=0,
    revision=1,
)


@pytest.mark.parametrize("typed", ["SAVE-10", "save-10", " Save-10 ", "\tsAVE-10"])
def test_case_and_blanks_around_do_not_matter(typed: str) -> None:
    assert normal_code(typed) == "SAVE-10"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "ab",
        "a" * 41,
        "sa ve",
        "-save",
        "sävé",
        "ｓａｖｅ",
        "save\u200b",
        "save\x00",
        "save\n",
        "save'--",
        "ſave",
        "savıng",
    ],
)
def test_whatever_else_looks_like_a_code_is_none(typed: str) -> None:
    """Attack 10. The upper case of ``ſ`` is S, and of ``ı`` I: nobody gets a coupon by such letters."""
    assert normal_code(typed) is None


@given(st.text(max_size=60))
def test_a_normal_code_is_one_for_the_table_and_stays_itself(typed: str) -> None:
    code = normal_code(typed)
    assert code is None or (CODE.fullmatch(code) and normal_code(code) == code == normal_code(code.lower()))


@pytest.mark.parametrize(
    ("change", "used", "reason"),
    [
        ({}, 0, None),
        ({"enabled": False}, 0, errors.CouponUnknown),
        ({"event_id": uuid.UUID(int=9)}, 0, errors.CouponUnknown),
        ({"event_id": EVENT}, 0, None),
        ({"valid_from": NOW}, 0, None),
        ({"valid_from": NOW + timedelta(seconds=1)}, 0, errors.CouponNotYetValid),
        ({"valid_until": NOW}, 0, errors.CouponExpired),
        ({"valid_until": NOW + timedelta(seconds=1)}, 0, None),
        ({"percent_bp": None, "amount": 500, "currency": "USD"}, 0, errors.CouponWrongCurrency),
        ({"percent_bp": None, "amount": 500, "currency": "EUR"}, 0, None),
        ({"ticket_types": ["Reduced"]}, 0, errors.CouponWrongTickets),
        ({"ticket_types": ["Child"]}, 0, None),
        ({"min_purchase": 6000}, 0, None),
        ({"min_purchase": 6001}, 0, errors.CouponMinimum),
        # What counts towards the minimum is what the coupon is for.
        ({"min_purchase": 2001, "ticket_types": ["Child"]}, 0, errors.CouponMinimum),
        ({"max_uses": 3, "used": 2}, 0, None),
        ({"max_uses": 3, "used": 3}, 0, errors.CouponUsedUp),
        ({"per_account": 2}, 1, None),
        ({"per_account": 2}, 2, errors.CouponUsedByYou),
    ],
)
def test_why_not(change: dict[str, object], used: int, reason: type[errors.CouponRefused] | None) -> None:
    found = why_not(replace(TERMS, **change), BASKET, NOW, used)  # type: ignore[arg-type]
    assert (type(found) if found else None) == reason


def test_no_coupon_is_an_unknown_one() -> None:
    assert isinstance(why_not(None, BASKET, NOW), errors.CouponUnknown)


def test_codes_of_the_reasons_are_their_own() -> None:
    reasons = errors.CouponRefused.__subclasses__()
    assert len({reason.code for reason in reasons} | {"coupon_refused"}) == len(reasons) + 1
