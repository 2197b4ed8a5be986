"""Verbs of the organiser's side: make a venue, a map, an event, a performance, a price list; publish.

Seat rows of a performance are made by ``seats.actions.apply_map`` alone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from frontrow.core.db import Tx
from frontrow.core.errors import InvalidRequest, NotFound
from frontrow.core.ids import new_id
from frontrow.core.money import portion
from frontrow.events.errors import NotReady, PricesIncomplete
from frontrow.events.models import Event, Performance, Price, SeatMap, SeatPlace, TicketType, Venue
from frontrow.events.rules import is_slug, places_of

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


async def create_venue(
    tx: Tx, organiser_id: uuid.UUID, *, name: str, city: str, country: str, timezone: str, address: str = ""
) -> uuid.UUID:
    """``country`` is ISO 3166 alpha-2, ``timezone`` an IANA zone. Raises InvalidRequest when there is no such zone."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
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


async def create_seat_map(tx: Tx, organiser_id: uuid.UUID, venue_id: uuid.UUID, layout: dict[str, Any]) -> uuid.UUID:
    """Store the next version of the venue's map of that name with its places. Raises SeatMapInvalid."""
    places = places_of(layout)
    seat_map_id = new_id()
    version = select(func.coalesce(func.max(SeatMap.version), 0) + 1).where(
        SeatMap.organiser_id == organiser_id, SeatMap.venue_id == venue_id, SeatMap.name == layout["name"]
    )
    await tx.execute(
        insert(SeatMap).values(
            id=seat_map_id,
            organiser_id=organiser_id,
            venue_id=venue_id,
            name=layout["name"],
            version=version.scalar_subquery(),
            layout=layout,
            seat_count=len(places),
        )
    )
    columns: dict[str, list[Any]] = {
        "seat_nos": [place.seat_no for place in places],
        "kinds": [place.kind for place in places],
        "accesses": [place.access for place in places],
        "categories": [place.category for place in places],
        "sections": [place.section for place in places],
        "rows": [place.row for place in places],
        "labels": [place.label for place in places],
        "xs": [place.x for place in places],
        "ys": [place.y for place in places],
    }
    # One statement with an array a column: 50,000 places in one round trip.
    await tx.sql(
        """INSERT INTO seat_place
             (seat_map_id, organiser_id, seat_no, kind, access, category, section, "row", label, x, y)
           SELECT CAST(:seat_map_id AS uuid), CAST(:organiser_id AS uuid), place.*
           FROM unnest(CAST(:seat_nos AS int[]), CAST(:kinds AS text[]), CAST(:accesses AS text[]),
                       CAST(:categories AS text[]), CAST(:sections AS text[]), CAST(:rows AS text[]),
                       CAST(:labels AS text[]), CAST(:xs AS float8[]), CAST(:ys AS float8[])) AS place""",
        seat_map_id=seat_map_id,
        organiser_id=organiser_id,
        **columns,
    )
    return seat_map_id


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
    return performance_id


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


def total_of(line: PriceLine) -> int:
    """What a buyer pays for such a ticket, as the column ``price.total`` has it."""
    net = line.amount + line.fee + portion(line.amount, line.fee_bp)
    return net + (portion(net, line.tax_bp) if line.tax_added else 0)


async def set_prices(tx: Tx, performance_id: uuid.UUID, lines: Sequence[PriceLine]) -> int:
    """Put up a new version of the whole price list and return its number; holds keep the version they were made at.

    The first line of a category is what its places are sold as unless the buyer chooses. A ticket type that isn't named
    any more is no longer sold. Raises NotFound, InvalidRequest for figures out of range, PricesIncomplete unless each
    category of the map has a price, and each name of a category one.
    """
    for line in lines:
        check_price(line)
    # The row lock makes two price lists at once follow one another. It is weak enough for sales to go on meanwhile.
    found = (
        await tx.execute(
            select(Performance.organiser_id, Performance.seat_map_id, Performance.price_version)
            .where(Performance.id == performance_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    sold_as = set(
        (
            await tx.execute(select(SeatPlace.category).where(SeatPlace.seat_map_id == found.seat_map_id).distinct())
        ).scalars()
    )
    if {line.category for line in lines} != sold_as:
        raise PricesIncomplete(f"The map has the categories {', '.join(sorted(sold_as))}: a price for each.")
    if len({(line.category, line.name) for line in lines}) != len(lines):
        raise PricesIncomplete("A ticket type is named twice in a category.")
    # Listings tell what most people pay: the first ticket type of each category, not the most reduced one.
    usual = {line.category: line for line in reversed(lines)}
    first = not (await tx.execute(select(exists().where(TicketType.performance_id == performance_id)))).scalar_one()
    version: int = found.price_version if first else found.price_version + 1
    types = upsert(TicketType).values(
        [
            {
                "id": new_id(),
                "organiser_id": found.organiser_id,
                "performance_id": performance_id,
                "category": line.category,
                "name": line.name,
                "position": at,
                "sales_open_at": line.sales_open_at,
                "sales_close_at": line.sales_close_at,
                "min_per_order": line.min_per_order,
                "max_per_order": line.max_per_order,
            }
            for at, line in enumerate(lines)
        ]
    )
    rules = ("position", "sales_open_at", "sales_close_at", "min_per_order", "max_per_order")
    ids = (
        await tx.execute(
            types.on_conflict_do_update(
                index_elements=["performance_id", "category", "name"],
                set_={name: types.excluded[name] for name in rules},
            ).returning(TicketType.id, TicketType.category, TicketType.name)
        )
    ).all()
    by_name = {(row.category, row.name): row.id for row in ids}
    await tx.execute(
        insert(Price).values(
            [
                {
                    "ticket_type_id": by_name[line.category, line.name],
                    "version": version,
                    "organiser_id": found.organiser_id,
                    "amount": line.amount,
                    "fee": line.fee + portion(line.amount, line.fee_bp),
                    "tax_bp": line.tax_bp,
                    "fee_bp": line.fee_bp,
                    "tax_added": line.tax_added,
                }
                for line in lines
            ]
        )
    )
    await tx.execute(
        update(Performance)
        .where(Performance.id == performance_id)
        .values(price_version=version, from_price=min(map(total_of, usual.values())))
    )
    return version


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
