"""An order as its buyer sees it: one reading, and just the fields that the API's document promises."""

import json
import uuid
from typing import Any

import pytest

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.runtime import Runtime
from frontrow.orders import actions as orders
from frontrow.orders import queries as order_queries
from frontrow.orders.queries import OrderView, Viewer
from frontrow.orders.schemas import Order, OrderPage, encode_orders
from frontrow.tickets import queries
from frontrow.tickets.actions import issue
from frontrow.tickets.actions.draw import codes
from frontrow.tickets.actions.show import show_order
from tests.factories.orders import PayFor


async def seen(rt: Runtime, order_id: uuid.UUID) -> tuple[dict[str, Any], Order]:
    """What is told of an order: as it is written, and as the document reads it, strictly."""
    known = await rt.db.read(lambda tx: order_queries.order(tx, order_id))
    told = await show_order(rt, order_id, Viewer(None, None, known.token))
    return json.loads(told), Order.model_validate_json(told, strict=True, extra="forbid")


@pytest.mark.parametrize("paid", [True, False], ids=["paid", "pending"])
async def test_what_is_written_is_what_the_document_says(rt: Runtime, pay_for: PayFor, paid: bool) -> None:
    await rt.db.write(lambda tx: tx.sql("UPDATE event SET image_key = 'posters/one.svg'"))
    written, read = await seen(rt, await pay_for([1, 2, 31], name="Ana Þórsdóttir", paid=paid))
    # Field by field and letter by letter, as pydantic would have written it.
    assert json.loads(read.model_dump_json()) == written
    assert read.event.image_url == "/media/posters/one.svg"
    assert (read.name, [line.seat_no for line in read.lines]) == ("Ana Þórsdóttir", [1, 2, 31])
    assert sum(line.total for line in read.lines) == read.total
    assert sum(rate.included + rate.added for rate in read.tax_lines) == read.tax
    assert (len(read.tickets), read.can_resend, read.pdf_url is None, read.ics_url is None) == (
        (3, True, False, False) if paid else (0, False, True, True)
    )
    assert (read.expires_at is None) == paid


async def test_the_codes_are_those_of_its_tickets(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([2, 1])
    _, read = await seen(rt, order_id)
    tickets = await rt.db.read(lambda tx: queries.tickets_of(tx, order_id))
    assert [one.code for one in read.tickets] == await codes(rt, tickets)
    assert [(one.id, one.seat_no, one.section, one.row, one.label, one.state) for one in read.tickets] == [
        (one.id, one.seat_no, one.section, one.row, one.label, one.state) for one in tickets
    ]


async def test_what_was_taken_back_is_still_shown(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([1, 2, 3])

    async def take_back(tx: Tx) -> None:
        order = await order_queries.lock(tx, order_id)
        second = (await order_queries.lines(tx, order_id))[1]
        taken = await orders.reverse_lines(tx, order, [second.id])
        await issue.void(tx, order_id, taken.line_ids)

    await rt.db.write(take_back)
    _, read = await seen(rt, order_id)
    assert [line.cancelled for line in read.lines] == [False, True, False]
    assert [ticket.state for ticket in read.tickets] == ["valid", "void", "valid"]
    assert read.cancelled_total == read.lines[1].total
    assert sum(line.total for line in read.lines) == read.total, "its figures stay as they were sold"


async def test_nobody_else_sees_it(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([1])
    for nobody in (Viewer(None, None, None), Viewer(uuid.uuid4(), uuid.uuid4(), "a guess")):
        with pytest.raises(NotFound):
            await show_order(rt, order_id, nobody)
    with pytest.raises(NotFound):
        await show_order(rt, uuid.uuid4(), Viewer(None, None, "a guess"))


async def test_a_page_of_orders_is_written_alike(rt: Runtime, pay_for: PayFor) -> None:
    ids = [await pay_for([5]), await pay_for([6])]

    async def look(tx: Tx) -> list[OrderView]:
        return [await order_queries.order(tx, one) for one in ids]

    known = await rt.db.read(look)
    lines = await rt.db.read(lambda tx: order_queries.lines_of(tx, [one.id for one in known]))
    told = encode_orders([(one, lines[one.id]) for one in known], "next")
    page = OrderPage.model_validate_json(told, strict=True, extra="forbid")
    assert json.loads(page.model_dump_json()) == json.loads(told)
    assert ([one.id for one in page.items], page.next_cursor) == ([one.id for one in known], "next")
