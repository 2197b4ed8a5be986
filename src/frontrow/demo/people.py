"""Who is in the demo: organisers with their owners, a team, a buyer. All have one password."""

import uuid

from sqlalchemy import func, select

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.demo.programme.houses import COMPANIES
from frontrow.demo.programme.words import Company
from frontrow.people.actions import accounts
from frontrow.people.actions.passwords import Passwords
from frontrow.people.models import Organiser, User

HOUSE = COMPANIES[0].slug
TEAM = (("door@frontrow.example", "Dag Doorman", "door"),)
"""Beside their owner, in the house's team."""
BUYERS = (("ben@frontrow.example", "Ben Buyer"),)
PEOPLE = (*(company.owner for company in COMPANIES), *(person[:2] for person in TEAM), *BUYERS)


async def hashed_password(rt: Runtime) -> str | None:
    """Made before a transaction opens: a tenth of a second of work is no reason to hold locks. None: all are here."""

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


async def add_people(tx: Tx, password_hash: str | None) -> int:
    """Make the accounts that are missing; returns how many."""
    if password_hash is None:
        return 0
    made = [await accounts.create_user(tx, email, called, password_hash, verified=True) for email, called in PEOPLE]
    return sum(user_id is not None for user_id in made)


async def add_company(tx: Tx, company: Company) -> uuid.UUID:
    """The organiser's id; its team, whose accounts are there, is made with it."""
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
