"""The HTTP door of orders: place one, list one's own. Showing an order with its tickets is the door of ``tickets``."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Query

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, IdempotencyMismatch, InvalidRequest, NotFound, NotLoggedIn
from frontrow.core.idempotency import checked_key
from frontrow.core.web import RuntimeDep, refusals
from frontrow.orders import actions, queries
from frontrow.orders.actions import Wish
from frontrow.orders.schemas import Order, OrderPage, OrderRequest, order_of
from frontrow.people.access import BuyerDep, LoggedInDep
from frontrow.seats.errors import HoldExpired, HoldInUse

router = APIRouter(prefix="/api", tags=["orders"])

IdempotencyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]


@router.post(
    "/orders",
    status_code=201,
    responses=refusals(NotFound, HoldExpired, HoldInUse, IdempotencyMismatch, InvalidRequest, Busy),
)
async def place_order(
    wanted: OrderRequest, buyer: BuyerDep, rt: RuntimeDep, idempotency_key: IdempotencyHeader = None
) -> Order:
    """Turn a hold into an order, priced at what the hold was shown. The same key returns the same order."""
    key = checked_key(idempotency_key)
    wish = Wish(wanted.hold_id, wanted.email.lower(), wanted.name, wanted.locale)

    async def place(tx: Tx) -> Order:
        order_id = await actions.place_order(tx, wish, buyer.id, buyer.user_id, key, rt.settings.stripe)
        return order_of(await queries.order(tx, order_id), await queries.lines(tx, order_id), [])

    return await rt.db.write(place)


@router.get("/orders", responses=refusals(NotLoggedIn))
async def list_my_orders(
    user: LoggedInDep,
    rt: RuntimeDep,
    cursor: uuid.UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> OrderPage:
    """The logged-in account's orders, newest first. Tickets are shown by each order."""

    async def page(tx: Tx) -> OrderPage:
        found = await queries.orders_of_user(tx, user.user_id, cursor, limit + 1)
        shown = found[:limit]
        lines = await queries.lines_of(tx, [order.id for order in shown])
        return OrderPage(
            items=[order_of(order, lines.get(order.id, []), []) for order in shown],
            next_cursor=str(shown[-1].id) if len(found) > limit else None,
        )

    return await rt.db.read(page)
