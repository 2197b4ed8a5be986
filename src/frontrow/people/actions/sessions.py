"""Log-in sessions: begin, renew, end. The row is the truth; Redis only saves asking for it.

Under ``{session:<id>}`` Redis holds ``live`` for a minute at most, or ``over`` for as long as an access token of the
session could still be about. ``live`` is written only where nothing stands, so that a check which read the row just
before the log-out can't bring the session back.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from redis.asyncio import RedisCluster
from sqlalchemy import func, insert, select, update

from frontrow.core.db import Database, Tx
from frontrow.core.ids import new_id
from frontrow.core.redis import Redis
from frontrow.people import queries, rules
from frontrow.people.models import LoginSession, User

log = structlog.get_logger(__name__)

LIVE_S = 60
OVER_S = 3600
"""Longer than any access token lives."""


@dataclass(frozen=True)
class Opened:
    """A session and the refresh token that is good for it now."""

    session_id: uuid.UUID
    user_id: uuid.UUID
    refresh_token: str


async def begin(tx: Tx, user_id: uuid.UUID, life_s: int, user_agent: str = "") -> Opened:
    """A new session for a user who has just proved who they are. It ends after ``life_s`` seconds at the latest."""
    session_id = new_id()
    token = rules.first_refresh_token(session_id)
    await tx.execute(
        insert(LoginSession).values(
            id=session_id,
            user_id=user_id,
            token_hash=rules.token_hash(token),
            expires_at=func.clock_timestamp() + timedelta(seconds=life_s),
            user_agent=user_agent[:200],
        )
    )
    return Opened(session_id, user_id, token)


async def renew(tx: Tx, redis: Redis, pepper: bytes, token: str, grace_s: int) -> Opened | None:
    """Exchange a refresh token for its successor.

    The immediate predecessor is still taken for ``grace_s`` seconds and gives the same successor (ten tabs refresh at
    once, or an answer got lost). Any older token means that somebody has a copy: the whole session ends. Returns None
    when there is no session (any more); the transaction must be committed all the same.
    """
    session_id = rules.session_of(token)
    if session_id is None:
        return None
    given, successor = rules.token_hash(token), rules.next_refresh_token(pepper, token)
    alive = (
        LoginSession.id == session_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > func.clock_timestamp(),
        LoginSession.user_id.in_(select(User.id).where(User.disabled_at.is_(None))),
    )
    rotated = (
        await tx.execute(
            update(LoginSession)
            .where(*alive, LoginSession.token_hash == given)
            .values(token_hash=rules.token_hash(successor), previous_hash=given, rotated_at=func.clock_timestamp())
            .returning(LoginSession.user_id)
        )
    ).scalar_one_or_none()
    if rotated is not None:
        return Opened(session_id, rotated, successor)
    known = (
        await tx.execute(
            select(
                LoginSession.user_id,
                LoginSession.token_hash == rules.token_hash(successor),
                LoginSession.previous_hash == given,
                LoginSession.rotated_at > func.clock_timestamp() - timedelta(seconds=grace_s),
            ).where(*alive)
        )
    ).one_or_none()
    if known is None:
        return None
    user_id, successor_stands, is_predecessor, in_time = known
    if is_predecessor and in_time and successor_stands:
        return Opened(session_id, user_id, successor)
    log.warning("refresh_token_reused", session=str(session_id), user=str(user_id))
    await end(tx, redis, session_id)
    return None


async def end(tx: Tx, redis: Redis, session_id: uuid.UUID) -> None:
    """End one session, in the database and then in Redis. Ending it twice is fine."""
    await tx.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
    )
    tx.after_commit(lambda: _say_over(redis, [session_id]))


async def end_all(tx: Tx, redis: Redis, user_id: uuid.UUID) -> None:
    """End every session of a user (password changed, account disabled)."""
    ended = await tx.execute(
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(LoginSession.id)
    )
    ids = list(ended.scalars())
    tx.after_commit(lambda: _say_over(redis, ids))


async def is_live(db: Database, redis: Redis, session_id: uuid.UUID) -> bool:
    """Whether a session stands: one look into Redis, or the row when Redis doesn't know or isn't there."""

    async def look(client: RedisCluster) -> bytes | str | None:
        found: bytes | str | None = await client.get(_key(session_id))
        return found

    said = await redis.attempt(look, None)
    if said in {b"live", "live"}:
        return True
    if said in {b"over", "over"}:
        return False
    live = await db.read(lambda tx: queries.session_is_live(tx, session_id))

    async def remember(client: RedisCluster) -> None:
        await client.set(_key(session_id), "live", ex=LIVE_S, nx=True)

    if live:
        await redis.attempt(remember, None)
    return live


async def _say_over(redis: Redis, session_ids: Iterable[uuid.UUID]) -> None:
    for session_id in session_ids:

        async def say(client: RedisCluster, key: str = _key(session_id)) -> None:
            await client.set(key, "over", ex=OVER_S)

        await redis.attempt(say, None)


def _key(session_id: uuid.UUID) -> str:
    return f"{{session:{session_id}}}"
