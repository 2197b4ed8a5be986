"""A ticket as a picture: the QR as SVG, and an order's tickets as one PDF (PDF/UA, a page a ticket)."""

import asyncio
import io
import json
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import segno
import structlog
import typst
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision

from frontrow.core.runtime import Runtime
from frontrow.orders import queries as order_queries
from frontrow.orders.queries import LineView, OrderView
from frontrow.tickets import queries
from frontrow.tickets.queries import TicketView
from frontrow.tickets.rules import Code, sign, signing_key

log = structlog.get_logger(__name__)

TEMPLATE = Path(__file__).with_name("ticket.typ")


async def codes(rt: Runtime, tickets: list[TicketView]) -> list[str]:
    """The signed QR texts of tickets, in their order."""
    key = signing_key(await rt.secrets.get("ticket_signing_key"))
    return [sign(key, Code(one.id, one.performance_id, one.secret)) for one in tickets]


def qr_svg(code: str) -> bytes:
    """A scalable QR code with a quiet zone, black on white whatever the page's colours are."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", scale=4, border=4, light="#ffffff", xmldecl=False)
    return out.getvalue()


async def order_pdf(rt: Runtime, order_id: uuid.UUID) -> bytes:
    """The valid tickets of an order as a PDF. Raises NotFound when there's no such order."""
    order = await rt.db.read(lambda tx: order_queries.order(tx, order_id))
    lines = await rt.db.read(lambda tx: order_queries.lines(tx, order_id))
    tickets = [one for one in await rt.db.read(lambda tx: queries.tickets_of(tx, order_id)) if one.state == "valid"]
    data = _page_data(order, lines, tickets, await codes(rt, tickets))
    return await asyncio.to_thread(_compile, json.dumps(data))


def _page_data(
    order: OrderView, lines: list[LineView], tickets: list[TicketView], qr_texts: list[str]
) -> dict[str, object]:
    from_line = {line.seat_no: line for line in lines}
    local = order.starts_at.astimezone(ZoneInfo(order.timezone))
    locale = _locale(order.locale)
    return {
        "title": order.event_title,
        "venue": f"{order.venue_name}, {order.venue_city}",
        "address": order.venue_address,
        "date": format_date(local.date(), "full", locale=locale),
        "time": format_time(local.timetz(), "short", locale=locale),
        "zone": order.timezone.replace("_", " "),
        "code": order.code,
        "tickets": [
            {
                "section": one.section,
                "row": one.row,
                "label": one.label,
                "holder": one.holder_name,
                "type": from_line[one.seat_no].ticket_type,
                "price": _price(from_line[one.seat_no], order.currency, locale),
                "qr": qr_svg(text).decode(),
                "id": str(one.id)[-12:],
            }
            for one, text in zip(tickets, qr_texts, strict=True)
        ],
    }


def _locale(tag: str) -> Locale:
    """A buyer's locale, e.g. ``de`` or ``en-US``; for unknown ones, and plain ``en``, English as written in Europe."""
    try:
        return Locale.parse("en-GB" if tag == "en" else tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def _price(line: LineView, currency: str, locale: Locale) -> str:
    paid = Decimal(line.unit_price - line.discount + line.fee)
    return format_currency(paid.scaleb(-get_currency_precision(currency)), currency, locale=locale)


def _compile(data: str) -> bytes:
    try:
        return _typeset(data, "ua-1")
    except typst.TypstError as error:
        # A name may have letters that no font here draws, and PDF/UA refuses a page with such a gap. A ticket with a
        # gap admits; no ticket doesn't.
        log.warning("ticket_not_accessible", error=str(error)[:300])
        return _typeset(data, None)


def _typeset(data: str, standard: Literal["ua-1"] | None) -> bytes:
    made = typst.compile(str(TEMPLATE), format="pdf", sys_inputs={"data": data}, pdf_standards=standard)
    assert isinstance(made, bytes)
    return made
