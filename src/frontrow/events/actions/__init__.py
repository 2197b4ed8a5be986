"""The verbs of events: make what is sold, publish it, price it, move or cancel a performance."""

from frontrow.events.actions.cancel import cancel_event, cancel_performance
from frontrow.events.actions.card import Card, draw_card
from frontrow.events.actions.make import create_event, create_performance, create_venue, publish
from frontrow.events.actions.move import move_performance
from frontrow.events.actions.prices import put_price_list, set_prices
from frontrow.events.actions.seatmaps import StoredMap, create_seat_map, put_seat_map
from frontrow.events.actions.words import learn_words
from frontrow.events.rules import PriceLine

__all__ = [
    "Card",
    "PriceLine",
    "StoredMap",
    "cancel_event",
    "cancel_performance",
    "create_event",
    "create_performance",
    "create_seat_map",
    "create_venue",
    "draw_card",
    "learn_words",
    "move_performance",
    "publish",
    "put_price_list",
    "put_seat_map",
    "set_prices",
]
