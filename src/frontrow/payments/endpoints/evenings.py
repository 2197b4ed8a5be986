"""The organiser's door to cancelling a performance or a whole event, and to how far giving the money back has come."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, IdempotencyMismatch, InvalidRequest, NotFound, NotLoggedIn, OutcomeUnknown
from frontrow.core.idempotency import checked_key
from frontrow.core.web import RuntimeDep, refusals
from frontrow.events import queries as event_queries
from frontrow.events.errors import AlreadyCancelled, AlreadyOver
from frontrow.payments.actions import evenings as actions
from frontrow.payments.queries import evenings as queries
from frontrow.payments.schemas import CalledOff, CalledOffEvent, CallOffWish
from frontrow.people.access import LoggedInDep, staff_of

router = APIRouter(prefix="/api", tags=["payments"])

IdempotencyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]
MAY_CANCEL = ("owner", "manager")
REFUSED = refusals(
    *(NotLoggedIn, NotFound, InvalidRequest, AlreadyCancelled, AlreadyOver, IdempotencyMismatch, Busy, OutcomeUnknown),
)


async def _manage(tx: Tx, organiser_id: uuid.UUID, user_id: uuid.UUID) -> None:
    await staff_of(tx, user_id, organiser_id, MAY_CANCEL)
    await tx.act_for(organiser_id)


async def _performance(tx: Tx, slug: str, performance_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Raises NotFound unless it is theirs to cancel."""
    await _manage(tx, await event_queries.organiser_of_performance(tx, slug, performance_id), user_id)


async def _event(tx: Tx, slug: str, event_slug: str, user_id: uuid.UUID) -> uuid.UUID:
    organiser_id, event_id = await queries.event_at(tx, slug, event_slug)
    await _manage(tx, organiser_id, user_id)
    return event_id


@router.post("/organisers/{slug}/performances/{performance_id}/cancellation", status_code=202, responses=REFUSED)
async def cancel_performance(
    slug: str,
    performance_id: uuid.UUID,
    user: LoggedInDep,
    rt: RuntimeDep,
    wish: CallOffWish | None = None,
    idempotency_key: IdempotencyHeader = None,
) -> CalledOff:
    """Cancel a performance. It is off sale at once; tickets become void, money goes back and buyers are told, all by
    itself. There is no way back."""
    key, message = checked_key(idempotency_key), (wish or CallOffWish()).message

    async def work(tx: Tx) -> CalledOff:
        await _performance(tx, slug, performance_id, user.user_id)
        await actions.request_performance(tx, performance_id, message, user.user_id, key)
        return CalledOff.of(await queries.called_off(tx, performance_id))

    return await rt.db.write(work)


@router.get("/organisers/{slug}/performances/{performance_id}/cancellation", responses=refusals(NotLoggedIn, NotFound))
async def get_performance_cancellation(
    slug: str, performance_id: uuid.UUID, user: LoggedInDep, rt: RuntimeDep
) -> CalledOff:
    """How far a cancellation has come: so many of so many orders have their money back."""

    async def look(tx: Tx) -> CalledOff:
        await _performance(tx, slug, performance_id, user.user_id)
        return CalledOff.of(await queries.called_off(tx, performance_id))

    return await rt.db.read(look)


@router.post("/organisers/{slug}/events/{event_slug}/cancellation", status_code=202, responses=REFUSED)
async def cancel_event(
    slug: str,
    event_slug: str,
    user: LoggedInDep,
    rt: RuntimeDep,
    wish: CallOffWish | None = None,
    idempotency_key: IdempotencyHeader = None,
) -> CalledOffEvent:
    """Cancel all performances of an event that aren't over. There is no way back."""
    key, message = checked_key(idempotency_key), (wish or CallOffWish()).message

    async def work(tx: Tx) -> CalledOffEvent:
        event_id = await _event(tx, slug, event_slug, user.user_id)
        await actions.request_event(tx, event_id, message, user.user_id, key)
        return CalledOffEvent.of(await queries.called_off_event(tx, event_id))

    return await rt.db.write(work)


@router.get("/organisers/{slug}/events/{event_slug}/cancellation", responses=refusals(NotLoggedIn, NotFound))
async def get_event_cancellation(slug: str, event_slug: str, user: LoggedInDep, rt: RuntimeDep) -> CalledOffEvent:
    """How far it has come, for each cancelled performance of an event."""

    async def look(tx: Tx) -> CalledOffEvent:
        event_id = await _event(tx, slug, event_slug, user.user_id)
        return CalledOffEvent.of(await queries.called_off_event(tx, event_id))

    return await rt.db.read(look)
