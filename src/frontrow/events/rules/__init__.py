"""Pure decisions about what is on, a file a matter: sales, prices, seat maps."""

from frontrow.events.rules.prices import (
    MOST,
    PriceLine,
    PriceList,
    check_lines,
    check_price,
    check_price_list,
    price_list_of,
)
from frontrow.events.rules.sales import Availability, Sales, availability, is_slug, sales_state, window_state
from frontrow.events.rules.seatmaps import CLOSEST, KINDS, Place, categories_of, places_of

__all__ = [
    "CLOSEST",
    "KINDS",
    "MOST",
    "Availability",
    "Place",
    "PriceLine",
    "PriceList",
    "Sales",
    "availability",
    "categories_of",
    "check_lines",
    "check_price",
    "check_price_list",
    "is_slug",
    "places_of",
    "price_list_of",
    "sales_state",
    "window_state",
]
