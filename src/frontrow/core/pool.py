"""Connections to one PostgreSQL server: opened when first needed, last in first out; a rotated password is reread."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from frontrow.core.rows import Result, Row
from frontrow.core.secrets import Secrets
from frontrow.core.settings import DatabaseSettings

WAIT_S = 2.0
"""How long a request waits for a connection before it is sent away."""


_BY_KEYS = {
    "jit": "off",
    # Everything here goes by keys, and a plan that is kept must not be one that was made for an empty table. (The map
    # of a big house is read along its index, too. The auditor, who reads whole tables, says so.)
    "enable_seqscan": "off",
}
_WRITER = {
    # One plan is as good for all, and planning anew would cost more than the work.
    "plan_cache_mode": "force_generic_plan",
}

_IN_BETWEEN = (asyncio.CancelledError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What stops a statement on this side, so that its answer may still be on the wire."""


class Session(asyncpg.Connection):
    """A connection that prepares each statement once and tells rows and status at once, in one round trip."""

    async def ask(self, statement: str, values: Sequence[Any] = ()) -> Result:
        """Run one statement. The driver's public ``fetch`` has no row count, and its ``execute`` has no rows."""
        rows, status, _ = await self._execute(statement, values, 0, None, return_status=True, record_class=Row)  # type: ignore[attr-defined]
        return Result(rows, status.decode())


class Pool:
    """At most ``settings.pool_size`` connections to ``url``; nothing connects before it's used.

    Not the driver's pool: that one makes a task, a future and a proxy for each use, twice the work of a short
    statement. Ours leave nothing on a connection but settings of a transaction that is over: there is nothing to clean.
    """

    def __init__(
        self, url: str, kind: SessionAttribute, settings: DatabaseSettings, secrets: Secrets, *, read_only: bool
    ) -> None:
        self._url = url
        self._kind = kind
        self._settings = settings
        self._secrets = secrets
        self._server_settings = {
            "lock_timeout": f"{settings.lock_timeout_ms}ms",
            "statement_timeout": f"{settings.statement_timeout_ms}ms",
            "idle_in_transaction_session_timeout": f"{settings.idle_in_transaction_timeout_ms}ms",
            "application_name": "frontrow",
            "timezone": "UTC",
            **_BY_KEYS,
            **({"default_transaction_read_only": "on"} if read_only else _WRITER),
        }
        self._places = asyncio.Semaphore(settings.pool_size)
        self._free: list[Session] = []
        self._all: set[Session] = set()
        self._expired: set[Session] = set()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Session]:
        """A connection, for the time of the block. Raises TimeoutError when none is free, or what connecting raises.

        Whoever leaves a transaction open has failed, and whoever was stopped in the middle of a statement has left the
        wire in between two answers: such a connection is thrown away, and the server rolls back.
        """
        if self._places.locked():
            # Waiting has a time limit of its own: it is another trouble than a server that can't be reached.
            async with asyncio.timeout(WAIT_S):
                await self._places.acquire()
        else:
            await self._places.acquire()
        session: Session | None = None
        try:
            session = self._idle() or await self._connect()
            self._all.add(session)
            yield session
        except _IN_BETWEEN:
            if session is not None:
                session.terminate()
            raise
        finally:
            self._places.release()
            if session is not None:
                self._take_back(session)

    def _idle(self) -> Session | None:
        """The connection used last, whose caches are warm. One that was closed meanwhile is no connection any more."""
        while self._free:
            session = self._free.pop()
            if not session.is_closed():
                return session
            self._all.discard(session)
        return None

    def _take_back(self, session: Session) -> None:
        if session.is_closed() or session in self._expired or session.is_in_transaction():
            self._expired.discard(session)
            self._all.discard(session)
            session.terminate()
        else:
            self._free.append(session)

    async def expire(self) -> None:
        """Use none of the present connections again: the server behind them is gone, or isn't what it was."""
        idle, self._free = self._free, []
        for session in idle:
            self._all.discard(session)
            session.terminate()
        self._expired |= self._all

    async def close(self) -> None:
        """End all connections, those in use, too."""
        self._free.clear()
        for session in self._all:
            session.terminate()
        self._all.clear()

    async def _connect(self) -> Session:
        async def attempt(password: str) -> Session:
            made: Any = await asyncpg.connect(
                self._url,
                password=password,
                timeout=self._settings.connect_timeout_s,
                server_settings=self._server_settings,
                target_session_attrs=self._kind,
                ssl=self._settings.ssl,
                connection_class=Session,
                statement_cache_size=1000,
                max_cached_statement_lifetime=0,
            )
            # JSON goes in as text, which the caller has written, and comes out as what it says.
            await made.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)
            return made  # type: ignore[no-any-return]

        try:
            return await attempt(await self._secrets.get("database_password"))
        except asyncpg.InvalidPasswordError:
            # 28P01: the password was rotated under us,
            with contextlib.suppress(asyncpg.InvalidPasswordError):
                return await attempt(await self._secrets.reread("database_password"))
        # or is being rotated: the database knows the next one already, and the secret still shows the one before.
        coming = await self._secrets.coming("database_password")
        return await attempt(coming or await self._secrets.reread("database_password"))
