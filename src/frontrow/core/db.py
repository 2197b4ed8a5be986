"""PostgreSQL: one primary for every decision, an optional replica for browsing.

A unit of work is a coroutine that takes a :class:`Tx`; :meth:`Database.write` commits it once, at the edge, repeats it
on lock conflicts only, and then tells what was registered with :meth:`Tx.after_commit`. Statements go straight to the
driver, each prepared once a connection. Hot single statements go through :meth:`Database.call`.
"""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import asyncpg
import structlog
from asyncpg.connect_utils import SessionAttribute
from asyncpg.exceptions import TargetServerAttributeNotMatched
from sqlalchemy import ClauseElement, MetaData
from sqlalchemy.orm import DeclarativeBase

from frontrow.core.errors import Busy, OutcomeUnknown
from frontrow.core.pool import Pool, Session
from frontrow.core.rows import Result, composed, numbered
from frontrow.core.secrets import Secrets
from frontrow.core.settings import DatabaseSettings

T = TypeVar("T")
log = structlog.get_logger(__name__)

RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
"""Serialisation failure, deadlock, lock not available: the only states that a transaction is repeated for."""

GONE_STATES = ("25006", "57P0", "08")
"""Read-only server, shutdown, connection failure: drop every connection and resolve the name again."""

TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
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
    """An error and what is behind it, down to the driver's."""
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
    # Whoever comes between the server's last word and the end of its connection is refused by the driver's own states
    # (InternalClientError), before anything is sent.
    return isinstance(error, (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)) or any(
        isinstance(layer, TargetServerAttributeNotMatched) for layer in _chain(error)
    )


