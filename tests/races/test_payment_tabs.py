"""Paying in two tabs: one payment may pay an order. The control has its guards (lock, state, index) off."""

import asyncio
import uuid
from typing import Any

import pytest

from frontrow.core import ids
from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.orders import actions as orders
from frontrow.orders.queries import Viewer
from frontrow.payments.actions.start import open_or_find, open_payment
from frontrow.seats import actions as seats
from tests.factories.house import House
from tests.races.test_payment_money import LooseTx, behind_a_row, one

KEYS = "SELECT count(*) FROM idempotency i JOIN payment p ON p.id = i.resource_id WHERE i.endpoint = 'pay'"


async def placed(rt: Runtime, house: House) -> tuple[uuid.UUID, Viewer]:
    buyer = new_id()
    held = await seats.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, [1], str(new_id()))
    assert isinstance(held, seats.Held)
    wish = orders.Wish(held.hold_id, "ben@frontrow.example", "Ben", "en")
    placed_order = await rt.db.write(
        lambda tx: orders.place_order(tx, wish, buyer, None, str(ids.new_id()), rt.settings.stripe)
    )
    return placed_order, Viewer(buyer, None, None)


@pytest.mark.parametrize("whole", [True, False], ids=["in one statement", "in a transaction"])
async def test_two_tabs_open_one_payment(rt: Runtime, house: House, *, whole: bool) -> None:
    order_id, viewer = await placed(rt, house)

    async def tab() -> Any:
        key = str(new_id())
        if whole:
            return await open_or_find(rt, order_id, viewer, key, "card")
        return await rt.db.write(lambda tx: open_payment(rt, tx, order_id, viewer, key, "card"))

    told: list[Any] = await behind_a_row(rt, order_id, [tab, tab])
    assert len({opened.payment.id for opened in told}) == 1
    assert sorted(opened.row_id is None for opened in told) == [False, True], "one of them asks Stripe"
    assert await one(rt, "SELECT count(*) FROM payment") == 1
    assert await one(rt, KEYS) == 2, "each key stands for it"


async def test_control_without_its_guards_there_are_two_payments(rt: Runtime, house: House) -> None:
    order_id, viewer = await placed(rt, house)
    await rt.db.write(lambda tx: tx.sql("DROP INDEX uq_payment_active"))
    meet = asyncio.Barrier(2)

    async def blind(tx: Tx) -> Any:
        loose = LooseTx(tx, meet, "UPDATE hold SET expires_at", without="AND state = CAST(:before AS text)")
        return await open_payment(rt, loose, order_id, viewer, str(new_id()), "card")

    await asyncio.gather(rt.db.write(blind), rt.db.write(blind), return_exceptions=True)
    assert await one(rt, "SELECT count(*) FROM payment") == 2
