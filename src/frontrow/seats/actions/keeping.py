"""What buyers do with a hold that they have: keep it longer, leave it behind, let it go."""

import uuid
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.settings import TillSettings
from frontrow.seats.actions.ordering import FREE, told
from frontrow.seats.errors import HoldAtCap, HoldExpired, HoldInUse

# A seat's expiry and its hold's are one thing: whoever moves one moves the other, in one statement.
_MOVE_EXPIRY = """
WITH mine AS MATERIALIZED (
  SELECT id, performance_id, state, expires_at, cap_at, cardinality(seat_nos) AS wanted
    FROM hold WHERE id = :hold AND buyer_id = :buyer FOR NO KEY UPDATE),
moved AS (
  UPDATE hold h SET expires_at = {expires} FROM mine
   WHERE h.id = mine.id AND mine.state = 'active' AND mine.expires_at > clock_timestamp() AND {when}
  RETURNING h.performance_id, h.expires_at),
ours AS MATERIALIZED (
  SELECT s.performance_id, s.seat_no FROM moved CROSS JOIN seat s
   WHERE s.hold_id = :hold AND s.performance_id = moved.performance_id
   ORDER BY s.seat_no FOR NO KEY UPDATE OF s),
kept AS (
  UPDATE seat s SET fence = s.fence + 1, expires_at = moved.expires_at FROM ours CROSS JOIN moved
   WHERE s.performance_id = ours.performance_id AND s.seat_no = ours.seat_no AND s.hold_id = :hold
  RETURNING s.seat_no, s.fence)
SELECT mine.performance_id, mine.state, mine.wanted, mine.expires_at, moved.expires_at IS NOT NULL AS moved,
       mine.expires_at <= clock_timestamp() AS lapsed, mine.expires_at >= mine.cap_at AS at_cap,
       (SELECT array_agg(seat_no ORDER BY seat_no) FROM kept) AS seats,
       (SELECT array_agg(fence ORDER BY seat_no) FROM kept) AS fences
  FROM mine LEFT JOIN moved ON true
"""
_EXTEND = _MOVE_EXPIRY.format(
    expires="least(h.cap_at, clock_timestamp() + make_interval(secs => :seconds))",
    when="mine.expires_at < least(mine.cap_at, clock_timestamp() + make_interval(secs => :seconds))",
)
_ABANDON = _MOVE_EXPIRY.format(
    expires="clock_timestamp() + make_interval(secs => :seconds)",
    when="mine.expires_at > clock_timestamp() + make_interval(secs => :seconds)",
)


async def extend_hold(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID, till: TillSettings) -> None:
    """A buyer needs more time: the hold lasts ``till.hold_s`` from now, within its cap. It never gets shorter.

    Raises NotFound for another's, HoldInUse when an order has it, HoldExpired, HoldAtCap when no time is left to give.
    """
    row = await _move(tx, _EXTEND, hold_id, buyer_id, till.hold_s)
    if row.state != "active" or row.lapsed:
        raise HoldExpired
    if row.moved and len(row.seats or []) != row.wanted:
        raise HoldExpired
    if not row.moved and row.at_cap:
        raise HoldAtCap(expires_at=row.expires_at.isoformat())


async def abandon_hold(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID, till: TillSettings) -> None:
    """A page with a hold is being closed: it lasts ``till.abandon_s`` more at most, so that a reload can keep it.

    Safe to repeat. Raises NotFound for another's, HoldInUse when an order has it.
    """
    await _move(tx, _ABANDON, hold_id, buyer_id, till.abandon_s)


async def _move(tx: Tx, statement: str, hold_id: uuid.UUID, buyer_id: uuid.UUID, seconds: int) -> Any:
    row = (await tx.sql(statement, hold=hold_id, buyer=buyer_id, seconds=float(seconds))).one_or_none()
    if row is None:
        raise NotFound
    if row.state in {"ordered", "sold"}:
        raise HoldInUse
    told(tx, row.performance_id, row, "held")
    return row


async def release_hold(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> None:
    """A buyer lets their seats go. Safe to repeat. Raises NotFound for another's, HoldInUse when an order has it."""
    row = (
        await tx.sql(
            f"""WITH ours AS MATERIALIZED (
                  SELECT id, performance_id, state FROM hold
                   WHERE id = :hold AND buyer_id = :buyer FOR NO KEY UPDATE),
                ended AS (
                  UPDATE hold h SET state = 'released' FROM ours WHERE h.id = ours.id AND ours.state = 'active'
                  RETURNING h.performance_id),
                mine AS MATERIALIZED (
                  SELECT s.performance_id, s.seat_no FROM ended CROSS JOIN seat s
                   WHERE s.hold_id = :hold AND s.performance_id = ended.performance_id
                   ORDER BY s.seat_no FOR NO KEY UPDATE OF s),
                freed AS (
                  UPDATE seat s SET fence = s.fence + 1, {FREE} FROM mine
                   WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no AND s.hold_id = :hold
                  RETURNING s.seat_no, s.fence)
                SELECT performance_id, state, (SELECT array_agg(seat_no ORDER BY seat_no) FROM freed) AS seats,
                       (SELECT array_agg(fence ORDER BY seat_no) FROM freed) AS fences
                  FROM ours""",  # noqa: S608 -- literals of this room
            hold=hold_id,
            buyer=buyer_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.state in {"ordered", "sold"}:
        raise HoldInUse
    told(tx, row.performance_id, row, "free")
