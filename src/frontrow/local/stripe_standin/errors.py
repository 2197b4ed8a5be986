"""The ways Stripe says no, with its bodies and status codes (docs.stripe.com/api/errors)."""

import time
from typing import Any

Json = dict[str, Any]


class StripeError(Exception):
    """An answer of Stripe's that is not a success.

    ``keep`` tells whether the answer is stored under the request's idempotency key: Stripe stores what happened once an
    endpoint has begun to execute, and nothing for requests that failed validation or authentication.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        keep: bool = True,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keep = keep
        self.error: Json = {"type": kind, "message": message}
        if code is not None:
            self.error["code"] = code
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param is not None:
            self.error["param"] = param
        self.error.update({name: value for name, value in extra.items() if value is not None})

    def body_for(self, request_id: str) -> Json:
        """The document that goes out: ``{"error": {...}}``."""
        log_url = f"https://dashboard.stripe.com/test/logs/{request_id}?t={int(time.time())}"
        return {"error": {**self.error, "request_log_url": log_url}}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """400: the parameters do not pass validation. Nothing was done and nothing is stored."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param, keep=False)


def missing(param: str) -> StripeError:
    """400: a required parameter is absent."""
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")


def unknown_parameter(param: str) -> StripeError:
    """400: a parameter Stripe does not know."""
    return invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")


def no_such(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """404 (400 when the id came in the body): the object does not exist, or the caller may not know that it does."""
    return StripeError(
        status,
        "invalid_request_error",
        f"No such {kind}: '{object_id}'",
        code="resource_missing",
        param=param,
        keep=False,
    )


def unexpected_state(message: str, intent: Json) -> StripeError:
    """400: the PaymentIntent's status does not allow the step."""
    return StripeError(
        400, "invalid_request_error", message, code="payment_intent_unexpected_state", payment_intent=intent
    )


def internal() -> StripeError:
    """500: what Stripe says when something on its side broke."""
    return StripeError(
        500,
        "api_error",
        "Sorry! There was an error while talking to one of our backends. Support has been notified.",
    )


def injected(status: int, key: str | None, *, stored: bool | None) -> StripeError:
    """An error ordered by the fault knobs. Only a 500 comes from the endpoint itself, so only a 500 is stored."""
    if status == 500:
        error = internal()
    elif status == 429:
        error = StripeError(429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit", keep=False)
    elif status == 409:
        error = key_in_use(key or "(none)")
    else:
        error = StripeError(status, "api_error", "The service is temporarily unavailable.", keep=False)
    if stored is not None:
        error.keep = stored
    return error


def key_in_use(key: str) -> StripeError:
    """409: another request with this idempotency key is under way."""
    return StripeError(
        409,
        "idempotency_error",
        "There is currently another in-progress request using this Idempotent Key (that probably means you"
        f" submitted twice, and the other request is still going through): {key}. Please try again later.",
        code="idempotency_key_in_use",
        keep=False,
    )


def other_request(message: str) -> StripeError:
    """400: the idempotency key belongs to another request."""
    return StripeError(400, "idempotency_error", message, keep=False)
