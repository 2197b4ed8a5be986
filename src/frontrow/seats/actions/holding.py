"""What buyers do with seats: hold them and let them go."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from frontrow.core.db import Database, Tx, sqlstate
from frontrow.core.errors import IdempotencyMismatch, NotFound
from frontrow.core.idempotency import request_hash
from frontrow.core.ids import new_id
from frontrow.core.settings import TillSettings
from frontrow.seats.actions.ordering import FREE, told
from frontrow.seats.errors import HoldInUse, SalesClosed, SeatsTaken, UnknownSeats
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
    except asyncpg.PostgresError as error:
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
