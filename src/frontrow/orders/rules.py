"""Pure decisions about orders: which step may follow which, and what a set of places costs. See docs/pricing.md."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from frontrow.core.money import included_tax, portion
from frontrow.core.money import smallest_charge as smallest_charge  # noqa: PLC0414 -- the verbs take it from here
from frontrow.coupons.rules import Basket
from frontrow.orders.errors import PlaceWithoutPrice, TicketTypeNotForSeat, TicketTypeNotOnSale, TicketTypeQuantity

STEPS: dict[str | None, frozenset[str]] = {
    None: frozenset({"pending"}),
    "pending": frozenset({"paying", "expired", "cancelled", "paid"}),
    "paying": frozenset({"capturing", "expiring", "pending", "failed"}),
    "capturing": frozenset({"paid", "failed"}),
    "expiring": frozenset({"expired", "cancelled", "pending", "capturing", "paid", "refund_due"}),
    "expired": frozenset({"refund_due", "capturing", "paid"}),
    "cancelled": frozenset({"refund_due"}),
    "failed": frozenset({"refund_due"}),
    "refund_due": frozenset({"refunded"}),
    "paid": frozenset({"refunded", "cancelled"}),
    "refunded": frozenset(),
}
"""Every legal step of an order (protocol T2 to T14); the auditor holds the history to it.

