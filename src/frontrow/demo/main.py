"""``frontrow seed``: the demo data, in one transaction. What is there already stays as it is."""

import asyncio
import contextlib
import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import func, insert, select, update

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.log import set_up_logging
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.coupons import actions as coupons
from frontrow.coupons.actions import CouponWish
from frontrow.coupons.errors import CouponExists
from frontrow.demo.posters import POSTERS
from frontrow.demo.programme import (
    CURRENCY,
    HALLS,
    SHOWS,
    TAX_BP,
    TIMEZONE,
    Evening,
    Hall,
    InDays,
    OnWeekday,
    Show,
    fee_of,
    reduced,
)
from frontrow.events import actions as events
from frontrow.events.actions import PriceLine
from frontrow.events.models import Event, SeatMap, Venue
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.objects import NoSuchObjectError, ObjectStore, open_objects
from frontrow.people.actions import accounts
from frontrow.people.actions.passwords import Passwords
from frontrow.people.models import Organiser, User
from frontrow.seats import actions as seats
from frontrow.tickets.models import CheckinList

ORGANISER = ("frontrow-house", "Frontrow House")
PEOPLE = (
    ("anna@frontrow.example", "Anna Lindqvist", "owner"),
    ("door@frontrow.example", "Dag Doorman", "door"),
    ("ben@frontrow.example", "Ben Buyer", None),
)
COUPONS = (
    CouponWish("WELCOME10", percent_bp=1000),
    CouponWish("TENNER", amount=1000, currency=CURRENCY, min_purchase=4000, max_uses=100, per_account=1),
)
LEFT_OVER = 5
"""Seats that are still free on the evening that is nearly full."""

log = structlog.get_logger("frontrow.demo")


@dataclass(frozen=True)
class Seeded:
    """What this run added."""

    people: int
    events: int
    performances: int


def main() -> None:
    settings = Settings()
    set_up_logging("seed", settings.telemetry.log_level)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    rt = Runtime.open(settings)
    try:
        await seed(rt)
    finally:
        await rt.close()


async def seed(rt: Runtime, now: datetime | None = None) -> Seeded:
    """Add whatever of the demo is missing; dates count from ``now``. Safe to repeat."""
    store = open_objects(rt.settings.objects, Breaker("objects", rt.redis))
    try:
        known = await rt.db.read(_known_events)
        pictures = {show.slug: await _picture(store, show, known.get(show.slug)) for show in SHOWS}
        password_hash = await _password_hash(rt)

        async def work(tx: Tx) -> Seeded:
            # Thousands of rows a statement, perhaps on a machine that is busy starting everything else.
            await tx.sql("SET LOCAL statement_timeout = '60s'")
            organiser_id, people = await _people(tx, password_hash)
            await tx.act_for(organiser_id)
            halls = {name: await _hall(tx, organiser_id, hall) for name, hall in HALLS.items()}
            today = (now or clock.now()).astimezone(ZoneInfo(TIMEZONE))
            made, performances = 0, 0
            for show in SHOWS:
                if show.slug not in known:
                    made += 1
                    performances += len(show.evenings)
                    await _show(tx, organiser_id, show, pictures[show.slug], halls[show.hall], today)
                elif pictures[show.slug] != known[show.slug]:
                    await tx.execute(update(Event).where(Event.slug == show.slug).values(image_key=pictures[show.slug]))
            await _coupons(tx, organiser_id)
            return Seeded(people, made, performances)

        added = await rt.db.write(work)
    finally:
        await store.close()
    log.info("seeded", people=added.people, events=added.events, performances=added.performances)
    return added


async def _coupons(tx: Tx, organiser_id: uuid.UUID) -> None:
    """A share off everything, and a ten for those who buy for 40 or more, once each."""
    for wish in COUPONS:
        with contextlib.suppress(CouponExists):
            await coupons.create_coupon(tx, organiser_id, wish)


async def _known_events(tx: Tx) -> dict[str, str | None]:
    """The demo's events that exist, with the key of their picture."""
    rows = await tx.execute(select(Event.slug, Event.image_key).where(Event.slug.in_([show.slug for show in SHOWS])))
    return {row.slug: row.image_key for row in rows}


async def _picture(store: ObjectStore, show: Show, key: str | None) -> str:
    """The key of a show's poster, which is stored anew when somebody emptied the object storage."""
    if key is not None:
        try:
            await store.get(key)
            return key
        except NoSuchObjectError:
            pass
    return await store.put("events", "image/svg+xml", POSTERS[show.poster]())


