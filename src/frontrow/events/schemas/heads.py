"""What others are told of a page: its head with schema.org Events, words of its picture, evenings for a calendar."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import get_currency_precision

from frontrow.core import ical
from frontrow.core.page import Head
from frontrow.events.actions import Card
from frontrow.events.queries import AnyRow
from frontrow.events.rules import availability, sales_state

TELLS = 160
"""Letters of a description that searchers show."""
MOST_EVENINGS = 50

_ENGLISH = Locale("en", "GB")
_IN_STOCK = {"available": "InStock", "few": "LimitedAvailability", "sold_out": "SoldOut"}

HOME = "Choose your seats on a live map of the house, see the whole price from the start, and go."


def home_head(origin: str) -> Head:
    site = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Frontrow",
        "url": f"{origin}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{origin}/?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }
    return Head("Frontrow: what’s on", HOME, f"{origin}/", data=(site,))


def missing_head() -> Head:
    return Head("Not here · Frontrow", "There is nothing at this address.")


def organiser_head(row: AnyRow, origin: str) -> Head:
    """From a row of ``queries.organiser``."""
    address = f"{origin}/organisers/{row.slug}"
    organisation = {"@context": "https://schema.org", "@type": "Organization", "name": row.name, "url": address}
    about = _told(row.about) or f"What {row.name} puts on: dates, seats and prices."
    return Head(f"{row.name} · Frontrow", about, address, data=(organisation | {"description": about},))


def event_head(event: AnyRow, rows: Sequence[AnyRow], now: datetime, origin: str) -> Head:
    """From rows of ``queries.event_by_slug`` and ``queries.performances_of``, of which there must be one."""
    shown = _shown(rows, now)
    # Searchers that know of a date learn that it was cancelled.
    dates = [row for row in rows if row.starts_at > now] or shown
    card = card_of(event, rows, now)
    address = f"{origin}/events/{event.slug}"
    about = _told(" ".join(filter(None, [event.subtitle, event.description])))
    told = about or f"{card.when}, {card.place}."
    image = f"{origin}/api/events/{event.slug}/card.png"
    return Head(
        title=f"{event.title} · {shown[0].venue_city} · Frontrow",
        description=told,
        address=address,
        image=image,
        image_alt=f"{event.title}. {card.when}, {card.place}",
        data=[_evening(event, row, now, origin, told, image) for row in dates[:MOST_EVENINGS]],
    )


def _shown(rows: Sequence[AnyRow], now: datetime) -> Sequence[AnyRow]:
    """The coming performances; when there are none, the last."""
    return [row for row in rows if row.starts_at > now and row.state == "scheduled"] or rows[-1:]


def _evening(event: AnyRow, row: AnyRow, now: datetime, origin: str, about: str, image: str) -> dict[str, Any]:
    """schema.org/Event of one performance, its times in the time of its place."""
    zone = ZoneInfo(row.timezone)

    def local(at: datetime | None) -> str | None:
        return at.astimezone(zone).isoformat() if at else None

    cancelled = row.state == "cancelled" or event.state == "cancelled"
    moved = not cancelled and row.starts_at_before is not None and row.starts_at_before != row.starts_at
    status = "EventCancelled" if cancelled else "EventRescheduled" if moved else "EventScheduled"
    told = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": f"{origin}/performances/{row.id}",
        "name": event.title,
        "description": about,
        "url": f"{origin}/events/{event.slug}",
        "image": [image, *([f"{origin}/media/{event.image_key}"] if event.image_key else [])],
        "startDate": local(row.starts_at),
        "endDate": local(row.ends_at),
        "doorTime": local(row.doors_at),
        "previousStartDate": local(row.starts_at_before) if moved else None,
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": row.venue_name,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": row.venue_address,
                "addressLocality": row.venue_city,
                "addressCountry": row.country,
            },
        },
        "organizer": {
            "@type": "Organization",
            "name": event.organiser_name,
            "url": f"{origin}/organisers/{event.organiser_slug}",
        },
        "offers": None if cancelled or row.from_price is None else _offer(event, row, now, origin),
    }
    return {name: value for name, value in told.items() if value is not None}


def _offer(event: AnyRow, row: AnyRow, now: datetime, origin: str) -> dict[str, Any]:
    """Prices are what is paid, fees included."""
    sales = sales_state(
        now, event_state=event.state, state=row.state, starts_at=row.starts_at,
        opens=row.sales_open_at, closes=row.sales_close_at,
    )  # fmt: skip
    left = _IN_STOCK[availability(row.seats_free, row.seats_total)]
    stock = {"open": left, "soon": "PreOrder", "closed": "OutOfStock"}[sales]

    def price(amount: int) -> str:
        digits = get_currency_precision(event.currency)
        return f"{Decimal(amount).scaleb(-digits):.{digits}f}"

    return {
        "@type": "AggregateOffer",
        "lowPrice": price(row.from_price),
        "highPrice": price(row.to_price if row.to_price is not None else row.from_price),
        "priceCurrency": event.currency,
        "availability": f"https://schema.org/{stock}",
        "url": f"{origin}/performances/{row.id}",
        **({"validFrom": row.sales_open_at.isoformat()} if row.sales_open_at else {}),
    }


def _told(text: str) -> str:
    """The beginning of a text in one line, to the end of a word."""
    flat = " ".join(text.split())
    return flat if len(flat) <= TELLS else flat[: TELLS - 1].rsplit(" ", 1)[0].rstrip(",;:–-. ") + "…"


def card_of(event: AnyRow, rows: Sequence[AnyRow], now: datetime) -> Card:
    """The words of the share card: of the next performance, and how many more there are."""
    shown = _shown(rows, now)
    first = shown[0]
    local = first.starts_at.astimezone(ZoneInfo(first.timezone))
    day = format_date(local.date(), "EEEE d MMMM y", locale=_ENGLISH)
    more = len(shown) - 1
    when = f"{day}, {format_time(local.timetz(), 'HH:mm', locale=_ENGLISH)}"
    if more:
        when = f"{day} and {more} more {'date' if more == 1 else 'dates'}"
    if first.state == "cancelled" or event.state == "cancelled":
        when = f"Cancelled: {when}"
    return Card(event.category, event.title, event.subtitle, when, f"{first.venue_name}, {first.venue_city}")


def calendar_file(event: AnyRow, rows: Sequence[AnyRow], now: datetime, origin: str) -> bytes:
    """The performances for a calendar (RFC 5545), each with a UID for ever; ``event`` has title, subtitle and slug."""
    entries = [
        ical.evening(
            uid=f"performance-{row.id}@{urlsplit(origin).hostname}",
            # By the hour, so that the same file has the same name for its readers.
            stamp=now.replace(minute=0, second=0, microsecond=0),
            sequence=row.move_no + (1 if row.state == "cancelled" else 0),
            cancelled=row.state == "cancelled",
            summary=event.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            timezone=row.timezone,
            location=(row.venue_name, row.venue_address, row.venue_city),
            url=f"{origin}/events/{event.slug}",
            description=(event.subtitle,),
        )
        for row in rows
    ]
    return ical.file_of("Events", entries)
