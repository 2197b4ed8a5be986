"""The verbs of orders. A step is taken on a locked order, must be legal, and is written into its history."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from frontrow.core import idempotency, ids, outbox
from frontrow.core.db import Tx
from frontrow.core.errors import InvalidRequest
from frontrow.core.log import correlation_id
from frontrow.core.settings import StripeSettings
from frontrow.orders.errors import OrderMoving
from frontrow.orders.messages import ORDER_PAID, OrderPaid
from frontrow.orders.models import OrderLine
from frontrow.orders.queries import lock
from frontrow.orders.rules import STEPS, Place, price
from frontrow.seats import actions as seats


@dataclass(frozen=True)
class Wish:
    """What a buyer sends to place an order; prices are never among it."""

    hold_id: uuid.UUID
    email: str
    name: str
    locale: str


async def place_order(
    tx: Tx, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, key: str, stripe: StripeSettings
) -> uuid.UUID:
    """T2: hold -> order *pending*, priced from the database at the version the hold was stamped with.

    Returns the order's id (of the earlier order when the key was used before). Raises NotFound, HoldExpired,
    HoldInUse, IdempotencyMismatch, and InvalidRequest for a total that Stripe would refuse as too small.
    """
    order_id = ids.new_id()
    body = idempotency.request_hash([str(wish.hold_id), wish.email, wish.name, wish.locale])
    claimed = await idempotency.claim(tx, str(buyer_id), "order", key, body, order_id)
    if claimed != order_id:
        return claimed
    hold = await seats.tie_to_order(tx, wish.hold_id, buyer_id)
    await tx.act_for(hold.organiser_id)
    places, currency = await _places(tx, hold)
    lines, totals = price(places)
    if 0 < totals.total < stripe.minimum_amount:
        raise InvalidRequest("The total is below the smallest amount that can be paid by card.")
    await tx.sql(
        """INSERT INTO orders (id, code, organiser_id, performance_id, hold_id, buyer_id, user_id, email, name, locale,
                               token, currency, state, subtotal, discount, fees, tax, total, expires_at,
                               correlation_id)
           VALUES (:id, :code, :organiser, :performance, :hold, :buyer, :user, :email, :name, :locale,
                   :token, :currency, 'pending', :subtotal, :discount, :fees, :tax, :total, :expires,
                   :correlation)""",
        id=order_id,
        code=ids.order_code(),
        organiser=hold.organiser_id,
        performance=hold.performance_id,
        hold=hold.id,
        buyer=buyer_id,
        user=user_id,
        email=wish.email,
        name=wish.name,
        locale=wish.locale,
        token=ids.secret_token(),
        currency=currency,
        subtotal=totals.subtotal,
        discount=totals.discount,
        fees=totals.fees,
        tax=totals.tax,
        total=totals.total,
        expires=hold.expires_at,
        correlation=correlation_id(),
    )
    await tx.execute(
        insert(OrderLine),
        [
            {
                "id": ids.new_id(),
                "organiser_id": hold.organiser_id,
                "order_id": order_id,
                "performance_id": hold.performance_id,
                "seat_no": line.place.seat_no,
                "ticket_type_id": line.place.ticket_type_id,
                "ticket_type": line.place.ticket_type,
                "section": line.place.section,
                "row": line.place.row,
                "label": line.place.label,
                "unit_price": line.place.amount,
                "discount": line.discount,
                "fee": line.place.fee,
                "tax_bp": line.place.tax_bp,
                "tax": line.tax,
            }
            for line in lines
        ],
    )
    await _record(tx, order_id, hold.organiser_id, None, "pending", "placed")
    return order_id


async def _places(tx: Tx, hold: Any) -> tuple[list[Place], str]:
    found = await tx.sql(
        """SELECT sp.seat_no, tt.id AS ticket_type_id, tt.name AS ticket_type, sp.section, sp.row, sp.label,
                  pr.amount, pr.fee, pr.tax_bp, e.currency
             FROM performance p
             JOIN event e ON e.id = p.event_id
             JOIN seat_place sp ON sp.seat_map_id = p.seat_map_id AND sp.seat_no = ANY (:seats)
             JOIN ticket_type tt ON tt.id = usual_ticket_type(p.id, sp.category)
             JOIN price pr ON pr.ticket_type_id = tt.id AND pr.version = :version
            WHERE p.id = :performance ORDER BY sp.seat_no""",
        performance=hold.performance_id,
        seats=hold.seat_nos,
        version=hold.price_version,
    )
    rows = found.all()
    if len(rows) != len(hold.seat_nos):
        raise InvalidRequest("Some of these places have no price; the organiser has been told.")
    places = [Place(*row[:9]) for row in rows]
    return places, str(rows[0].currency)


async def step(tx: Tx, order: Any, to: str, why: str, *, expires_at: datetime | None = None) -> None:
    """Take a locked order to its next state. Raises RuntimeError for a step that the protocol doesn't know."""
    if to not in STEPS[order.state]:
        raise RuntimeError(f"order {order.id}: no step from {order.state} to {to}")
    await tx.sql(
        """UPDATE orders SET state = :to, expires_at = coalesce(CAST(:expires AS timestamptz), expires_at),
                             paid_at = CASE WHEN :to = 'paid' THEN clock_timestamp() ELSE paid_at END
            WHERE id = :order""",
        order=order.id,
        to=to,
        expires=expires_at,
    )
    await _record(tx, order.id, order.organiser_id, order.state, to, why)
    if to == "paid":
        await outbox.add(tx, ORDER_PAID, f"{ORDER_PAID}:{order.id}", OrderPaid(order.id).payload())


async def _record(
    tx: Tx, order_id: uuid.UUID, organiser_id: uuid.UUID, before: str | None, after: str, why: str
) -> None:
    await tx.sql(
        """INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
           VALUES (:organiser, :order, :before, :after, :why)""",
        organiser=organiser_id,
        order=order_id,
        before=before,
        after=after,
        why=why,
    )


async def end_unpaid(tx: Tx, order: Any, to: str, why: str) -> None:
    """*failed*, *expired* or *cancelled* before the sale: the step, and every seat of the hold is free."""
    await step(tx, order, to, why)
    await seats.end_hold(tx, order.hold_id, "expired" if to == "expired" else "released")


async def cancel_pending(tx: Tx, order_id: uuid.UUID) -> str:
    """A buyer gives a pending order up. Returns the state it is in; *paying* ones are for payments to stop first.

    Raises OrderMoving while money is on its way.
    """
    order = await lock(tx, order_id)
    if order.state == "pending":
        await end_unpaid(tx, order, "cancelled", "buyer cancelled")
        return "cancelled"
    if order.state in {"capturing", "expiring"}:
        raise OrderMoving
    return str(order.state)


async def expire_pending(tx: Tx, batch: int = 50) -> int:
    """T6: pending orders whose time ran out. Returns how many; several workers don't meet."""
    lapsed = await tx.sql(
        """SELECT id, organiser_id, performance_id, hold_id, state FROM orders
            WHERE state = 'pending' AND expires_at < clock_timestamp()
            ORDER BY expires_at LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED""",
        batch=batch,
    )
    rows = lapsed.all()
    for order in rows:
        await end_unpaid(tx, order, "expired", "time ran out")
    return len(rows)
