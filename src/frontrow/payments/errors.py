"""The ways payments say no."""

from frontrow.core.errors import Refusal


class StripeUnavailable(Refusal):
    code = "stripe_unavailable"
    status = 503
    title = "The payment service doesn't answer right now. Nothing was charged and your seats are kept; try again."


class BadSignature(Refusal):
    code = "bad_signature"
    status = 400
    title = "The signature of this message doesn't hold."


class NothingToPay(Refusal):
    code = "nothing_to_pay"
    status = 409
    title = "No payment of this order is open."
