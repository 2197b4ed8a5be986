"""What a mail says and how it's wrapped. Money and dates in the buyer's language, times in the event's own zone."""

import hashlib
import unicodedata
import uuid
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import format_datetime, parseaddr
from secrets import token_hex
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency, get_currency_precision

from frontrow.core.log import CORRELATION_HEADER
from frontrow.mailroom.templates import Letter, Rendered, language, render, say, words
from frontrow.orders.queries import OrderView
from frontrow.tickets.queries import TicketView

ORDER_PAID = "order_paid"
ORDER_FAILED = "order_failed"
REFUND_MADE = "refund_made"
LINES_CANCELLED = "lines_cancelled"
MOVED = "moved"
CALLED_OFF = "called_off"
EMAIL_PROOF = "email_proof"
RESEND = "resend"
"""The kinds of mails. All but the last have words of their own; that one says again what ``ORDER_PAID`` says."""

# English without a country writes dates and times as our English readers in Europe expect them.
_BABEL = {"en": "en_GB", "de": "de"}


@dataclass(frozen=True)
class PlaceSold:
    """A place in words, and what was paid for it, all-in."""

    section: str
    row: str
    label: str
    ticket_type: str
    paid: int


@dataclass(frozen=True)
class Was:
    """When and where a performance would have been."""

    starts_at: datetime
    timezone: str
    venue_name: str
    venue_city: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; ``kind`` is its MIME type."""

    name: str
    kind: str
    content: bytes


def effect_key(kind: str, of: uuid.UUID, number: int | None = None) -> str:
    """The key under which a mail is sent once, e.g. ``mail:order_paid:<id>`` or ``mail:moved:<id>:2``."""
    return f"mail:{kind}:{of}" if number is None else f"mail:{kind}:{of}:{number}"


def message_id(key: str, sender: str) -> str:
    """The Message-ID of an effect: always the same, so that a mail which went out twice is known as one."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def one_line(text: str) -> str:
    """Text for a header or a line: no line breaks, control or direction characters, single blanks."""
    kept = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else letter for letter in text)
    return " ".join(kept.split())


def money(amount: int, of: OrderView) -> str:
    """An amount of minor units of an order's currency as its buyer writes it."""
    return amount_of(amount, of.currency, language(of.locale))


def amount_of(amount: int, currency: str, locale: str) -> str:
    """An amount of minor units as people of ``locale`` write it."""
    whole = Decimal(amount).scaleb(-get_currency_precision(currency))
    return format_currency(whole, currency, locale=_BABEL[locale])


def mailable(email: str) -> str:
    """An address as SMTP takes it: a domain beyond ASCII in its ASCII form."""
    local, _, domain = one_line(email).rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}" if not domain.isascii() else f"{local}@{domain}"


def place_of(ticket: TicketView) -> PlaceSold:
    return PlaceSold(ticket.section, ticket.row, ticket.label, ticket.ticket_type, ticket.paid)


def confirmation(order: OrderView, places: Sequence[PlaceSold], origin: str) -> Rendered:
    """ "Here are your tickets", for a paid order."""
    told, values = _begin(ORDER_PAID, order, origin, {"tax": money(order.tax, order)})
    tax_line = told["tax_line" if order.tax else "no_tax_line"]
    total = sum(place.paid for place in places)
    return _end(
        order,
        Letter(
            values,
            [values["intro"]],
            _rows(places, order),
            (values["total_label"], money(order.total, order)),
            # The order's tax is that of all its places: once some were cancelled, the line would be wrong.
            say(tax_line, values) if total == order.total else "",
            [values["door_note"], values["link_note"]],
        ),
    )


def failure(order: OrderView, captured: int, origin: str) -> Rendered:
    """ "It didn't go through": what happened to the seats, and to the money (``captured`` minor units were taken)."""
    link = f"{origin}/events/{order.event_slug}"
    _, values = _begin(ORDER_FAILED, order, origin, {"captured": money(captured, order), "link": link})
    money_line = values["going_back" if captured else "not_charged"]
    return _end(order, Letter(values, [values["intro"], money_line, values["again"]]))


def refund(order: OrderView, amount: int, refunded: int, origin: str, *, by_card: bool) -> Rendered:
    """ "Your money is on its way"; ``refunded`` is all that went back of the order so far, ``amount`` with it."""
    facts = {"amount": money(amount, order), "refunded": money(refunded, order)}
    _, values = _begin(REFUND_MADE, order, origin, facts)
    how = values["intro_card" if by_card else "intro_desk"]
    whole = values["all_back" if refunded >= order.total else "part_back"]
    return _end(order, Letter(values, [how, whole], total=(values["total_label"], facts["amount"])))


def cancellation(order: OrderView, places: Sequence[PlaceSold], refund: int, origin: str, *, whole: bool) -> Rendered:
    """ "These places are cancelled"; ``refund`` is what goes back with it, 0 for nothing."""
    _, values = _begin(LINES_CANCELLED, order, origin, {"amount": money(refund, order)})
    paid = sum(place.paid for place in places)
    # Nothing needs to be said of money to those who paid none.
    about_money = [values["with_refund" if refund else "no_refund"]] if refund or paid else []
    return _end(
        order,
        Letter(
            values,
            [values["intro_whole" if whole else "intro_some"], *about_money],
            _rows(places, order),
            (values["total_label"], money(refund, order)) if refund else None,
            notes=[values["link_note"]],
        ),
    )


