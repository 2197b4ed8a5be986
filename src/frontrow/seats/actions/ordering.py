"""What orders and payments do with seats: tie a hold, keep it for a payment, sell it, free it, take it again.

Each verb is one statement: the hold's row is locked first, then the seats in seat order, and what is changed is
decided on the rows as they are once they are locked. A seat can leave a hold, but none can join it: so rows that were
seen when the statement began and still name the hold when they are locked are all that it has.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.seats.errors import HoldExpired, HoldInUse
from frontrow.seats.rules import WIRE_STATE

FREE = "state = 'free', hold_id = NULL, expires_at = NULL, in_payment = false"

# What the two hot verbs do, as parts of a statement: their own here, and the till's (``payments.actions.statements``),
# which do more in the same round trip. Both go by the hold that a part named ``due`` names; if that has no row, nothing
# is locked or changed. Rows are looked for by one value, not by a join: plans are kept, and one that was made while few
# seats were held would go through all of them that are held now.

_KEPT = """
kept AS (
  UPDATE hold SET {also}expires_at = least(cap_at, greatest(expires_at, clock_timestamp() + :at_least))
   WHERE id = (SELECT hold_id FROM due) AND {whose} AND expires_at > clock_timestamp()
  RETURNING id, performance_id, expires_at, cardinality(seat_nos) AS wanted
), mine AS MATERIALIZED (
  SELECT s.performance_id, s.seat_no FROM kept CROSS JOIN seat s
   WHERE s.hold_id = (SELECT hold_id FROM due) AND s.performance_id = kept.performance_id
   ORDER BY s.seat_no FOR NO KEY UPDATE OF s
), marked AS (
  UPDATE seat s SET fence = s.fence + 1, in_payment = true, expires_at = kept.expires_at
    FROM mine CROSS JOIN kept
   WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no
     AND s.hold_id = (SELECT hold_id FROM due)
  RETURNING s.seat_no, s.fence
)"""

# T3. ``kept`` has the hold as it is now, ``marked`` its seats: they are all of them if there are ``kept.wanted``.
KEEP = _KEPT.format(also="", whose="state = 'ordered'")

# T2 and T3 together, for a buyer's hold that isn't an order's yet.
TIE_AND_KEEP = _KEPT.format(also="state = 'ordered', ", whose="state = 'active' AND buyer_id = :buyer")

# T4, for the order that ``due`` names, too. ``whole`` is empty, and nothing is changed, unless every seat of the hold
# is still its own, and the evening takes place: it can't be cancelled until this is committed (``events.actions``).
# ``sold`` has the seats.
SELL = """
ours AS MATERIALIZED (
  SELECT id, performance_id, cardinality(seat_nos) AS wanted FROM hold
   WHERE id = (SELECT hold_id FROM due) FOR NO KEY UPDATE
), mine AS MATERIALIZED (
  SELECT s.performance_id, s.seat_no FROM ours CROSS JOIN seat s
   WHERE s.hold_id = (SELECT hold_id FROM due) AND s.performance_id = ours.performance_id AND s.state = 'held'
   ORDER BY s.seat_no FOR NO KEY UPDATE OF s
), evening AS MATERIALIZED (
  SELECT id FROM performance WHERE id = (SELECT performance_id FROM ours) AND state = 'scheduled' FOR KEY SHARE
), whole AS MATERIALIZED (
  SELECT id, performance_id FROM ours
   WHERE wanted = (SELECT count(*) FROM mine) AND performance_id = (SELECT id FROM evening)
), ended AS (
  UPDATE hold h SET state = 'sold' FROM whole WHERE h.id = whole.id
), sold AS (
  UPDATE seat s SET fence = s.fence + 1, state = 'sold', order_id = (SELECT order_id FROM due), hold_id = NULL,
                    expires_at = NULL, in_payment = false
    FROM mine CROSS JOIN whole
   WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no
  RETURNING s.seat_no, s.fence
)"""


def in_order(part: str) -> str:
    """Columns ``seats`` and ``fences``: what a part changed, for :func:`changes`."""
    return f"""(SELECT array_agg(seat_no ORDER BY seat_no) FROM {part}) AS seats,
       (SELECT array_agg(fence ORDER BY seat_no) FROM {part}) AS fences"""  # noqa: S608 -- a name of this file


_KEEP = f"""
WITH due AS (SELECT CAST(:hold AS uuid) AS hold_id),
{KEEP}
SELECT kept.*, {in_order("marked")} FROM kept
"""  # noqa: S608 -- parts of this file

_SELL = f"""
WITH due AS (SELECT CAST(:hold AS uuid) AS hold_id, CAST(:order AS uuid) AS order_id),
{SELL}
SELECT performance_id, {in_order("sold")} FROM whole
"""  # noqa: S608 -- parts of this file


def changes(row: Any, state: str) -> list[tuple[int, str, int]]:
    """The news of a statement that returned ``seats`` and ``fences``."""
    return [(no, WIRE_STATE[state], at) for no, at in zip(row.seats or [], row.fences or [], strict=True)]


def told(tx: Tx, performance_id: uuid.UUID, row: Any, state: str) -> int:
    """Register the news of a statement that returned ``seats`` and ``fences``. Returns how many were changed."""
    news = changes(row, state)
    tx.seats_changed(performance_id, news)
    return len(news)


async def tie_to_order(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> Any:
    """T2: lock a buyer's hold for an order. Returns its row. Raises NotFound, HoldExpired, HoldInUse."""
    row = (
        await tx.sql(
            """WITH mine AS MATERIALIZED (
                 SELECT id, organiser_id, performance_id, state, seat_nos, price_version, expires_at
                   FROM hold WHERE id = :hold AND buyer_id = :buyer FOR NO KEY UPDATE),
               tied AS (
                 UPDATE hold h SET state = 'ordered' FROM mine
                  WHERE h.id = mine.id AND mine.state = 'active' AND mine.expires_at > clock_timestamp()
                 RETURNING h.id)
               SELECT mine.*, tied.id IS NOT NULL AS tied FROM mine LEFT JOIN tied ON true""",
            hold=hold_id,
            buyer=buyer_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.state in {"ordered", "sold"}:
        raise HoldInUse
    if not row.tied:
        raise HoldExpired
    return row


async def keep_for_payment(tx: Tx, hold_id: uuid.UUID, at_least: timedelta) -> datetime:
    """T3: no expiry takes these seats while Stripe is asked; the hold lasts ``at_least``, within its cap.

    Returns the new expiry. Raises HoldExpired unless every seat is still ours.
    """
    row = (await tx.sql(_KEEP, hold=hold_id, at_least=at_least)).one_or_none()
    if row is None or told(tx, row.performance_id, row, "held") != row.wanted:
        raise HoldExpired
    expires: datetime = row.expires_at
    return expires


async def sell(tx: Tx, hold_id: uuid.UUID, order_id: uuid.UUID) -> bool:
    """T4: all of the hold's seats are sold to the order. False changes nothing: some of them aren't the hold's now,
    or the evening was cancelled."""
    row = (await tx.sql(_SELL, hold=hold_id, order=order_id)).one_or_none()
    return row is not None and told(tx, row.performance_id, row, "sold") > 0


async def free_sold(tx: Tx, order_id: uuid.UUID, seat_nos: list[int] | None = None) -> int:
    """T5 refused, T13: seats sold to an order are free again; all of them, or those of ``seat_nos``.

    Returns how many. Seats that aren't sold to this order stay as they are.
    """
    freed = await tx.sql(
        """WITH mine AS MATERIALIZED (
             SELECT performance_id, seat_no FROM seat
              WHERE order_id = :order AND (CAST(:seats AS int[]) IS NULL OR seat_no = ANY (CAST(:seats AS int[])))
              ORDER BY performance_id, seat_no FOR NO KEY UPDATE)
           UPDATE seat s SET fence = s.fence + 1, state = 'free', order_id = NULL
             FROM mine WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no
           RETURNING s.performance_id, s.seat_no, s.fence""",
        order=order_id,
        seats=seat_nos,
    )
    count = 0
    for row in freed:
        count += 1
        tx.seats_changed(row.performance_id, [(row.seat_no, WIRE_STATE["free"], row.fence)])
    return count


async def take_again(tx: Tx, performance_id: uuid.UUID, seat_nos: list[int], order_id: uuid.UUID) -> bool:
    """T8: money came late, for an order that has lost its seats: sell it these very seats, all or none.

    Takes what is free, or held, not in payment and expired. False changes nothing: also when the evening was cancelled.
    """
    row = (
        await tx.sql(
            """WITH evening AS MATERIALIZED (
                 SELECT id FROM performance WHERE id = :performance AND state = 'scheduled' FOR KEY SHARE),
               mine AS MATERIALIZED (
                 SELECT performance_id, seat_no FROM seat
                  WHERE performance_id = (SELECT id FROM evening) AND seat_no = ANY (CAST(:seats AS int[]))
                    AND (state = 'free' OR (state = 'held' AND NOT in_payment AND expires_at < clock_timestamp()))
                  ORDER BY seat_no FOR NO KEY UPDATE),
               sold AS (
                 UPDATE seat s SET fence = s.fence + 1, state = 'sold', order_id = :order, hold_id = NULL,
                                   expires_at = NULL, in_payment = false
                   FROM mine
                  WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no
                    AND (SELECT count(*) FROM mine) = cardinality(CAST(:seats AS int[]))
                 RETURNING s.seat_no, s.fence)
               SELECT array_agg(seat_no ORDER BY seat_no) AS seats, array_agg(fence ORDER BY seat_no) AS fences
                 FROM sold""",
            performance=performance_id,
            seats=sorted(set(seat_nos)),
            order=order_id,
        )
    ).one()
    return told(tx, performance_id, row, "sold") > 0


async def end_hold(tx: Tx, hold_id: uuid.UUID, state: str) -> int:
    """An order ended unpaid: its hold is ``released`` or ``expired``, and what it still has is free.

    Returns how many seats were freed. A hold that was sold stays as it is.
    """
    row = (
        await tx.sql(
            f"""WITH ended AS (
                  UPDATE hold SET state = :state WHERE id = :hold AND state <> 'sold' RETURNING id, performance_id),
                mine AS MATERIALIZED (
                  SELECT s.performance_id, s.seat_no FROM ended CROSS JOIN seat s
                   WHERE s.hold_id = :hold AND s.performance_id = ended.performance_id
                   ORDER BY s.seat_no FOR NO KEY UPDATE OF s),
                freed AS (
                  UPDATE seat s SET fence = s.fence + 1, {FREE} FROM mine
                   WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no AND s.hold_id = :hold
                  RETURNING s.seat_no, s.fence)
                SELECT performance_id, (SELECT array_agg(seat_no ORDER BY seat_no) FROM freed) AS seats,
                       (SELECT array_agg(fence ORDER BY seat_no) FROM freed) AS fences
                  FROM ended""",  # noqa: S608 -- literals of this file
            hold=hold_id,
            state=state,
        )
    ).one_or_none()
    return 0 if row is None else told(tx, row.performance_id, row, "free")


_END_HOLDS = f"""
WITH ours AS MATERIALIZED (
  SELECT id FROM hold WHERE id = ANY (CAST(:holds AS uuid[])) AND state <> 'sold' ORDER BY id FOR NO KEY UPDATE),
ended AS (
  UPDATE hold h SET state = :state FROM ours WHERE h.id = ours.id RETURNING h.id),
mine AS MATERIALIZED (
  SELECT s.performance_id, s.seat_no, s.hold_id FROM ended JOIN seat s ON s.hold_id = ended.id
   WHERE s.hold_id IS NOT NULL
   ORDER BY s.performance_id, s.seat_no FOR NO KEY UPDATE OF s)
UPDATE seat s SET fence = s.fence + 1, {FREE} FROM mine
 WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no AND s.hold_id = mine.hold_id
RETURNING s.performance_id, s.seat_no, s.fence
"""  # noqa: S608 -- literals of this file


async def end_holds(tx: Tx, hold_ids: list[uuid.UUID], state: str) -> int:
    """As :func:`end_hold` for many orders that end together: all their seats are locked in one order, so that neither
    two of these nor a buyer's hold across them ever wait for each other in a circle. Returns how many were freed."""
    freed = (await tx.sql(_END_HOLDS, holds=hold_ids, state=state)).all()
    for row in freed:
        tx.seats_changed(row.performance_id, [(row.seat_no, WIRE_STATE["free"], row.fence)])
    return len(freed)
