"""The HTTP door of payments: start, check, give up; what staff do with money; and Stripe's own news."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Header, Request, Response

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, IdempotencyMismatch, InvalidRequest, NotFound, NotLoggedIn, OutcomeUnknown
from frontrow.core.idempotency import checked_key
from frontrow.core.runtime import Runtime
from frontrow.core.web import RuntimeDep, raw_json, refusals
from frontrow.coupons.access import CouponQueueDep
from frontrow.events.errors import PerformanceOver
from frontrow.gateways.hub import GatewaysDep
from frontrow.orders import queries as order_queries
from frontrow.orders.errors import PLACING, LinesNotThere, OrderMoving, OrderNotPayable
from frontrow.orders.queries import Viewer
from frontrow.orders.schemas import Order
from frontrow.payments import queries
from frontrow.payments.actions import checkout, desk, news, offline, start, stop, webhooks
from frontrow.payments.errors import BadSignature, NotRefundable, OrderNotPaid, StripeUnavailable, TicketUsed
from frontrow.payments.schemas import (
    Cancellation,
    CancellationWish,
    Checkout,
    CheckoutRequest,
    OfflineWish,
    OwnRefunds,
    Payment,
    PaymentWish,
    Refund,
    RefundWish,
    cancellation_of,
    encode_checkout,
    own_refunds_of,
    payment_of,
    refund_of,
)
from frontrow.people.access import BuyerDep, LoggedInDep, staff_of
from frontrow.seats.errors import HoldExpired
from frontrow.tickets.actions.show import show_order

router = APIRouter(prefix="/api", tags=["payments"])

IdempotencyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]
T = TypeVar("T")

MONEY_ROLES = ("owner", "manager")
"""Who of an organiser's team may take, waive and give back money."""