def move(order: OrderView, places: Sequence[PlaceSold], was: Was, origin: str) -> Rendered:
    """ "It is at another time, or elsewhere"; ``was`` is what the buyer knew."""
    locale = language(order.locale)
    zone = ZoneInfo(was.timezone)
    before = was.starts_at.astimezone(zone)
    said = f"{format_date(before.date(), 'full', locale=_BABEL[locale])}, {_clock(before, zone, locale)}"
    facts = {"was": f"{said}, {one_line(was.venue_name)}, {one_line(was.venue_city)}"}
    _, values = _begin(MOVED, order, origin, facts)
    paragraphs = [values[name] for name in ("intro", "was", "stays", "cannot")]
    rows = [{**row, "amount": ""} for row in _rows(places, order)]
    return _end(order, Letter(values, paragraphs, rows, notes=[values["link_note"]]))


def called_off(
    order: OrderView, places: Sequence[PlaceSold], back: int, message: str, origin: str, *, method: str | None
) -> Rendered:
    """ "The evening won't take place"; ``back`` minor units go back. ``method``: how it was paid, None if it wasn't."""
    facts = {"amount": money(back, order), "message": one_line(message)}
    _, values = _begin(CALLED_OFF, order, origin, facts)
    at_desk = method in {"cash", "terminal"}
    about_money = "at_desk" if at_desk else "by_card" if back else "nothing" if method else "not_charged"
    paragraphs = [values["intro_paid" if method else "intro_unpaid"], values[about_money]]
    if facts["message"]:
        paragraphs.insert(1, values["said"])
    total = (values["total_label"], facts["amount"]) if back else None
    return _end(order, Letter(values, paragraphs, _rows(places, order), total, notes=[values["link_note"]]))


def email_proof(name: str, locale: str, link: str, origin: str) -> Rendered:
    """ "Confirm your address", for an account; the only mail that is about no order."""
    told = words(EMAIL_PROOF, language(locale))
    facts = {"name": one_line(name), "link": link, "host": urlsplit(origin).netloc}
    own = ("subject", "preview", "eyebrow", "title", "hello", "open", "footer", "intro", "lasts", "not_you")
    values = {**facts, **{word: say(told[word], facts) for word in own}}
    return render(Letter(values, [values["intro"], values["lasts"]], notes=[values["not_you"]]), language(locale))


def _begin(
    kind: str, order: OrderView, origin: str, more: Mapping[str, str]
) -> tuple[Mapping[str, str], dict[str, str]]:
    """A mail's words, and all its facts and sentences by name."""
    locale = language(order.locale)
    told = words(kind, locale)
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
        "total": money(order.total, order),
        "link": f"{origin}/orders/{order.id}?token={quote(order.token)}",
        "host": urlsplit(origin).netloc,
        **more,
    }
    sentences = {name: say(sentence, facts) for name, sentence in told.items() if not name.startswith("place_")}
    if not order.doors_at:
        sentences["doors_line"] = ""
    return told, {**facts, **sentences}


def _end(order: OrderView, letter: Letter) -> Rendered:
    return render(letter, language(order.locale))


def _rows(places: Sequence[PlaceSold], order: OrderView) -> list[dict[str, str]]:
    told = words(ORDER_PAID, language(order.locale))
    return [
        {
            "place": _place(place, told),
            "ticket_type": one_line(place.ticket_type),
            "amount": money(place.paid, order),
        }
        for place in places
    ]


def envelope(
    said: Rendered,
    *,
    key: str,
    sender: str,
    to: str,
    to_name: str,
    now: datetime,
    correlation_id: str | None,
    attachments: Sequence[Attachment] = (),
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
    words = _multipart("alternative", [_part("text/plain", said.text.encode()), _part("text/html", said.html.encode())])
    files = [_part(one.kind, one.content, one.name) for one in attachments]
    body = _multipart("mixed", [words, *files]) if files else words
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = body["Content-Type"]
    message.set_payload(body.get_payload())
    return message


def _part(kind: str, content: bytes, name: str = "") -> Message:
    """One file of a message. Ready-made, because ``EmailMessage`` takes its own headers apart again: that was a third
    of a mail's time. ``kind`` and ``name`` are ours, never a buyer's words."""
    part = Message()
    part["Content-Type"] = f'{kind}; charset="utf-8"' if kind.startswith("text/") else kind
    part["Content-Transfer-Encoding"] = "base64"
    if name:
        part["Content-Disposition"] = f'attachment; filename="{name}"'
    part.set_payload(encodebytes(content).decode())
    return part


def _multipart(kind: str, parts: Sequence[Message]) -> Message:
    whole = Message()
    # Everything inside is base64, in which no line begins with two dashes: any boundary is safe.
    whole["Content-Type"] = f'multipart/{kind}; boundary="={token_hex(12)}="'
    whole.set_payload(list(parts))
    return whole


def _clock(moment: datetime, zone: tzinfo, locale: str) -> str:
    return format_time(moment, "short", tzinfo=zone, locale=_BABEL[locale])


def _zone_name(moment: datetime, zone: str, locale: str) -> str:
    return f"{get_timezone_name(moment, locale=_BABEL[locale])} ({zone.replace('_', ' ')})"


def _place(line: PlaceSold, told: Mapping[str, str]) -> str:
    kind = "place_row" if line.row and line.label else "place_seat" if line.label else "place_free"
    where = {"section": one_line(line.section), "row": one_line(line.row), "label": one_line(line.label)}
    return say(told[kind], where)
