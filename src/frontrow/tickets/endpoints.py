"""The HTTP door of tickets: the QR, the PDF, and the scanner."""

import uuid

from fastapi import APIRouter, Response

from frontrow.core.errors import NotFound, NotLoggedIn
from frontrow.core.web import RuntimeDep, raw_json, refusals
from frontrow.orders import queries as order_queries
from frontrow.orders.queries import Viewer
from frontrow.orders.schemas import Order
from frontrow.people.access import BuyerDep, LoggedInDep
from frontrow.tickets import queries
from frontrow.tickets.actions.draw import codes, order_pdf, public_keys, qr
from frontrow.tickets.actions.scan import scan
from frontrow.tickets.actions.show import show_calendar, show_order
from frontrow.tickets.schemas import (
    DoorPerformances,
    ScanRequest,
    ScanResult,
    TicketKey,
    TicketKeys,
    door_performances_of,
    scan_result,
)

router = APIRouter(prefix="/api", tags=["tickets"])


@router.get("/orders/{order_id}", response_model=Order, responses=refusals(NotFound))
async def get_order(
    order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, response: Response, token: str | None = None
) -> Response:
    """An order with its tickets: for the browser that placed it, its account, or the bearer of its token."""
    return raw_json(await show_order(rt, order_id, Viewer(buyer.id, buyer.user_id, token)), response)


@router.get("/orders/{order_id}/tickets.pdf", response_class=Response, responses=refusals(NotFound))
async def get_tickets_pdf(order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, token: str | None = None) -> Response:
    """All valid tickets of a paid order, a page each."""
    viewer = Viewer(buyer.id, buyer.user_id, token)
    order = await rt.db.read(lambda tx: order_queries.order_for(tx, order_id, viewer))
    if order.state != "paid":
        raise NotFound("This order has no tickets.")
    pdf = await order_pdf(rt, order_id)
    name = f"frontrow-{order.code}.pdf"
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@router.get("/orders/{order_id}/calendar.ics", response_class=Response, responses=refusals(NotFound))
async def get_calendar(order_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, token: str | None = None) -> Response:
    """The evening of an order that was paid, for a calendar; of a cancelled one, what takes it out again."""
    name, file = await show_calendar(rt, order_id, Viewer(buyer.id, buyer.user_id, token))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file, media_type="text/calendar", headers=headers)


@router.get("/tickets/keys")
async def list_ticket_keys(rt: RuntimeDep, response: Response) -> TicketKeys:
    """The public key of ticket codes (JWK Set, RFC 7517): who has it can tell real codes without asking us."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return TicketKeys(keys=[TicketKey(**key) for key in await public_keys(rt)])


@router.get("/tickets/{ticket_id}/qr.svg", response_class=Response, responses=refusals(NotFound))
async def get_ticket_qr(ticket_id: uuid.UUID, buyer: BuyerDep, rt: RuntimeDep, token: str | None = None) -> Response:
    """The QR code of a valid ticket, for whoever may see its order."""
    found = await rt.db.read(lambda tx: queries.ticket(tx, ticket_id))
    if found is None or found.state != "valid":
        raise NotFound
    viewer = Viewer(buyer.id, buyer.user_id, token)
    await rt.db.read(lambda tx: order_queries.order_for(tx, found.order_id, viewer))
    [code] = await codes(rt, [found])
    return Response(await qr(code), media_type="image/svg+xml")


@router.post("/door/scan", responses=refusals(NotLoggedIn, NotFound))
async def scan_ticket(seen: ScanRequest, user: LoggedInDep, rt: RuntimeDep) -> ScanResult:
    """Let a ticket's holder in, once. For staff of the organiser."""
    return scan_result(await scan(rt, seen.code, seen.performance_id, seen.gate, user.user_id, seen.scan_id))


@router.get("/door/performances", responses=refusals(NotLoggedIn))
async def list_door_performances(user: LoggedInDep, rt: RuntimeDep) -> DoorPerformances:
    """The performances that the logged-in member of staff may scan for."""
    return door_performances_of(await rt.db.read(lambda tx: queries.door_performances(tx, user.user_id)))
