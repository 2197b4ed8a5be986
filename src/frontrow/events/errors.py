"""The ways this room says no."""

from frontrow.core.errors import Refusal


class SeatMapInvalid(Refusal):
    code = "seat_map_invalid"
    status = 422
    title = "This seat map can't be sold."


class PricesIncomplete(Refusal):
    code = "prices_incomplete"
    status = 422
    title = "Every price category of the map needs one price."


class NotReady(Refusal):
    """Publishing what nobody could buy."""

    code = "event_not_ready"
    status = 409
    title = "An event needs a performance with prices before it can be published."
