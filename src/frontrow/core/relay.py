"""The outbox relay: brings due rows to the queue, runs what the queue delivers, and runs rows itself without a queue.

A row is *leased*, enqueued as ``{row_id, attempt}``, *taken* by whoever is delivered it first, run, and marked done. A
crash anywhere leaves a lease that lapses, and the row is enqueued again. Copies in the queue are harmless: a copy that
names an older attempt, or arrives while somebody is at it, finds nothing to take. An attempt counts from the moment a
row is taken, so rows that wait in a long queue, or in a queue that was emptied, lose time but no attempts.
"""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import func, update
from taskiq import AsyncBroker

from frontrow.core.db import Database, Tx
from frontrow.core.errors import Refusal
from frontrow.core.jobs import Registry, Timer
from frontrow.core.log import bind_correlation
from frontrow.core.outbox import OutboxRow

log = structlog.get_logger(__name__)

TASK = "outbox.deliver"
CLOSEST_S = 0.02
BUSY_S = 0.05
IDLE_S = 0.5
BATCH = 100
WINDOW = 1000
"""Rows that may wait in the queue at once. More would only lapse there and be enqueued a second time."""
ENQUEUE_S = 1.0
QUIET_S = 1.0
"""After the queue refused a message, how long the relay runs rows itself before it tries the queue again."""
OUTAGE_COUNTS_AFTER = timedelta(hours=1)
KEEP_DAYS = 30


@dataclass(frozen=True)
class _Taken:
    """A row in our hands; ``attempts`` counts this attempt and is its name."""

    id: int
    topic: str
    payload: dict[str, Any]
    correlation_id: str | None
    attempts: int
    age: timedelta


def backoff(attempts: int, age: timedelta, *, outage: bool) -> timedelta:
    """How long a failed row rests: 5 s, 30 s, 3 min… after an error; a quarter of its age during an outage, 1–60 s.

    Within a tenth, by chance, so that rows that failed together don't come back together.
    """
    seconds = min(max(age.total_seconds() / 4, 1.0), 60.0) if outage else min(5.0 * 6 ** (attempts - 1), 600.0)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311


def is_outage(error: Exception) -> bool:
    """Whether the other side was away (503, no connection, no answer in time), which says nothing about the job."""
    if isinstance(error, Refusal):
        return error.status == 503
    return isinstance(error, (ConnectionError, TimeoutError))


