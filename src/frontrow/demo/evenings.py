"""An event of the programme with its evenings: prices, seats, and how much of the house is gone."""

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.demo.programme.houses import HALLS
from frontrow.demo.programme.words import Company, Evening, Hall, InDays, OnWeekday, Show, fee_of, reduced
from frontrow.events import actions as events
from frontrow.events.actions import PriceLine
from frontrow.seats import actions as seats
from frontrow.tickets.models import CheckinList

LEFT_OVER = 5
"""Seats that are still free on the evening that is nearly full."""


async def add_event(tx: Tx, organiser_id: uuid.UUID, company: Company, show: Show, image_key: str) -> uuid.UUID:
    return await events.create_event(
        tx,
        organiser_id,
        slug=show.slug,
        title=show.title,
        subtitle=show.subtitle,
        description=show.text,
        category=show.category,
        currency=company.currency,
        image_key=image_key,
    )


async def add_evenings(
    tx: Tx,
    organiser_id: uuid.UUID,
    company: Company,
    show: Show,
    event_id: uuid.UUID,
    seat_map_id: uuid.UUID,
    now: datetime,
) -> None:
    hall = HALLS[show.hall]
    today = now.astimezone(ZoneInfo(hall.timezone))
    lines = _price_lines(show, hall, company.currency)
    for at, evening in enumerate(show.evenings):
        starts_at = moment(today, evening)
        performance_id = await events.create_performance(
            tx,
            event_id,
            seat_map_id,
            starts_at=starts_at,
            doors_at=starts_at - timedelta(minutes=hall.doors),
            ends_at=starts_at + timedelta(minutes=show.minutes),
            sales_open_at=None if show.on_sale_in is None else moment(today, InDays(show.on_sale_in, 10)),
            max_per_account=show.most,
        )
        await events.set_prices(tx, performance_id, lines)
        await tx.execute(
            insert(CheckinList).values(id=new_id(), organiser_id=organiser_id, performance_id=performance_id)
        )
        await seats.apply_map(tx, performance_id, await _gone(tx, seat_map_id, show, at))
    await events.publish(tx, event_id)


def _price_lines(show: Show, hall: Hall, currency: str) -> list[PriceLine]:
    """The usual ticket first, called as its part of the house is, then the others."""
    lines = []
    for category, amount in show.prices.items():
        for name, share in {hall.bands[category]: 10_000, **show.reductions}.items():
            price = reduced(amount, share, currency)
            lines.append(PriceLine(category, name, price, fee_of(price, currency), hall.tax_bp))
    return lines


def moment(today: datetime, evening: Evening) -> datetime:
    """When an evening begins, in UTC; ``today`` carries the zone, whose offset of that very day counts."""
    match evening:
        case InDays(days):
            day = today.date() + timedelta(days=days)
        case OnWeekday(week, weekday):
            day = today.date() + timedelta(days=7 * week + 7 - today.weekday() + weekday)
    return datetime.combine(day, time(evening.hour, evening.minute), today.tzinfo).astimezone(ZoneInfo("UTC"))


async def _gone(tx: Tx, seat_map_id: uuid.UUID, show: Show, at: int) -> list[int]:
    """The numbers of the seats that are gone already on a show's evening. They are blocked from the start: blocked
    seats need no order, so nobody is made to have paid."""
    if at == show.nearly_full:
        return await _most(tx, seat_map_id)
    return await _some(tx, seat_map_id, show.sold[at], at) if at < len(show.sold) else []


async def _most(tx: Tx, seat_map_id: uuid.UUID) -> list[int]:
    """All but a few seats apart from one another."""
    found = await tx.sql(
        """SELECT seat_no FROM seat_place
            WHERE seat_map_id = :map
              AND seat_no NOT IN (SELECT seat_no FROM seat_place WHERE seat_map_id = :map
                                   ORDER BY (seat_no * 37) % 97, seat_no LIMIT :left_over)""",
        map=seat_map_id,
        left_over=LEFT_OVER,
    )
    return list(found.scalars())


async def _some(tx: Tx, seat_map_id: uuid.UUID, share: float, salt: int) -> list[int]:
    """A share of the house as buyers would have it: by twos to fives side by side, more of them where one sees well.

    Everything when ``share`` is 1. Wheelchair and companion places stay free unless everything goes.
    """
    await seats.find_spots(tx, seat_map_id)
    found = await tx.sql(
        """WITH spot AS (
             SELECT seat_no, percent_rank() OVER (ORDER BY cost) AS far,
                    hashint4(run * 97 + (at + (hashint4(run) & 7)) / (2 + (hashint4(run + :salt) & 3)) + :salt) AS party
               FROM seat_spot WHERE seat_map_id = :map AND access = '')
           SELECT seat_no FROM spot WHERE (party & 1023) < 1024 * CAST(:share AS float8) * (1.5 - far)
            UNION ALL
           SELECT seat_no FROM seat_place
            WHERE seat_map_id = :map
              AND (:share >= 1
                   OR kind = 'standing' AND (hashint4(seat_no + :salt) & 1023) < 1024 * CAST(:share AS float8))""",
        map=seat_map_id,
        share=share,
        salt=salt * 7919,
    )
    return list(found.scalars())
