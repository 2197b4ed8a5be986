"""An order's evening for a calendar: one VEVENT (RFC 5545) that later files correct or cancel.

Its UID is the order's, for ever; its SEQUENCE rises with each move of the performance and with a cancellation, so that
a calendar knows which file is the newer one.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone

from frontrow.core import clock
from frontrow.orders.queries import OrderView
from frontrow.tickets.queries import Evening, TicketView

USUAL_LENGTH = timedelta(hours=2)
"""How long an evening is shown to last when its organiser hasn't said: no time at all would be surely wrong."""
REMIND_BEFORE = timedelta(hours=2)

_WORDS = {
    "en": {"row": "row {}", "seat": "seat {}", "order": "Order {}", "soon": "{} is soon"},
    "de": {"row": "Reihe {}", "seat": "Platz {}", "order": "Bestellung {}", "soon": "{} beginnt bald"},
}


def order_calendar(order: OrderView, evening: Evening, tickets: Sequence[TicketView], origin: str) -> bytes:
    """The file. Without a valid ticket it takes the evening out of the calendar.

    It has the order's address, but not its token: calendars are shared with people who shouldn't get the tickets.
    """
    valid = [one for one in tickets if one.state == "valid"]
    told = _WORDS["de" if order.locale.startswith("de") else "en"]
    zone = ZoneInfo(order.timezone)
    starts = order.starts_at.astimezone(zone)
    ends = evening.ends_at.astimezone(zone) if evening.ends_at else starts + USUAL_LENGTH
    entry = Event()
    entry.add("uid", f"order-{order.id}@{urlsplit(origin).hostname}")
    entry.add("dtstamp", clock.now())
    entry.add("sequence", evening.move_no + (0 if valid else 1))
    entry.add("status", "CONFIRMED" if valid else "CANCELLED")
    entry.add("summary", order.event_title)
    entry.add("dtstart", starts)
    entry.add("dtend", max(ends, starts))
    entry.add("location", ", ".join(filter(None, [order.venue_name, order.venue_address, order.venue_city])))
    entry.add("url", f"{origin}/orders/{order.id}")
    entry.add("description", "\n".join([told["order"].format(order.code), *(_place(one, told) for one in valid)]))
    if valid:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -REMIND_BEFORE)
        alarm.add("description", told["soon"].format(order.event_title))
        entry.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Frontrow//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if valid else "CANCEL")
    calendar.add_component(_zone(order.timezone, starts.year))
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _place(ticket: TicketView, told: dict[str, str]) -> str:
    row = told["row"].format(ticket.row) if ticket.row else ""
    seat = told["seat"].format(ticket.label) if ticket.label else ""
    return ", ".join(filter(None, [ticket.section, row, seat]))


@lru_cache(64)
def _zone(name: str, year: int) -> Timezone:
    """The zone's rules in and around a year."""
    return Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
