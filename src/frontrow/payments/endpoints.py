"""The HTTP door of payments: start, check, give up, and Stripe's own news."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Request

from frontrow.core.errors import Busy, IdempotencyMismatch, NotFound
from frontrow.core.idempotency import checked_key
from frontrow.core.web import RuntimeDep, refusals
from frontrow.gateways.hub import GatewaysDep
from frontrow.orders.errors import OrderMoving, OrderNotPayable
from frontrow.orders.queries import Viewer
from frontrow.orders.schemas import Order
from frontrow.payments.actions import news, start, stop
from frontrow.payments.errors import BadSignature, StripeUnavailable
from frontrow.payments.schemas import Payment, payment_of
from frontrow.people.access import BuyerDep
from frontrow.seats.errors import HoldExpired
from frontrow.tickets.actions.show import show_order

router = APIRouter(prefix="/api", tags=["payments"])

IdempotencyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]


@router.post(
    "/orders/{order_id}/payment",
    status_code=201,
    responses=refusals(NotFound, HoldExpired, OrderNotPayable, IdempotencyMismatch, StripeUnavailable, Busy),
)
async def start_payment(
    order_id: uuid.UUID,
    buyer: BuyerDep,
    rt: RuntimeDep,
    gw: GatewaysDep,
    token: str | None = None,
    idempotency_key: IdempotencyHeader = None,
) -> Payment:
    """Begin to pay an order, or get its payment again: there is one active payment, whatever the number of tabs."""
    viewer = Viewer(buyer.id, buyer.user_id, token)
    view = await start.start_payment(rt, gw, order_id, viewer, checked_key(idempotency_key))
    return payment_of(view, rt.settings.stripe.publishable_key)


@router.post("/orders/{order_id}/payment/check", responses=refusals(NotFound, Busy))
async def check_payment(
    order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, gw: GatewaysDep, token: str | None = None
) -> Order:
    """Look at the payment now, and settle the order if the money is there. The order says how it went."""
    viewer = Viewer(buyer.id, buyer.user_id, token)
    await news.check_payment(rt, gw, order_id, viewer)
    return await show_order(rt, order_id, viewer)


@router.post("/orders/{order_id}/cancel", responses=refusals(NotFound, OrderMoving, Busy))
async def cancel_order(
    order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, gw: GatewaysDep, token: str | None = None
) -> Order:
    """Give an unpaid order up and free its seats. If the money was taken at the same moment, the order is paid."""
    viewer = Viewer(buyer.id, buyer.user_id, token)
    await stop.cancel_order(rt, gw, order_id, viewer)
    return await show_order(rt, order_id, viewer)


@router.post("/webhooks/stripe", responses=refusals(BadSignature))
async def stripe_webhook(request: Request, rt: RuntimeDep, gw: GatewaysDep) -> dict[str, bool]:
    """Stripe's news: verified over the raw body, stored once, handled by a job."""
    await news.receive_webhook(rt, gw, await request.body(), request.headers.get("stripe-signature", ""))
    return {"received": True}
