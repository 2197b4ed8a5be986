"""Pure decisions about coupons: how a code is read, whether a coupon applies, what it takes off (docs/pricing.md)."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from frontrow.core.money import portion, split
from frontrow.coupons.errors import (
    CouponExpired,
    CouponMinimum,
    CouponNotYetValid,
    CouponRefused,
    CouponUnknown,
    CouponUsedByYou,
    CouponUsedUp,
    CouponWrongCurrency,
    CouponWrongTickets,
)

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,39}")


@dataclass(frozen=True)
class Terms:
    """A coupon as it stands: ``percent_bp`` (basis points), or an ``amount`` (minor units) with its ``currency``."""

    id: uuid.UUID
    code: str
    event_id: uuid.UUID | None
    percent_bp: int | None
    amount: int | None
    currency: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    min_purchase: int
    max_uses: int | None
    per_account: int | None
    ticket_types: Sequence[str] | None
    enabled: bool
    used: int
    revision: int

    def covers(self, ticket_type: str) -> bool:
        """Whether it is for a ticket type of this name."""
        return self.ticket_types is None or ticket_type in self.ticket_types


_TERMS = tuple(field.name for field in fields(Terms))


def terms_of(row: Any) -> Terms | None:
    """From a row that has a coupon's columns (or None for none)."""
    return None if row is None else Terms(**{name: getattr(row, name) for name in _TERMS})


@dataclass(frozen=True)
class Basket:
    """What a coupon is held against: names and face values (minor units) of an order's lines, in the lines' order."""

    event_id: uuid.UUID
    currency: str
    ticket_types: Sequence[str]
    amounts: Sequence[int]


def normal_code(sent: str) -> str | None:
    """A code as it is stored: blanks around it and its case don't matter. None for what can't be a code.

    ASCII only, and before the case is changed: the upper case of a dotless ``ı`` is a plain ``I``, and two people who
    type different things must not get the same coupon.
    """
    code = sent.strip(" \t")
    return code.upper() if code.isascii() and CODE.fullmatch(code.upper()) else None


def why_not(terms: Terms | None, basket: Basket, now: datetime, used_by_account: int = 0) -> CouponRefused | None:
    """The first reason why the coupon doesn't apply to the basket, or None.

    ``used_by_account``: live redemptions of whoever buys. The database has the last word on the limits.
    """
    if terms is None or not terms.enabled or terms.event_id not in {None, basket.event_id}:
        return CouponUnknown()
    if terms.valid_from is not None and now < terms.valid_from:
        return CouponNotYetValid()
    if terms.valid_until is not None and now >= terms.valid_until:
        return CouponExpired()
    if terms.currency is not None and terms.currency != basket.currency:
        return CouponWrongCurrency()
    if not any(terms.covers(name) for name in basket.ticket_types):
        return CouponWrongTickets()
    if sum(_eligible(terms, basket)) < terms.min_purchase:
        return CouponMinimum(minimum=terms.min_purchase)
    if terms.max_uses is not None and terms.used >= terms.max_uses:
        return CouponUsedUp()
    if terms.per_account is not None and used_by_account >= terms.per_account:
        return CouponUsedByYou()
    return None


def discounts(terms: Terms, basket: Basket) -> list[int]:
    """What the coupon takes off each line, in minor units: never below zero, never more than the line's face value.

    The whole discount is fixed first (a share of what the coupon is for, rounded half up; or the amount, as far as
    there is something to take it off) and then split by face value, so that its parts add up to it exactly.
    """
    eligible = _eligible(terms, basket)
    whole = sum(eligible)
    off = portion(whole, terms.percent_bp) if terms.percent_bp is not None else min(terms.amount or 0, whole)
    return split(off, eligible)


def _eligible(terms: Terms, basket: Basket) -> list[int]:
    """The face values that the coupon counts and cuts; zero for lines that it isn't for."""
    return [
        amount if terms.covers(name) else 0 for name, amount in zip(basket.ticket_types, basket.amounts, strict=True)
    ]
