"""Stripe through its own SDK. An answer is one of three: *done*, *refused*, *unknown* (see docs/buying.md).

Unknown is no verdict: the caller reads the intent and acts on what it says. No transaction is open across a call here.
"""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import stripe
import structlog

from frontrow.core.secrets import Secrets
from frontrow.core.settings import StripeSettings
from frontrow.gateways.breaker import Breaker, BreakerOpen

log = structlog.get_logger(__name__)

WEBHOOK_TOLERANCE_S = 300


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


@dataclass(frozen=True)
class RefundDone:
    stripe_id: str
    status: Literal["pending", "succeeded", "failed"]


def read_intent(found: Any) -> Intent:
    """From the SDK's object or a webhook's JSON."""
    metadata = found["metadata"] or {}
    try:
        payment_id = uuid.UUID(metadata["payment_id"]) if "payment_id" in metadata else None
    except ValueError:
        payment_id = None
    return Intent(
        id=found["id"],
        status=found["status"],
        amount=found["amount"],
        captured=found["amount_received"] or 0,
        currency=str(found["currency"]).upper(),
        client_secret=found["client_secret"],
        payment_id=payment_id,
        livemode=bool(found["livemode"]),
    )


def is_answer(error: Exception) -> bool:
    """What a healthy Stripe says no with; not a failure for the breaker."""
    return isinstance(error, (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError))


class StripeGateway:
    """One client a process, made on first use, because its key is a secret to be read."""

    def __init__(self, settings: StripeSettings, secrets: Secrets, breaker: Breaker) -> None:
        self._settings = settings
        self._secrets = secrets
        self._breaker = breaker
        self._client: stripe.StripeClient | None = None

    async def _intents(self) -> Any:
        if self._client is None:
            self._client = stripe.StripeClient(
                await self._secrets.get("stripe_secret_key"),
                base_addresses={"api": self._settings.api_base},
                http_client=stripe.HTTPXClient(timeout=self._settings.timeout_s),
                # Retrying is the outbox's: it knows which key to use.
                max_network_retries=0,
            )
        return self._client.v1.payment_intents

    async def _ask(self, call: Callable[[], Awaitable[Any]]) -> Answer:
        try:
            return Done(read_intent(await self._breaker.call(call)))
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            return Refused(error.code or "invalid_request", error.user_message or str(error))
        except stripe.IdempotencyError:
            return Unknown("idempotency_conflict", next_key=False)
        except stripe.APIConnectionError as error:
            return Unknown(type(error).__name__, next_key=False)
        except stripe.StripeError as error:
            status = error.http_status or 0
            log.warning("stripe_error", status=status, error=type(error).__name__)
            return Unknown(f"http_{status}", next_key=status >= 500)
        except (BreakerOpen, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__, next_key=False)

    async def create(
        self, *, payment_id: uuid.UUID, order_code: str, amount: int, currency: str, email: str, key: str
    ) -> Answer:
        """A PaymentIntent with manual capture: the money is taken only once the seats are sold."""
        intents = await self._intents()
        return await self._ask(
            lambda: intents.create_async(
                params={
                    "amount": amount,
                    "currency": currency.lower(),
                    "capture_method": "manual",
                    "payment_method_types": ["card"],
                    "receipt_email": email,
                    "description": f"Order {order_code}",
                    "metadata": {"payment_id": str(payment_id), "order_code": order_code},
                },
                options={"idempotency_key": key},
            )
        )

    async def retrieve(self, intent_id: str) -> Answer:
        intents = await self._intents()
        return await self._ask(lambda: intents.retrieve_async(intent_id))

    async def capture(self, intent_id: str, key: str) -> Answer:
        intents = await self._intents()
        return await self._ask(lambda: intents.capture_async(intent_id, options={"idempotency_key": key}))

    async def cancel(self, intent_id: str, key: str) -> Answer:
        intents = await self._intents()
        return await self._ask(lambda: intents.cancel_async(intent_id, options={"idempotency_key": key}))

    async def find(self, payment_id: uuid.UUID) -> Intent | None:
        """The intent made for a payment whose answer was lost. Raises what the SDK raises."""
        intents = await self._intents()
        found = await self._breaker.call(
            lambda: intents.search_async(params={"query": f"metadata['payment_id']:'{payment_id}'", "limit": 1})
        )
        return read_intent(found.data[0]) if found.data else None

    async def refund(self, intent_id: str, amount: int, refund_id: uuid.UUID) -> RefundDone | Unknown:
        """Give ``amount`` back. The key is the refund's id, so that asking twice refunds once."""
        await self._intents()
        client = self._client
        assert client is not None
        try:
            made = await self._breaker.call(
                lambda: client.v1.refunds.create_async(
                    params={"payment_intent": intent_id, "amount": amount, "metadata": {"refund_id": str(refund_id)}},
                    options={"idempotency_key": f"refund:{refund_id}"},
                )
            )
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            log.warning("refund_refused", code=error.code, refund_id=str(refund_id))
            return RefundDone("", "failed")
        except (stripe.StripeError, BreakerOpen, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__, next_key=False)
        return RefundDone(made.id, "succeeded" if made.status == "succeeded" else "pending")

    async def verified_event(self, body: bytes, signature: str) -> dict[str, Any] | None:
        """A webhook's event if the signature over the raw body holds and is at most 300 s old, else None."""
        try:
            stripe.WebhookSignature.verify_header(
                body.decode(), signature, await self._secrets.get("stripe_webhook_secret"), WEBHOOK_TOLERANCE_S
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            return None
        event: dict[str, Any] = json.loads(body)
        return event
