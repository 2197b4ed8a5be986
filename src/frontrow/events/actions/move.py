"""A performance gets another time or place. Each move is written down: its buyers are told what it was before."""

import uuid
from datetime import datetime

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.errors import InvalidRequest, NotFound
from frontrow.events.messages import CATALOGUE, PERFORMANCE_MOVED, PerformanceMoved

_MOVE = """
WITH moved AS (
  UPDATE performance
     SET starts_at = :starts, doors_at = :doors, venue_id = :venue, move_no = move_no + 1,
         ends_at = ends_at + (:starts - starts_at),
         sales_close_at = CASE WHEN sales_close_at = starts_at THEN :starts ELSE sales_close_at END
   WHERE id = :performance RETURNING id, organiser_id, move_no)
INSERT INTO performance_move (performance_id, move_no, organiser_id, starts_at_before, doors_at_before, venue_id_before,
                              moved_by)
SELECT id, move_no, organiser_id, CAST(:starts_before AS timestamptz), CAST(:doors_before AS timestamptz),
       CAST(:venue_before AS uuid), CAST(:by AS uuid) FROM moved RETURNING move_no
"""


async def move_performance(
    tx: Tx,
    performance_id: uuid.UUID,
    starts_at: datetime,
    doors_at: datetime | None,
    venue_id: uuid.UUID | None = None,
    *,
    moved_by: uuid.UUID | None = None,
) -> int:
    """Move a performance; its map, seats and prices stay. Returns how often it has been moved by now.

    ``venue_id`` None: it stays where it is. Its end moves along, and so does the end of sales if that was its start.
    Asking for what is so already changes nothing. Raises NotFound, also for another organiser's venue, and
    InvalidRequest for a cancelled performance, a start without a zone, or doors that open after the start.
    """
    if starts_at.tzinfo is None or (doors_at is not None and doors_at.tzinfo is None):
        raise InvalidRequest("A time needs its distance from UTC.")
    if doors_at is not None and doors_at > starts_at:
        raise InvalidRequest("Doors open before the start, not after it.")
    now = (
        await tx.sql(
            """SELECT organiser_id, starts_at, doors_at, venue_id, state, move_no FROM performance
                WHERE id = :performance FOR NO KEY UPDATE""",
            performance=performance_id,
        )
    ).one_or_none()
    if now is None:
        raise NotFound
    if now.state != "scheduled":
        raise InvalidRequest("A cancelled performance isn't moved.")
    venue = venue_id or now.venue_id
    owned = await tx.sql(
        "SELECT id FROM venue WHERE id = :venue AND organiser_id = :organiser",
        venue=venue,
        organiser=now.organiser_id,
    )
    if owned.one_or_none() is None:
        raise NotFound
    if (starts_at, doors_at, venue) == (now.starts_at, now.doors_at, now.venue_id):
        return int(now.move_no)
    moved = await tx.sql(
        _MOVE,
        performance=performance_id,
        starts=starts_at,
        doors=doors_at,
        venue=venue,
        starts_before=now.starts_at,
        doors_before=now.doors_at,
        venue_before=now.venue_id,
        by=moved_by,
    )
    move_no = int(moved.scalar_one())
    fact = PerformanceMoved(performance_id, move_no)
    tx.outdates(CATALOGUE)
    await outbox.add(tx, PERFORMANCE_MOVED, f"{PERFORMANCE_MOVED}:{performance_id}:{move_no}", fact.payload())
    return move_no
