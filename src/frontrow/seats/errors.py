"""The ways seats say no."""

from frontrow.core.errors import Refusal


class SeatsTaken(Refusal):
    """Carries ``seats``: the numbers that somebody else has."""

    code = "seats_taken"
    status = 409
    title = "Some of these seats were just taken. Nothing was held; choose others and try again."


class UnknownSeats(Refusal):
    code = "unknown_seats"
    status = 422
    title = "This performance has no such seats."


class TooManySeats(Refusal):
    code = "too_many_seats"
    status = 422
    title = "These are more seats than one order may have."


class SalesClosed(Refusal):
    code = "sales_closed"
    status = 409
    title = "This performance isn't on sale now."


class HoldExpired(Refusal):
    code = "hold_expired"
    status = 410
    title = "The time for these seats ran out, and they were released. Nothing was charged; choose seats again."


class HoldInUse(Refusal):
    code = "hold_in_use"
    status = 409
    title = "These seats belong to an order already. Cancel the order to release them."
