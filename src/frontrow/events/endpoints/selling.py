"""The organiser's doors: move a performance, put up its prices."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Response

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, InvalidRequest, NotFound, NotLoggedIn, OutcomeUnknown
from frontrow.core.money import smallest_charge
from frontrow.core.web import RuntimeDep, refusals
from frontrow.events import actions, queries
from frontrow.events.errors import (
    PerformanceOver,
    PriceBelowMinimum,
    PricesChanged,
    PricesIncomplete,
    SaleWindowEmpty,
    TicketTypeTwice,
    UnknownCategory,
)
from frontrow.events.rules import price_list_of
from frontrow.events.schemas import Moved, MoveRequest, PerformancePrices, PriceListRequest, prices_of
from frontrow.people.access import LoggedInDep, staff_of

router = APIRouter()


@router.post(
    "/api/organisers/{slug}/performances/{performance_id}/move",
    responses=refusals(NotLoggedIn, NotFound, InvalidRequest, Busy),
)
async def move_performance(
    slug: str, performance_id: uuid.UUID, wish: MoveRequest, user: LoggedInDep, rt: RuntimeDep
) -> Moved:
    """Give a performance another time or place. Everybody with a ticket is told by mail."""

    async def work(tx: Tx) -> Moved:
        await _manage(tx, slug, performance_id, user.user_id)
        return Moved(
            move_no=await actions.move_performance(
                tx, performance_id, wish.starts_at, wish.doors_at, wish.venue_id, moved_by=user.user_id
            )
        )

    return await rt.db.write(work)


async def _manage(tx: Tx, slug: str, performance_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Name the tenant, for somebody who manages this performance. Raises NotFound for everybody else."""
    organiser_id = await queries.organiser_of_performance(tx, slug, performance_id)
    await staff_of(tx, user_id, organiser_id, ("owner", "manager"))
    await tx.act_for(organiser_id)


async def _priced(tx: Tx, performance_id: uuid.UUID, response: Response, otherwise: int) -> PerformancePrices:
    found = await queries.for_pricing(tx, performance_id)
    now = price_list_of(found, await queries.price_lines(tx, performance_id))
    response.headers["ETag"] = f'"{now.etag}"'
    return prices_of(found, now, smallest_charge(found.currency, otherwise))


@router.get("/api/organisers/{slug}/performances/{performance_id}/prices", responses=refusals(NotLoggedIn, NotFound))
async def get_price_list(
    slug: str, performance_id: uuid.UUID, user: LoggedInDep, rt: RuntimeDep, response: Response
) -> PerformancePrices:
    """How a performance is sold: its ticket types with what they cost, when they are sold, and how many to a person."""

    async def look(tx: Tx) -> PerformancePrices:
        await _manage(tx, slug, performance_id, user.user_id)
        return await _priced(tx, performance_id, response, rt.settings.stripe.minimum_amount)

    return await rt.db.read(look)


@router.put(
    "/api/organisers/{slug}/performances/{performance_id}/prices",
    responses=refusals(
        *(NotLoggedIn, NotFound, InvalidRequest, UnknownCategory, PricesIncomplete, TicketTypeTwice, SaleWindowEmpty),
        *(PriceBelowMinimum, PricesChanged, PerformanceOver, Busy, OutcomeUnknown),
    ),
)
async def put_price_list(
    slug: str,
    performance_id: uuid.UUID,
    wanted: PriceListRequest,
    user: LoggedInDep,
    rt: RuntimeDep,
    response: Response,
    if_match: Annotated[str | None, Header(alias="If-Match")] = None,
) -> PerformancePrices:
    """Put up this price list. Who holds or has bought seats keeps what they were shown; safe to repeat.

    With the ETag of the list that was changed as ``If-Match``, nobody else's change is overwritten.
    """
    otherwise = rt.settings.stripe.minimum_amount
    seen = None if if_match is None else if_match.removeprefix("W/").strip('"')

    async def work(tx: Tx) -> PerformancePrices:
        await _manage(tx, slug, performance_id, user.user_id)
        starts_at = (await queries.for_pricing(tx, performance_id, lock=True)).starts_at
        await actions.put_price_list(tx, performance_id, wanted.price_list(starts_at), seen=seen, otherwise=otherwise)
        return await _priced(tx, performance_id, response, otherwise)

    return await rt.db.write(work)
