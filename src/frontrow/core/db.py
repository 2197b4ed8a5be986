"""PostgreSQL: one primary for every decision, an optional replica for browsing.

A unit of work is a coroutine that takes a :class:`Tx`; :meth:`Database.write` commits it once, at the edge, repeats it
on lock conflicts only, and then tells what was registered with :meth:`Tx.after_commit`. Statements are SQLAlchemy
Core over the models' columns: no object per row. Hot single statements go through :meth:`Database.call`.
"""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Literal, TypeVar, overload

import asyncpg
import structlog
from asyncpg.connect_utils import SessionAttribute
from asyncpg.exceptions import TargetServerAttributeNotMatched
from sqlalchemy import CursorResult, Executable, MetaData, text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import TypedReturnsRows
from typing_extensions import TypeVarTuple

from frontrow.core.errors import Busy, OutcomeUnknown
from frontrow.core.secrets import Secrets
from frontrow.core.settings import DatabaseSettings

T = TypeVar("T")
IsolationLevel = Literal["REPEATABLE READ"]
_Ts = TypeVarTuple("_Ts")
log = structlog.get_logger(__name__)

RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
"""Serialisation failure, deadlock, lock not available: the only states that a transaction is repeated for."""

GONE_STATES = ("25006", "57P0", "08")
"""Read-only server, shutdown, connection failure: drop every connection and resolve the name again."""


