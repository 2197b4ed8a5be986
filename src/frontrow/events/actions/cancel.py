"""A performance won't take place. It is off sale with this commit; its orders are given back by the rooms above."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.events.errors import AlreadyCancelled, AlreadyOver
from frontrow.events.messages import CATALOGUE, PERFORMANCE_CANCELLED, PerformanceCancelled

LASTS = timedelta(hours=6)
"""What is broken off halfway can still be cancelled: until its end, or this long after its start."""

# FOR UPDATE, and no weaker lock: whoever sells a seat has this row locked FOR KEY SHARE (``seats``), which goes with an
# update of the row but not with this. So a sale is committed before the cancellation is, or finds it cancelled.
_LOCK = """
SELECT id, organiser_id, state, starts_at, ends_at, clock_timestamp() AS now FROM performance
 WHERE {which} ORDER BY id FOR UPDATE
"""


async def cancel_performance(
    tx: Tx, performance_id: uuid.UUID, message: str = "", *, cancelled_by: uuid.UUID | None = None
) -> None:
    """Cancel a performance. ``message`` is what its buyers are told by the organiser, if anything.

    Raises NotFound, AlreadyCancelled, AlreadyOver.
    """
    found = await tx.sql(_LOCK.format(which="id = :which"), which=performance_id)
    row = found.one_or_none()
    if row is None:
        raise NotFound
    if row.state == "cancelled":
        raise AlreadyCancelled
    if is_over(row.now, row.starts_at, row.ends_at):
        raise AlreadyOver
    await _cancel(tx, row, message, cancelled_by)


async def cancel_event(
    tx: Tx, event_id: uuid.UUID, message: str = "", *, cancelled_by: uuid.UUID | None = None
) -> list[uuid.UUID]:
    """Cancel all performances of an event that aren't over. Returns which.

    The event itself counts as cancelled unless one of its performances took place. Raises NotFound, AlreadyCancelled,
    AlreadyOver.
    """
    state = (await tx.sql("SELECT state FROM event WHERE id = :event", event=event_id)).scalar_one_or_none()
    if state is None:
        raise NotFound
    found = await tx.sql(_LOCK.format(which="event_id = :which"), which=event_id)
    rows = found.all()
    scheduled = [row for row in rows if row.state == "scheduled"]
    if state == "cancelled" or (rows and not scheduled):
        raise AlreadyCancelled
    coming = [row for row in scheduled if not is_over(row.now, row.starts_at, row.ends_at)]
    if not coming:
        raise AlreadyOver
    for row in coming:
        await _cancel(tx, row, message, cancelled_by)
    if len(coming) == len(scheduled):
        await tx.sql("UPDATE event SET state = 'cancelled' WHERE id = :event", event=event_id)
    return [row.id for row in coming]


def is_over(now: datetime, starts_at: datetime, ends_at: datetime | None) -> bool:
    """Whether a performance has taken place."""
    return now >= (ends_at or starts_at + LASTS)


async def _cancel(tx: Tx, row: Any, message: str, by: uuid.UUID | None) -> None:
    await tx.sql("UPDATE performance SET state = 'cancelled' WHERE id = :id", id=row.id)
    await tx.sql(
        """INSERT INTO performance_cancellation (performance_id, organiser_id, message, cancelled_by)
           VALUES (:id, :organiser, :message, CAST(:by AS uuid))""",
        id=row.id,
        organiser=row.organiser_id,
        message=message,
        by=by,
    )
    tx.outdates(CATALOGUE)
    tx.performance_cancelled(row.id)
    fact = PerformanceCancelled(row.id)
    await outbox.add(tx, PERFORMANCE_CANCELLED, f"{PERFORMANCE_CANCELLED}:{row.id}", fact.payload())
