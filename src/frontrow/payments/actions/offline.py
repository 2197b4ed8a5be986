"""T14: nothing for Stripe to do. T4 and T5 in one transaction, with a payment of its own kind."""

import uuid
from typing import Any, Literal

from frontrow.core import idempotency, ids
from frontrow.core.db import Tx
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.orders.errors import OrderNotPayable
from frontrow.payments import queries
from frontrow.payments.actions import books
from frontrow.payments.queries import PaymentView
from frontrow.seats import actions as seats
from frontrow.seats.errors import HoldExpired
from frontrow.tickets.actions import issue as tickets

OfflineMethod = Literal["cash", "terminal", "complimentary"]


async def pay_offline(tx: Tx, order_id: uuid.UUID, method: OfflineMethod, user_id: uuid.UUID, key: str) -> uuid.UUID:
    """Staff took the money, or waived it: the order is paid. Returns the payment (of the earlier call with that key).

    Raises NotFound, IdempotencyMismatch, OrderNotPayable, HoldExpired. Whether ``user_id`` may is for the door.
    """
    payment_id = ids.new_id()
    body = idempotency.request_hash([str(order_id), method])
    claimed = await idempotency.claim(tx, str(user_id), "pay_offline", key, body, payment_id)
    if claimed != payment_id:
        return claimed
    order = await order_queries.lock(tx, order_id)
    if order.state != "pending":
        raise OrderNotPayable(state=order.state)
    if method == "complimentary":
        order = await orders.make_complimentary(tx, order)
    await settle_at_once(tx, order, payment_id, method, f"paid at the desk: {method}", taken_by=user_id)
    return payment_id


async def settle_at_once(
    tx: Tx, order: Any, payment_id: uuid.UUID, method: str, why: str, *, taken_by: uuid.UUID | None = None
) -> PaymentView:
    """Sell, issue, admit and book a locked *pending* order. Raises HoldExpired when its seats are no longer its own."""
    if order.lapsed or not await seats.sell(tx, order.hold_id, order.id):
        raise HoldExpired
    await tickets.issue(tx, order)
    await tx.sql(
        """INSERT INTO payment (id, organiser_id, order_id, seq, method, state, amount, captured, currency, captured_at,
                                taken_by)
           SELECT :id, :organiser, :order, count(*) + 1, :method, 'captured', CAST(:amount AS int),
                  CAST(:amount AS int), :currency, clock_timestamp(), CAST(:by AS uuid)
             FROM payment WHERE order_id = :order""",
        id=payment_id,
        organiser=order.organiser_id,
        order=order.id,
        method=method,
        amount=order.total,
        currency=order.currency,
        by=taken_by,
    )
    payment = await queries.payment(tx, payment_id)
    assert payment is not None
    await tickets.activate(tx, order.id)
    if order.total:
        money = {books.MONEY_IN[method]: order.total, "fees": -order.fees, "sales": order.fees - order.total}
        await books.book(tx, payment, money)
    await orders.step(tx, order, "paid", why)
    return payment
