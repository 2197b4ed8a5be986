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


class OrderNotPaid(Refusal):
    code = "order_not_paid"
    status = 409
    title = "This order isn't one that is paid, so there is nothing to give back."


class NotRefundable(Refusal):
    """``refundable`` (minor units) is what may still go back; refunds on their way count as gone."""

    code = "not_refundable"
    status = 409
    title = "That is more than can still be refunded."


class TicketUsed(Refusal):
    """``line_ids`` are the lines with whose tickets somebody was let in."""

    code = "ticket_used"
    status = 409
    title = "Somebody was let in with one of these tickets. Confirm that you want this all the same."
