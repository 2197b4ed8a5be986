"""An order as its buyer sees it: with its tickets and their signed codes."""

import uuid

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.runtime import Runtime
from frontrow.orders import queries as order_queries
from frontrow.orders.queries import OrderView, Viewer, check_viewer
from frontrow.orders.schemas import encode_order
from frontrow.tickets import queries
from frontrow.tickets.actions.calendar import order_calendar
from frontrow.tickets.actions.draw import codes
from frontrow.tickets.queries import Evening, TicketView


async def show_order(rt: Runtime, order_id: uuid.UUID, viewer: Viewer) -> bytes:
    """The JSON of an ``orders.schemas.Order``. Raises NotFound for everybody who may not see it."""
    whole = await rt.db.read(lambda tx: queries.whole_order(tx, order_id))
    order, tickets = whole.order, whole.tickets
    check_viewer(order, viewer)
    if not tickets:
        return encode_order(order, whole.lines)
    shown = [
        {
            "id": one.id,
            "seat_no": one.seat_no,
            "section": one.section,
            "row": one.row,
            "label": one.label,
            "state": one.state,
            "code": code,
            "qr_svg_url": f"/api/tickets/{one.id}/qr.svg?token={order.token}",
        }
        for one, code in zip(tickets, await codes(rt, tickets), strict=True)
    ]
    return encode_order(order, whole.lines, shown)


async def show_calendar(rt: Runtime, order_id: uuid.UUID, viewer: Viewer) -> tuple[str, bytes]:
    """The name and the content of an order's calendar file. Raises NotFound, also for an order never paid."""

    async def look(tx: Tx) -> tuple[OrderView, Evening, list[TicketView]]:
        order = await order_queries.order_for(tx, order_id, viewer)
        if order.paid_at is None:
            raise NotFound
        return order, await queries.evening(tx, order.performance_id), await queries.tickets_of(tx, order_id)

    order, evening, tickets = await rt.db.read(look)
    return f"frontrow-{order.code}.ics", order_calendar(order, evening, tickets, rt.settings.origin)
