"""The HTTP door of orders: what it would cost, place one, list one's own. Showing an order with its tickets is the door
of ``tickets``."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, NotFound, NotLoggedIn
from frontrow.core.idempotency import checked_key
from frontrow.core.web import RuntimeDep, raw_json, refusals
from frontrow.coupons.access import CouponQueueDep
from frontrow.orders import queries
from frontrow.orders.actions.place import place_at_once
from frontrow.orders.actions.quote import quote
from frontrow.orders.errors import PLACING, PlaceWithoutPrice, TicketTypeNotForSeat
from frontrow.orders.schemas import (
    Order,
    OrderPage,
    OrderRequest,
    Quote,
    QuoteRequest,
    encode_order,
    encode_orders,
    quote_of,
)
from frontrow.people.access import BuyerDep, LoggedInDep
from frontrow.seats.errors import HoldExpired

router = APIRouter(prefix="/api", tags=["orders"])

IdempotencyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]


@router.post(
    "/orders",
    status_code=201,
    response_model=Order,
    responses=refusals(*PLACING),
)
async def place_order(
    wanted: OrderRequest,
    buyer: BuyerDep,
    rt: RuntimeDep,
    queue: CouponQueueDep,
    response: Response,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Turn a hold into an order, priced at what the hold was shown. The same key returns the same order."""
    key, wish = checked_key(idempotency_key), wanted.wish()

    async with queue.turn(wish.coupon):
        made = await place_at_once(rt.db, wish, buyer.id, buyer.user_id, key, rt.settings.stripe)
        return raw_json(encode_order(made.order, made.lines), response, status=201)


@router.post(
    "/holds/{hold_id}/quote", responses=refusals(NotFound, HoldExpired, TicketTypeNotForSeat, PlaceWithoutPrice, Busy)
)
async def quote_hold(hold_id: uuid.UUID, wanted: QuoteRequest, buyer: BuyerDep, rt: RuntimeDep) -> Quote:
    """What an order of this hold would cost, line by line, and what it would be refused for. Nothing is redeemed."""
    chosen = {int(seat_no): ticket_type for seat_no, ticket_type in wanted.ticket_types.items()}
    email = wanted.email.lower() if wanted.email else None

    async def look(tx: Tx) -> Quote:
        found = await quote(tx, hold_id, buyer.id, buyer.user_id, chosen, wanted.coupon, email, rt.settings.stripe)
        return quote_of(found)

    return await rt.db.read(look)


@router.get("/orders", response_model=OrderPage, responses=refusals(NotLoggedIn))
async def list_my_orders(
    user: LoggedInDep,
    rt: RuntimeDep,
    response: Response,
    cursor: uuid.UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Response:
    """The logged-in account's orders, newest first. Tickets are shown by each order."""

    async def page(tx: Tx) -> bytes:
        found = await queries.orders_of_user(tx, user.user_id, cursor, limit + 1)
        shown = found[:limit]
        lines = await queries.lines_of(tx, [order.id for order in shown])
        next_cursor = str(shown[-1].id) if len(found) > limit else None
        return encode_orders([(order, lines.get(order.id, [])) for order in shown], next_cursor)

    return raw_json(await rt.db.read(page), response)