class Relay:
    """One a worker process; any number of them may run at once."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        broker: AsyncBroker,
        *,
        lease_s: float = 30.0,
        max_attempts: int = 3,
        concurrency: int = 8,
    ) -> None:
        """``lease_s``: how long a row belongs to one taker without a word from it."""
        self._db = db
        self._registry = registry
        self._lease_s = lease_s
        self._max_attempts = max_attempts

        async def deliver(row_id: int, attempt: int) -> None:
            await self.deliver(row_id, attempt)

        self._task = broker.register_task(deliver, task_name=TASK)
        self._wake = asyncio.Event()
        self._own: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(concurrency)
        self._concurrency = concurrency
        self._queue_quiet_until = 0.0

    def wake(self) -> None:
        """Look for due rows now rather than at the next poll."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until ``stop`` is set; then wait for the rows that run in this process."""
        stopping = asyncio.create_task(stop.wait())
        pause, failing = BUSY_S, False
        try:
            while not stop.is_set():
                self._wake.clear()
                looked_at = time.monotonic()
                try:
                    moved = await self.tick()
                    failing = False
                except Exception as error:
                    if not failing:
                        log.warning("relay_failed", error=type(error).__name__)
                    moved, failing = 0, True
                pause = BUSY_S if moved else min(pause * 1.6, IDLE_S)
                waking = asyncio.create_task(self._wake.wait())
                await asyncio.wait({waking, stopping}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                waking.cancel()
                if not stop.is_set():
                    # A wake-up a job must not become a query a job.
                    await asyncio.sleep(max(looked_at + CLOSEST_S - time.monotonic(), 0))
        finally:
            stopping.cancel()
        if self._own:
            await asyncio.wait(self._own)

    async def tick(self) -> int:
        """Lease a batch of due rows and hand them on. Returns how many there were. Raises what the database raises."""
        queue_rests = time.monotonic() < self._queue_quiet_until
        room = min(BATCH, self._concurrency - len(self._own)) if queue_rests else BATCH
        if room <= 0:
            await asyncio.wait(self._own, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
            return 1
        due = await self._db.write(lambda tx: self._lease(tx, room))
        for row_id, attempt in due:
            if not await self._enqueue(row_id, attempt):
                self._run_here(row_id, attempt)
        return len(due)

    async def _lease(self, tx: Tx, room: int) -> list[tuple[int, int]]:
        """Lease rows; bury those whose attempts all ended in silence: what kills a worker must not kill them all."""
        rows = await tx.sql(
            """WITH waiting AS (
                 SELECT count(*) AS rows FROM (
                   SELECT FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND lease_until > clock_timestamp()
                    LIMIT :window) w),
               due AS (
                 SELECT id FROM outbox
                  WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= clock_timestamp()
                    AND (lease_until IS NULL OR lease_until <= clock_timestamp())
                  ORDER BY due_at
                  LIMIT greatest(0, least(:room, :window - (SELECT rows FROM waiting)))
                    FOR UPDATE SKIP LOCKED)
               UPDATE outbox o
                  SET lease_until = clock_timestamp() + make_interval(secs => :lease),
                      dead_at = CASE WHEN o.attempts >= :attempts THEN clock_timestamp() END,
                      last_error = CASE WHEN o.attempts >= :attempts
                                        THEN 'no worker came back from it' || coalesce('; before: ' || o.last_error, '')
                                        ELSE o.last_error END
                 FROM due WHERE o.id = due.id
               RETURNING o.id, o.attempts + 1 AS attempt, o.dead_at IS NOT NULL AS dead, o.topic""",
            window=WINDOW,
            room=room,
            lease=self._lease_s,
            attempts=self._max_attempts,
        )
        due = []
        for row in rows:
            if row.dead:
                log.error("outbox_dead", row_id=row.id, topic=row.topic, error="no worker came back from it")
            else:
                due.append((row.id, row.attempt))
        return due

    async def _enqueue(self, row_id: int, attempt: int) -> bool:
        if time.monotonic() < self._queue_quiet_until:
            return False
        try:
            async with asyncio.timeout(ENQUEUE_S):
                await self._task.kiq(row_id, attempt)
        except Exception as error:
            self._queue_quiet_until = time.monotonic() + QUIET_S
            log.warning("queue_unavailable", error=type(error.__cause__ or error).__name__)
            return False
        return True

    def _run_here(self, row_id: int, attempt: int) -> None:
        async def run() -> None:
            async with self._places:
                try:
                    await self.deliver(row_id, attempt)
                except Exception as error:
                    log.warning("delivery_failed", row_id=row_id, error=type(error).__name__)

        task = asyncio.create_task(run())
        self._own.add(task)
        task.add_done_callback(self._own.discard)

    async def deliver(self, row_id: int, attempt: int) -> None:
        """Run a row's handlers unless it's done, taken or past this attempt. Raises only what the database raises."""
        row = await self._take(row_id, attempt)
        if row is None:
            return
        bind_correlation(row.correlation_id)
        keeper = asyncio.create_task(self._keep(row))
        try:
            await self._registry.deliver(row.topic, row.payload)
        except Exception as error:
            await self._failed(row, error)
        else:
            await self._db.call(
                "UPDATE outbox SET done_at = clock_timestamp() WHERE id = $1 AND done_at IS NULL", row.id
            )
            log.info("job_done", row_id=row.id, topic=row.topic, attempt=row.attempts)
        finally:
            keeper.cancel()
        # Most jobs add the next one; nobody should have to wait for a poll to find it.
        self.wake()

    async def _take(self, row_id: int, attempt: int) -> _Taken | None:
        row = await self._db.call(
            """UPDATE outbox
                  SET attempts = attempts + 1, lease_until = clock_timestamp() + make_interval(secs => $4)
                WHERE id = $1 AND done_at IS NULL AND dead_at IS NULL AND due_at <= clock_timestamp()
                  AND attempts < $3 AND (attempts = $2 - 1 OR lease_until <= clock_timestamp())
            RETURNING id, topic, payload::text, correlation_id, attempts, clock_timestamp() - created_at AS age""",
            row_id,
            attempt,
            self._max_attempts,
            self._lease_s,
        )
        if row is None:
            return None
        payload = msgspec.json.decode(row["payload"], type=dict[str, Any])
        return _Taken(row["id"], row["topic"], payload, row["correlation_id"], row["attempts"], row["age"])

    async def _keep(self, row: _Taken) -> None:
        """Prolong the lease of a row that takes long."""
        while True:
            await asyncio.sleep(self._lease_s / 3)
            with contextlib.suppress(Exception):
                await self._db.call(
                    """UPDATE outbox SET lease_until = clock_timestamp() + make_interval(secs => $3)
                        WHERE id = $1 AND attempts = $2 AND done_at IS NULL""",
                    row.id,
                    row.attempts,
                    self._lease_s,
                )

    async def _failed(self, row: _Taken, error: Exception) -> None:
        """Record the error. The row rests and comes back; or it's dead and waits for a person."""
        outage = is_outage(error) and row.age < OUTAGE_COUNTS_AFTER
        dead = not outage and row.attempts >= self._max_attempts
        said = f"{type(error).__name__}: {error}"[:2000]
        if dead:
            log.error("outbox_dead", row_id=row.id, topic=row.topic, error=said, exc_info=error)
        else:
            log.warning("job_failed", row_id=row.id, topic=row.topic, attempt=row.attempts, error=said)
        values: dict[str, Any] = {"lease_until": None, "last_error": said}
        if dead:
            values["dead_at"] = func.clock_timestamp()
        else:
            rest = backoff(row.attempts, row.age, outage=outage)
            values["due_at"] = func.clock_timestamp() + rest
            if outage:
                values["attempts"] = row.attempts - 1
        await self._db.write(
            lambda tx: tx.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row.id, OutboxRow.attempts == row.attempts, OutboxRow.done_at.is_(None))
                .values(**values)
            )
        )


async def purge(db: Database, days: int = KEEP_DAYS) -> int:
    """Delete outbox rows done, and idempotency keys used, more than ``days`` days ago. Returns how many rows went."""
    gone = 0
    for statement in (
        """DELETE FROM outbox WHERE id IN
             (SELECT id FROM outbox WHERE done_at < clock_timestamp() - make_interval(days => :days) LIMIT 1000)""",
        """DELETE FROM idempotency WHERE (subject, endpoint, key) IN
             (SELECT subject, endpoint, key FROM idempotency
               WHERE created_at < clock_timestamp() - make_interval(days => :days) LIMIT 1000)""",
    ):
        # In small bites, each its own transaction, so that nobody ever waits for the broom.
        while True:
            bite = await _delete(db, statement, days)
            gone += bite
            if bite < 1000:
                break
    return gone


async def _delete(db: Database, statement: str, days: int) -> int:
    return (await db.write(lambda tx: tx.sql(statement, days=days))).rowcount


def purge_timer(db: Database) -> Timer:
    """Once an hour, forget what was done long ago."""

    async def run() -> None:
        if gone := await purge(db):
            log.info("purged", rows=gone)

    return Timer("purge", 3600.0, run)
