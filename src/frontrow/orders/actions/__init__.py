"""The verbs of orders. A step is taken on a locked order, must be legal, and is written into its history."""

from frontrow.orders.actions.change import Reversal, make_complimentary, reverse_lines
from frontrow.orders.actions.draft import Wish
from frontrow.orders.actions.place import place_at_once, place_order
from frontrow.orders.actions.rescue import rescue
from frontrow.orders.actions.steps import cancel_pending, end_all_unpaid, end_unpaid, expire_pending, step

__all__ = [
    "Reversal",
    "Wish",
    "cancel_pending",
    "end_all_unpaid",
    "end_unpaid",
    "expire_pending",
    "make_complimentary",
    "place_at_once",
    "place_order",
    "rescue",
    "reverse_lines",
    "step",
]
