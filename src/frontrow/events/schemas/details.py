"""An event, and an evening of it with its prices."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel

from frontrow.events.queries import AnyRow
from frontrow.events.rules import Availability, Sales, availability, sales_state, window_state
from frontrow.events.schemas.listing import EventSummary
from frontrow.events.schemas.names import OrganiserName, VenueAddress, VenueName, image_url


class PerformanceSummary(BaseModel):
    """An evening of an event. ``from_price`` to ``to_price`` is what its tickets cost, fee included; ``accessible``:
    a wheelchair place is free (a hint, as what is left is)."""

    id: uuid.UUID
    starts_at: datetime
    doors_at: datetime | None
    ends_at: datetime | None
    cancelled: bool
    venue: VenueAddress
    sales: Sales
    sales_open_at: datetime | None
    from_price: int | None
    to_price: int | None
    seats_total: int
    seats_free: int
    availability: Availability
    accessible: bool


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
    cancelled: bool
    sales: Sales
    seat_map_id: uuid.UUID
    price_version: int
    prices: list[PriceTag]
    max_seats: int
    max_per_account: int | None
    hold_seconds: int


def detail_of(event: AnyRow, rows: Iterable[AnyRow], now: datetime) -> EventDetail | None:
    """From rows of ``queries.event_by_slug`` and ``queries.performances_of``; None when there is no performance.

    A cancelled performance is shown until its time has passed, and after that only when there is no other, so that the
    page of an event that fell through still says where and when it would have been. What it cost and had free counts
    no more.
    """
    every = list(rows)
    shown = [row for row in every if row.state == "scheduled" or row.starts_at > now] or every
    if not shown:
        return None
    coming = [row for row in shown if row.starts_at > now and row.state == "scheduled"]
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
        accessible=any(row.wheelchair_free > 0 for row in counted),
        cancelled=event.state == "cancelled" or all(row.state == "cancelled" for row in shown),
        description=event.description,
        performances=[_performance_of(event.state, row, now) for row in shown],
    )


def _performance_of(event_state: str, row: AnyRow, now: datetime) -> PerformanceSummary:
    return PerformanceSummary(
        id=row.id,
        starts_at=row.starts_at,
        doors_at=row.doors_at,
        ends_at=row.ends_at,
        cancelled=row.state == "cancelled",
        venue=VenueAddress(name=row.venue_name, city=row.venue_city, address=row.venue_address),
        sales=_sales_of(event_state, row, now),
        sales_open_at=row.sales_open_at,
        from_price=row.from_price,
        to_price=row.to_price,
        seats_total=row.seats_total,
        seats_free=row.seats_free,
        availability=availability(row.seats_free, row.seats_total),
        accessible=row.wheelchair_free > 0,
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
        cancelled="cancelled" in {row.state, row.event_state},
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
