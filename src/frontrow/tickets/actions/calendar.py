"""An order's evening for a calendar: one VEVENT (RFC 5545) that later files correct or cancel.

Its UID is the order's, for ever; its SEQUENCE rises with each move of the performance and with a cancellation, so that
a calendar knows which file is the newer one.
"""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Alarm

from frontrow.core import clock, ical
from frontrow.orders.queries import OrderView
from frontrow.tickets.queries import Evening, TicketView

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
    entry = ical.evening(
        uid=f"order-{order.id}@{urlsplit(origin).hostname}",
        stamp=clock.now(),
        sequence=evening.move_no + (0 if valid else 1),
        cancelled=not valid,
        summary=order.event_title,
        starts_at=order.starts_at,
        ends_at=evening.ends_at,
        timezone=order.timezone,
        location=(order.venue_name, order.venue_address, order.venue_city),
        url=f"{origin}/orders/{order.id}",
        description=(told["order"].format(order.code), *(_place(one, told) for one in valid)),
    )
    if valid:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -REMIND_BEFORE)
        alarm.add("description", told["soon"].format(order.event_title))
        entry.add_component(alarm)
    return ical.file_of("Tickets", [entry], method="PUBLISH" if valid else "CANCEL")


def _place(ticket: TicketView, told: dict[str, str]) -> str:
    row = told["row"].format(ticket.row) if ticket.row else ""
    seat = told["seat"].format(ticket.label) if ticket.label else ""
    return ", ".join(filter(None, [ticket.section, row, seat]))
