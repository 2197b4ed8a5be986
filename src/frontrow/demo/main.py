"""``frontrow seed``: the demo data. What is there already stays as it is.

A transaction an organiser, two at once: whoever is killed in between leaves whole organisers behind, and the next run
adds the others.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select, update

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.log import set_up_logging
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.coupons import actions as coupons
from frontrow.coupons.actions import CouponWish
from frontrow.coupons.errors import CouponExists
from frontrow.demo.drawn import drawn
from frontrow.demo.evenings import add_evenings, add_event
from frontrow.demo.people import HOUSE, add_company, add_people, hashed_password
from frontrow.demo.posters import POSTERS
from frontrow.demo.programme import SHOWS
from frontrow.demo.programme.houses import COMPANIES, HALLS
from frontrow.demo.programme.words import Company, Hall, Show
from frontrow.events import actions as events
from frontrow.events.models import Event, SeatMap, Venue
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.objects import NoSuchObjectError, ObjectStore, open_objects

COUPONS = (
    CouponWish("WELCOME10", percent_bp=1000),
    CouponWish("TENNER", amount=1000, currency="EUR", min_purchase=4000, max_uses=100, per_account=1),
)
AT_ONCE = 2
"""Organisers. One's statements are written while the database works on the other's."""

log = structlog.get_logger("frontrow.demo")


@dataclass(frozen=True)
class Seeded:
    """What a run added."""

    people: int
    events: int
    performances: int


def main() -> None:
    settings = Settings()
    set_up_logging("seed", settings.telemetry.log_level)
    asyncio.run(run(settings))


async def run(settings: Settings) -> None:
    rt = Runtime.open(settings)
    try:
        await seed(rt)
    finally:
        await rt.close()


async def seed(rt: Runtime, now: datetime | None = None, *, only: Collection[str] | None = None) -> Seeded:
    """Add whatever of the demo is missing; dates count from ``now``. Safe to repeat, also after it was killed.

    ``only``: the slugs of the events that are wanted, with their halls and organisers; everything when None.
    """
    now = now or clock.now()
    shows = [show for show in SHOWS if only is None or show.slug in only]
    store = open_objects(rt.settings.objects, Breaker("objects", rt.redis))
    try:
        known = await rt.db.read(lambda tx: _known_events(tx, shows))
        pictures = {show.slug: await _picture(store, show, known.get(show.slug)) for show in shows}
    finally:
        await store.close()
    password_hash = await hashed_password(rt)
    people = await rt.db.write(lambda tx: add_people(tx, password_hash))
    turns = asyncio.Semaphore(AT_ONCE)

    async def add(company: Company) -> list[Show]:
        theirs = [show for show in shows if HALLS[show.hall].company == company.slug]
        if not theirs and company.slug != HOUSE:
            return []
        async with turns:
            return await rt.db.write(lambda tx: _add(tx, company, theirs, known, pictures, now))

    # Who has the largest halls to lay out goes first: the others are done beside it.
    missing = [show for show in shows if show.slug not in known]
    in_turn = sorted(COMPANIES, key=lambda company: -_places(company, missing))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(add(company)) for company in in_turn]
    made = [show for task in tasks for show in task.result()]
    added = Seeded(people, len(made), sum(len(show.evenings) for show in made))
    log.info("seeded", people=added.people, events=added.events, performances=added.performances)
    return added


def _places(company: Company, shows: Sequence[Show]) -> int:
    """How many the halls of an organiser's shows have together."""
    halls = {show.hall for show in shows if HALLS[show.hall].company == company.slug}
    return sum(len(drawn(HALLS[hall].draw)[1]) for hall in halls)


async def _add(
    tx: Tx,
    company: Company,
    shows: Sequence[Show],
    known: Mapping[str, str | None],
    pictures: Mapping[str, str],
    now: datetime,
) -> list[Show]:
    """An organiser with all that is theirs; returns the shows that were missing."""
    # Thousands of rows a statement, perhaps on a machine that is busy starting everything else.
    await tx.sql("SET LOCAL statement_timeout = '120s'")
    await tx.sql("SET LOCAL idle_in_transaction_session_timeout = '60s'")
    await tx.sql("SET LOCAL work_mem = '64MB'")
    organiser_id = await add_company(tx, company)
    await tx.act_for(organiser_id)
    missing = [show for show in shows if show.slug not in known]
    halls = {show.hall: await _hall(tx, organiser_id, HALLS[show.hall]) for show in missing}
    for show in missing:
        event = await add_event(tx, organiser_id, company, show, pictures[show.slug])
        await add_evenings(tx, organiser_id, company, show, event, halls[show.hall], now)
    for show in shows:
        if show.slug in known and pictures[show.slug] != known[show.slug]:
            picture = {"image_key": pictures[show.slug]}
            await tx.execute(update(Event).where(Event.slug == show.slug).values(picture))
    if company.slug == HOUSE:
        await _coupons(tx, organiser_id)
    return missing


async def _coupons(tx: Tx, organiser_id: uuid.UUID) -> None:
    """A share off everything, and a ten for those who buy for 40 or more, once each."""
    for wish in COUPONS:
        with contextlib.suppress(CouponExists):
            await coupons.create_coupon(tx, organiser_id, wish)


async def _known_events(tx: Tx, shows: Sequence[Show]) -> dict[str, str | None]:
    """The demo's events that exist, with the key of their picture."""
    rows = await tx.execute(select(Event.slug, Event.image_key).where(Event.slug.in_([show.slug for show in shows])))
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


async def _hall(tx: Tx, organiser_id: uuid.UUID, hall: Hall) -> uuid.UUID:
    """The id of the hall's seat map."""
    known: uuid.UUID | None = (
        await tx.execute(
            select(SeatMap.id)
            .join(Venue, Venue.id == SeatMap.venue_id)
            .where(Venue.organiser_id == organiser_id, Venue.name == hall.venue, SeatMap.name == hall.plan)
            .order_by(SeatMap.version.desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    if known is not None:
        return known
    venue_id: uuid.UUID | None = (
        await tx.execute(select(Venue.id).where(Venue.organiser_id == organiser_id, Venue.name == hall.venue).limit(1))
    ).scalar_one_or_none()
    if venue_id is None:
        venue_id = await events.create_venue(
            tx,
            organiser_id,
            name=hall.venue,
            city=hall.city,
            country=hall.country,
            timezone=hall.timezone,
            address=hall.address,
        )
    return await events.create_seat_map(tx, organiser_id, venue_id, *drawn(hall.draw))
