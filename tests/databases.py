"""A fresh database for each test: a copy of a migrated one, which is dropped at the test's end."""

from typing import Any

import asyncpg

from frontrow.local.postgres import ROLE, SUPERUSER, EmbeddedPostgres


class Copies:
    """Makes and drops databases over one connection that stays open, because there are a thousand in a run."""

    def __init__(self, pg: EmbeddedPostgres) -> None:
        self._pg = pg
        self._connection: asyncpg.Connection[Any] | None = None

    async def make(self, name: str, template: str | None = None) -> None:
        """A database of the application's role; from ``template`` a copy of that one, to which nobody is connected."""
        if template is None:
            await self._run(f'CREATE DATABASE "{name}" OWNER {ROLE}')
        else:
            # Copying its files, where durability is off, is a fifth of the work of writing it all into the log.
            await self._run(f'CREATE DATABASE "{name}" OWNER {ROLE} TEMPLATE "{template}" STRATEGY file_copy')

    async def drop(self, name: str) -> int:
        """Returns how many deadlocks there were in it, the repeated and forgotten ones, too.

        A session hands its figures in when it ends, at the latest; so all are ended, and waited for, before they are
        read.
        """
        await self._run(f"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '{name}'")
        connection = await self._open()
        deadlocks = await connection.fetchval(f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'")
        await self._run(f'DROP DATABASE "{name}" WITH (FORCE)')
        return int(deadlocks)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _run(self, statement: str) -> None:
        await (await self._open()).execute(statement)

    async def _open(self) -> "asyncpg.Connection[Any]":
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(
                host="127.0.0.1",
                port=self._pg.port,
                user=SUPERUSER,
                password=(self._pg.data_dir / "superuser.password").read_text(),
                database="postgres",
            )
        return self._connection