An order of which some lines were cancelled stays *paid*; with its last line it is *cancelled* (T13).
"""

MOVING = frozenset({"paying", "capturing", "expiring"})

ENDED = frozenset({"failed", "expired", "cancelled", "refund_due"})
"""Each step to one of these gives the coupon back in the same transaction."""


@dataclass(frozen=True)
class Place:
    """A held place in words."""

    seat_no: int
    section: str
    row: str
    label: str
    category: str


@dataclass(frozen=True)
class TicketType:
    """What a place may be sold as, with its price at the hold's price-list version; money in minor units.

    ``fee`` is the whole fee of a ticket. ``on_sale`` is meant for now; ``was_on_sale`` for when the seats were held.
    """

    id: UUID
    category: str
    name: str
    amount: int
    fee: int
    tax_bp: int
    tax_added: bool
    total: int
    min_per_order: int
    max_per_order: int | None
    on_sale: bool
    was_on_sale: bool


@dataclass(frozen=True)
class Offer:
    """A hold with all that its price and its order are made of, read at one moment (``now``, the database's clock)."""

    hold_id: UUID
    organiser_id: UUID
    performance_id: UUID
    event_id: UUID
    hold_state: str
    lapsed: bool
    hold_expires_at: datetime
    now: datetime
    on_sale: bool
    max_per_account: int | None
    currency: str
    event_slug: str
    event_title: str
    image_key: str | None
    starts_at: datetime
    doors_at: datetime | None
    timezone: str
    venue_name: str
    venue_city: str
    venue_address: str
    places: Sequence[Place]
    ticket_types: Sequence[TicketType]


_OFFERED = tuple(field.name for field in fields(Offer))
_places = msgspec.json.Decoder(list[tuple[int, str, str, str, str]])
_ticket_types = msgspec.json.Decoder(list[tuple[UUID, str, str, int, int, int, bool, int, int, int | None, bool, bool]])


def offer_of(row: Any) -> Offer:
    """From a row of ``queries.OFFER``, whose places and ticket types are JSON."""
    columns = {name: row[name] for name in _OFFERED}
    columns["places"] = [Place(*one) for one in _places.decode(columns["places"] or "[]")]
    columns["ticket_types"] = [TicketType(*one) for one in _ticket_types.decode(columns["ticket_types"] or "[]")]
    return Offer(**columns)


@dataclass(frozen=True)
class Choice:
    place: Place
    ticket_type: TicketType


@dataclass(frozen=True)
class Line:
    """A priced place. ``tax`` is part of ``total``; ``added_tax`` is what of it came on top of the price."""

    place: Place
    ticket_type: TicketType
    discount: int
    fee: int
    tax: int
    added_tax: int

    @property
    def total(self) -> int:
        return self.ticket_type.amount - self.discount + self.fee + self.added_tax


@dataclass(frozen=True)
class Totals:
    """``total = subtotal - discount + fees + added_tax``; ``tax`` is part of it, ``added_tax`` a part of ``tax``."""

    subtotal: int
    discount: int
    fees: int
    tax: int
    added_tax: int
    total: int


def choose(places: Sequence[Place], offered: Sequence[TicketType], wanted: Mapping[int, UUID]) -> list[Choice]:
    """A ticket type for every place: the wanted one, or the first that was on sale when the seats were held.

    ``offered`` is in the organiser's order. Raises TicketTypeNotForSeat, PlaceWithoutPrice.
    """
    strangers = sorted(wanted.keys() - {place.seat_no for place in places})
    choices = []
    for place in places:
        fitting = [one for one in offered if one.category == place.category]
        if not fitting:
            raise PlaceWithoutPrice
        named = wanted.get(place.seat_no)
        if named is None:
            choices.append(Choice(place, next((one for one in fitting if one.was_on_sale), fitting[0])))
            continue
        match [one for one in fitting if one.id == named]:
            case [found]:
                choices.append(Choice(place, found))
            case _:
                strangers.append(place.seat_no)
    if strangers:
        raise TicketTypeNotForSeat(seats=strangers)
    return choices


def check_choices(choices: Sequence[Choice]) -> None:
    """Raises TicketTypeNotOnSale, TicketTypeQuantity."""
    closed = sorted({choice.ticket_type.name for choice in choices if not choice.ticket_type.on_sale})
    if closed:
        raise TicketTypeNotOnSale(ticket_types=closed)
    counted = Counter(choice.ticket_type for choice in choices)
    for one, count in counted.items():
        if count < one.min_per_order or (one.max_per_order is not None and count > one.max_per_order):
            raise TicketTypeQuantity(ticket_type=one.name, minimum=one.min_per_order, maximum=one.max_per_order)


def basket(choices: Sequence[Choice], event_id: UUID, currency: str) -> Basket:
    """What a coupon is held against."""
    return Basket(
        event_id,
        currency,
        [choice.ticket_type.name for choice in choices],
        [choice.ticket_type.amount for choice in choices],
    )


def price(choices: Sequence[Choice], discounts: Sequence[int] | None = None) -> tuple[list[Line], Totals]:
    """Price every place; ``discounts`` are those of a coupon, one a place.

    A ticket of which the discount leaves nothing carries no fee. Tax is reckoned a line, rounded half up, on what is
    left of the price and the fee: the part of it that is tax, or what comes on top.
    """
    lines = []
    for choice, discount in zip(choices, discounts or [0] * len(choices), strict=True):
        sold_as = choice.ticket_type
        fee = 0 if discount and discount == sold_as.amount else sold_as.fee
        base = sold_as.amount - discount + fee
        tax = portion(base, sold_as.tax_bp) if sold_as.tax_added else included_tax(base, sold_as.tax_bp)
        lines.append(Line(choice.place, sold_as, discount, fee, tax, tax if sold_as.tax_added else 0))
    return lines, totals(lines)


def totals(lines: Sequence[Line]) -> Totals:
    subtotal = sum(line.ticket_type.amount for line in lines)
    discount = sum(line.discount for line in lines)
    fees = sum(line.fee for line in lines)
    added = sum(line.added_tax for line in lines)
    return Totals(subtotal, discount, fees, sum(line.tax for line in lines), added, subtotal - discount + fees + added)


def account_of(user_id: UUID | None, email: str) -> str:
    """Whom limits per person count: the account, or a guest's address in lower case; as ``orders.account``."""
    return str(user_id) if user_id is not None else email.lower()
