"""What a mail says and how it's wrapped. Money and dates in the buyer's language, times in the event's own zone."""

import hashlib
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency, get_currency_precision

from frontrow.core.log import CORRELATION_HEADER
from frontrow.mailroom.templates import Rendered, language, render, say, words
from frontrow.orders.queries import LineView, OrderView

ORDER_PAID = "order_paid"

# English without a country writes dates and times as our English readers in Europe expect them.
_BABEL = {"en": "en_GB", "de": "de"}


def effect_key(kind: str, of: uuid.UUID) -> str:
    """The key under which a mail is sent once, e.g. ``mail:order_paid:<id>``."""
    return f"mail:{kind}:{of}"


def message_id(key: str, sender: str) -> str:
    """The Message-ID of an effect: always the same, so that a mail which went out twice is known as one."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def one_line(text: str) -> str:
    """Text for a header or a line: no line breaks, control or direction characters, single blanks."""
    kept = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else letter for letter in text)
    return " ".join(kept.split())


def money(amount: int, currency: str, locale: str) -> str:
    """An amount of minor units as people of ``locale`` write it."""
    whole = Decimal(amount).scaleb(-get_currency_precision(currency))
    return format_currency(whole, currency, locale=_BABEL[locale])


def mailable(email: str) -> str:
    """An address as SMTP takes it: a domain beyond ASCII in its ASCII form."""
    local, _, domain = one_line(email).rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}" if not domain.isascii() else f"{local}@{domain}"


def confirmation(order: OrderView, lines: Sequence[LineView], origin: str) -> Rendered:
    """The words of "here are your tickets" for a paid order."""
    locale = language(order.locale)
    told = words(ORDER_PAID, locale)
    zone = ZoneInfo(order.timezone)
    starts = order.starts_at.astimezone(zone)
    facts = {
        "code": order.code,
        "title": one_line(order.event_title),
        "name": one_line(order.name),
        "date": format_date(starts.date(), "full", locale=_BABEL[locale]),
        "time": _clock(starts, zone, locale),
        "zone": _zone_name(starts, order.timezone, locale),
        "doors": _clock(order.doors_at.astimezone(zone), zone, locale) if order.doors_at else "",
        "venue": one_line(order.venue_name),
        "address": ", ".join(filter(None, [one_line(order.venue_address), one_line(order.venue_city)])),
        "total": money(order.total, order.currency, locale),
        "tax": money(order.tax, order.currency, locale),
        "link": f"{origin}/orders/{order.id}?token={quote(order.token)}",
        "host": urlsplit(origin).netloc,
    }
    sentences = {name: say(sentence, facts) for name, sentence in told.items() if not name.startswith("place_")}
    values = {**facts, **sentences}
    values["doors_line"] = sentences["doors_line"] if order.doors_at else ""
    values["tax_line"] = sentences["tax_line" if order.tax else "no_tax_line"]
    rows = [
        {
            "place": _place(line, told),
            "ticket_type": one_line(line.ticket_type),
            "amount": money(line.unit_price - line.discount + line.fee, order.currency, locale),
        }
        for line in lines
    ]
    return render(ORDER_PAID, locale, values, rows)


def envelope(
    said: Rendered,
    *,
    key: str,
    sender: str,
    to: str,
    to_name: str,
    now: datetime,
    correlation_id: str | None,
    pdf: bytes | None,
    pdf_name: str,
) -> EmailMessage:
    """The finished message. Raises ValueError when ``to`` can't be an address."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(one_line(to_name), addr_spec=mailable(to))
    message["Subject"] = one_line(said.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    if correlation_id:
        message[CORRELATION_HEADER] = one_line(correlation_id)[:100]
    message.set_content(said.text)
    message.add_alternative(said.html, subtype="html")
    if pdf is not None:
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=pdf_name)
    return message


def _clock(moment: datetime, zone: tzinfo, locale: str) -> str:
    return format_time(moment, "short", tzinfo=zone, locale=_BABEL[locale])


def _zone_name(moment: datetime, zone: str, locale: str) -> str:
    return f"{get_timezone_name(moment, locale=_BABEL[locale])} ({zone.replace('_', ' ')})"


def _place(line: LineView, told: Mapping[str, str]) -> str:
    kind = "place_row" if line.row and line.label else "place_seat" if line.label else "place_free"
    where = {"section": one_line(line.section), "row": one_line(line.row), "label": one_line(line.label)}
    return say(told[kind], where)