class Tx:
    """One open transaction, or a series of readings."""

    def __init__(self, session: Session, boundary: Callable[[str], None] | None = None) -> None:
        self.session = session
        self.after: list[Callable[[], Awaitable[None]]] = []
        self.seat_changes: dict[uuid.UUID, list[tuple[int, str, int]]] = {}
        self.outdated: set[str] = set()
        self.cancelled: list[uuid.UUID] = []
        self._boundary = boundary

    async def sql(self, statement: str, **parameters: Any) -> Result:
        """Run a statement written in SQL with ``:named`` parameters."""
        text, names = numbered(statement)
        if self._boundary is not None:
            self._boundary(f"sql:{' '.join(statement.split()[:3])}")
        return await self.session.ask(text, [parameters[name] for name in names])

    async def execute(self, statement: ClauseElement, parameters: Any = None) -> Result:
        """Run a statement composed with SQLAlchemy; with a list of parameters, once for each of them."""
        if isinstance(parameters, list):
            result = Result([], "0")
            for each in parameters:
                result = await self.execute(statement, each)
            return result
        text, values = composed(statement, parameters)
        if self._boundary is not None:
            self._boundary(f"sql:{' '.join(text.split()[:3])}")
        return await self.session.ask(text, values)

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Add rows by COPY: for tens of thousands, at two thirds of an INSERT's cost. Returns how many."""
        if self._boundary is not None:
            self._boundary(f"sql:COPY {table}")
        status = await self.session.copy_records_to_table(table, columns=columns, records=rows)
        return int(status.rsplit(" ", 1)[-1])

    async def act_for(self, organiser_id: uuid.UUID) -> None:
        """Name the tenant of this transaction (``SET LOCAL``), which row-level security can rest on."""
        await self.sql("SELECT set_config('frontrow.organiser_id', :organiser, true)", organiser=str(organiser_id))

    def after_commit(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Register what is told once the commit is certain. This is the only place that news goes out from."""
        self.after.append(tell)

    def seats_changed(self, performance_id: uuid.UUID, changes: list[tuple[int, str, int]]) -> None:
        """Register seat changes ``(seat_no, wire state, fence)`` to be broadcast after the commit."""
        self.seat_changes.setdefault(performance_id, []).extend(changes)

    def performance_cancelled(self, performance_id: uuid.UUID) -> None:
        """Register that all who look at a performance's map are told after the commit that it won't take place."""
        self.cancelled.append(performance_id)

    def outdates(self, scope: str) -> None:
        """Register that pages kept under ``scope`` (``core.cache``) are of the past once this is committed."""
        self.outdated.add(scope)


class Database:
    """The pools of one process."""

    def __init__(self, settings: DatabaseSettings, secrets: Secrets) -> None:
        def pool(url: str, kind: SessionAttribute, *, read_only: bool) -> Pool:
            return Pool(url, kind, settings, secrets, read_only=read_only)

        self.primary = pool(settings.primary_url, SessionAttribute.read_write, read_only=False)
        # Readings have connections of their own, which can't write: whatever is called a reading is one.
        self.reading = pool(settings.primary_url, SessionAttribute.primary, read_only=True)
        self.replica = (
            pool(settings.replica_url, SessionAttribute.any, read_only=True) if settings.replica_url else None
        )
        self.announce: Callable[[uuid.UUID, list[tuple[int, str, int]]], None] | None = None
        self.announce_cancelled: Callable[[list[uuid.UUID]], Awaitable[None]] | None = None
        self.outdate: Callable[[set[str]], Awaitable[None]] | None = None
        self.boundary: Callable[[str], None] | None = None
        """Called before each statement of a write ("sql:UPDATE seat SET"), before its "commit" and once it is
        "committed", with a name for the place: for those who want to see, count, or end a process just there."""

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run ``work`` in one READ COMMITTED transaction on the primary and commit it.

        Repeats it at most 3 times, with jitter, on a lock conflict. Raises :class:`Busy` when that didn't help or
        no connection was to be had, :class:`OutcomeUnknown` when the connection broke at commit.
        """
        for attempt in range(4):
            try:
                return await self._write_once(work)
            except TROUBLE as error:
                if not await self._again(error, attempt):
                    await self._give_up(error, sqlstate(error), self.primary)
        raise Busy

    async def _write_once(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        async with self.primary.connect() as session:
            tx = Tx(session, self.boundary)
            await session.execute("BEGIN")
            try:
                result = await work(tx)
            except BaseException:
                await _roll_back(session)
                raise
            self._reach("commit")
            await _commit(session)
        self._reach("committed")
        if self.announce is not None:
            for performance_id, changes in tx.seat_changes.items():
                self.announce(performance_id, changes)
        if self.outdate is not None and tx.outdated:
            await self.outdate(tx.outdated)
        # After the pages of the past are gone: whoever is told now may ask for them at once.
        if self.announce_cancelled is not None and tx.cancelled:
            await self.announce_cancelled(tx.cancelled)
        for tell in tx.after:
            await tell()
        return result

    def _reach(self, place: str) -> None:
        if self.boundary is not None:
            self.boundary(place)

    async def _again(self, error: Exception, attempt: int) -> bool:
        """Whether an attempt may be repeated; waits a little before it says so."""
        if attempt >= 3:
            return False
        if isinstance(error, asyncpg.InvalidCachedStatementError):
            # A migration changed a table under a prepared statement; the driver has forgotten it by now.
            return True
        if sqlstate(error) not in RETRIED_STATES:
            return False
        await asyncio.sleep(random.uniform(0.005, 0.03) * 2**attempt)  # noqa: S311
        return True

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
        return await self._read_from(self.reading, work, one_moment=True)

    async def _read_from(self, pool: Pool, work: Callable[[Tx], Awaitable[T]], *, one_moment: bool = False) -> T:
        """In READ COMMITTED each statement has a snapshot of its own anyhow: a transaction around readings would only
        add its BEGIN and COMMIT, two round trips more."""
        try:
            async with pool.connect() as session:
                if not one_moment:
                    return await work(Tx(session))
                async with session.transaction(isolation="repeatable_read", readonly=True):
                    return await work(Tx(session))
        except TROUBLE as error:
            await self._give_up(error, sqlstate(error), pool)
            raise

    async def call(self, statement: str, *arguments: Any) -> Any:
        """Run one statement in a transaction of its own (one round trip) and return its first row, or None.

        For the hot verbs that are a single statement. Parameters are ``$1, $2, …``. Raises as :meth:`write`.
        """
        for attempt in range(4):
            try:
                async with self.primary.connect() as session:
                    self._reach(f"sql:{' '.join(statement.split()[:3])}")
                    result = (await self._ask_once(session, statement, arguments)).first()
                self._reach("committed")
                return result
            except TROUBLE as error:
                if not await self._again(error, attempt):
                    await self._give_up(error, sqlstate(error), self.primary)
        raise Busy

    async def once(self, statement: str, **parameters: Any) -> Any:
        """As :meth:`call`, for a statement with ``:named`` parameters."""
        text, names = numbered(statement)
        return await self.call(text, *(parameters[name] for name in names))

    async def _ask_once(self, session: Session, statement: str, arguments: Sequence[Any]) -> Result:
        """Raises OutcomeUnknown when the answer was lost: a statement that commits itself may have done its work."""
        try:
            return await session.ask(statement, arguments)
        except (asyncpg.ConnectionDoesNotExistError, OSError) as error:
            await self.primary.expire()
            raise OutcomeUnknown from error

    async def _give_up(self, error: Exception, state: str, pool: Pool) -> None:
        """Turn what the database or its connection couldn't do into :class:`Busy`; re-raise what is our own fault."""
        gone = _is_gone(error, state)
        if gone:
            await pool.expire()
        waited = isinstance(error, TimeoutError) or state in RETRIED_STATES | SHED_STATES
        if gone or waited:
            log.warning("database_unavailable", sqlstate=state, error=type(error).__name__)
            raise Busy from error
        raise error

    async def close(self) -> None:
        for pool in (self.primary, self.reading, self.replica):
            if pool is not None:
                await pool.close()


async def _commit(session: Session) -> None:
    """Raises OutcomeUnknown when the answer was lost with its connection."""
    try:
        await session.execute("COMMIT")
    except TROUBLE as error:
        if isinstance(error, (asyncpg.InterfaceError, OSError, TimeoutError)) or _is_closed(session):
            raise OutcomeUnknown from error
        await _roll_back(session)
        raise


async def _roll_back(session: Session) -> None:
    """End a failed transaction. A connection that doesn't answer to that is thrown away, and the server ends it."""
    if _is_closed(session):
        return
    try:
        await session.execute("ROLLBACK", timeout=1.0)
    except BaseException:
        if not _is_closed(session):
            session.terminate()


def _is_closed(session: Session) -> bool:
    try:
        return bool(session.is_closed())
    except asyncpg.InterfaceError:
        # A connection that broke has left its place in the pool, and says so to everything that it is asked.
        return True
