"""T8, T13 and T14: what becomes of an order afterwards."""

import asyncio
import contextlib
import uuid
from typing import Any

import asyncpg
import pytest

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.orders import actions as orders
from frontrow.orders import queries
from frontrow.orders.actions import Reversal, expire_pending
from frontrow.orders.actions.draft import Placed
from frontrow.orders.errors import LinesNotThere, OrderNotPayable
from frontrow.payments.actions.offline import settle_at_once
from frontrow.seats import actions as seats
from frontrow.tickets.actions import issue as tickets
from tests.factories.till import ADULT, LAST_ROW, LIST, Till


async def sell(till: Till, placed: Placed) -> None:
    """T14: somebody paid cash at the desk."""

    async def work(tx: Tx) -> None:
        order = await queries.lock(tx, placed.order.id)
        await settle_at_once(tx, order, new_id(), "cash" if order.total else "free", "test")

    await till.rt.db.write(work)


async def cancel(till: Till, order_id: uuid.UUID, line_ids: list[uuid.UUID] | None = None) -> Reversal:
    async def work(tx: Tx) -> Reversal:
        order = await queries.lock(tx, order_id)
        taken = await orders.reverse_lines(tx, order, line_ids)
        await seats.free_sold(tx, order_id, taken.seat_nos)
        await tickets.void(tx, order_id, taken.line_ids)
        return taken

    return await till.rt.db.write(work)


async def test_a_cancelled_line_is_reversed_and_never_rewritten(till: Till) -> None:
    types = await till.price(*LIST)
    await till.coupon()
    placed = await till.order(await till.hold(1, 2, 3), types={2: types["Child"]}, coupon="SAVE")
    await sell(till, placed)
    child = placed.lines[1]
    taken = await cancel(till, placed.order.id, [child.id])
    assert taken == Reversal(child.total, [2], [child.id], whole=False)
    lines = await till.rt.db.read(lambda tx: queries.lines(tx, placed.order.id))
    assert [(line.seat_no, line.cancelled) for line in lines] == [(1, False), (2, True), (3, False)]
    assert [line.total for line in lines] == [line.total for line in placed.lines]
    assert (await till.state(placed.order.id), await till.used()) == ("paid", 1)
    with pytest.raises(LinesNotThere):
        await cancel(till, placed.order.id, [child.id])
    with pytest.raises(LinesNotThere):
        await cancel(till, placed.order.id, [placed.lines[0].id, uuid.uuid4()])
    rest = await cancel(till, placed.order.id)
    assert (rest.whole, rest.seat_nos) == (True, [1, 3])
    assert taken.amount + rest.amount == placed.order.total
    assert (await till.state(placed.order.id), await till.used()) == ("cancelled", 0)
    with pytest.raises(OrderNotPayable):
        await cancel(till, placed.order.id)


async def test_two_who_cancel_the_same_line_get_one_reversal(till: Till) -> None:
    placed = await till.order(await till.hold(1, 2))
    await sell(till, placed)
    told = await asyncio.gather(
        *(cancel(till, placed.order.id, [placed.lines[0].id]) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, Reversal) for one in told) == 1
    assert sum(isinstance(one, LinesNotThere) for one in told) == 3
    with pytest.raises(asyncpg.UniqueViolationError):
        await till.sql(
            """INSERT INTO order_line (id, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type,
                                       section, row, label, unit_price, discount, fee, tax_bp, tax, reverses_id)
               SELECT gen_random_uuid(), organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type,
                      section, row, label, unit_price, discount, fee, tax_bp, tax, reverses_id
                 FROM order_line WHERE reverses_id IS NOT NULL"""
        )


async def test_a_gift_costs_nothing_and_needs_no_coupon(till: Till) -> None:
    await till.coupon(max_uses=1)
    placed = await till.order(await till.hold(1, 2), coupon="save")

    async def give(tx: Tx) -> Any:
        return await orders.make_complimentary(tx, await queries.lock(tx, placed.order.id))

    given = await till.rt.db.write(give)
    assert (given.total, given.fees, given.discount, given.coupon_id) == (0, 0, placed.order.subtotal, None)
    assert await till.used() == 0
    await sell(till, placed)
    with pytest.raises(OrderNotPayable):
        await till.rt.db.write(give)


async def test_a_hundred_per_cent_off_leaves_nothing_to_give_back(till: Till) -> None:
    """Attack 11."""
    await till.coupon(percent_bp=10_000)
    placed = await till.order(await till.hold(1, 2), coupon="save")
    assert (placed.order.total, placed.order.fees) == (0, 0)
    await sell(till, placed)
    assert (await cancel(till, placed.order.id)).amount == 0


