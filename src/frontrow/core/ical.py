"""Evenings for a calendar (RFC 5545): entries that later files correct or cancel, and the file around them.

An entry's UID stays for ever and its SEQUENCE rises with each change, so that a calendar knows which file is the newer.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

MEDIA_TYPE = "text/calendar"

USUAL_LENGTH = timedelta(hours=2)
"""How long an evening is shown to last when its organiser hasn't said: no time at all would be surely wrong."""


def evening(
    *,
    uid: str,
    stamp: datetime,
    sequence: int,
    cancelled: bool,
    summary: str,
    starts_at: datetime,
    ends_at: datetime | None,
    timezone: str,
    location: Sequence[str],
    url: str,
    description: Sequence[str],
) -> Event:
    """One VEVENT in the time of its place. Empty parts of ``location`` (joined by commas) and lines are left out."""
    zone = ZoneInfo(timezone)
    starts = starts_at.astimezone(zone)
    ends = ends_at.astimezone(zone) if ends_at else starts + USUAL_LENGTH
    entry = Event()
    entry.add("uid", uid)
    entry.add("dtstamp", stamp)
    entry.add("sequence", sequence)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("summary", summary)
    entry.add("dtstart", starts)
    entry.add("dtend", max(ends, starts))
    entry.add("location", ", ".join(filter(None, location)))
    entry.add("url", url)
    entry.add("description", "\n".join(filter(None, description)))
    return entry


def file_of(product: str, entries: Sequence[Event], *, method: Literal["PUBLISH", "CANCEL"] = "PUBLISH") -> bytes:
    """The whole file: the entries, and the rules of their zones in and around their years."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Frontrow//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    starts = [entry.decoded("dtstart") for entry in entries]
    zones = sorted({at.tzinfo.key for at in starts})
    for name in zones:
        years = [at.year for at in starts if at.tzinfo.key == name]
        calendar.add_component(_zone(name, min(years), max(years)))
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


@lru_cache(64)
def _zone(name: str, first: int, last: int) -> Timezone:
    return Timezone.from_tzid(name, first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1))
