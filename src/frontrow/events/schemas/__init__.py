"""Shapes on the wire. Money is in minor units of the ``currency`` beside it, and prices are all-in: fee included."""

from frontrow.events.schemas.details import (
    EventDetail,
    PerformanceDetail,
    PerformanceSummary,
    detail_of,
    performance_of,
)
from frontrow.events.schemas.listing import (
    Calendar,
    EventPage,
    EventSummary,
    Facets,
    OrganiserPage,
    calendar_of,
    facets_of,
    organiser_page_of,
    summary_of,
)
from frontrow.events.schemas.names import OrganiserName, VenueAddress, VenueName, image_url
from frontrow.events.schemas.seatmaps import SeatMap
from frontrow.events.schemas.selling import (
    Moved,
    MoveRequest,
    PerformancePrices,
    PriceListRequest,
    prices_of,
)
from frontrow.events.schemas.wishes import after_of, cursor_of, minute_of, month_of, wish_of

__all__ = [
    "Calendar",
    "EventDetail",
    "EventPage",
    "EventSummary",
    "Facets",
    "MoveRequest",
    "Moved",
    "OrganiserName",
    "OrganiserPage",
    "PerformanceDetail",
    "PerformancePrices",
    "PerformanceSummary",
    "PriceListRequest",
    "SeatMap",
    "VenueAddress",
    "VenueName",
    "after_of",
    "calendar_of",
    "cursor_of",
    "detail_of",
    "facets_of",
    "image_url",
    "minute_of",
    "month_of",
    "organiser_page_of",
    "performance_of",
    "prices_of",
    "summary_of",
    "wish_of",
]
