"""Reads about accounts, teams and sessions."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from frontrow.core.db import Tx
from frontrow.people.models import LoginSession, OAuthIdentity, Organiser, TeamMember, User


@dataclass(frozen=True)
class Credentials:
    """What a log-in is decided by."""

    user_id: uuid.UUID
    password_hash: str | None
    disabled: bool
    email_verified: bool


@dataclass(frozen=True)
class Membership:
    """An organiser that a person works for, and as what (``owner``, ``manager`` or ``door``)."""

    id: uuid.UUID
    slug: str
    name: str
    role: str


@dataclass(frozen=True)
class Person:
    id: uuid.UUID
    email: str
    name: str
    locale: str
    email_verified: bool
    organisers: tuple[Membership, ...]


_CREDENTIALS = select(User.id, User.password_hash, User.disabled_at.is_not(None), User.email_verified_at.is_not(None))


async def credentials(tx: Tx, email: str) -> Credentials | None:
    """The account of an address (in lower case)."""
    row = (await tx.execute(_CREDENTIALS.where(User.email == email))).one_or_none()
    return None if row is None else Credentials(*row)


async def user_of_subject(tx: Tx, provider: str, subject: str) -> Credentials | None:
    """The account that a provider's subject logs in to."""
    linked = select(OAuthIdentity.user_id).where(OAuthIdentity.provider == provider, OAuthIdentity.subject == subject)
    row = (await tx.execute(_CREDENTIALS.where(User.id.in_(linked)))).one_or_none()
    return None if row is None else Credentials(*row)


async def person(tx: Tx, user_id: uuid.UUID) -> Person | None:
    """A person with their teams; None when the account is gone or disabled."""
    row = (
        await tx.execute(
            select(
                User.id, User.email, User.name, User.locale, User.email_verified_at.is_not(None).label("verified")
            ).where(User.id == user_id, User.disabled_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        return None
    return Person(row.id, row.email, row.name, row.locale, row.verified, await memberships(tx, user_id))


@dataclass(frozen=True)
class Proof:
    """A link that is to be mailed: to whom, and in which language."""

    id: uuid.UUID
    email: str
    name: str
    locale: str


async def proof_to_mail(tx: Tx, proof_id: uuid.UUID) -> Proof | None:
    """None when nobody needs it any more: it was used, has lapsed, or the address has another proof."""
    row = (
        await tx.sql(
            """SELECT p.id, p.email, u.name, u.locale FROM email_proof p JOIN user_account u ON u.id = p.user_id
                WHERE p.id = :proof AND p.used_at IS NULL AND p.expires_at > clock_timestamp()
                  AND u.email = p.email AND u.email_verified_at IS NULL AND u.disabled_at IS NULL""",
            proof=proof_id,
        )
    ).one_or_none()
    return Proof(**row._mapping) if row else None


async def memberships(tx: Tx, user_id: uuid.UUID) -> tuple[Membership, ...]:
    """The teams of a person, by name of the organiser."""
    rows = await tx.execute(
        select(Organiser.id, Organiser.slug, Organiser.name, TeamMember.role)
        .join(TeamMember, TeamMember.organiser_id == Organiser.id)
        .where(TeamMember.user_id == user_id)
        .order_by(Organiser.name, Organiser.id)
    )
    return tuple(Membership(row.id, row.slug, row.name, row.role) for row in rows)


async def role_in(tx: Tx, user_id: uuid.UUID, organiser_id: uuid.UUID) -> str | None:
    """A person's role in an organiser's team."""
    found: str | None = (
        await tx.execute(
            select(TeamMember.role).where(TeamMember.organiser_id == organiser_id, TeamMember.user_id == user_id)
        )
    ).scalar_one_or_none()
    return found


async def organisers_with_role(tx: Tx, user_id: uuid.UUID, roles: Collection[str]) -> list[uuid.UUID]:
    """The organisers in whose teams a person has one of these roles."""
    rows = await tx.execute(
        select(TeamMember.organiser_id).where(TeamMember.user_id == user_id, TeamMember.role.in_(roles))
    )
    return list(rows.scalars())


async def session_is_live(tx: Tx, session_id: uuid.UUID) -> bool:
    """Whether a log-in session still stands and its account isn't disabled. The database's clock decides."""
    row = await tx.execute(
        select(LoginSession.id)
        .join(User, User.id == LoginSession.user_id)
        .where(
            LoginSession.id == session_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > func.clock_timestamp(),
            User.disabled_at.is_(None),
        )
    )
    return row.first() is not None


ONE_PERSON = """(
    SELECT CAST(:account AS text) AS account
     UNION SELECT CAST(id AS text) FROM user_account
            WHERE email = CAST(:account AS text) AND email_verified_at IS NOT NULL
     UNION SELECT email FROM user_account
            WHERE email_verified_at IS NOT NULL
              AND id = CASE WHEN CAST(:account AS text) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                            THEN CAST(CAST(:account AS text) AS uuid) END)"""
"""A table expression: all names under which somebody buys. ``account`` is a user's id, or a guest's address in lower
case; with the one comes the other, if the account has proved that the address is its own. An address that somebody only
typed into a sign-up names nobody: else it would use up a stranger's share."""
