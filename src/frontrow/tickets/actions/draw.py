"""A ticket as a picture: the QR as SVG, and an order's tickets as one PDF (PDF/UA, a page a ticket).

All drawing is done in one thread of its own: the event loop never waits for it, and however many want a PDF, they take
at most one core from those who are buying.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, cast
from zoneinfo import ZoneInfo

import structlog
import typst
import zxingcpp
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typing_extensions import Buffer

from frontrow.core.runtime import Runtime
from frontrow.orders import queries as order_queries
from frontrow.orders.queries import OrderView
from frontrow.tickets import queries
from frontrow.tickets.queries import ShownTicket, TicketView
from frontrow.tickets.rules import Code, public_jwk, sign, signing_key

log = structlog.get_logger(__name__)
T = TypeVar("T")

TEMPLATE = Path(__file__).with_name("ticket.typ")
_DARK = re.compile(rb"\x00+")
_QUIET = 4  # modules of white around a QR code, as ISO/IEC 18004 asks
_drawing = ThreadPoolExecutor(1, "drawing")


async def _draw(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_drawing, work)


async def codes(rt: Runtime, tickets: Sequence[TicketView] | Sequence[ShownTicket]) -> list[str]:
    """The signed QR texts of tickets, in their order. A signature takes 40 µs, so a few are made at once."""
    key = signing_key(await rt.secrets.get("ticket_signing_key"))
    if len(tickets) <= 4:
        return _sign(key, tickets)
    return await _draw(lambda: _sign(key, tickets))


async def public_keys(rt: Runtime) -> list[dict[str, str]]:
    """The keys that ticket codes are signed with, public parts only, as JWKs."""
    return [public_jwk(signing_key(await rt.secrets.get("ticket_signing_key")).public_key())]


def _sign(key: Ed25519PrivateKey, tickets: Sequence[TicketView] | Sequence[ShownTicket]) -> list[str]:
    return [sign(key, Code(one.id, one.performance_id, one.secret)) for one in tickets]


async def qr(code: str) -> str:
    """A code's QR as SVG text."""
    return await _draw(lambda: qr_svg(code))


def qr_svg(code: str) -> str:
    """A scalable QR code with a quiet zone, black on white whatever the page's colours are. Takes 2 ms."""
    made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dots = made.to_image(scale=1, add_quiet_zones=False)
    size, raw = int(dots.shape[0]), bytes(cast(Buffer, dots))
    # A stroke for each run of dark modules: a fifth of what a square for each would be. It is a little wider than a
    # module, so that no scale leaves a light seam between two rows.
    strokes = "".join(
        [
            f"M{run.start() - row * size} {row}.5h{run.end() - run.start()}"
            for row in range(size)
            for run in _DARK.finditer(raw, row * size, (row + 1) * size)
        ]
    )
    whole = size + 2 * _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{_QUIET} -{_QUIET} {whole} {whole}" width="{whole * 4}"'
        f' height="{whole * 4}"><path fill="#fff" d="M-{_QUIET}-{_QUIET}h{whole}v{whole}h-{whole}z"/>'
        f'<path stroke="#000" stroke-width="1.05" d="{strokes}"/></svg>'
    )


async def order_pdf(rt: Runtime, order_id: uuid.UUID) -> bytes:
    """The valid tickets of an order as a PDF. Raises NotFound when there's no such order."""
    order = await rt.db.read(lambda tx: order_queries.order(tx, order_id))
    return await pdf(rt, order, await rt.db.read(lambda tx: queries.tickets_of(tx, order_id)))


async def pdf(rt: Runtime, order: OrderView, tickets: list[TicketView]) -> bytes:
    """Those of the tickets that are valid as a PDF, labels in the order's language."""
    key = signing_key(await rt.secrets.get("ticket_signing_key"))
    valid = [one for one in tickets if one.state == "valid"]
    return await _draw(lambda: _compile(json.dumps(_page_data(order, valid, _sign(key, valid)))))


def _page_data(order: OrderView, tickets: list[TicketView], qr_texts: list[str]) -> dict[str, object]:
    local = order.starts_at.astimezone(ZoneInfo(order.timezone))
    locale = _locale(order.locale)
    return {
        "words": _words()[locale.language],
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
                "type": one.ticket_type,
                "price": _price(one.paid, order.currency, locale),
                "qr": qr_svg(text),
                "id": str(one.id)[-12:],
            }
            for one, text in zip(tickets, qr_texts, strict=True)
        ],
    }


@cache
def _words() -> dict[str, dict[str, str]]:
    """The labels of a ticket by language."""
    known: dict[str, dict[str, str]] = json.loads(TEMPLATE.with_name("ticket.json").read_text(encoding="utf-8"))
    return known


@cache
def _locale(tag: str) -> Locale:
    """A buyer's locale, e.g. ``de`` or ``en-US``; for plain ``en`` and languages that we don't speak, English as
    written in Europe."""
    try:
        locale = Locale.parse("en-GB" if tag == "en" else tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
    return locale if locale.language in _words() else Locale("en", "GB")


def _price(amount: int, currency: str, locale: Locale) -> str:
    return format_currency(Decimal(amount).scaleb(-get_currency_precision(currency)), currency, locale=locale)


def _compile(data: str) -> bytes:
    try:
        return _typeset(data, "ua-1")
    except typst.TypstError as error:
        # A name may have letters that no font here draws, and PDF/UA refuses a page with such a gap. A ticket with a
        # gap admits; no ticket doesn't.
        log.warning("ticket_not_accessible", error=str(error)[:300])
        return _typeset(data, None)


@cache
def _typesetter() -> typst.Compiler:
    """One for the process, because it looks for fonts when it's made. It belongs to the drawing thread."""
    return typst.Compiler(str(TEMPLATE))


def _typeset(data: str, standard: Literal["ua-1"] | None) -> bytes:
    made = _typesetter().compile(format="pdf", sys_inputs={"data": data}, pdf_standards=standard)
    assert isinstance(made, bytes)
    return made
