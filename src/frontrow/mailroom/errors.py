"""The ways the mailroom says no."""

from frontrow.core.errors import Refusal


class ResentTooOften(Refusal):
    code = "resent_too_often"
    status = 429
    title = "These tickets were sent a few times already. Please look into the spam folder, or try again later."


class NothingToResend(Refusal):
    code = "nothing_to_resend"
    status = 409
    title = "This order has no tickets to send."
