"""The verbs of seats: ``holding`` for buyers, ``ordering`` for the rooms above, ``upkeep`` for timers and organisers.

Each is one statement, locks the rows in seat order, raises the fence and registers the news of it.
"""

from frontrow.seats.actions.holding import HOLD_STATEMENT, Held, hold_seats, release_hold
from frontrow.seats.actions.ordering import end_hold, free_sold, keep_for_payment, sell, take_again, tie_to_order
from frontrow.seats.actions.upkeep import apply_map, refresh_availability, sweep

__all__ = [
    "HOLD_STATEMENT",
    "Held",
    "apply_map",
    "end_hold",
    "free_sold",
    "hold_seats",
    "keep_for_payment",
    "refresh_availability",
    "release_hold",
    "sell",
    "sweep",
    "take_again",
    "tie_to_order",
]