async def test_a_step_that_the_protocol_does_not_know_is_refused(till: Till) -> None:
    placed = await till.order(await till.hold(1))

    async def leap(tx: Tx) -> None:
        await orders.step(tx, await queries.lock(tx, placed.order.id), "refunded", "test")

    async def stale(tx: Tx) -> None:
        order = await queries.lock(tx, placed.order.id)
        await orders.step(tx, order, "paying", "test")
        await orders.step(tx, order, "paying", "again")

    for wrong in (leap, stale):
        with pytest.raises(RuntimeError):
            await till.rt.db.write(wrong)
    assert await till.state(placed.order.id) == "pending"


async def test_an_order_that_fails_while_paying_is_news_and_gives_its_coupon_back(till: Till) -> None:
    await till.coupon()
    placed = await till.order(await till.hold(1), coupon="save")

    async def fail(tx: Tx) -> None:
        order = await orders.step(tx, await queries.lock(tx, placed.order.id), "paying", "test")
        await orders.end_unpaid(tx, order, "failed", "test")

    await till.rt.db.write(fail)
    assert await till.used() == 0
    facts = await till.sql("SELECT topic, dedupe_key FROM outbox")
    assert [tuple(row) for row in facts] == [("orders.order_failed", f"orders.order_failed:{placed.order.id}")]
    await till.sql("DELETE FROM outbox")  # nobody is here to hear it


async def expired(till: Till, coupon: str | None = None, email: str = "late@example.com") -> Placed:
    placed = await till.order(await till.hold(1, 2), coupon=coupon, email=email)
    await till.sql("UPDATE orders SET expires_at = now() - interval '1 s' WHERE id = :id", id=placed.order.id)
    await till.rt.db.write(expire_pending)
    return placed


async def rescue(till: Till, placed: Placed, *, keep: bool = False) -> bool:
    """Rescue and look, then take it all back unless it is to be kept: nobody has paid here."""

    class _Undo(Exception):
        pass

    said: list[bool] = []

    async def work(tx: Tx) -> None:
        order = await queries.lock(tx, placed.order.id)
        said.append(await orders.rescue(tx, order))
        if said[-1]:
            sold = await tx.sql("SELECT seat_no FROM seat WHERE order_id = :id ORDER BY 1", id=order.id)
            assert list(sold.scalars()) == [1, 2]
        if said[-1] and not keep:
            raise _Undo

    with contextlib.suppress(_Undo):
        await till.rt.db.write(work)
    return said[-1]


async def test_late_money_finds_its_seats_again(till: Till) -> None:
    placed = await expired(till)
    assert await rescue(till, placed)


async def test_seats_that_are_gone_are_gone(till: Till) -> None:
    placed = await expired(till)
    await till.hold(2)
    assert not await rescue(till, placed)
    assert [row.state for row in await till.sql("SELECT state FROM seat WHERE seat_no = 1")] == ["free"]


async def test_a_coupon_that_others_used_up_meanwhile_is_gone(till: Till) -> None:
    await till.coupon(max_uses=1)
    placed = await expired(till, "save")
    assert await rescue(till, placed)
    await till.order(await till.hold(5), coupon="save")
    assert not await rescue(till, placed)
    assert await till.used() == 1
    assert {row.state for row in await till.sql("SELECT state FROM seat WHERE seat_no < 3")} == {"free"}


async def test_a_coupon_that_was_switched_off_is_still_the_buyers(till: Till) -> None:
    await till.coupon(max_uses=1)
    placed = await expired(till, "save")
    await till.sql("UPDATE coupon SET enabled = false, revision = revision + 1, valid_until = now()")
    assert await rescue(till, placed)


async def test_a_cap_that_was_reached_meanwhile_stands(till: Till) -> None:
    await till.sql("UPDATE performance SET max_per_account = 3")
    placed = await expired(till)
    assert await rescue(till, placed)
    await till.order(await till.hold(5, 6), email="late@example.com")
    assert not await rescue(till, placed)


async def test_what_its_buyer_cancelled_stays_cancelled(till: Till) -> None:
    placed = await till.order(await till.hold(1, 2))
    assert await till.rt.db.write(lambda tx: orders.cancel_pending(tx, placed.order.id)) == "cancelled"
    assert not await rescue(till, placed)


async def test_ticket_types_with_tax_on_top_are_reversed_with_it(till: Till) -> None:
    await till.price(ADULT.__class__("A", "Adult", 4000, 250, 1900, tax_added=True), LAST_ROW)
    placed = await till.order(await till.hold(1))
    await sell(till, placed)
    assert (await cancel(till, placed.order.id)).amount == placed.order.total == 5058
