"""Orders that are paid, without the Stripe of a journey."""

import uuid
from collections.abc import Awaitable, Callable

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.seats import actions as seats
from frontrow.tickets.actions import issue
from tests.factories.house import House

PayFor = Callable[..., Awaitable[uuid.UUID]]


def payer(rt: Runtime, house: House) -> PayFor:
    """Makes a paid order of these seats with valid tickets, and returns its id; ``paid=False`` leaves it pending."""

    async def make(
        places: list[int],
        *,
        name: str = "Ben Buyer",
        email: str = "ben@frontrow.example",
        locale: str = "en",
        paid: bool = True,
    ) -> uuid.UUID:
        buyer = new_id()
        held = await seats.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, places, str(new_id()))
        assert isinstance(held, seats.Held)

        async def work(tx: Tx) -> uuid.UUID:
            wish = orders.Wish(held.hold_id, email, name, locale)
            order_id = await orders.place_order(tx, wish, buyer, None, str(new_id()), rt.settings.stripe)
            if paid:
                order = await order_queries.lock(tx, order_id)
                await issue.issue(tx, order)
                await issue.activate(tx, order_id)
                await orders.step(tx, order, "paid", "a test paid it")
            return order_id

        return await rt.db.write(work)

    return make
