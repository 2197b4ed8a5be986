"""The ways this room says no."""

from frontrow.core.errors import Refusal


class BadCredentials(Refusal):
    """The same answer whether the account exists or not."""

    code = "bad_credentials"
    status = 401
    title = "This address and password don't belong together. Nothing was changed; please try again."


class TokenExpired(Refusal):
    """The access token was ours but its ten minutes are over; the refresh token gets a new one."""

    code = "token_expired"
    status = 401
    title = "Your session needs renewing. The page does this by itself; nothing was lost."


class TooManyTries(Refusal):
    code = "too_many_tries"
    status = 429
    title = "Too many tries. Please wait a few minutes; your account and your seats are safe."
