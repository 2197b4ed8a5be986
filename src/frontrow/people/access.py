"""Who is asking, and may they: identity from cookies or a bearer token, and roles in an organiser's team.

A guest costs no look-up at all. A log-in costs one signature check (remembered while the token lives) and one look into
Redis, because a session can be ended before its token runs out.
"""

import asyncio
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Response
from limits import RateLimitItem
from starlette.requests import HTTPConnection

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound, NotLoggedIn
from frontrow.core.ids import secret_token
from frontrow.core.runtime import Runtime
from frontrow.core.web import UNSAFE, RuntimeDep, runtime, set_cookie
from frontrow.people import queries, rules
from frontrow.people.actions import sessions
from frontrow.people.actions.passwords import Passwords
from frontrow.people.actions.tries import Tries
from frontrow.people.errors import TokenExpired, TooManyTries
from frontrow.people.models import ROLES
from frontrow.people.rules import Access, AccessKey

BUYER_COOKIE = "fr_buyer"
ACCESS_COOKIE = "fr_access"
REFRESH_COOKIE = "fr_refresh"
BUYER_COOKIE_S = 365 * 24 * 3600
READ_TOKENS_MAX = 20_000
KEY_REREAD_EVERY_S = 10.0

_BUYER_SHAPE = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class Buyer:
    """Whose holds and orders these are: a browser (or API client), and the account if one is logged in there."""

    id: uuid.UUID
    user_id: uuid.UUID | None


@dataclass(frozen=True)
class LoggedIn:
    user_id: uuid.UUID
    session_id: uuid.UUID


class Doorkeeper:
    """What one process needs to tell people apart. Made at the first question, kept in the app's state."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self.passwords = Passwords()
        self._tries = Tries(rt.redis)
        self._key: AccessKey | None = None
        self._key_read_at = 0.0
        self._reading = asyncio.Lock()
        self._read: OrderedDict[str, Access] = OrderedDict()

    async def key(self) -> AccessKey:
        """The signing key."""
        return self._key or await self._reread_key(initial=True)

    async def _reread_key(self, *, initial: bool) -> AccessKey:
        async with self._reading:
            if self._key is not None and (initial or time.monotonic() < self._key_read_at + KEY_REREAD_EVERY_S):
                return self._key
            secrets = self._rt.secrets
            secret = await (secrets.get("jwt_key") if initial else secrets.reread("jwt_key"))
            self._key, self._key_read_at = AccessKey.of(secret), time.monotonic()
            return self._key

    async def sign(self, user_id: uuid.UUID, session_id: uuid.UUID) -> str:
        """An access token for a session that has just begun or been renewed."""
        settings = self._rt.settings
        return rules.sign_access(
            await self.key(), settings.origin, user_id, session_id, clock.now(), settings.account.access_s
        )

    async def read(self, token: str) -> LoggedIn | None:
        """Who holds this access token; None when it isn't ours or its session is over. Raises TokenExpired."""
        access = self._read.get(token)
        if access is None:
            access = await self._verify(token)
            if access is None:
                return None
            self._read[token] = access
            if len(self._read) > READ_TOKENS_MAX:
                self._read.popitem(last=False)
        elif rules.is_over(access, clock.now()):
            del self._read[token]
            raise TokenExpired
        if not await sessions.is_live(self._rt.db, self._rt.redis, access.session_id):
            return None
        return LoggedIn(access.user_id, access.session_id)

    async def _verify(self, token: str) -> Access | None:
        issuer, key = self._rt.settings.origin, await self.key()
        access = rules.read_access(key, issuer, token, clock.now())
        if access is None and rules.claims_other_key(token, key):
            # Perhaps the key was rotated and another process signs with the new one already.
            fresh = await self._reread_key(initial=False)
            if fresh is not key:
                self._read.clear()
                access = rules.read_access(fresh, issuer, token, clock.now())
        return access

    async def spend(self, *tries: tuple[RateLimitItem, str]) -> None:
        """Count a try against each limit. Raises TooManyTries when one of them is used up."""
        for limit, who in tries:
            if not await self._tries.spend(limit, who):
                raise TooManyTries(retry_after_s=limit.get_expiry())

    async def forgive(self, limit: RateLimitItem, who: str) -> None:
        await self._tries.forgive(limit, who)


