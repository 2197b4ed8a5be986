"""Verbs of the organiser's side: make a venue, an event, a performance; publish. Maps and prices have their own files.

Seat rows of a performance are made by ``seats.actions.apply_map`` alone.
"""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg
from sqlalchemy import exists, insert, select, update

from frontrow.core.db import Tx
from frontrow.core.errors import InvalidRequest, NotFound
from frontrow.core.ids import new_id
from frontrow.events.errors import NotReady
from frontrow.events.messages import CATALOGUE
from frontrow.events.models import Event, Performance, Price, SeatMap, TicketType, Venue
from frontrow.events.rules import is_slug


async def create_venue(
    tx: Tx, organiser_id: uuid.UUID, *, name: str, city: str, country: str, timezone: str, address: str = ""
) -> uuid.UUID:
    """``country`` is ISO 3166 alpha-2, ``timezone`` an IANA zone. Raises InvalidRequest when there is no such zone."""
    try:
        ZoneInfo(timezone)
        # The database must know it, too: it counts the days of its calendar.
        await tx.sql("SELECT now() AT TIME ZONE CAST(:zone AS text)", zone=timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError, asyncpg.InvalidParameterValueError):
        raise InvalidRequest(f"There is no time zone called {timezone!r}.") from None
    venue_id = new_id()
    await tx.execute(
        insert(Venue).values(
            id=venue_id,
            organiser_id=organiser_id,
            name=name,
            city=city,
            country=country,
            timezone=timezone,
            address=address,
        )
    )
    return venue_id


async def create_event(
    tx: Tx,
    organiser_id: uuid.UUID,
    *,
    slug: str,
    title: str,
    currency: str,
    subtitle: str = "",
    description: str = "",
    category: str = "other",
    image_key: str | None = None,
) -> uuid.UUID:
    """A draft; ``description`` is plain text, a blank line between paragraphs. Raises InvalidRequest for a bad slug."""
    if not is_slug(slug):
        raise InvalidRequest("An event's address is made of a-z, 0-9 and single dashes.")
    event_id = new_id()
    await tx.execute(
        insert(Event).values(
            id=event_id,
            organiser_id=organiser_id,
            slug=slug,
            title=title,
            subtitle=subtitle,
            description=description,
            category=category,
            image_key=image_key,
            currency=currency,
        )
    )
    return event_id


async def create_performance(
    tx: Tx,
    event_id: uuid.UUID,
    seat_map_id: uuid.UUID,
    *,
    starts_at: datetime,
    doors_at: datetime | None = None,
    ends_at: datetime | None = None,
    sales_open_at: datetime | None = None,
    sales_close_at: datetime | None = None,
    max_per_account: int | None = None,
) -> uuid.UUID:
    """An evening in the map's venue; sales close when it starts unless told otherwise. It has no seats yet.

    ``max_per_account``: so many places may one account, or guest's address, have.

    Raises NotFound unless event and map are the same organiser's.
    """
    owned = (
        await tx.execute(
            select(Event.organiser_id, SeatMap.venue_id, SeatMap.seat_count)
            .join(SeatMap, SeatMap.organiser_id == Event.organiser_id)
            .where(Event.id == event_id, SeatMap.id == seat_map_id)
        )
    ).one_or_none()
    if owned is None:
        raise NotFound
    performance_id = new_id()
    await tx.execute(
        insert(Performance).values(
            id=performance_id,
            organiser_id=owned.organiser_id,
            event_id=event_id,
            venue_id=owned.venue_id,
            seat_map_id=seat_map_id,
            starts_at=starts_at,
            doors_at=doors_at,
            ends_at=ends_at,
            sales_open_at=sales_open_at,
            sales_close_at=sales_close_at or starts_at,
            max_per_account=max_per_account,
            seats_total=owned.seat_count,
            seats_free=owned.seat_count,
        )
    )
    tx.outdates(CATALOGUE)
    return performance_id


async def publish(tx: Tx, event_id: uuid.UUID) -> None:
    """Show an event to everybody. Safe to repeat. Raises NotReady unless a performance of it has prices."""
    priced = exists().where(
        Performance.event_id == event_id,
        Performance.state == "scheduled",
        TicketType.performance_id == Performance.id,
        Price.ticket_type_id == TicketType.id,
        Price.version == Performance.price_version,
    )
    if not (await tx.execute(select(priced))).scalar_one():
        raise NotReady
    await tx.execute(update(Event).where(Event.id == event_id, Event.state == "draft").values(state="published"))
    tx.outdates(CATALOGUE)
