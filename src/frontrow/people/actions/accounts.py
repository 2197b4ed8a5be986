"""Accounts, organisers and their teams."""

import uuid

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from frontrow.core.db import Database, Tx
from frontrow.core.ids import new_id
from frontrow.core.redis import Redis
from frontrow.gateways.oauth import Identity
from frontrow.people import queries, rules
from frontrow.people.actions import proofs, sessions
from frontrow.people.actions.passwords import Passwords
from frontrow.people.errors import AccountExists, BadCredentials, LogInFailed
from frontrow.people.models import OAuthIdentity, Organiser, TeamMember, User


async def create_user(
    tx: Tx, email: str, name: str, password_hash: str | None, *, locale: str = "en", verified: bool = False
) -> uuid.UUID | None:
    """Make an account; returns its id, or None when the address has one already (which then stays as it is).

    ``email`` and ``name`` are expected clean (see ``rules``); ``verified`` says that the address is proved theirs.
    """
    made = await tx.execute(
        insert(User)
        .values(
            id=new_id(),
            email=email,
            name=name,
            password_hash=password_hash,
            locale=locale,
            email_verified_at=func.clock_timestamp() if verified else None,
        )
        .on_conflict_do_nothing(index_elements=[User.email])
        .returning(User.id)
    )
    user_id: uuid.UUID | None = made.scalar_one_or_none()
    return user_id


async def create_organiser(tx: Tx, slug: str, name: str, about: str = "") -> uuid.UUID:
    """Make an organiser. A slug that is taken violates ``uq_organiser_slug``."""
    made = new_id()
    await tx.execute(insert(Organiser).values(id=made, slug=slug, name=name, about=about))
    return made


async def set_role(tx: Tx, organiser_id: uuid.UUID, user_id: uuid.UUID, role: str) -> None:
    """Put a person in a team (``owner``, ``manager`` or ``door``), or change their role there."""
    await tx.execute(
        insert(TeamMember)
        .values(organiser_id=organiser_id, user_id=user_id, role=role)
        .on_conflict_do_update(index_elements=[TeamMember.organiser_id, TeamMember.user_id], set_={"role": role})
    )


async def sign_up(
    db: Database, passwords: Passwords, pepper: bytes, email: str, password: str, name: str, locale: str = "en"
) -> None:
    """Make an account unless the address has one, and mail the link that proves the address to it.

    The work is the hash, and the (missing) answer is the same in both cases.

    Raises InvalidRequest for an address, password or name that can't be.
    """
    address, called = rules.clean_email(email), rules.clean_name(name)
    # No transaction stays open while a password is hashed.
    hashed = await passwords.hash(rules.checked_password(password))

    async def work(tx: Tx) -> None:
        made = await create_user(tx, address, called, hashed, locale=locale)
        if made is not None:
            await proofs.ask(tx, pepper, made)

    await db.write(work)


async def user_of_identity(tx: Tx, identity: Identity) -> uuid.UUID:
    """The account of somebody whom a provider vouches for; made at their first visit.

    It goes by the provider's subject, for ever. An address links to an existing account only when both sides have
    verified it: with less, whoever signed up first with a stranger's address would share the stranger's account. Raises
    AccountExists then, and LogInFailed for a disabled account or an identity without a verified address.
    """
    known = await queries.user_of_subject(tx, identity.provider, identity.subject)
    if known is not None:
        if known.disabled:
            raise LogInFailed
        return known.user_id
    if identity.email is None or not identity.email_verified:
        raise LogInFailed("The provider hasn't verified your address. Verify it there, or sign up with a password.")
    email = rules.clean_email(identity.email)
    name = rules.clean_name(identity.name or email.partition("@")[0])
    user_id = await create_user(tx, email, name, None, verified=True)
    if user_id is None:
        account = await queries.credentials(tx, email)
        if account is None or account.disabled or not account.email_verified:
            raise AccountExists
        user_id = account.user_id
    # Two tabs at once: the first one's row stands, and it names the same account.
    await tx.execute(
        insert(OAuthIdentity)
        .values(provider=identity.provider, subject=identity.subject, user_id=user_id)
        .on_conflict_do_nothing()
    )
    return user_id


async def check_log_in(db: Database, passwords: Passwords, email: str, password: str) -> uuid.UUID:
    """The user whom address and password name. Raises BadCredentials after the same work in every case."""
    known = await db.read(lambda tx: queries.credentials(tx, email))
    fits = await passwords.check(known.password_hash if known else None, password)
    if known is None or not fits or known.disabled:
        raise BadCredentials
    if known.password_hash is not None and passwords.is_outdated(known.password_hash):
        await _rehash(db, passwords, known, password)
    return known.user_id


async def _rehash(db: Database, passwords: Passwords, known: queries.Credentials, password: str) -> None:
    fresh = await passwords.hash(password)

    async def work(tx: Tx) -> None:
        # Only over the hash that was checked: the password may have been changed meanwhile.
        await tx.execute(
            update(User)
            .where(User.id == known.user_id, User.password_hash == known.password_hash)
            .values(password_hash=fresh)
        )

    await db.write(work)


async def set_password(tx: Tx, redis: Redis, user_id: uuid.UUID, password_hash: str) -> None:
    """Change a password; every session of the account is over."""
    await tx.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
    await sessions.end_all(tx, redis, user_id)


async def disable(tx: Tx, redis: Redis, user_id: uuid.UUID) -> None:
    """Close an account to its owner; every session of it is over."""
    await tx.execute(
        update(User).where(User.id == user_id, User.disabled_at.is_(None)).values(disabled_at=func.clock_timestamp())
    )
    await sessions.end_all(tx, redis, user_id)
