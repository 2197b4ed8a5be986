"""Shapes on the wire. Money is in minor units of the ``currency`` beside it, and prices are all-in: fee included."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from frontrow.events.queries import AnyRow
from frontrow.events.rules import (
    MOST,
    Availability,
    PriceLine,
    PriceList,
    Sales,
    availability,
    sales_state,
    window_state,
)


class OrganiserName(BaseModel):
    slug: str
    name: str


class VenueName(BaseModel):
    name: str
    city: str


class VenueAddress(VenueName):
    address: str


class EventSummary(BaseModel):
    """An event in a listing; ``starts_at``, ``venue`` and ``timezone`` are those of its next performance."""

    id: uuid.UUID
    slug: str
    title: str
    subtitle: str
    category: str
    image_url: str | None
    organiser: OrganiserName
    venue: VenueName
    timezone: str
    currency: str
    starts_at: datetime
    performance_count: int
    from_price: int | None
    availability: Availability


class EventPage(BaseModel):
    items: list[EventSummary]
    next_cursor: str | None


class PerformanceSummary(BaseModel):
    id: uuid.UUID
    starts_at: datetime
    doors_at: datetime | None
    venue: VenueAddress
    sales: Sales
    sales_open_at: datetime | None
    from_price: int | None
    seats_total: int
    seats_free: int
    availability: Availability


class EventDetail(EventSummary):
    """``description`` is plain text; a blank line parts paragraphs."""

    description: str
    performances: list[PerformanceSummary]


class PerformanceEvent(BaseModel):
    slug: str
    title: str
    subtitle: str
    image_url: str | None


class PriceTag(BaseModel):
    """A ticket type: ``total`` = face ``amount`` + ``fee`` + the tax of ``tax_bp`` basis points if it is ``tax_added``
    (else it is in them). ``sales`` is its own window; the performance's counts, too. The first of a category is what
    its places are sold as unless the buyer chooses."""

    ticket_type_id: uuid.UUID
    category: str
    name: str
    amount: int
    fee: int
    tax_bp: int
    tax_added: bool
    total: int
    sales: Sales
    sales_open_at: datetime | None
    sales_close_at: datetime | None
    min_per_order: int
    max_per_order: int | None


class PerformanceDetail(BaseModel):
    id: uuid.UUID
    event: PerformanceEvent
    organiser: OrganiserName
    venue: VenueAddress
    timezone: str
    currency: str
    starts_at: datetime
    doors_at: datetime | None
    sales: Sales
    seat_map_id: uuid.UUID
    price_version: int
    prices: list[PriceTag]
    max_seats: int
    max_per_account: int | None
    hold_seconds: int


class SeatMapStage(BaseModel):
    x: float
    y: float
    width: float
    height: float
    label: str


class SeatMapRow(BaseModel):
    """A seat is ``[seat_no, label, x, y, kind]``; kind 0 is numbered, 1 a wheelchair place, 2 its companion's."""

    label: str
    category: str
    seats: list[tuple[int, str, float, float, int]]


class SeatMapSection(BaseModel):
    name: str
    rows: list[SeatMapRow]
    label_at: tuple[float, float]


class SeatMapArea(BaseModel):
    name: str
    category: str
    first_seat_no: int
    capacity: int
    polygon: list[tuple[float, float]]


class SeatMap(BaseModel):
    """An immutable version of a map; 10 units are one seat pitch, y grows away from the stage."""

    format: Literal["frontrow-seatmap"]
    version: int
    name: str
    width: float
    height: float
    stage: SeatMapStage | None
    sections: list[SeatMapSection]
    areas: list[SeatMapArea]
    seat_count: int


def image_url(key: str | None) -> str | None:
    return None if key is None else f"/media/{key}"


def summary_of(row: AnyRow) -> EventSummary:
    """From a row of ``queries.upcoming``."""
    return EventSummary(
        id=row.id,
        slug=row.slug,
        title=row.title,
        subtitle=row.subtitle,
        category=row.category,
        image_url=image_url(row.image_key),
        organiser=OrganiserName(slug=row.organiser_slug, name=row.organiser_name),
        venue=VenueName(name=row.venue_name, city=row.venue_city),
        timezone=row.timezone,
        currency=row.currency,
        starts_at=row.starts_at,
        performance_count=row.performance_count,
        from_price=row.from_price,
        availability=availability(row.seats_free, row.seats_total),
    )


def detail_of(event: AnyRow, rows: Iterable[AnyRow], now: datetime) -> EventDetail | None:
    """From rows of ``queries.event_by_slug`` and ``queries.performances_of``; None when there is no performance.

    A cancelled performance is only shown when there is no other, so that the page of an event that fell through still
    says where and when it would have been.
    """
    every = list(rows)
    shown = [row for row in every if row.state == "scheduled"] or every
    if not shown:
        return None
    coming = [row for row in shown if row.starts_at > now]
    counted = coming or shown[-1:]
    next_one = counted[0]
    return EventDetail(
        id=event.id,
        slug=event.slug,
        title=event.title,
        subtitle=event.subtitle,
        category=event.category,
        image_url=image_url(event.image_key),
        organiser=OrganiserName(slug=event.organiser_slug, name=event.organiser_name),
        venue=VenueName(name=next_one.venue_name, city=next_one.venue_city),
        timezone=next_one.timezone,
        currency=event.currency,
        starts_at=next_one.starts_at,
        performance_count=len(coming),
        from_price=min((row.from_price for row in counted if row.from_price is not None), default=None),
        availability=availability(sum(row.seats_free for row in counted), sum(row.seats_total for row in counted)),
        description=event.description,
        performances=[_performance_of(event.state, row, now) for row in shown],
    )


