"""May it be bought now, and how much of it is left; what an event's address looks like."""

import re
from datetime import datetime
from typing import Literal

Sales = Literal["open", "soon", "closed"]
Availability = Literal["available", "few", "sold_out"]

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def is_slug(text: str) -> bool:
    return len(text) <= 120 and SLUG.fullmatch(text) is not None


def sales_state(
    now: datetime,
    *,
    event_state: str,
    state: str,
    starts_at: datetime,
    opens: datetime | None,
    closes: datetime | None,
) -> Sales:
    """Whether a performance can be bought at ``now``. Without a closing time, sales end when it starts."""
    if event_state != "published" or state != "scheduled" or now >= (closes or starts_at):
        return "closed"
    return "soon" if opens is not None and now < opens else "open"


def window_state(now: datetime, opens: datetime | None, closes: datetime | None) -> Sales:
    """Whether a ticket type is within its own window of sale at ``now``."""
    if closes is not None and now >= closes:
        return "closed"
    return "soon" if opens is not None and now < opens else "open"


def availability(free: int, total: int) -> Availability:
    """In words what a listing says: *few* from a tenth of the house down."""
    if free <= 0:
        return "sold_out"
    return "few" if free * 10 <= total else "available"
