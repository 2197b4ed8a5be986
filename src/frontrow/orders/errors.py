"""The ways orders say no."""

from frontrow.core.errors import Refusal


class OrderNotPayable(Refusal):
    """The order isn't one that can be paid (any more)."""

    code = "order_not_payable"
    status = 409
    title = "This order can't be paid any more. Nothing was charged."


class OrderMoving(Refusal):
    code = "order_moving"
    status = 409
    title = "This order is being settled right now; wait a moment and look again."
