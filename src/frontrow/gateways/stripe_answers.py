"""What Stripe answers, in our words: *done*, *refused* or *unknown*, about a PaymentIntent or a refund."""

import uuid
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent as far as the till cares. Amounts in minor units of ``currency`` (upper case)."""

    id: str
    status: str
    amount: int
    captured: int
    currency: str
    client_secret: str | None
    payment_id: uuid.UUID | None
    livemode: bool


@dataclass(frozen=True)
class Done:
    intent: Intent


@dataclass(frozen=True)
class Refused:
    """Stripe said no for good: a card error, or a state in which this can't be done. Read the intent to act."""

    code: str
    message: str


@dataclass(frozen=True)
class Unknown:
    """Time-out, 5xx, 409, 429 or an open breaker. ``next_key``: Stripe stored a 500 under this key; use another."""

    reason: str
    next_key: bool


Answer = Done | Refused | Unknown


RefundStatus = Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True)
class RefundDone:
    """A refund that Stripe knows; ``pending`` ones succeed or fail days later. ``amount`` in minor units of
    ``currency`` (upper case). ``refund_id`` is ours, from the metadata; None: made by hand in Stripe's dashboard."""

    stripe_id: str
    status: RefundStatus
    amount: int = 0
    currency: str = ""
    refund_id: uuid.UUID | None = None
    intent_id: str | None = None
    failure_reason: str | None = None


RefundAnswer = RefundDone | Refused | Unknown


class StripeUnreachable(ConnectionError):
    """Stripe didn't tell. A ConnectionError: to the outbox it is an outage, which says nothing about the job."""


def _our_id(found: Any, name: str) -> uuid.UUID | None:
    metadata = found["metadata"] or {}
    try:
        return uuid.UUID(metadata[name]) if name in metadata else None
    except ValueError:
        return None


def read_intent(found: Any) -> Intent:
    """From the SDK's object or a webhook's JSON."""
    return Intent(
        id=found["id"],
        status=found["status"],
        amount=found["amount"],
        captured=found["amount_received"] or 0,
        currency=str(found["currency"]).upper(),
        client_secret=found["client_secret"],
        payment_id=_our_id(found, "payment_id"),
        livemode=bool(found["livemode"]),
    )


_REFUND_STATUS: dict[str, RefundStatus] = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}


def read_refund(found: Any) -> RefundDone:
    """From the SDK's object or a webhook's JSON (``refund.updated``, ``refund.failed``)."""
    return RefundDone(
        stripe_id=found["id"],
        status=_REFUND_STATUS.get(found["status"] or "", "pending"),
        amount=found["amount"],
        currency=str(found["currency"]).upper(),
        refund_id=_our_id(found, "refund_id"),
        intent_id=found["payment_intent"],
        failure_reason=found.get("failure_reason"),
    )