async def _password_hash(rt: Runtime) -> str | None:
    """Made before the transaction opens: a tenth of a second of work is no reason to hold locks. None: all are here."""

    async def known(tx: Tx) -> int:
        emails = [email for email, _, _ in PEOPLE]
        return int((await tx.execute(select(func.count()).where(User.email.in_(emails)))).scalar_one())

    if await rt.db.read(known) == len(PEOPLE):
        return None
    passwords = Passwords(threads=1)
    try:
        return await passwords.hash(await rt.secrets.get("demo_password"))
    finally:
        passwords.close()


async def _people(tx: Tx, password_hash: str | None) -> tuple[uuid.UUID, int]:
    slug, name = ORGANISER
    organiser_id = (await tx.execute(select(Organiser.id).where(Organiser.slug == slug))).scalar_one_or_none()
    if organiser_id is None:
        organiser_id = await accounts.create_organiser(
            tx, slug, name, "A house for opera, theatre, music and talk, with a studio upstairs and a cellar below."
        )
    made = 0
    for email, called, role in PEOPLE:
        user_id = await accounts.create_user(tx, email, called, password_hash)
        made += user_id is not None
        if user_id is None:
            user_id = (await tx.execute(select(User.id).where(User.email == email))).scalar_one()
        if role is not None:
            await accounts.set_role(tx, organiser_id, user_id, role)
    return organiser_id, made


async def _hall(tx: Tx, organiser_id: uuid.UUID, hall: Hall) -> uuid.UUID:
    """The id of the hall's seat map."""
    known: uuid.UUID | None = (
        await tx.execute(
            select(SeatMap.id)
            .join(Venue, Venue.id == SeatMap.venue_id)
            .where(Venue.organiser_id == organiser_id, Venue.name == hall.venue)
            .order_by(SeatMap.version.desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    if known is not None:
        return known
    venue_id = await events.create_venue(
        tx, organiser_id, name=hall.venue, city="Helsinki", country="FI", timezone=TIMEZONE, address=hall.address
    )
    return await events.create_seat_map(tx, organiser_id, venue_id, hall.draw())


async def _show(
    tx: Tx, organiser_id: uuid.UUID, show: Show, image_key: str, seat_map_id: uuid.UUID, today: datetime
) -> None:
    event_id = await events.create_event(
        tx,
        organiser_id,
        slug=show.slug,
        title=show.title,
        subtitle=show.subtitle,
        description=show.text,
        category=show.category,
        currency=CURRENCY,
        image_key=image_key,
    )
    bands = HALLS[show.hall].bands
    kinds = {"": 10_000, **show.reductions}
    lines = [
        PriceLine(category, name or bands[category], reduced(amount, share), fee_of(reduced(amount, share)), TAX_BP)
        for category, amount in show.prices.items()
        for name, share in kinds.items()
    ]
    for at, evening in enumerate(show.evenings):
        starts_at = moment(today, evening)
        performance_id = await events.create_performance(
            tx,
            event_id,
            seat_map_id,
            starts_at=starts_at,
            doors_at=starts_at - timedelta(minutes=60 if show.hall == "great" else 30),
            ends_at=starts_at + timedelta(minutes=show.minutes),
        )
        await events.set_prices(tx, performance_id, lines)
        await tx.execute(
            insert(CheckinList).values(id=new_id(), organiser_id=organiser_id, performance_id=performance_id)
        )
        await seats.apply_map(tx, performance_id)
        if at == show.nearly_full:
            await _block_most(tx, performance_id)
    await events.publish(tx, event_id)


def moment(today: datetime, evening: Evening) -> datetime:
    """When an evening begins, in UTC; ``today`` carries the zone, whose offset of that very day counts."""
    match evening:
        case InDays(days):
            day = today.date() + timedelta(days=days)
        case OnWeekday(week, weekday):
            day = today.date() + timedelta(days=7 * week + 7 - today.weekday() + weekday)
    return datetime.combine(day, time(evening.hour, evening.minute), today.tzinfo).astimezone(ZoneInfo("UTC"))


async def _block_most(tx: Tx, performance_id: uuid.UUID) -> None:
    """Leave a few free seats apart from one another. Blocked seats need no order, so nobody is made to have paid."""
    await tx.sql(
        """UPDATE seat SET state = 'blocked', fence = fence + 1
            WHERE performance_id = :performance AND state = 'free'
              AND seat_no NOT IN (SELECT seat_no FROM seat WHERE performance_id = :performance
                                   ORDER BY (seat_no * 37) % 97, seat_no LIMIT :left_over)""",
        performance=performance_id,
        left_over=LEFT_OVER,
    )
    await seats.refresh_availability(tx, [performance_id])