def doorkeeper(connection: HTTPConnection, rt: Runtime) -> Doorkeeper:
    """The process's doorkeeper."""
    state = connection.app.state
    held: Doorkeeper | None = getattr(state, "doorkeeper", None)
    if held is None:
        held = state.doorkeeper = Doorkeeper(rt)
    return held


async def _doorkeeper(connection: HTTPConnection, rt: RuntimeDep) -> Doorkeeper:
    # Async, because FastAPI would send a plain function to a thread.
    return doorkeeper(connection, rt)


DoorkeeperDep = Annotated[Doorkeeper, Depends(_doorkeeper)]


def bearer_token(connection: HTTPConnection) -> str | None:
    """The token of an API client. Who sends one is spared the CSRF proof, so none of their cookies may count."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def optional_user(connection: HTTPConnection) -> LoggedIn | None:
    """Who is logged in, if anybody. Asks for nothing but the connection: each dependency below another costs every
    request as much as the look itself.

    Raises TokenExpired for a token that needs renewing (the page renews it and asks again, and so stays logged in), and
    NotLoggedIn for a bearer token that is no good.
    """
    keeper = doorkeeper(connection, await runtime(connection))
    bearer = bearer_token(connection)
    if bearer is not None:
        known = await keeper.read(bearer)
        if known is None:
            raise NotLoggedIn
        return known
    cookie = connection.cookies.get(ACCESS_COOKIE)
    return await keeper.read(cookie) if cookie else None


OptionalUserDep = Annotated[LoggedIn | None, Depends(optional_user)]


async def logged_in(user: OptionalUserDep) -> LoggedIn:
    """Who is logged in. Raises NotLoggedIn (or TokenExpired)."""
    if user is None:
        raise NotLoggedIn
    return user


LoggedInDep = Annotated[LoggedIn, Depends(logged_in)]


async def buyer(connection: HTTPConnection, response: Response) -> Buyer:
    """Who is buying. A browser that has no buyer cookie gets one with its first changing request."""
    user, rt = await optional_user(connection), await runtime(connection)
    user_id = user.user_id if user else None
    if user is not None and bearer_token(connection) is not None:
        return Buyer(rules.user_buyer_id(user.user_id), user_id)
    mint = connection.scope.get("method") in UNSAFE
    return Buyer(rules.buyer_id(buyer_cookie(connection, response, rt, mint=mint)), user_id)


BuyerDep = Annotated[Buyer, Depends(buyer)]


def buyer_cookie(connection: HTTPConnection, response: Response, rt: Runtime, *, mint: bool) -> str:
    """The guest's secret: theirs, or a new one (which is set only when ``mint``)."""
    sent = connection.cookies.get(BUYER_COOKIE, "")
    if _BUYER_SHAPE.fullmatch(sent):
        return sent
    fresh = secret_token(24)
    if mint:
        secure = rt.settings.origin.startswith("https:")
        set_cookie(response, BUYER_COOKIE, fresh, max_age=BUYER_COOKIE_S, secure=secure)
    return fresh


async def staff_of(tx: Tx, user_id: uuid.UUID, organiser_id: uuid.UUID, roles: Collection[str] = ROLES) -> str:
    """The role of a user in an organiser's team. Raises NotFound unless it is one of ``roles``.

    NotFound and not Forbidden: who isn't in the team must not learn that the thing exists.
    """
    role = await queries.role_in(tx, user_id, organiser_id)
    if role is None or role not in roles:
        raise NotFound
    return role
