"""The verbs of events: make what is sold, publish it, move a performance."""

from frontrow.events.actions.make import (
    MOST,
    PriceLine,
    create_event,
    create_performance,
    create_seat_map,
    create_venue,
    publish,
    set_prices,
)
from frontrow.events.actions.move import move_performance

__all__ = [
    "MOST",
    "PriceLine",
    "create_event",
    "create_performance",
    "create_seat_map",
    "create_venue",
    "move_performance",
    "publish",
    "set_prices",
]
