"""What is on, read in as few statements as a page needs. Everything here may run on the replica."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import aliased

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.events.models import Event, Performance, Price, SeatMap, TicketType, Venue
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


AnyRow = Any
"""A row by its columns' names (:class:`frontrow.core.rows.Row`)."""

_SPACE = literal_column("' '", Text)  # a literal, not a parameter: the index is only used for the very same expression


def _text() -> ColumnElement[str]:
    """What a search looks through, without accents or case; the index ``ix_event_search`` is on this expression."""
    return func.search_fold(Event.title + _SPACE + Event.subtitle + _SPACE + Event.description, type_=Text)


def _pattern(word: str) -> ColumnElement[str]:
    return func.search_fold("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%", type_=Text)


def _in_text(words: Sequence[str]) -> ColumnElement[bool]:
    """All words, also half-typed, are in the event's text, or the whole is nearly a part of it."""
    nearly = func.search_fold(" ".join(words), type_=Text).bool_op("<%")(_text())
    return or_(and_(*(_text().like(_pattern(word)) for word in words)), nearly)


async def _by_venue(tx: Tx, words: Sequence[str]) -> dict[tuple[str, ...], list[uuid.UUID]]:
    """Venues in whose name or city some of the words are, by the words that are left to be found in the text."""
    text = func.search_fold(Venue.name + _SPACE + Venue.city, type_=Text)
    named = [text.like(_pattern(word)) for word in words]
    found: dict[tuple[str, ...], list[uuid.UUID]] = {}
    for venue_id, *here in await tx.execute(select(Venue.id, *named).where(or_(*named))):
        left = tuple(word for word, is_here in zip(words, here, strict=True) if not is_here)
        found.setdefault(left, []).append(venue_id)
    return found


async def upcoming(
    tx: Tx, now: datetime, after: tuple[datetime, uuid.UUID], limit: int, words: Sequence[str] = ()
) -> Sequence[AnyRow]:
    """Published events in the order of their next performance, from behind ``after`` (start, id).

    A row has the event's columns, its organiser's, ``performance_id`` and ``starts_at`` of the next performance
    with its venue, and over all coming ones ``performance_count``, ``seats_free``, ``seats_total`` and ``from_price``.
    With ``words`` only events in whose text, or whose next performance's venue, they are found.
    """
    if not words:
        return (await tx.execute(_coming(now, after, limit))).all()
    # Several ways, each with the index that suits it, instead of one OR that no index could help.
    ways = [_coming(now, after, limit, _in_text(words))]
    for left, venues in (await _by_venue(tx, words)).items():
        in_text = (_text().like(_pattern(word)) for word in left)
        ways.append(_coming(now, after, limit, Performance.venue_id.in_(venues), *in_text))
    both = union(*(way.subquery().select() for way in ways)).subquery()
    return (await tx.execute(select(both).order_by(both.c.starts_at, both.c.performance_id).limit(limit))).all()


def _coming(
    now: datetime, after: tuple[datetime, uuid.UUID], limit: int, *conditions: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    earlier, every = aliased(Performance), aliased(Performance)
    comes_first = ~exists().where(
        earlier.event_id == Performance.event_id,
        earlier.state == "scheduled",
        earlier.starts_at > now,
        tuple_(earlier.starts_at, earlier.id) < tuple_(Performance.starts_at, Performance.id),
    )
    total = (
        select(
            func.count().label("performance_count"),
            func.sum(every.seats_free).label("seats_free"),
            func.sum(every.seats_total).label("seats_total"),
            func.min(every.from_price).label("from_price"),
            literal_column("false").label("accessible"),
        )
        .where(every.event_id == Event.id, every.state == "scheduled", every.starts_at > now)
        .lateral("total")
    )
    return (
        select(*_EVENT, *_VENUE, Performance.id.label("performance_id"), Performance.starts_at, *total.c)
        .select_from(Performance)
        .join(Event, Event.id == Performance.event_id)
        .join(Organiser, Organiser.id == Event.organiser_id)
        .join(Venue, Venue.id == Performance.venue_id)
        .join(total, true())
        .where(
            Event.state == "published",
            Performance.state == "scheduled",
            Performance.starts_at > now,
            Performance.starts_at >= after[0],
            tuple_(Performance.starts_at, Performance.id) > tuple_(*after),
            comes_first,
            *conditions,
        )
        .order_by(Performance.starts_at, Performance.id)
        .limit(limit)
    )


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
            Performance.from_price.label("to_price"),
            literal_column("0").label("wheelchair_free"),
            Performance.seats_total,
            Performance.seats_free,
            *_VENUE,
            Venue.address.label("venue_address"),
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


async def organiser_of_performance(tx: Tx, slug: str, performance_id: uuid.UUID) -> uuid.UUID:
    """The organiser at ``slug`` whose performance it is. Raises NotFound when it isn't theirs."""
    found = await tx.sql(
        """SELECT p.organiser_id FROM performance p JOIN organiser o ON o.id = p.organiser_id
            WHERE p.id = :performance AND o.slug = :slug""",
        performance=performance_id,
        slug=slug,
    )
    organiser_id: uuid.UUID | None = found.scalar_one_or_none()
    if organiser_id is None:
        raise NotFound
    return organiser_id


async def for_pricing(tx: Tx, performance_id: uuid.UUID, *, lock: bool = False) -> AnyRow:
    """What a price list hangs on: the sale of a performance, its currency and the categories of its map, by name.

    ``lock``: two price lists at once follow one another; it is weak enough for sales to go on meanwhile. Raises
    NotFound.
    """
    locking = "FOR NO KEY UPDATE OF p" if lock else ""
    row = (
        await tx.sql(
            f"""SELECT p.organiser_id, p.state, p.starts_at, p.sales_open_at, p.sales_close_at, p.max_per_account,
                      p.price_version, e.currency,
                      ARRAY(SELECT DISTINCT category FROM seat_place WHERE seat_map_id = p.seat_map_id ORDER BY 1)
                        AS categories
                 FROM performance p JOIN event e ON e.id = p.event_id WHERE p.id = :performance {locking}""",  # noqa: S608 -- two words of ours
            performance=performance_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


async def price_lines(tx: Tx, performance_id: uuid.UUID) -> Sequence[AnyRow]:
    """The present price list as it was put up, in the organiser's order."""
    found = await tx.sql(
        """SELECT t.category, t.name, pr.amount, pr.fee, pr.fee_bp, pr.tax_bp, pr.tax_added, t.sales_open_at,
                  t.sales_close_at, t.min_per_order, t.max_per_order
             FROM performance p JOIN ticket_type t ON t.performance_id = p.id
             JOIN price pr ON pr.ticket_type_id = t.id AND pr.version = p.price_version
            WHERE p.id = :performance ORDER BY t.position, t.category, t.name""",
        performance=performance_id,
    )
    return found.all()
