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


class LogInFailed(Refusal):
    """The provider, or what came back from it, was no good."""

    code = "log_in_failed"
    status = 401
    title = "This log-in didn't work. Nothing was changed; please start again."


class AccountExists(Refusal):
    """The provider names an address that has an account here, which isn't proved to be the same person's."""

    code = "account_exists"
    status = 409
    title = "There is an account with this address already. Log in with its password."


class ProviderUnavailable(Refusal):
    code = "provider_unavailable"
    status = 503
    title = "The log-in provider doesn't answer. Please try again, or log in with a password."


class AlreadyProved(Refusal):
    code = "email_confirmed_already"
    status = 409
    title = "Your address is confirmed already. Nothing needs to be done."


class LinkNotYours(Refusal):
    """The link is of another account, or there is none like it."""

    code = "link_not_yours"
    status = 403
    title = "This link isn't one of this account. Log in to the account that it was sent for, or ask for a new link."


class LinkUsed(Refusal):
    code = "link_used"
    status = 409
    title = "This link was used already. Your address is confirmed."


class LinkExpired(Refusal):
    code = "link_expired"
    status = 410
    title = "This link is older than a day. Ask for a new one on your account's page."