def _performance_of(event_state: str, row: AnyRow, now: datetime) -> PerformanceSummary:
    return PerformanceSummary(
        id=row.id,
        starts_at=row.starts_at,
        doors_at=row.doors_at,
        venue=VenueAddress(name=row.venue_name, city=row.venue_city, address=row.venue_address),
        sales=_sales_of(event_state, row, now),
        sales_open_at=row.sales_open_at,
        from_price=row.from_price,
        seats_total=row.seats_total,
        seats_free=row.seats_free,
        availability=availability(row.seats_free, row.seats_total),
    )


def performance_of(
    row: AnyRow, prices: Iterable[AnyRow], now: datetime, *, max_seats: int, hold_seconds: int
) -> PerformanceDetail:
    """From rows of ``queries.performance`` and ``queries.prices``."""
    return PerformanceDetail(
        id=row.performance_id,
        event=PerformanceEvent(
            slug=row.slug, title=row.title, subtitle=row.subtitle, image_url=image_url(row.image_key)
        ),
        organiser=OrganiserName(slug=row.organiser_slug, name=row.organiser_name),
        venue=VenueAddress(name=row.venue_name, city=row.venue_city, address=row.venue_address),
        timezone=row.timezone,
        currency=row.currency,
        starts_at=row.starts_at,
        doors_at=row.doors_at,
        sales=_sales_of(row.event_state, row, now),
        seat_map_id=row.seat_map_id,
        price_version=row.price_version,
        prices=[
            PriceTag(
                ticket_type_id=tag.ticket_type_id,
                category=tag.category,
                name=tag.name,
                amount=tag.amount,
                fee=tag.fee,
                tax_bp=tag.tax_bp,
                tax_added=tag.tax_added,
                total=tag.total,
                sales=window_state(now, tag.sales_open_at, tag.sales_close_at),
                sales_open_at=tag.sales_open_at,
                sales_close_at=tag.sales_close_at,
                min_per_order=tag.min_per_order,
                max_per_order=tag.max_per_order,
            )
            for tag in prices
        ],
        max_seats=max_seats,
        max_per_account=row.max_per_account,
        hold_seconds=hold_seconds,
    )


def _sales_of(event_state: str, row: AnyRow, now: datetime) -> Sales:
    return sales_state(
        now,
        event_state=event_state,
        state=row.state,
        starts_at=row.starts_at,
        opens=row.sales_open_at,
        closes=row.sales_close_at,
    )


class MoveRequest(BaseModel):
    """Times with their distance from UTC. Without ``venue_id`` a performance stays where it is."""

    starts_at: AwareDatetime
    doors_at: AwareDatetime | None = None
    venue_id: uuid.UUID | None = None


class Moved(BaseModel):
    """``move_no``: how often the performance has been moved."""

    move_no: int


Amount = Annotated[StrictInt, Field(ge=0, le=MOST)]
BasisPoints = Annotated[StrictInt, Field(ge=0, le=10_000)]
Count = Annotated[StrictInt, Field(ge=1, le=100_000)]


class PriceListLine(BaseModel):
    """A ticket type of a category: face value ``amount``; a fee of ``fee`` and ``fee_bp`` basis points of the face
    value; tax of ``tax_bp`` basis points in them, or on top if ``tax_added``. ``null`` times are the sale's own."""

    model_config = ConfigDict(extra="forbid")

    category: Annotated[str, Field(min_length=1, max_length=4)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
    amount: Amount
    fee: Amount = 0
    fee_bp: BasisPoints = 0
    tax_bp: BasisPoints = 0
    tax_added: StrictBool = False
    sales_open_at: AwareDatetime | None = None
    sales_close_at: AwareDatetime | None = None
    min_per_order: Count = 1
    max_per_order: Count | None = None


class PriceListRequest(BaseModel):
    """The whole list, in the order in which ticket types are offered: what isn't named isn't sold any more.

    Without ``sales_close_at`` sales end with the start. ``max_per_account`` is how many places a person may have.
    """

    model_config = ConfigDict(extra="forbid")

    sales_open_at: AwareDatetime | None = None
    sales_close_at: AwareDatetime | None = None
    max_per_account: Count | None = None
    ticket_types: Annotated[list[PriceListLine], Field(min_length=1, max_length=100)]

    def price_list(self, starts_at: datetime) -> PriceList:
        """With all times in UTC, so that the same moment is the same."""
        lines = tuple(
            PriceLine(**line.model_dump() | {name: _utc(getattr(line, name)) for name in _TIMES})
            for line in self.ticket_types
        )
        closes = (self.sales_close_at or starts_at).astimezone(UTC)
        return PriceList(_utc(self.sales_open_at), closes, self.max_per_account, lines)


_TIMES = ("sales_open_at", "sales_close_at")


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None


class PerformancePrices(PriceListRequest):
    """How a performance is sold now. ``categories`` are those of its map: each needs a price. ``smallest_charge`` is
    the smallest amount above zero that can be paid. All in minor units of ``currency``."""

    ticket_types: list[PriceListLine]
    sales_close_at: datetime
    currency: str
    categories: list[str]
    smallest_charge: int
    price_version: int


def prices_of(performance: AnyRow, now: PriceList, smallest_charge: int) -> PerformancePrices:
    """From a row of ``queries.for_pricing`` and the list as it is."""
    return PerformancePrices(
        sales_open_at=now.sales_open_at,
        sales_close_at=now.sales_close_at,
        max_per_account=now.max_per_account,
        ticket_types=[PriceListLine.model_construct(**vars(line)) for line in now.lines],
        currency=performance.currency,
        categories=performance.categories,
        smallest_charge=smallest_charge,
        price_version=performance.price_version,
    )
