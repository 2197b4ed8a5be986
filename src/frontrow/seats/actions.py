"""The verbs of seats. Each change locks the rows in seat order, raises the fence and registers the news of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError

from frontrow.core.db import Database, Tx, sqlstate
from frontrow.core.errors import IdempotencyMismatch, NotFound
from frontrow.core.idempotency import request_hash
from frontrow.core.ids import new_id
from frontrow.core.settings import TillSettings
from frontrow.seats.errors import HoldExpired, HoldInUse, SalesClosed, SeatsTaken, UnknownSeats
from frontrow.seats.rules import WIRE_STATE

HOLD_STATEMENT = "SELECT * FROM hold_seats($1, $2, $3, $4, $5, $6, $7, $8)"
"""T1, whole: the one statement of a hold. The bench gives the same one to pgbench."""


@dataclass(frozen=True)
class Held:
    """A hold as the database made it. ``places`` is the JSON text of its seats in words and money."""

    hold_id: uuid.UUID
    performance_id: uuid.UUID
    seats: list[int]
    fences: list[int]
    created_at: datetime
    expires_at: datetime
    price_version: int
    places: str
    currency: str

    @property
    def changes(self) -> list[tuple[int, str, int]]:
        return [(seat, WIRE_STATE["held"], fence) for seat, fence in zip(self.seats, self.fences, strict=True)]


async def hold_seats(
    db: Database, till: TillSettings, performance_id: uuid.UUID, buyer_id: uuid.UUID, seats: list[int], key: str
) -> Held | uuid.UUID:
    """T1: hold exactly these seats, all or none. Returns the hold, or the id of the one that ``key`` made earlier.

    Raises SeatsTaken (with the seats), UnknownSeats, SalesClosed, NotFound, IdempotencyMismatch, Busy.
    """
    try:
        row = await db.call(
            HOLD_STATEMENT,
            new_id(),
            performance_id,
            buyer_id,
            seats,
            till.hold_s,
            till.hold_cap_s,
            key,
            request_hash([str(performance_id), seats]),
        )
    except (asyncpg.PostgresError, DBAPIError) as error:
        if sqlstate(error) == "23505":
            raise IdempotencyMismatch from error
        if sqlstate(error) == "FR422":
            raise UnknownSeats from error
        raise
    assert row is not None
    match row["outcome"]:
        case "held":
            return Held(
                row["hold_id"],
                performance_id,
                row["seats"],
                row["fences"],
                row["created_at"],
                row["expires_at"],
                row["price_version"],
                row["places"],
                row["currency"],
            )
        case "known":
            known: uuid.UUID = row["hold_id"]
            return known
        case "taken":
            raise SeatsTaken(seats=list(row["seats"]))
        case "mismatch":
            raise IdempotencyMismatch
        case "sales_closed":
            raise SalesClosed
        case _:
            raise NotFound


async def apply_map(tx: Tx, performance_id: uuid.UUID) -> int:
    """Give a performance its seat rows, one a place of its map. Returns how many were added; safe to repeat."""
    added = await tx.sql(
        """INSERT INTO seat (performance_id, seat_no, organiser_id, kind, category)
           SELECT p.id, sp.seat_no, p.organiser_id, sp.kind, sp.category
             FROM performance p JOIN seat_place sp ON sp.seat_map_id = p.seat_map_id
            WHERE p.id = :performance
           ON CONFLICT DO NOTHING""",
        performance=performance_id,
    )
    await refresh_availability(tx, [performance_id])
    return added.rowcount


async def _change(tx: Tx, hold_ids: list[uuid.UUID], sets: str, also: str = "true", **values: Any) -> int:
    """Change the seats of holds that still name these holds, in seat order. Returns how many were changed."""
    changed = await tx.sql(
        f"""WITH mine AS MATERIALIZED (
              SELECT performance_id, seat_no FROM seat WHERE hold_id = ANY (:holds) AND {also}
               ORDER BY performance_id, seat_no FOR NO KEY UPDATE)
            UPDATE seat s SET fence = s.fence + 1, {sets}
              FROM mine m
             WHERE s.performance_id = m.performance_id AND s.seat_no = m.seat_no AND s.hold_id = ANY (:holds)
            RETURNING s.performance_id, s.seat_no, s.state, s.fence""",  # noqa: S608 -- literals of this file
        holds=hold_ids,
        **values,
    )
    count = 0
    for row in changed:
        count += 1
        tx.seats_changed(row.performance_id, [(row.seat_no, WIRE_STATE[row.state], row.fence)])
    return count


_FREE = "state = 'free', hold_id = NULL, expires_at = NULL, in_payment = false"


async def tie_to_order(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> Any:
    """T2: lock a buyer's hold for an order. Returns its row. Raises NotFound, HoldExpired, HoldInUse."""
    row = (
        await tx.sql(
            """SELECT id, organiser_id, performance_id, state, seat_nos, price_version, expires_at,
                      expires_at < clock_timestamp() AS lapsed
                 FROM hold WHERE id = :hold AND buyer_id = :buyer FOR NO KEY UPDATE""",
            hold=hold_id,
            buyer=buyer_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.state in {"ordered", "sold"}:
        raise HoldInUse
    if row.state != "active" or row.lapsed:
        raise HoldExpired
    await tx.sql("UPDATE hold SET state = 'ordered' WHERE id = :hold", hold=hold_id)
    return row


async def keep_for_payment(tx: Tx, hold_id: uuid.UUID, at_least: timedelta) -> datetime:
    """T3: no expiry takes these seats while Stripe is asked; the hold lasts ``at_least``, within its cap.

    Returns the new expiry. Raises HoldExpired unless every seat is still ours.
    """
    row = (
        await tx.sql(
            """UPDATE hold SET expires_at = least(cap_at, greatest(expires_at, clock_timestamp() + :at_least))
                WHERE id = :hold AND state = 'ordered' AND expires_at > clock_timestamp()
            RETURNING expires_at, cardinality(seat_nos) AS seats""",
            hold=hold_id,
            at_least=at_least,
        )
    ).one_or_none()
    if row is None:
        raise HoldExpired
    kept = await _change(tx, [hold_id], "in_payment = true, expires_at = :expires", expires=row.expires_at)
    if kept != row.seats:
        raise HoldExpired
    expires: datetime = row.expires_at
    return expires


async def sell(tx: Tx, hold_id: uuid.UUID, order_id: uuid.UUID) -> bool:
    """T4: the hold's seats are sold to the order. False, and nothing to commit, unless it hit every one of them."""
    row = (
        await tx.sql(
            "UPDATE hold SET state = 'sold' WHERE id = :hold RETURNING cardinality(seat_nos) AS seats", hold=hold_id
        )
    ).one()
    sold = await _change(
        tx,
        [hold_id],
        "state = 'sold', order_id = :order, hold_id = NULL, expires_at = NULL, in_payment = false",
        "state = 'held'",
        order=order_id,
    )
    return bool(sold == row.seats)


async def free_sold(tx: Tx, order_id: uuid.UUID) -> int:
    """T5 refused, T13: the seats sold to an order are free again. Returns how many."""
    freed = await tx.sql(
        """WITH mine AS MATERIALIZED (
             SELECT performance_id, seat_no FROM seat WHERE order_id = :order
              ORDER BY performance_id, seat_no FOR NO KEY UPDATE)
           UPDATE seat s SET fence = s.fence + 1, state = 'free', order_id = NULL
             FROM mine m WHERE s.performance_id = m.performance_id AND s.seat_no = m.seat_no AND s.order_id = :order
           RETURNING s.performance_id, s.seat_no, s.fence""",
        order=order_id,
    )
    count = 0
    for row in freed:
        count += 1
        tx.seats_changed(row.performance_id, [(row.seat_no, WIRE_STATE["free"], row.fence)])
    return count


async def end_hold(tx: Tx, hold_id: uuid.UUID, state: str) -> int:
    """An order ended unpaid: its hold is ``released`` or ``expired`` and what it still has is free."""
    await tx.sql("UPDATE hold SET state = :state WHERE id = :hold AND state <> 'sold'", hold=hold_id, state=state)
    return await _change(tx, [hold_id], _FREE, "state = 'held'")


async def release_hold(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> None:
    """A buyer lets their seats go. Safe to repeat. Raises NotFound for another's, HoldInUse when an order has it."""
    row = (
        await tx.sql(
            "SELECT state FROM hold WHERE id = :hold AND buyer_id = :buyer FOR NO KEY UPDATE",
            hold=hold_id,
            buyer=buyer_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.state in {"ordered", "sold"}:
        raise HoldInUse
    if row.state == "active":
        await end_hold(tx, hold_id, "released")


async def sweep(tx: Tx, batch: int = 100) -> int:
    """T6 for holds without an order: free what lapsed. Returns how many holds; several sweepers don't meet."""
    lapsed = (
        await tx.sql(
            """UPDATE hold SET state = 'expired' WHERE id IN (
                 SELECT id FROM hold WHERE state = 'active' AND expires_at < clock_timestamp()
                  ORDER BY expires_at LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED)
               RETURNING id""",
            batch=batch,
        )
    ).scalars()
    hold_ids = list(lapsed)
    if hold_ids:
        await _change(tx, hold_ids, _FREE, "state = 'held' AND NOT in_payment")
    return len(hold_ids)


async def refresh_availability(tx: Tx, performance_ids: list[uuid.UUID] | None = None) -> int:
    """Store what listings show (places left, lowest price). All coming performances unless some are named."""
    changed = await tx.sql(
        """UPDATE performance p SET seats_total = f.total, seats_free = f.free, from_price = f.from_price,
                                    availability_at = clock_timestamp()
             FROM (SELECT q.id, a.total, a.free,
                          (SELECT min(pr.amount + pr.fee) FROM ticket_type t JOIN price pr ON pr.ticket_type_id = t.id
                            WHERE t.performance_id = q.id AND pr.version = q.price_version) AS from_price
                     FROM performance q
                     CROSS JOIN LATERAL (SELECT count(*)::int AS total,
                                               count(*) FILTER (WHERE state = 'free')::int AS free
                                           FROM seat s WHERE s.performance_id = q.id) a
                    WHERE CASE WHEN CAST(:ids AS uuid[]) IS NULL THEN q.starts_at > now() ELSE q.id = ANY (:ids) END
                  ) f
            WHERE p.id = f.id
              AND (p.seats_total, p.seats_free, p.from_price) IS DISTINCT FROM (f.total, f.free, f.from_price)""",
        ids=performance_ids,
    )
    return changed.rowcount
