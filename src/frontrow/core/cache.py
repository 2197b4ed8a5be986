"""Pages in Redis, for all processes together, by versions: what has changed is never looked for again.

A version is a word that every change replaces; pages are kept under it and a name of their own, so that nothing has to
be deleted, and a page that was read before a change but stored after it is nobody's. Redis is speed: without it each
process makes its own pages, and those are old by what its shelf keeps.
"""

import asyncio
import hashlib
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis.asyncio import RedisCluster

from frontrow.core.ids import new_id
from frontrow.core.redis import Redis

CHECK_S = 0.02
"""How old a version may be that a process goes by: so long after a change everybody sees it, and however many ask,
Redis is asked a hundred times a second."""

SOON_S = CHECK_S / 2
"""From this age on it is asked for anew while the old one still counts: in a rush nobody waits."""

SLOW_S = 0.25
"""How long the old one counts at most while that question is under way: only where Redis is slow does it matter."""

LAGGING_S = 5.0
"""So long after a change pages are read from the primary: the replica may not have heard of it."""

MAKING_MS = 3000
WAITED_S = 1.0
LOOK_AGAIN_S = 0.02
VERSION_KEPT_S = 24 * 3600

NONE = "0"


@dataclass(frozen=True, slots=True)
class Version:
    """``word`` is None while Redis is away. ``changed_at`` is in seconds of the epoch, 0 when it isn't known."""

    word: str | None
    changed_at: float = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether the last change is so young that a replica may not know it."""
        return time.time() - self.changed_at < LAGGING_S


class Cache:
    """``scope`` is what changes together, such as the catalogue."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._known: dict[str, tuple[float, float, Version]] = {}  # asked at, answered at
        self._asking: dict[str, asyncio.Task[Version]] = {}
        self._ahead: set[str] = set()

    def known(self, scope: str) -> Version | None:
        """The version if this process has asked just now, else None. Needs no waiting."""
        found = self._known.get(scope)
        if found is None:
            return None
        now = time.monotonic()
        asked_at, answered_at, version = found
        if now - asked_at < SOON_S:
            return version
        if now - asked_at >= SLOW_S:
            return None
        if scope not in self._asking and now - answered_at < CHECK_S:
            self._asking[scope] = asyncio.create_task(self._ask(scope))
            self._ahead.add(scope)
        # While a question that was asked ahead is under way, even a slow one, nobody waits for it.
        return version if scope in self._ahead else None

    async def version(self, scope: str) -> Version:
        """The present version; many who ask at once are answered by one question."""
        found = self.known(scope)
        if found is not None:
            return found
        asking = self._asking.get(scope)
        if asking is None:
            asking = self._asking[scope] = asyncio.create_task(self._ask(scope))
        return await asyncio.shield(asking)

    async def _ask(self, scope: str) -> Version:
        # Its age counts from before the question: an answer on its way may be overtaken by a change.
        began = time.monotonic()

        async def ask(client: RedisCluster) -> Version:
            word: Any = await client.get(_version_key(scope))
            return Version(NONE) if word is None else _version_of(word.decode())

        try:
            version = await self._redis.attempt(ask, Version(None))
            known = self._known.get(scope)
            if known is None or known[0] <= began:
                self._known[scope] = (began, time.monotonic(), version)
            return version
        finally:
            self._asking.pop(scope, None)
            self._ahead.discard(scope)

    async def outdate(self, scopes: Collection[str]) -> None:
        """Something in these scopes was changed and committed: nobody reads a page of before any more."""
        for scope in scopes:
            word = str(new_id())

            async def replace(client: RedisCluster, key: str = _version_key(scope), word: str = word) -> bool:
                await client.set(key, word, ex=VERSION_KEPT_S)
                return True

            told = await self._redis.attempt(replace, False)
            # Here at least nothing of before is shown, even if nobody else could be told.
            now = time.monotonic()
            self._known[scope] = (now, now, _version_of(word) if told else Version(None, time.time()))

    async def page(
        self, scope: str, version: Version, key: Hashable, keep_s: float, make: Callable[[], Awaitable[bytes]]
    ) -> bytes:
        """The page of ``key`` at this version: kept for ``keep_s`` seconds, made by one process for all.

        Raises what ``make`` raises. ``key`` is told from others by its ``repr``. The version must have been asked for
        before anything that ``make`` reads.
        """
        if version.word is None:
            return await make()
        name = _page_key(scope, version.word, key)
        ends = time.monotonic() + WAITED_S
        while True:
            found: bytes | bool = await self._redis.attempt(partial(_look, name), True)
            if isinstance(found, bytes):
                return found
            if found or time.monotonic() > ends:
                break
            await asyncio.sleep(LOOK_AGAIN_S)  # somebody is making it
        try:
            body = await make()
        except BaseException:
            await self._redis.attempt(lambda client: client.delete(f"{name}:making"), 0)
            raise
        await self._redis.attempt(lambda client: client.set(name, body, px=int(keep_s * 1000)), None)
        return body


async def _look(name: str, client: RedisCluster) -> bytes | bool:
    """The page, or whether it's for us to make it."""
    found: Any = await client.get(name)
    if found is not None:
        return bytes(found)
    return bool(await client.set(f"{name}:making", b"1", nx=True, px=MAKING_MS))


def _version_key(scope: str) -> str:
    return f"{{{scope}}}:version"


def _version_of(word: str) -> Version:
    try:
        return Version(word, (uuid.UUID(word).int >> 80) / 1000)
    except ValueError:
        return Version(word)


def _page_key(scope: str, word: str, key: Hashable) -> str:
    """Each page has a slot of its own, so that no shard has them all; its mark of being made lies beside it."""
    digest = hashlib.blake2b(f"{word} {key!r}".encode(), digest_size=16).hexdigest()
    return f"{{{scope}:{digest}}}"