TROUBLE = (
    DBAPIError,
    PoolTimeoutError,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What the driver, the pool or the network raise; ``_give_up`` tells our own mistakes from theirs."""


SHED_STATES = frozenset({"57014", "53300"})
"""Statement time-out, too many connections: the database has more to do than it can; so nothing more is asked of it."""


class Base(DeclarativeBase):
    """Base of all tables. Names of constraints are fixed, because the auditor looks for them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what is behind it, through SQLAlchemy's wrappers down to the driver's."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = getattr(seen, "orig", None) or seen.__cause__


def sqlstate(error: BaseException) -> str:
    """The five-character SQLSTATE behind an error of any layer, or an empty string."""
    for layer in _chain(error):
        state = getattr(layer, "sqlstate", None) or getattr(layer, "pgcode", None)
        if isinstance(state, str):
            return state
    return ""


def _is_gone(error: BaseException, state: str) -> bool:
    """Whether the server behind the pool is gone, or has become one that doesn't take writes."""
    if state:
        return state.startswith(GONE_STATES)
    if isinstance(error, TimeoutError):
        # An OSError, too; but whoever waited too long for one connection says nothing of the others.
        return False
    return isinstance(error, (OSError, InterfaceError)) or any(
        isinstance(layer, TargetServerAttributeNotMatched) for layer in _chain(error)
    )


class Tx:
    """One open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.after: list[Callable[[], Awaitable[None]]] = []
        self.seat_changes: dict[uuid.UUID, list[tuple[int, str, int]]] = {}

    @overload
    async def execute(self, statement: TypedReturnsRows[*_Ts], parameters: Any = None) -> CursorResult[*_Ts]: ...
    @overload
    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]: ...
    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        return await self.connection.execute(statement, parameters)

    async def sql(self, statement: str, **parameters: Any) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement written in SQL with ``:named`` parameters."""
        return await self.connection.execute(text(statement), parameters)

    async def act_for(self, organiser_id: uuid.UUID) -> None:
        """Name the tenant of this transaction (``SET LOCAL``), which row-level security can rest on."""
        await self.sql("SELECT set_config('frontrow.organiser_id', :organiser, true)", organiser=str(organiser_id))

    def after_commit(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Register what is told once the commit is certain. This is the only place that news goes out from."""
        self.after.append(tell)

    def seats_changed(self, performance_id: uuid.UUID, changes: list[tuple[int, str, int]]) -> None:
        """Register seat changes ``(seat_no, wire state, fence)`` to be broadcast after the commit."""
        self.seat_changes.setdefault(performance_id, []).extend(changes)


class Database:
    """The pools of one process."""

    def __init__(self, settings: DatabaseSettings, secrets: Secrets) -> None:
        self.settings = settings
        self._secrets = secrets
        self.primary = self._engine(settings.primary_url, SessionAttribute.read_write)
        # Readings have connections of their own, which can't write: whatever is called a reading is one.
        self.reading = self._engine(settings.primary_url, SessionAttribute.primary, read_only=True)
        self.replica = (
            self._engine(settings.replica_url, SessionAttribute.any, read_only=True) if settings.replica_url else None
        )
        self.announce: Callable[[uuid.UUID, list[tuple[int, str, int]]], None] | None = None

    def _engine(self, url: str, session: SessionAttribute, *, read_only: bool = False) -> AsyncEngine:
        timeouts = {
            "lock_timeout": f"{self.settings.lock_timeout_ms}ms",
            "statement_timeout": f"{self.settings.statement_timeout_ms}ms",
            "idle_in_transaction_session_timeout": "5s",
            "application_name": "frontrow",
            "timezone": "UTC",
            **({"default_transaction_read_only": "on"} if read_only else {}),
        }

        async def connect() -> "asyncpg.Connection[asyncpg.Record]":
            async def attempt(password: str) -> "asyncpg.Connection[asyncpg.Record]":
                return await asyncpg.connect(
                    url,
                    password=password,
                    timeout=self.settings.connect_timeout_s,
                    server_settings=timeouts,
                    target_session_attrs=session,
                    ssl=self.settings.ssl,
                )

            try:
                return await attempt(await self._secrets.get("database_password"))
            except asyncpg.InvalidPasswordError:
                # 28P01: the password was rotated under us.
                return await attempt(await self._secrets.reread("database_password"))

        return create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            pool_size=self.settings.pool_size,
            max_overflow=0,
            pool_timeout=2.0,
            pool_use_lifo=True,
            # In READ COMMITTED each statement has a snapshot of its own anyhow: a transaction around readings would
            # only add its BEGIN and ROLLBACK, two round trips more.
            **({"isolation_level": "AUTOCOMMIT"} if read_only else {}),
        )

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run ``work`` in one READ COMMITTED transaction on the primary and commit it.

        Repeats it at most 3 times, with jitter, on a lock conflict. Raises :class:`Busy` when that didn't help or
        no connection was to be had, :class:`OutcomeUnknown` when the connection broke at commit.
        """
        for attempt in range(4):
            try:
                return await self._write_once(work)
            except TROUBLE as error:
                state = sqlstate(error)
                if state in RETRIED_STATES and attempt < 3:
                    await asyncio.sleep(random.uniform(0.005, 0.03) * 2**attempt)  # noqa: S311
                    continue
                await self._give_up(error, state)
        raise Busy

    async def _write_once(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        async with self.primary.connect() as connection:
            tx = Tx(connection)
            result = await work(tx)
            try:
                await connection.commit()
            except (InterfaceError, OSError, TimeoutError) as error:
                raise OutcomeUnknown from error
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise OutcomeUnknown from error
                raise
        if self.announce is not None:
            for performance_id, changes in tx.seat_changes.items():
                self.announce(performance_id, changes)
        for tell in tx.after:
            await tell()
        return result

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a reading ``work`` on the primary: own orders, holds, anything that decides."""
        return await self._read_from(self.reading, work)

    async def browse(self, work: Callable[[Tx], Awaitable[T]], *, fresh: bool = False) -> T:
        """Run a reading ``work`` on the replica where there is one, else (or if it fails, or ``fresh``) the primary."""
        if self.replica is None or fresh:
            return await self._read_from(self.reading, work)
        try:
            return await self._read_from(self.replica, work)
        except Busy:
            log.warning("replica_unavailable")
            return await self._read_from(self.reading, work)

    async def snapshot(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a reading ``work`` whose statements all see one moment of the primary (REPEATABLE READ, READ ONLY)."""
        return await self._read_from(self.reading, work, isolation="REPEATABLE READ")

    async def _read_from(
        self, engine: AsyncEngine, work: Callable[[Tx], Awaitable[T]], *, isolation: IsolationLevel | None = None
    ) -> T:
        try:
            async with engine.connect() as connection:
                if isolation is not None:
                    await connection.execution_options(isolation_level=isolation)
                return await work(Tx(connection))
        except TROUBLE as error:
            await self._give_up(error, sqlstate(error), engine)
            raise

    async def call(self, statement: str, *arguments: Any) -> asyncpg.Record | None:
        """Run one statement in a transaction of its own (one round trip) and return its first row.

        For the hot verbs that are a single SQL function. Parameters are ``$1, $2, …``. Raises as :meth:`write`.
        """
        for attempt in range(4):
            try:
                async with self.primary.connect() as connection:
                    raw = await connection.get_raw_connection()
                    driver: asyncpg.Connection[asyncpg.Record] = raw.driver_connection  # type: ignore[assignment]
                    return await driver.fetchrow(statement, *arguments)
            except TROUBLE as error:
                state = sqlstate(error)
                if state in RETRIED_STATES and attempt < 3:
                    await asyncio.sleep(random.uniform(0.005, 0.03) * 2**attempt)  # noqa: S311
                    continue
                await self._give_up(error, state)
        raise Busy

    async def _give_up(self, error: Exception, state: str, engine: AsyncEngine | None = None) -> None:
        """Turn what the database or its connection couldn't do into :class:`Busy`; re-raise what is our own fault."""
        gone = _is_gone(error, state)
        if gone:
            await (engine or self.primary).dispose(close=False)
        waited = isinstance(error, (TimeoutError, PoolTimeoutError)) or state in RETRIED_STATES | SHED_STATES
        if gone or waited:
            log.warning("database_unavailable", sqlstate=state, error=type(error).__name__)
            raise Busy from error
        raise error

    async def close(self) -> None:
        await self.primary.dispose()
        await self.reading.dispose()
        if self.replica is not None:
            await self.replica.dispose()
