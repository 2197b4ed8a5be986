"""Reads of seats and holds. The primary answers all of them: availability is never decided by a replica."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound, Refusal
from frontrow.events import queries as events
from frontrow.events.errors import PerformanceOver
from frontrow.seats.errors import SalesClosed


@dataclass(frozen=True)
class Snapshot:
    """All seats of a performance: ``states[i]`` and ``fences[i]`` are seat number i+1."""

    performance_id: uuid.UUID
    states: str
    fences: list[int]
    digest: str


@dataclass(frozen=True)
class HoldView:
    """A hold and its places, whose words and prices are the JSON text ``places``."""

    id: uuid.UUID
    organiser_id: uuid.UUID
    performance_id: uuid.UUID
    buyer_id: uuid.UUID
    state: str
    seat_nos: list[int]
    price_version: int
    created_at: datetime
    expires_at: datetime
    cap_at: datetime
    currency: str
    places: str
    lapsed: bool
    leaves_single: bool


async def snapshot(tx: Tx, performance_id: uuid.UUID) -> Snapshot:
    """Raises NotFound when there are no seats of such a performance on show."""
    row = (
        await tx.sql(
            """SELECT string_agg(CASE s.state WHEN 'free' THEN 'f' WHEN 'held' THEN 'h' WHEN 'sold' THEN 's'
                                 ELSE 'b' END, '' ORDER BY s.seat_no) AS states,
                      array_agg(s.fence ORDER BY s.seat_no) AS fences, sum(s.fence)::text AS digest
                 FROM seat s
                WHERE s.performance_id = :performance
                  AND EXISTS (SELECT FROM performance p JOIN event e ON e.id = p.event_id
                               WHERE p.id = :performance AND e.state <> 'draft')""",
            performance=performance_id,
        )
    ).one()
    if row.states is None:
        raise NotFound
    return Snapshot(performance_id, row.states, row.fences, row.digest)


async def digest(tx: Tx, performance_id: uuid.UUID) -> str | None:
    """The sum of fences, or None when the performance has no seats."""
    found = await tx.sql(
        "SELECT sum(fence)::text AS digest FROM seat WHERE performance_id = :performance", performance=performance_id
    )
    value: str | None = found.scalar_one()
    return value


async def hold_of(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> HoldView:
    """A buyer's own hold. Raises NotFound for another's."""
    row = (
        await tx.sql(
            """SELECT h.id, h.organiser_id, h.performance_id, h.buyer_id, h.state, h.seat_nos, h.price_version,
                      h.created_at, h.expires_at, h.cap_at, e.currency,
                      offered(h.performance_id, h.seat_nos, h.price_version) AS places,
                      h.state <> 'sold' AND h.expires_at < clock_timestamp() AS lapsed,
                      h.leaves_single
                 FROM hold h JOIN performance p ON p.id = h.performance_id JOIN event e ON e.id = p.event_id
                WHERE h.id = :hold AND h.buyer_id = :buyer""",
            hold=hold_id,
            buyer=buyer_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return HoldView(**row._mapping)


async def closed(tx: Tx, performance_id: uuid.UUID) -> Refusal:
    """Why a performance isn't on sale: it was cancelled, or this isn't the time."""
    return PerformanceOver() if await events.is_cancelled(tx, performance_id) else SalesClosed()