@router.post("/checkouts", status_code=201, response_model=Checkout, responses=refusals(*PLACING))
async def check_out(
    wanted: CheckoutRequest,
    buyer: BuyerDep,
    rt: RuntimeDep,
    gw: GatewaysDep,
    queue: CouponQueueDep,
    response: Response,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Turn a hold into an order and begin its payment. The same key returns the same order and payment.

    It is refused as placing an order is. When only the payment can't be begun, the order is answered with the
    ``problem``; its payment may be asked for again.
    """
    key, wish, viewer = checked_key(idempotency_key), wanted.wish(), Viewer(buyer.id, buyer.user_id, None)
    async with queue.turn(wish.coupon):
        made = await checkout.check_out(rt, gw, wish, viewer, key, wanted.payment_kind)
    publishable = rt.settings.stripe.publishable_key
    return raw_json(encode_checkout(made.order, made.payment, made.problem, publishable), response, status=201)


@router.post(
    "/orders/{order_id}/payment",
    status_code=201,
    responses=refusals(
        *(
            NotFound,
            HoldExpired,
            OrderNotPayable,
            PerformanceOver,
            InvalidRequest,
            IdempotencyMismatch,
            StripeUnavailable,
        ),
        *(Busy, OutcomeUnknown),
    ),
)
async def start_payment(
    order_id: uuid.UUID,
    buyer: BuyerDep,
    rt: RuntimeDep,
    gw: GatewaysDep,
    wish: PaymentWish | None = None,
    token: str | None = None,
    idempotency_key: IdempotencyHeader = None,
) -> Payment:
    """Begin to pay an order, or get its payment again: there is one active payment, whatever the number of tabs."""
    viewer = Viewer(buyer.id, buyer.user_id, token)
    kind = (wish or PaymentWish()).kind
    view = await start.start_payment(rt, gw, order_id, viewer, checked_key(idempotency_key), kind)
    return payment_of(view, rt.settings.stripe.publishable_key)


@router.post(
    "/orders/{order_id}/payment/check", response_model=Order, responses=refusals(NotFound, Busy, OutcomeUnknown)
)
async def check_payment(
    order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, gw: GatewaysDep, response: Response, token: str | None = None
) -> Response:
    """Look at the payment now, and settle the order if the money is there. The order says how it went."""
    viewer = Viewer(buyer.id, buyer.user_id, token)
    await news.check_payment(rt, gw, order_id, viewer)
    return raw_json(await show_order(rt, order_id, viewer), response)


@router.post(
    "/orders/{order_id}/payment/leave",
    response_model=Order,
    responses=refusals(NotFound, OrderMoving, Busy, OutcomeUnknown),
)
async def leave_payment(
    order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, gw: GatewaysDep, response: Response, token: str | None = None
) -> Response:
    """Go back from the payment to the order, which can then be paid again, in another way or at another time.

    The order is *pending* once Stripe has cancelled the payment, *expiring* until then, and *paid* if the money had
    been taken already.
    """
    viewer = Viewer(buyer.id, buyer.user_id, token)
    await stop.leave_checkout(rt, gw, order_id, viewer)
    return raw_json(await show_order(rt, order_id, viewer), response)


@router.post(
    "/orders/{order_id}/cancel", response_model=Order, responses=refusals(NotFound, OrderMoving, Busy, OutcomeUnknown)
)
async def cancel_order(
    order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, gw: GatewaysDep, response: Response, token: str | None = None
) -> Response:
    """Give an unpaid order up and free its seats. If the money was taken at the same moment, the order is paid."""
    viewer = Viewer(buyer.id, buyer.user_id, token)
    await stop.cancel_order(rt, gw, order_id, viewer)
    return raw_json(await show_order(rt, order_id, viewer), response)


async def _as_staff(rt: Runtime, order_id: uuid.UUID, user_id: uuid.UUID, work: Callable[[Tx], Awaitable[T]]) -> T:
    """Run ``work`` for a member of staff of the order's organiser. Raises NotFound for everybody else."""

    async def allowed(tx: Tx) -> T:
        await staff_of(tx, user_id, await queries.organiser_of(tx, order_id), MONEY_ROLES)
        return await work(tx)

    return await rt.db.write(allowed)


@router.post(
    "/orders/{order_id}/payment/offline",
    status_code=201,
    responses=refusals(
        *(NotLoggedIn, NotFound, HoldExpired, OrderNotPayable, IdempotencyMismatch, Busy, OutcomeUnknown),
    ),
)
async def pay_offline(
    order_id: uuid.UUID,
    wish: OfflineWish,
    user: LoggedInDep,
    rt: RuntimeDep,
    idempotency_key: IdempotencyHeader = None,
) -> Payment:
    """Staff of the organiser took cash, or the card terminal did, or the tickets are given away: the order is paid."""
    key = checked_key(idempotency_key)

    async def work(tx: Tx) -> Payment:
        paid = await offline.pay_offline(tx, order_id, wish.method, user.user_id, key)
        view = await queries.payment(tx, paid)
        assert view is not None
        return payment_of(view, rt.settings.stripe.publishable_key)

    return await _as_staff(rt, order_id, user.user_id, work)


@router.get("/orders/{order_id}/refunds", responses=refusals(NotFound))
async def list_own_refunds(
    order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, token: str | None = None
) -> OwnRefunds:
    """The money of an order that went back, or is on its way: for whoever may see the order."""

    async def look(tx: Tx) -> OwnRefunds:
        await order_queries.order_for(tx, order_id, Viewer(buyer.id, buyer.user_id, token))
        return own_refunds_of(await queries.refunds_of(tx, order_id))

    return await rt.db.read(look)


@router.post(
    "/orders/{order_id}/refunds",
    status_code=201,
    responses=refusals(
        *(NotLoggedIn, NotFound, OrderNotPaid, NotRefundable, TicketUsed, IdempotencyMismatch),
        *(Busy, OutcomeUnknown),
    ),
)
async def refund_order(
    order_id: uuid.UUID,
    wish: RefundWish,
    user: LoggedInDep,
    rt: RuntimeDep,
    idempotency_key: IdempotencyHeader = None,
) -> Refund:
    """Give money of an order back; its places stay, unless all the money goes back. Asks Stripe in the background."""
    key = checked_key(idempotency_key)

    async def work(tx: Tx) -> Refund:
        made = await desk.request_refund(tx, order_id, wish.amount, wish.reason, user.user_id, key, force=wish.force)
        view = await queries.refund(tx, made)
        assert view is not None
        return refund_of(view)

    return await _as_staff(rt, order_id, user.user_id, work)


@router.post(
    "/orders/{order_id}/cancellations",
    status_code=201,
    responses=refusals(
        *(NotLoggedIn, NotFound, OrderNotPaid, LinesNotThere, TicketUsed, IdempotencyMismatch),
        *(Busy, OutcomeUnknown),
    ),
)
async def cancel_lines(
    order_id: uuid.UUID,
    wish: CancellationWish,
    user: LoggedInDep,
    rt: RuntimeDep,
    idempotency_key: IdempotencyHeader = None,
) -> Cancellation:
    """Take places of a paid order back, all or some, and give the money back with them if wished."""
    key = checked_key(idempotency_key)
    cancel = desk.Cancel(wish.line_ids, wish.refund, wish.reason, wish.force)

    async def work(tx: Tx) -> Cancellation:
        made = await desk.request_cancellation(tx, order_id, cancel, user.user_id, key)
        view = await queries.cancellation(tx, made)
        assert view is not None
        return cancellation_of(view, await queries.refund(tx, view.refund_id) if view.refund_id else None)

    return await _as_staff(rt, order_id, user.user_id, work)


@router.post("/webhooks/stripe", responses=refusals(BadSignature))
async def stripe_webhook(request: Request, rt: RuntimeDep, gw: GatewaysDep) -> dict[str, bool]:
    """Stripe's news: verified over the raw body, stored once, handled by a job."""
    await webhooks.receive_webhook(rt, gw, await request.body(), request.headers.get("stripe-signature", ""))
    return {"received": True}
