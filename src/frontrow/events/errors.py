"""The ways this room says no."""

from frontrow.core.errors import Refusal


class SeatMapInvalid(Refusal):
    code = "seat_map_invalid"
    status = 422
    title = "This seat map can't be sold."


class PricesIncomplete(Refusal):
    """``categories`` of the map are without a price; their places could be neither shown nor sold."""

    code = "prices_incomplete"
    status = 422
    title = "Every price category of the map needs a price."


class UnknownCategory(Refusal):
    """``categories`` aren't the map's; ``known`` are."""

    code = "unknown_category"
    status = 422
    title = "The map has no such price category."


class TicketTypeTwice(Refusal):
    """``ticket_types`` by category and name."""

    code = "ticket_type_twice"
    status = 422
    title = "A ticket type is named twice in a category."


class SaleWindowEmpty(Refusal):
    """``ticket_types`` have windows that lie outside the performance's; none when it is the performance's own."""

    code = "sale_window_empty"
    status = 422
    title = "A ticket type would never be on sale while the performance is."


class PriceBelowMinimum(Refusal):
    """``minimum`` (minor units) is the smallest amount above zero that can be paid in the event's currency."""

    code = "price_below_minimum"
    status = 422
    title = "The smallest order of a ticket type would be too cheap to be paid."


class PricesChanged(Refusal):
    code = "prices_changed"
    status = 412
    title = "Somebody else changed this price list meanwhile. Nothing was changed; look at it again."


class PerformanceOver(Refusal):
    code = "performance_cancelled"
    status = 409
    title = "This performance was cancelled, so nothing of it is sold any more."


class AlreadyCancelled(Refusal):
    code = "already_cancelled"
    status = 409
    title = "This was cancelled already. Nothing was changed."


class AlreadyOver(Refusal):
    code = "already_over"
    status = 409
    title = "This is over already, so it can't be cancelled any more. Single orders can still be refunded."


class NotReady(Refusal):
    """Publishing what nobody could buy."""

    code = "event_not_ready"
    status = 409
    title = "An event needs a performance with prices before it can be published."
