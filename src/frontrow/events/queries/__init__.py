"""What is on, read in as few statements as a page needs. Everything here may run on the replica."""

from frontrow.events.queries.cancelled import cancelled
from frontrow.events.queries.catalogue import calendar, facets, organiser, upcoming
from frontrow.events.queries.details import event_by_slug, performance, performances_of, prices, public_layout
from frontrow.events.queries.filters import After, Wish
from frontrow.events.queries.rows import AnyRow
from frontrow.events.queries.selling import for_pricing, is_cancelled, organiser_of_performance, price_lines

__all__ = [
    "After",
    "AnyRow",
    "Wish",
    "calendar",
    "cancelled",
    "event_by_slug",
    "facets",
    "for_pricing",
    "is_cancelled",
    "organiser",
    "organiser_of_performance",
    "performance",
    "performances_of",
    "price_lines",
    "prices",
    "public_layout",
    "upcoming",
]
