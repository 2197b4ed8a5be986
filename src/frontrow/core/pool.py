"""Connections to one PostgreSQL server: opened when first needed, last in first out; a rotated password is reread."""

import asyncio
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


class Session(asyncpg.Connection):
    """A connection that prepares each statement once and tells rows and status at once, in one round trip."""

    async def ask(self, statement: str, values: Sequence[Any] = ()) -> Result:
        """Run one statement. The driver's public ``fetch`` has no row count, and its ``execute`` has no rows."""
        rows, status, _ = await self._execute(statement, values, 0, None, return_status=True, record_class=Row)  # type: ignore[attr-defined]
        return Result(rows, status.decode())


class Pool:
    """At most ``settings.pool_size`` connections to ``url``; nothing connects before it's used."""

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
            "idle_in_transaction_session_timeout": "5s",
            "application_name": "frontrow",
            "timezone": "UTC",
            **_BY_KEYS,
            **({"default_transaction_read_only": "on"} if read_only else _WRITER),
        }
        self._pool: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()
        # The driver's pool has one time limit for waiting and connecting together; these are two troubles.
        self._places = asyncio.Semaphore(settings.pool_size)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Session]:
        """A connection, for the time of the block. Raises TimeoutError when none is free, or what connecting raises.

        Whoever leaves a transaction open has failed: it is rolled back, or the connection is thrown away.
        """
        pool = self._pool or await self._open()
        if self._places.locked():
            async with asyncio.timeout(WAIT_S):
                await self._places.acquire()
        else:
            await self._places.acquire()
        try:
            connection: Any = await pool.acquire()
            try:
                yield connection
            finally:
                await pool.release(connection)
        finally:
            self._places.release()

    async def expire(self) -> None:
        """Use none of the present connections again: the server behind them is gone, or isn't what it was."""
        if self._pool is not None:
            await self._pool.expire_connections()

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.terminate()

    async def _open(self) -> "asyncpg.Pool[Any]":
        async with self._opening:
            if self._pool is not None:
                return self._pool
            opened = await asyncpg.create_pool(
                connect=self._connect,
                reset=_leave_as_it_is,
                min_size=0,
                max_size=self._settings.pool_size,
                max_queries=1_000_000_000,
                max_inactive_connection_lifetime=0,
            )
            self._pool = opened
        return opened

    async def _connect(self, *_: Any, **__: Any) -> Session:
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
            # 28P01: the password was rotated under us.
            return await attempt(await self._secrets.reread("database_password"))


async def _leave_as_it_is(_: Any) -> None:
    """Ours leave nothing on a connection but settings of a transaction that is over: no round trip to clean up."""
