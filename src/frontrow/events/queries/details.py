"""An event with its performances, a performance with its prices, the map of a house."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select

from frontrow.core.db import Tx
from frontrow.events.models import Event, Performance, PerformanceMove, Price, SeatMap, TicketType, Venue
from frontrow.events.queries.rows import AnyRow
from frontrow.people.models import Organiser

_EVENT = (
    Event.id,
    Event.slug,
    Event.title,
    Event.subtitle,
    Event.category,
    Event.image_key,
    Event.currency,
    Organiser.slug.label("organiser_slug"),
    Organiser.name.label("organiser_name"),
)
_VENUE = (Venue.name.label("venue_name"), Venue.city.label("venue_city"), Venue.timezone)


async def event_by_slug(tx: Tx, slug: str) -> AnyRow | None:
    """A published or cancelled event; a draft is nobody's business."""
    statement = (
        select(*_EVENT, Event.description, Event.state)
        .join(Organiser, Organiser.id == Event.organiser_id)
        .where(Event.slug == slug, Event.state != "draft")
    )
    return (await tx.execute(statement)).one_or_none()


async def performances_of(tx: Tx, event_id: uuid.UUID) -> Sequence[AnyRow]:
    """All performances of an event with their venues, by time; at most 500."""
    dearest = (
        select(func.max(Price.total))
        .join(TicketType, TicketType.id == Price.ticket_type_id)
        .where(TicketType.performance_id == Performance.id, Price.version == Performance.price_version)
        .scalar_subquery()
    )
    before = (
        select(PerformanceMove.starts_at_before)
        .where(PerformanceMove.performance_id == Performance.id, PerformanceMove.move_no == Performance.move_no)
        .scalar_subquery()
    )
    statement: Select[*tuple[Any, ...]] = (
        select(
            Performance.id,
            Performance.state,
            Performance.starts_at,
            Performance.doors_at,
            Performance.ends_at,
            Performance.sales_open_at,
            Performance.sales_close_at,
            Performance.from_price,
            dearest.label("to_price"),
            Performance.wheelchair_free,
            Performance.move_no,
            Performance.seats_total,
            Performance.seats_free,
            *_VENUE,
            Venue.address.label("venue_address"),
            Venue.country,
            before.label("starts_at_before"),
        )
        .join(Venue, Venue.id == Performance.venue_id)
        .where(Performance.event_id == event_id)
        .order_by(Performance.starts_at, Performance.id)
        .limit(500)
    )
    return (await tx.execute(statement)).all()


async def performance(tx: Tx, performance_id: uuid.UUID) -> AnyRow | None:
    """A performance of an event that isn't a draft, with event, organiser and venue."""
    statement = (
        select(
            *_EVENT,
            *_VENUE,
            Venue.address.label("venue_address"),
            Event.state.label("event_state"),
            Performance.id.label("performance_id"),
            Performance.state,
            Performance.starts_at,
            Performance.doors_at,
            Performance.ends_at,
            Performance.move_no,
            Performance.sales_open_at,
            Performance.sales_close_at,
            Performance.seat_map_id,
            Performance.price_version,
            Performance.max_per_account,
        )
        .select_from(Performance)
        .join(Event, Event.id == Performance.event_id)
        .join(Organiser, Organiser.id == Event.organiser_id)
        .join(Venue, Venue.id == Performance.venue_id)
        .where(Performance.id == performance_id, Event.state != "draft")
    )
    return (await tx.execute(statement)).one_or_none()


async def prices(tx: Tx, performance_id: uuid.UUID, version: int) -> Sequence[AnyRow]:
    """The price list of a performance in one version, and the rules of its ticket types, in the organiser's order."""
    statement = (
        select(
            TicketType.id.label("ticket_type_id"),
            TicketType.category,
            TicketType.name,
            Price.amount,
            Price.fee,
            Price.tax_bp,
            Price.tax_added,
            Price.total,
            TicketType.sales_open_at,
            TicketType.sales_close_at,
            TicketType.min_per_order,
            TicketType.max_per_order,
        )
        .join(Price, Price.ticket_type_id == TicketType.id)
        .where(TicketType.performance_id == performance_id, Price.version == version)
        .order_by(TicketType.position, TicketType.category, TicketType.name)
    )
    return (await tx.execute(statement)).all()


async def public_layout(tx: Tx, seat_map_id: uuid.UUID) -> dict[str, Any] | None:
    """The layout of a map that a performance of a published (or cancelled) event uses, without whence it came."""
    shown = exists().where(
        Performance.seat_map_id == SeatMap.id, Event.id == Performance.event_id, Event.state != "draft"
    )
    found: dict[str, Any] | None = (
        await tx.execute(select(SeatMap.layout.op("-")("origin")).where(SeatMap.id == seat_map_id, shown))
    ).scalar_one_or_none()
    return found
