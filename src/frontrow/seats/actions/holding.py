"""T1 in its three ways: these seats, the best ones together, standing places. Each is one SQL function."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from frontrow.core.db import Database, sqlstate
from frontrow.core.errors import IdempotencyMismatch, NotFound
from frontrow.core.idempotency import request_hash
from frontrow.core.ids import new_id
from frontrow.core.settings import TillSettings
from frontrow.seats.errors import NotEnoughLeft, NotTogether, SeatsTaken, TooManySeats, UnknownSeats
from frontrow.seats.queries import closed
from frontrow.seats.rules import WIRE_STATE, check_count

HOLD_STATEMENT = "SELECT * FROM hold_seats($1, $2, $3, $4, $5, $6, $7, $8, $9)"
"""T1, whole: the one statement of a hold. The bench gives the same one to pgbench."""

_BEST = "SELECT * FROM hold_best($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_STANDING = "SELECT * FROM hold_standing($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


@dataclass(frozen=True)
class Held:
    """A hold as the database made it. ``places`` is the JSON text of its seats in words and money.

    ``leaves_single``: the house chose these seats although a free one beside them is left alone; there were no others.
    """

    hold_id: uuid.UUID
    performance_id: uuid.UUID
    seats: list[int]
    fences: list[int]
    created_at: datetime
    expires_at: datetime
    cap_at: datetime
    price_version: int
    places: str
    currency: str
    leaves_single: bool = False

    @property
    def changes(self) -> list[tuple[int, str, int]]:
        return [(seat, WIRE_STATE["held"], fence) for seat, fence in zip(self.seats, self.fences, strict=True)]


@dataclass(frozen=True)
class Best:
    """``count`` seats next to each other, the best there are: of one ``category`` or any.

    ``accessible``: with a wheelchair place among them, otherwise those places are passed over. ``split``: in several
    blocks when there is no single one, as large as they come.
    """

    count: int
    category: str | None = None
    accessible: bool = False
    split: bool = False


@dataclass(frozen=True)
class Standing:
    """``count`` places of a standing area, which is named as its map names it."""

    section: str
    count: int


async def hold_seats(
    db: Database, till: TillSettings, performance_id: uuid.UUID, buyer_id: uuid.UUID, seats: list[int], key: str
) -> Held | uuid.UUID:
    """T1: hold exactly these seats, all or none. Returns the hold, or the id of the one that ``key`` made earlier.

    Raises SeatsTaken (with the seats), UnknownSeats, TooManySeats, SalesClosed, PerformanceOver when it was cancelled,
    NotFound, IdempotencyMismatch, Busy.
    """
    asked = request_hash([str(performance_id), seats])
    return await _hold(db, till, HOLD_STATEMENT, performance_id, buyer_id, (seats,), key, asked)


async def hold_best(
    db: Database, till: TillSettings, performance_id: uuid.UUID, buyer_id: uuid.UUID, wish: Best, key: str
) -> Held | uuid.UUID:
    """T1 for seats that the house chooses. No block leaves a free seat alone while another of its size doesn't.

    Returns and raises as :func:`hold_seats`, and NotTogether or, when the seats may be split, NotEnoughLeft; both with
    what would do instead.
    """
    check_count(wish.count, till.max_seats)
    values = (wish.count, wish.category, wish.accessible, wish.split)
    asked = request_hash([str(performance_id), "best", *values])
    return await _hold(db, till, _BEST, performance_id, buyer_id, values, key, asked)


async def hold_standing(
    db: Database, till: TillSettings, performance_id: uuid.UUID, buyer_id: uuid.UUID, wish: Standing, key: str
) -> Held | uuid.UUID:
    """T1 for standing places. Returns and raises as :func:`hold_seats`, and NotEnoughLeft."""
    check_count(wish.count, till.max_seats)
    values = (wish.section, wish.count)
    asked = request_hash([str(performance_id), "standing", *values])
    return await _hold(db, till, _STANDING, performance_id, buyer_id, values, key, asked)


async def _hold(
    db: Database,
    till: TillSettings,
    statement: str,
    performance_id: uuid.UUID,
    buyer_id: uuid.UUID,
    wish: tuple[Any, ...],
    key: str,
    asked: bytes,
) -> Held | uuid.UUID:
    rules = (till.hold_s, till.hold_cap_s, till.max_seats)
    try:
        row = await db.call(statement, new_id(), performance_id, buyer_id, *wish, *rules, key, asked)
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
                row["created_at"] + timedelta(seconds=till.hold_cap_s),
                row["price_version"],
                row["places"],
                row["currency"],
                bool(row.get("leaves_single")),
            )
        case "known":
            known: uuid.UUID = row["hold_id"]
            return known
        case "taken":
            raise SeatsTaken(seats=list(row["seats"]))
        case "too_many":
            held, most = row["figure"], till.max_seats
            raise TooManySeats(f"You hold {held} of at most {most} seats already.", held=held, max_seats=most)
        case "not_together":
            raise NotTogether(largest=row["figure"], left=row["remaining"], instead=json.loads(row["instead"]))
        case "not_enough":
            raise NotEnoughLeft(left=row["figure"], instead=json.loads(row["instead"]))
        case "unknown_section":
            raise UnknownSeats("This performance has no such standing area.")
        case "mismatch":
            raise IdempotencyMismatch
        case "sales_closed":
            raise await db.read(lambda tx: closed(tx, performance_id))
        case _:
            raise NotFound
