"""A small healthy world for the auditor to look at: a paid order, a pending one, a running hold, a second organiser."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from frontrow.core import ids
from frontrow.core.db import Database, Tx
from frontrow.core.settings import StripeSettings, TillSettings
from frontrow.coupons import actions as coupons
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.orders.actions import Wish
from frontrow.seats import actions as seats
from frontrow.seats.actions import Held
from frontrow.tickets.actions import issue as tickets
from tests.factories.house import House


@dataclass(frozen=True)
class World:
    """Ids to plant faults with. Order ``paid`` has seats 1 and 2, ``pending`` 5 and 6, ``hold`` (no order) seat 8."""

    organiser: uuid.UUID
    performance: uuid.UUID
    paid: uuid.UUID
    paid_hold: uuid.UUID
    payment: uuid.UUID
    pending: uuid.UUID
    pending_hold: uuid.UUID
    hold: uuid.UUID
    coupon: uuid.UUID  # redeemed by ``pending``
    other: uuid.UUID  # another organiser
    fresh: uuid.UUID  # an id that nothing has

    def fill(self, statement: str) -> str:
        """``{paid}`` and the like in a statement become quoted ids."""
        return statement.format(**{name: f"'{value}'::uuid" for name, value in asdict(self).items()})


async def build_world(db: Database, house: House) -> World:
    other = ids.new_id()

    async def limits(tx: Tx) -> uuid.UUID:
        await tx.sql("UPDATE performance SET max_per_account = 4")
        wish = coupons.CouponWish("TENTH", house.event_id, percent_bp=1000, max_uses=1, per_account=1)
        return await coupons.create_coupon(tx, house.organiser_id, wish)

    coupon = await db.write(limits)
    paid_hold = await _hold(db, house, [1, 2])
    pending_hold = await _hold(db, house, [5, 6])
    hold = await _hold(db, house, [8])
    paid = await _order(db, paid_hold)
    pending = await _order(db, pending_hold, "tenth")
    payment = ids.new_id()
    await db.write(lambda tx: _pay(tx, paid, payment))

    async def more(tx: Tx) -> None:
        await tx.sql("INSERT INTO organiser (id, slug, name) VALUES (:id, 'other', 'Another House')", id=other)
        await tx.sql(
            """INSERT INTO checkin (organiser_id, ticket_id, list_id, ok)
               SELECT t.organiser_id, t.id, l.id, true FROM ticket t JOIN checkin_list l USING (performance_id)
                WHERE t.seat_no = 1"""
        )
        await tx.sql(
            """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, state)
               SELECT :id, organiser_id, id, 1, 100, 'failed' FROM payment""",
            id=ids.new_id(),
        )
        await tx.sql(
            """INSERT INTO effect (effect_key, done_at, detail)
               VALUES ('mail:order_paid:' || CAST(:order AS text), now(),
                       jsonb_build_object('outcome', 'sent', 'message_id', '<one@test>'))""",
            order=str(paid),
        )
        # Its fact was handled: nothing of this world is late.
        await tx.sql("UPDATE outbox SET done_at = now()")

    await db.write(more)
    return World(
        house.organiser_id, house.performance_id, paid, paid_hold.hold_id, payment, pending, pending_hold.hold_id,
        hold.hold_id, coupon, other, ids.new_id(),
    )  # fmt: skip


_BUYER = uuid.UUID(int=7)


async def _hold(db: Database, house: House, wanted: list[int]) -> Held:
    held = await seats.hold_seats(db, TillSettings(), house.performance_id, _BUYER, wanted, f"hold-{wanted}")
    assert isinstance(held, Held)
    return held


async def _order(db: Database, hold: Held, coupon: str | None = None) -> uuid.UUID:
    wish = Wish(hold.hold_id, "ben@frontrow.example", "Ben", "en", coupon=coupon)
    return await db.write(
        lambda tx: orders.place_order(tx, wish, _BUYER, None, f"order-{hold.hold_id}", StripeSettings())
    )


async def _pay(tx: Tx, order_id: uuid.UUID, payment_id: uuid.UUID) -> None:
    """T3 to T5 without Stripe, by the same verbs."""

    async def locked() -> Any:
        return await order_queries.lock(tx, order_id)

    await orders.step(tx, await locked(), "paying", "test")
    order = await locked()
    assert await seats.sell(tx, order.hold_id, order.id)
    await tickets.issue(tx, order)
    await orders.step(tx, order, "capturing", "test")
    await tx.sql(
        """INSERT INTO payment (id, organiser_id, order_id, method, state, amount, captured, currency, intent_id,
                                captured_at)
           SELECT :id, organiser_id, id, 'stripe', 'captured', total, total, currency, 'pi_1', now()
             FROM orders WHERE id = :order""",
        id=payment_id,
        order=order_id,
    )
    await tx.sql(
        """INSERT INTO ledger_entry (transaction_id, organiser_id, payment_id, order_id, account, amount, currency)
           SELECT CAST(:transaction AS uuid), o.organiser_id, :payment, o.id, e.account, e.amount, o.currency
             FROM orders o CROSS JOIN LATERAL
                  (VALUES ('stripe', o.total), ('fees', -o.fees), ('sales', o.fees - o.total)) AS e (account, amount)
            WHERE o.id = :order""",
        transaction=ids.new_id(),
        payment=payment_id,
        order=order_id,
    )
    await tickets.activate(tx, order_id)
    await orders.step(tx, await locked(), "paid", "test")
