"""``frontrow seed``: the demo data, in one transaction. What is there already stays as it is."""

import asyncio
import contextlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, update

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.log import set_up_logging
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.coupons import actions as coupons
from frontrow.coupons.actions import CouponWish
from frontrow.coupons.errors import CouponExists
from frontrow.demo.evenings import add_evenings, add_event
from frontrow.demo.posters import POSTERS
from frontrow.demo.programme import SHOWS
from frontrow.demo.programme.houses import COMPANIES, HALLS
from frontrow.demo.programme.words import Company, Hall, Show
from frontrow.events import actions as events
from frontrow.events.models import Event, SeatMap, Venue
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.objects import NoSuchObjectError, ObjectStore, open_objects
from frontrow.people.actions import accounts
from frontrow.people.actions.passwords import Passwords
from frontrow.people.models import Organiser, User

HOUSE = COMPANIES[0].slug
TEAM = (("door@frontrow.example", "Dag Doorman", "door"),)
"""Beside their owner, in the house's team."""
BUYERS = (("ben@frontrow.example", "Ben Buyer"),)
PEOPLE = (*(company.owner for company in COMPANIES), *(person[:2] for person in TEAM), *BUYERS)
COUPONS = (
    CouponWish("WELCOME10", percent_bp=1000),
    CouponWish("TENNER", amount=1000, currency="EUR", min_purchase=4000, max_uses=100, per_account=1),
)

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


async def seed(rt: Runtime, now: datetime | None = None, *, only: Collection[str] | None = None) -> Seeded:
    """Add whatever of the demo is missing; dates count from ``now``. Safe to repeat.

    ``only``: the slugs of the events that are wanted, with their halls and organisers; everything when None.
    """
    shows = [show for show in SHOWS if only is None or show.slug in only]
    store = open_objects(rt.settings.objects, Breaker("objects", rt.redis))
    try:
        known = await rt.db.read(lambda tx: _known_events(tx, shows))
        pictures = {show.slug: await _picture(store, show, known.get(show.slug)) for show in shows}
        password_hash = await _password_hash(rt)

        async def work(tx: Tx) -> Seeded:
            # Thousands of rows a statement, perhaps on a machine that is busy starting everything else.
            await tx.sql("SET LOCAL statement_timeout = '120s'")
            await tx.sql("SET LOCAL idle_in_transaction_session_timeout = '60s'")
            people = await _people(tx, password_hash)
            wanted = {HALLS[show.hall].company for show in shows} | {HOUSE}
            made = performances = 0
            for company in COMPANIES:
                if company.slug not in wanted:
                    continue
                organiser_id = await _company(tx, company)
                await tx.act_for(organiser_id)
                theirs = [show for show in shows if HALLS[show.hall].company == company.slug]
                missing = [show for show in theirs if show.slug not in known]
                halls = {show.hall: await _hall(tx, organiser_id, HALLS[show.hall]) for show in missing}
                for show in missing:
                    made += 1
                    performances += len(show.evenings)
                    event = await add_event(tx, organiser_id, company, show, pictures[show.slug])
                    await add_evenings(tx, organiser_id, company, show, event, halls[show.hall], now or clock.now())
                for show in theirs:
                    if show.slug in known and pictures[show.slug] != known[show.slug]:
                        picture = {"image_key": pictures[show.slug]}
                        await tx.execute(update(Event).where(Event.slug == show.slug).values(picture))
                if company.slug == HOUSE:
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


async def _password_hash(rt: Runtime) -> str | None:
    """Made before the transaction opens: a tenth of a second of work is no reason to hold locks. None: all are here."""

    async def known(tx: Tx) -> int:
        emails = [email for email, _ in PEOPLE]
        return int((await tx.execute(select(func.count()).where(User.email.in_(emails)))).scalar_one())

    if await rt.db.read(known) == len(PEOPLE):
        return None
    passwords = Passwords(threads=1)
    try:
        return await passwords.hash(await rt.secrets.get("demo_password"))
    finally:
        passwords.close()


async def _people(tx: Tx, password_hash: str | None) -> int:
    """Make the accounts that are missing; returns how many."""
    if password_hash is None:
        return 0
    made = [await accounts.create_user(tx, email, called, password_hash) for email, called in PEOPLE]
    return sum(user_id is not None for user_id in made)


async def _company(tx: Tx, company: Company) -> uuid.UUID:
    """The organiser's id; its team is made with it."""
    known: uuid.UUID | None = (
        await tx.execute(select(Organiser.id).where(Organiser.slug == company.slug))
    ).scalar_one_or_none()
    if known is not None:
        return known
    organiser_id = await accounts.create_organiser(tx, company.slug, company.name, company.about)
    roles = {company.owner[0]: "owner", **{email: role for email, _, role in TEAM if company.slug == HOUSE}}
    for row in await tx.execute(select(User.id, User.email).where(User.email.in_(roles))):
        await accounts.set_role(tx, organiser_id, row.id, roles[row.email])
    return organiser_id


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
    return await events.create_seat_map(tx, organiser_id, venue_id, hall.draw())
