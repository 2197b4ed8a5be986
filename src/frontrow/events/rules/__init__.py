"""Pure decisions about what is on, a file a matter: sales, wishes, prices, seat maps."""

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
from frontrow.events.rules.wishes import After, Wish, minute_of, month_of, search_words, wish_of

__all__ = [
    "CLOSEST",
    "KINDS",
    "MOST",
    "After",
    "Availability",
    "Place",
    "PriceLine",
    "PriceList",
    "Sales",
    "Wish",
    "availability",
    "categories_of",
    "check_lines",
    "check_price",
    "check_price_list",
    "is_slug",
    "minute_of",
    "month_of",
    "places_of",
    "price_list_of",
    "sales_state",
    "search_words",
    "window_state",
    "wish_of",
]
