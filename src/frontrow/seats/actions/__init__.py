"""The verbs of seats: ``holding`` and ``keeping`` for buyers, ``ordering`` for the rooms above, ``upkeep`` for timers.

Each is one statement, locks the rows in seat order, raises the fence and registers the news of it.
"""

from frontrow.seats.actions.holding import (
    HOLD_STATEMENT,
    Best,
    Held,
    Standing,
    hold_best,
    hold_seats,
    hold_standing,
)
from frontrow.seats.actions.keeping import abandon_hold, extend_hold, release_hold
from frontrow.seats.actions.ordering import (
    changes,
    end_hold,
    end_holds,
    free_sold,
    keep_for_payment,
    sell,
    take_again,
    tie_to_order,
)
from frontrow.seats.actions.upkeep import apply_map, find_spots, refresh_availability, sweep

__all__ = [
    "HOLD_STATEMENT",
    "Best",
    "Held",
    "Standing",
    "abandon_hold",
    "apply_map",
    "changes",
    "end_hold",
    "end_holds",
    "extend_hold",
    "find_spots",
    "free_sold",
    "hold_best",
    "hold_seats",
    "hold_standing",
    "keep_for_payment",
    "refresh_availability",
    "release_hold",
    "sell",
    "sweep",
    "take_again",
    "tie_to_order",
]
