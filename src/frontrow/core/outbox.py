"""The outbox: jobs and facts are rows of the transaction that causes them; the queue is only their wake-up.

A row is *due*, then *leased* by whoever runs it, then *done* (``done_at``) once its work is committed: a lost queue
costs time, never a job. After too many attempts it is *dead* and waits for a person. A committer that will run a row
at once (a buyer is waiting) adds it with a small delay and takes the lease itself; the relay is the safety net.
Effects on the outside (a mail, say) are leased by key in ``effect``, so that overlapping runs don't do them twice.
"""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base, Database, Tx
from frontrow.core.log import correlation_id

RUN_AT_ONCE = timedelta(seconds=3)
"""How long the relay leaves a row to the process that added it and means to run it at once."""


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "due_at", postgresql_where="done_at IS NULL AND dead_at IS NULL"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[str] = mapped_column(Text)
    dedupe_key: Mapped[str] = mapped_column(Text, unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    correlation_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dead_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str | None] = mapped_column(Text)


class Effect(Base):
    """Something done to the outside world, once a key. ``done_at`` is set when it surely happened."""

    __tablename__ = "effect"

    effect_key: Mapped[str] = mapped_column(Text, primary_key=True)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


async def add(
    tx: Tx,
    topic: str,
    dedupe_key: str,
    payload: dict[str, Any],
    *,
    delay: timedelta = timedelta(0),
    leased_s: float | None = None,
) -> int | None:
    """Add a row to the transaction. Returns its id, or None when the dedupe key stands already.

    ``leased_s``: the adder runs it itself once it has committed. The row is born leased to it for so long (seconds),
    and the relay takes it after that, unless it was done or given back.
    """
    row = await tx.sql(
        """INSERT INTO outbox (topic, dedupe_key, payload, correlation_id, due_at, lease_until)
           VALUES (:topic, :key, CAST(:payload AS jsonb), :correlation, clock_timestamp() + :delay,
                   clock_timestamp() + make_interval(secs => CAST(:leased AS float8)))
           ON CONFLICT DO NOTHING RETURNING id""",
        topic=topic,
        key=dedupe_key,
        payload=json.dumps(payload),
        correlation=correlation_id(),
        delay=delay,
        leased=leased_s,
    )
    row_id: int | None = row.scalar_one_or_none()
    return row_id


async def lease(db: Database, row_id: int, *, for_s: float = 30.0) -> bool:
    """Take a row in a transaction of its own. False: it's done, or somebody else has it."""
    taken = await db.call(
        """UPDATE outbox SET lease_until = clock_timestamp() + make_interval(secs => $2), attempts = attempts + 1
            WHERE id = $1 AND done_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
        RETURNING id""",
        row_id,
        for_s,
    )
    return taken is not None


async def give_back(db: Database, row_id: int, *, again_in_s: float = 1.0) -> None:
    """What was tried at once didn't work out: the relay takes the row soon, not when the lease lapses."""
    await db.call(
        """UPDATE outbox SET lease_until = NULL, due_at = clock_timestamp() + make_interval(secs => $2)
            WHERE id = $1 AND done_at IS NULL""",
        row_id,
        again_in_s,
    )


async def done_by_key(tx: Tx, dedupe_key: str) -> None:
    """Mark a row as done by what it was for, in the transaction that records the outcome."""
    await tx.sql(
        "UPDATE outbox SET done_at = clock_timestamp() WHERE dedupe_key = :key AND done_at IS NULL", key=dedupe_key
    )


async def done(tx: Tx, row_id: int) -> None:
    """Mark a row as done, in the transaction that records its outcome."""
    await tx.sql("UPDATE outbox SET done_at = clock_timestamp() WHERE id = :id AND done_at IS NULL", id=row_id)


async def lease_effect(db: Database, key: str, *, for_s: float = 60.0) -> bool:
    """Take the right to cause an outside effect. False: it happened, or somebody is at it."""
    taken = await db.call(
        """INSERT INTO effect (effect_key, lease_until, attempts)
           VALUES ($1, clock_timestamp() + make_interval(secs => $2), 1)
           ON CONFLICT (effect_key) DO UPDATE
             SET lease_until = EXCLUDED.lease_until, attempts = effect.attempts + 1
           WHERE effect.done_at IS NULL AND effect.lease_until < clock_timestamp()
           RETURNING effect_key""",
        key,
        for_s,
    )
    return taken is not None


async def effect_done(db: Database, key: str, detail: dict[str, Any]) -> None:
    """Record that the effect happened."""
    await db.call(
        "UPDATE effect SET done_at = clock_timestamp(), detail = CAST($2 AS jsonb) WHERE effect_key = $1",
        key,
        json.dumps(detail),
    )


async def effect_failed(db: Database, key: str) -> None:
    """Give the lease back at once, so that the next try needn't wait for it to lapse."""
    await db.call("UPDATE effect SET lease_until = clock_timestamp() WHERE effect_key = $1 AND done_at IS NULL", key)


def as_uuid(payload: dict[str, Any], name: str) -> uuid.UUID:
    """An id out of a payload (payloads carry ids and nothing else)."""
    return uuid.UUID(str(payload[name]))
