"""The ways seats say no."""

from frontrow.core.errors import Refusal


class SeatsTaken(Refusal):
    """Carries ``seats``: the numbers that somebody else has."""

    code = "seats_taken"
    status = 409
    title = "Some of these seats were just taken. Nothing was held; choose others and try again."


class NotTogether(Refusal):
    """Carries ``largest``, how many neighbouring seats of this wish there are at most; ``left``, how many in all; and
    ``instead``: at most six ``{section, category, together}``, the sections' largest blocks, those that would do first.
    """

    code = "not_together"
    status = 409
    title = "There aren't so many seats next to each other any more. Nothing was held."


class NotEnoughLeft(Refusal):
    """Carries ``left``, how many there are, and ``instead``, as :class:`NotTogether` does; of standing areas the room
    they have, counted to 50."""

    code = "not_enough_left"
    status = 409
    title = "There aren't so many places left. Nothing was held."


class UnknownSeats(Refusal):
    code = "unknown_seats"
    status = 422
    title = "This performance has no such seats."


class TooManySeats(Refusal):
    """Carries ``max_seats`` and ``held``: how many seats of this performance the buyer holds already."""

    code = "too_many_seats"
    status = 409
    title = "These are more seats than one buyer may hold at once."


class SalesClosed(Refusal):
    code = "sales_closed"
    status = 409
    title = "This performance isn't on sale now."


class HoldExpired(Refusal):
    code = "hold_expired"
    status = 410
    title = "The time for these seats ran out, and they were released. Nothing was charged; choose seats again."


class HoldAtCap(Refusal):
    """Carries ``expires_at``: when the hold ends, for good."""

    code = "hold_at_cap"
    status = 409
    title = "These seats can't be kept any longer. Order them before the time runs out."


class HoldInUse(Refusal):
    code = "hold_in_use"
    status = 409
    title = "These seats belong to an order already. Cancel the order to release them."
