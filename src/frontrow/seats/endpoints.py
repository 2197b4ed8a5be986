"""The HTTP door of seats: the snapshot of a performance, and holds."""

import asyncio
import gzip
import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, IdempotencyMismatch, InvalidRequest, NotFound, OutcomeUnknown
from frontrow.core.idempotency import checked_key
from frontrow.core.runtime import Runtime
from frontrow.core.together import Together
from frontrow.core.web import RuntimeDep, raw_json, refusals
from frontrow.events.errors import PerformanceOver
from frontrow.people.access import BuyerDep
from frontrow.seats import actions, queries
from frontrow.seats.actions import Best, Held, Standing
from frontrow.seats.errors import (
    HoldAtCap,
    HoldExpired,
    HoldInUse,
    NotEnoughLeft,
    NotTogether,
    SalesClosed,
    SeatsTaken,
    TooManySeats,
    UnknownSeats,
)
from frontrow.seats.queries import HoldView
from frontrow.seats.rules import checked_seats
from frontrow.seats.schemas import Hold, HoldRequest, SeatSnapshot, encode_hold, encode_snapshot

router = APIRouter(prefix="/api", tags=["seats"])

IdempotencyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]
ZIP_FROM = 1500  # bytes

Pages = Together[uuid.UUID, tuple[bytes, bytes | None]]
"""Snapshots as JSON, plain and zipped, by performance."""


def _pages(request: Request) -> Pages:
    """This process's: after a restart a thousand pages ask for the same map at once."""
    found: Pages | None = getattr(request.app.state, "seat_pages", None)
    if found is None:
        rt: Runtime = request.app.state.runtime

        async def make(performance_id: uuid.UUID) -> tuple[bytes, bytes | None]:
            body = encode_snapshot(await rt.db.read(lambda tx: queries.snapshot(tx, performance_id)))
            # In a thread: a large map takes longer than a hold may be kept waiting.
            return body, await asyncio.to_thread(gzip.compress, body, 3) if len(body) > ZIP_FROM else None

        found = request.app.state.seat_pages = Together(make)
    return found


@router.get("/performances/{performance_id}/seats", response_model=SeatSnapshot, responses=refusals(NotFound, Busy))
async def get_seat_states(performance_id: uuid.UUID, request: Request) -> Response:
    """Every seat's state and fence, now, from the primary. Apply the socket's changes with a higher fence to it.

    Those who ask at the same time get the same answer, which is never older than their question.
    """
    body, zipped = await _pages(request).ask(performance_id)
    if zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(zipped, media_type="application/json", headers={"Content-Encoding": "gzip"})
    return Response(body, media_type="application/json")


@router.post(
    "/performances/{performance_id}/holds",
    status_code=201,
    response_model=Hold,
    responses=refusals(
        SeatsTaken,
        NotTogether,
        NotEnoughLeft,
        TooManySeats,
        SalesClosed,
        PerformanceOver,
        UnknownSeats,
        IdempotencyMismatch,
        InvalidRequest,
        NotFound,
        Busy,
        OutcomeUnknown,
    ),
)
async def hold_seats(
    performance_id: uuid.UUID,
    wanted: HoldRequest,
    buyer: BuyerDep,
    rt: RuntimeDep,
    response: Response,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Hold seats for a while, all or none: these, the best ones together, or standing places.

    The same Idempotency-Key returns the same hold. A buyer's holds of a performance may have so many seats in all;
    ``too_many_seats`` says how many they have.
    """
    key, till = checked_key(idempotency_key), rt.settings.till
    match wanted.wish():
        case Best() as wish:
            made = await actions.hold_best(rt.db, till, performance_id, buyer.id, wish, key)
        case Standing() as wish:
            made = await actions.hold_standing(rt.db, till, performance_id, buyer.id, wish, key)
        case seats:
            named = checked_seats(seats, till.max_seats)
            made = await actions.hold_seats(rt.db, till, performance_id, buyer.id, named, key)
    if isinstance(made, Held):
        rt.broadcast.seats_changed(performance_id, made.changes)
        return raw_json(encode_hold(made), response, status=201)
    known = await rt.db.read(lambda tx: queries.hold_of(tx, made, buyer.id))
    return raw_json(encode_hold(known), response, status=201)


@router.get("/holds/{hold_id}", response_model=Hold, responses=refusals(NotFound, Busy))
async def get_hold(hold_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, response: Response) -> Response:
    """A hold of this browser's."""
    found = await rt.db.read(lambda tx: queries.hold_of(tx, hold_id, buyer.id))
    return raw_json(encode_hold(found), response)


@router.post(
    "/holds/{hold_id}/extend",
    response_model=Hold,
    responses=refusals(NotFound, HoldExpired, HoldAtCap, HoldInUse, Busy, OutcomeUnknown),
)
async def extend_hold(hold_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, response: Response) -> Response:
    """More time for a hold: as much as a new one has, but never past ``cap_at``. Safe to repeat.

    ``hold_at_cap`` means that it has all the time it can have; it still holds until then.
    """

    async def extend(tx: Tx) -> HoldView:
        await actions.extend_hold(tx, hold_id, buyer.id, rt.settings.till)
        return await queries.hold_of(tx, hold_id, buyer.id)

    return raw_json(encode_hold(await rt.db.write(extend)), response)


@router.post("/holds/{hold_id}/abandon", status_code=204, responses=refusals(NotFound, HoldInUse, Busy, OutcomeUnknown))
async def abandon_hold(hold_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep) -> None:
    """For a page that is being closed: the hold lasts half a minute more at most. After a reload, extend it again.

    Safe to repeat.
    """
    await rt.db.write(lambda tx: actions.abandon_hold(tx, hold_id, buyer.id, rt.settings.till))


@router.delete("/holds/{hold_id}", status_code=204, responses=refusals(NotFound, HoldInUse, Busy, OutcomeUnknown))
async def release_hold(hold_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep) -> None:
    """Let the seats go at once. Safe to repeat."""
    await rt.db.write(lambda tx: actions.release_hold(tx, hold_id, buyer.id))
