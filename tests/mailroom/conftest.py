"""A paid order to write about, and a mail server to send to."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.settings import MailSettings
from frontrow.gateways.hub import Gateways
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.seats import actions as seats
from frontrow.tickets.actions import issue
from tests.factories.house import House
from tests.factories.smtp import MailServer

PayFor = Callable[..., Awaitable[uuid.UUID]]


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    made = await MailServer().start()
    yield made
    await made.stop()


@pytest.fixture
async def gw(rt: Runtime, server: MailServer) -> AsyncIterator[Gateways]:
    mail = MailSettings(port=server.port, timeout_s=3.0, sender="Frontrow <tickets@frontrow.example>")
    opened = Gateways.open(
        Runtime(rt.settings.model_copy(update={"mail": mail}), rt.secrets, rt.db, rt.redis, rt.broadcast)
    )
    yield opened
    await opened.close()


@pytest.fixture
def pay_for(rt: Runtime, house: House) -> PayFor:
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
