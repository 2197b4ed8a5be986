"""Pure decisions about what is on: may it be bought now, how much is left, and is a seat map sound."""

import base64
import binascii
import hashlib
import math
import re
import struct
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from frontrow.core.errors import InvalidRequest
from frontrow.core.money import portion
from frontrow.events.errors import (
    PriceBelowMinimum,
    PricesIncomplete,
    SaleWindowEmpty,
    SeatMapInvalid,
    TicketTypeTwice,
    UnknownCategory,
)

Sales = Literal["open", "soon", "closed"]
Availability = Literal["available", "few", "sold_out"]

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)

KINDS = {0: "", 1: "wheelchair", 2: "companion"}
"""The wire's ``kind`` of a numbered place, and the word that the table holds for it."""

CLOSEST = 6.0
"""Units. A seat is drawn about 8 wide and pitched at 10; nearer than this, two would cover each other."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = struct.Struct(">q16s")
_LAST_ID = uuid.UUID(int=2**128 - 1)


def is_slug(text: str) -> bool:
    return len(text) <= 120 and SLUG.fullmatch(text) is not None


def sales_state(
    now: datetime,
    *,
    event_state: str,
    state: str,
    starts_at: datetime,
    opens: datetime | None,
    closes: datetime | None,
) -> Sales:
    """Whether a performance can be bought at ``now``. Without a closing time, sales end when it starts."""
    if event_state != "published" or state != "scheduled" or now >= (closes or starts_at):
        return "closed"
    return "soon" if opens is not None and now < opens else "open"


def window_state(now: datetime, opens: datetime | None, closes: datetime | None) -> Sales:
    """Whether a ticket type is within its own window of sale at ``now``."""
    if closes is not None and now >= closes:
        return "closed"
    return "soon" if opens is not None and now < opens else "open"


def availability(free: int, total: int) -> Availability:
    """In words what a listing says: *few* from a tenth of the house down."""
    if free <= 0:
        return "sold_out"
    return "few" if free * 10 <= total else "available"


@dataclass(frozen=True)
class After:
    """Where a listing goes on: behind this (starts_at, performance id)."""

    starts_at: datetime
    id: uuid.UUID

    @classmethod
    def moment(cls, now: datetime) -> "After":
        """The start of a listing: everything that begins later than ``now``."""
        return cls(now, _LAST_ID)

    def encode(self) -> str:
        """32 characters that a URL needn't escape."""
        micros = (self.starts_at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(_CURSOR.pack(micros, self.id.bytes)).decode()

    @classmethod
    def decode(cls, cursor: str) -> "After":
        """Raises InvalidRequest for anything that ``encode`` wouldn't have made."""
        try:
            micros, key = _CURSOR.unpack(base64.b64decode(cursor.encode("ascii"), b"-_", validate=True))
            return cls(_EPOCH + timedelta(microseconds=micros), uuid.UUID(bytes=key))
        except (ValueError, binascii.Error, struct.error, OverflowError):
            raise InvalidRequest(
                "This cursor isn't one of ours.", errors=[{"field": "cursor", "message": "unknown cursor"}]
            ) from None


def search_words(q: str | None) -> list[str]:
    """The words of a search, at most six; control characters (a NUL would break the statement) part words."""
    if q is None:
        return []
    return "".join(letter if letter.isprintable() else " " for letter in q).split()[:6]


# -- price lists -------------------------------------------------------------------------------------------------------

MOST = 10_000_000
"""Minor units: the highest face value and fee we take, far from where integers of the tables end."""


@dataclass(frozen=True)
class PriceLine:
    """A ticket type of a category and what it costs: face value and fixed fee in minor units, a further fee of
    ``fee_bp`` basis points of the face value, tax of ``tax_bp`` basis points in them or, with ``tax_added``, on top.

    It is sold within its window, and so many of it in one order.
    """

    category: str
    name: str
    amount: int
    fee: int = 0
    tax_bp: int = 0
    fee_bp: int = 0
    tax_added: bool = False
    sales_open_at: datetime | None = None
    sales_close_at: datetime | None = None
    min_per_order: int = 1
    max_per_order: int | None = None

    @property
    def figures(self) -> tuple[Any, ...]:
        """What a version of the price list fixes; the rest counts as it is when an order is placed."""
        return (self.category, self.name, self.amount, self.fee, self.fee_bp, self.tax_bp, self.tax_added)

    @property
    def total(self) -> int:
        """What a buyer pays for such a ticket, as the column ``price.total`` has it."""
        net = self.amount + self.fee + portion(self.amount, self.fee_bp)
        return net + (portion(net, self.tax_bp) if self.tax_added else 0)


@dataclass(frozen=True)
class PriceList:
    """All that an organiser says about selling a performance: when, how many to a person, and as what."""

    sales_open_at: datetime | None
    sales_close_at: datetime
    max_per_account: int | None
    lines: tuple[PriceLine, ...]

    @property
    def etag(self) -> str:
        """The same for the same list, whoever reads it."""
        return hashlib.blake2b(repr(self).encode(), digest_size=12).hexdigest()


def price_list_of(performance: Any, rows: Iterable[Any]) -> PriceList:
    """From rows of ``queries.for_pricing`` and ``queries.price_lines``."""
    lines = (
        PriceLine(
            row.category,
            row.name,
            row.amount,
            row.fee - portion(row.amount, row.fee_bp),
            row.tax_bp,
            row.fee_bp,
            row.tax_added,
            _utc(row.sales_open_at),
            _utc(row.sales_close_at),
            row.min_per_order,
            row.max_per_order,
        )
        for row in rows
    )
    closes = (performance.sales_close_at or performance.starts_at).astimezone(UTC)
    return PriceList(_utc(performance.sales_open_at), closes, performance.max_per_account, tuple(lines))


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def check_price(line: PriceLine) -> None:
    """Raises InvalidRequest for figures out of range and windows or limits that nobody could meet."""
    where = f"category {line.category}, {line.name}"
    if not (0 <= line.amount <= MOST and 0 <= line.fee <= MOST):
        raise InvalidRequest(f"The price is out of range: {where}.")
    if not (0 <= line.tax_bp <= 10_000 and 0 <= line.fee_bp <= 10_000):
        raise InvalidRequest(f"A share of the price is out of range: {where}.")
    if not 1 <= line.min_per_order <= (line.max_per_order or line.min_per_order):
        raise InvalidRequest(f"An order can't have so few and so many tickets at once: {where}.")
    if line.sales_open_at and line.sales_close_at and line.sales_close_at <= line.sales_open_at:
        raise InvalidRequest(f"It would go off sale before it comes on sale: {where}.")


def check_lines(lines: Sequence[PriceLine], sold_as: set[str]) -> None:
    """Whether these lines price a map with the categories ``sold_as``.

    Raises InvalidRequest as :func:`check_price`, UnknownCategory, PricesIncomplete, TicketTypeTwice.
    """
    for line in lines:
        check_price(line)
    priced = {line.category for line in lines}
    if priced - sold_as:
        raise UnknownCategory(categories=sorted(priced - sold_as), known=sorted(sold_as))
    if sold_as - priced:
        raise PricesIncomplete(categories=sorted(sold_as - priced))
    named = [(line.category, line.name) for line in lines]
    twice = sorted({f"{category}: {name}" for category, name in named if named.count((category, name)) > 1})
    if twice:
        raise TicketTypeTwice(ticket_types=twice)


def check_price_list(wanted: PriceList, sold_as: set[str], minimum: int) -> None:
    """``minimum`` is the smallest amount above zero that can be paid, in minor units.

    Raises what :func:`check_lines` does, SaleWindowEmpty when the sale, or a ticket type within it, would never be
    open, PriceBelowMinimum for a ticket type whose smallest order couldn't be paid.
    """
    check_lines(wanted.lines, sold_as)
    opens, closes = wanted.sales_open_at, wanted.sales_close_at
    if opens is not None and closes <= opens:
        raise SaleWindowEmpty("The sale would end before it begins.", ticket_types=[])
    never = [
        line.name
        for line in wanted.lines
        if (line.sales_open_at and line.sales_open_at >= closes)
        or (line.sales_close_at and opens and line.sales_close_at <= opens)
    ]
    if never:
        raise SaleWindowEmpty(ticket_types=sorted(set(never)))
    cheap = sorted({line.name for line in wanted.lines if 0 < line.total * line.min_per_order < minimum})
    if cheap:
        raise PriceBelowMinimum(ticket_types=cheap, minimum=minimum)


# -- seat maps ---------------------------------------------------------------------------------------------------------


class Row(msgspec.Struct):
    label: str
    category: str
    seats: list[tuple[int, str, float, float, int]]


class Section(msgspec.Struct):
    name: str
    rows: list[Row]
    label_at: tuple[float, float]


class Area(msgspec.Struct):
    name: str
    category: str
    first_seat_no: int
    capacity: int
    polygon: list[tuple[float, float]]


class Stage(msgspec.Struct):
    x: float
    y: float
    width: float
    height: float
    label: str


class Layout(msgspec.Struct):
    """The layout format of docs/architecture.md: what the browser draws. 10 units are one seat pitch."""

    format: Literal["frontrow-seatmap"]
    version: Literal[1]
    name: str
    width: float
    height: float
    stage: Stage | None
    sections: list[Section]
    areas: list[Area]
    seat_count: int


@dataclass(frozen=True)
class Place:
    """One place of a map, as ``seat_place`` stores it."""

    seat_no: int
    kind: str
    access: str
    category: str
    section: str
    row: str
    label: str
    x: float
    y: float


def places_of(layout: dict[str, Any]) -> list[Place]:
    """All places of a layout, by number.

    Raises SeatMapInvalid unless the numbers run 1..n without gaps, every place has a category and words of its own,
    lies on the paper, and no two seats cover each other.
    """
    try:
        plan = msgspec.convert(layout, Layout)
    except msgspec.ValidationError as error:
        raise SeatMapInvalid(f"The layout isn't in our format: {error}.") from None
    places = sorted([*_seats(plan), *_standing(plan)], key=lambda place: place.seat_no)
    if not places or [place.seat_no for place in places] != list(range(1, len(places) + 1)):
        raise SeatMapInvalid("Seat numbers must run from 1 to the last without gaps or repeats.")
    if plan.seat_count != len(places):
        raise SeatMapInvalid(f"seat_count says {plan.seat_count}, but there are {len(places)} places.")
    for place in places:
        if not 1 <= len(place.category) <= 4 or not place.section:
            raise SeatMapInvalid(f"Seat {place.seat_no} needs a category of 1 to 4 letters and a section.")
        if not (0 <= place.x <= plan.width and 0 <= place.y <= plan.height):
            raise SeatMapInvalid(f"Seat {place.seat_no} lies outside the map.")
    numbered = [place for place in places if place.kind == "numbered"]
    words = {(place.section, place.row, place.label) for place in numbered}
    if len(words) != len(numbered):
        raise SeatMapInvalid("Two seats have the same section, row and label.")
    _refuse_overlap(numbered)
    return places


def categories_of(places: Iterable[Place]) -> list[str]:
    return sorted({place.category for place in places})


def _seats(plan: Layout) -> Iterable[Place]:
    for section in plan.sections:
        for row in section.rows:
            for seat_no, label, x, y, kind in row.seats:
                if kind not in KINDS:
                    raise SeatMapInvalid(f"Seat {seat_no} is of the unknown kind {kind}.")
                yield Place(seat_no, "numbered", KINDS[kind], row.category, section.name, row.label, label, x, y)


def _standing(plan: Layout) -> Iterable[Place]:
    for area in plan.areas:
        if area.capacity < 1 or len(area.polygon) < 3:
            raise SeatMapInvalid(f"The area {area.name!r} needs a capacity and at least three corners.")
        x = sum(corner[0] for corner in area.polygon) / len(area.polygon)
        y = sum(corner[1] for corner in area.polygon) / len(area.polygon)
        for at in range(area.capacity):
            yield Place(area.first_seat_no + at, "standing", "", area.category, area.name, "", "", x, y)


def _refuse_overlap(places: Iterable[Place]) -> None:
    """Compare each seat with those of its own and the eight neighbouring squares only: 50,000 seats in a moment."""
    squares: dict[tuple[int, int], list[Place]] = {}
    for place in places:
        if not (math.isfinite(place.x) and math.isfinite(place.y)):
            raise SeatMapInvalid(f"Seat {place.seat_no} has no point.")
        column, line = int(place.x // CLOSEST), int(place.y // CLOSEST)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for other in squares.get((column + dx, line + dy), ()):
                    if math.hypot(place.x - other.x, place.y - other.y) < CLOSEST:
                        raise SeatMapInvalid(f"Seats {other.seat_no} and {place.seat_no} cover each other.")
        squares.setdefault((column, line), []).append(place)
