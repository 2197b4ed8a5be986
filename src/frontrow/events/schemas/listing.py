"""What is on: by the list, by the day, by who puts it on, and what a list can be narrowed down to.

Prices and what is left are hints, a few seconds old; no sale is decided by them.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pydantic import BaseModel

from frontrow.events.queries import AnyRow
from frontrow.events.rules import Availability, availability
from frontrow.events.schemas.names import OrganiserName, VenueName, image_url


class EventSummary(BaseModel):
    """An event in a listing. ``starts_at``, ``venue`` and ``timezone`` are those of its next performance that fits what
    was asked for; the figures (also ``accessible``: a wheelchair place is free) are of all that fit. ``cancelled``: all
    that were to come are; then it is told of the first of them, and nothing can be had."""

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
    accessible: bool
    cancelled: bool


class EventPage(BaseModel):
    """``total`` is on the first page alone: how many events there are in all, up to 1,000; null if there are more.
    Cancelled events come on top of it, and of the page's length."""

    items: list[EventSummary]
    next_cursor: str | None
    total: int | None = None


class Facet(BaseModel):
    """A choice, and how many events there would be with it."""

    name: str
    count: int


class PriceRange(BaseModel):
    """The lowest and the highest from-price, minor units of ``currency``: the one that most of them are in."""

    least: int
    most: int
    currency: str


class Facets(BaseModel):
    """What a list can be narrowed down to. Each is counted with all filters but its own; the most frequent first."""

    cities: list[Facet]
    categories: list[Facet]
    price: PriceRange | None
    accessible: int


class CalendarPerformance(BaseModel):
    performance_id: uuid.UUID
    starts_at: datetime
    timezone: str
    event_slug: str
    title: str
    category: str
    venue: VenueName
    from_price: int | None
    currency: str
    availability: Availability


class CalendarDay(BaseModel):
    """A day of the venue's own calendar. ``count`` is all of its performances; the first twenty are told."""

    date: date
    count: int
    performances: list[CalendarPerformance]


class Calendar(BaseModel):
    """``month`` as YYYY-MM. Only days with a coming performance."""

    month: str
    days: list[CalendarDay]


class OrganiserPage(OrganiserName):
    """``description`` is plain text. Its events are in the list, with ``organiser`` as filter."""

    description: str
    upcoming_count: int


def summary_of(row: AnyRow, *, cancelled: bool = False) -> EventSummary:
    """From a row of ``queries.upcoming``, or of ``queries.cancelled``."""
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
        accessible=row.accessible,
        cancelled=cancelled,
    )


def calendar_of(month: str, rows: Iterable[AnyRow]) -> Calendar:
    """From rows of ``queries.calendar``, which come day by day."""
    days: list[CalendarDay] = []
    for row in rows:
        if not days or days[-1].date != row.on_date:
            days.append(CalendarDay(date=row.on_date, count=row.day_count, performances=[]))
        days[-1].performances.append(
            CalendarPerformance(
                performance_id=row.performance_id,
                starts_at=row.starts_at,
                timezone=row.timezone,
                event_slug=row.slug,
                title=row.title,
                category=row.category,
                venue=VenueName(name=row.venue_name, city=row.venue_city),
                from_price=row.from_price,
                currency=row.currency,
                availability=availability(row.seats_free, row.seats_total),
            )
        )
    return Calendar(month=month, days=days)


def facets_of(rows: Sequence[AnyRow]) -> Facets:
    """From rows of ``queries.facets``: (kind, name, count, least, most)."""

    def named(kind: str) -> list[Facet]:
        return [Facet(name=row.name, count=row.count) for row in rows if row.kind == kind]

    price = next((row for row in rows if row.kind == "price"), None)
    return Facets(
        cities=named("city"),
        categories=named("category"),
        price=PriceRange(least=price.least, most=price.most, currency=price.name) if price else None,
        accessible=next((row.count for row in rows if row.kind == "accessible"), 0),
    )


def organiser_page_of(row: AnyRow) -> OrganiserPage:
    """From a row of ``queries.organiser``."""
    return OrganiserPage(slug=row.slug, name=row.name, description=row.about, upcoming_count=row.upcoming_count)
