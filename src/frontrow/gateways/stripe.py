"""Stripe through its own SDK. An answer is one of three: *done*, *refused*, *unknown* (see docs/buying.md).

Unknown is no verdict: the caller reads the intent and acts on what it says. No transaction is open across a call here.
"""

import json
import time
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
SEARCH_LAG_S = 120
CARD = "card"


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
        failure_reason=found["failure_reason"] if "failure_reason" in found else None,
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

    async def _opened(self) -> stripe.StripeClient:
        if self._client is None:
            self._client = stripe.StripeClient(
                await self._secrets.get("stripe_secret_key"),
                base_addresses={"api": self._settings.api_base},
                http_client=stripe.HTTPXClient(timeout=self._settings.timeout_s),
                # Retrying is the outbox's: it knows which key to use.
                max_network_retries=0,
            )
        return self._client

    async def _intents(self) -> Any:
        return (await self._opened()).v1.payment_intents

    async def _refunds(self) -> Any:
        return (await self._opened()).v1.refunds

    async def _ask(self, call: Callable[[], Awaitable[Any]]) -> Any | Refused | Unknown:
        try:
            return await self._breaker.call(call)
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

    async def _ask_intent(self, call: Callable[[], Awaitable[Any]]) -> Answer:
        answer = await self._ask(call)
        return answer if isinstance(answer, (Refused, Unknown)) else Done(read_intent(answer))

    async def _ask_refund(self, call: Callable[[], Awaitable[Any]]) -> RefundAnswer:
        answer = await self._ask(call)
        return answer if isinstance(answer, (Refused, Unknown)) else read_refund(answer)

    async def create(
        self,
        *,
        payment_id: uuid.UUID,
        order_code: str,
        amount: int,
        currency: str,
        email: str,
        key: str,
        method: str = CARD,
    ) -> Answer:
        """A PaymentIntent. Cards have manual capture: the money is taken only once the seats are sold.

        Any other ``method`` (``ideal``, ``bancontact``, …) can't be authorised first: it is captured at once, and what
        comes too late is given back.
        """
        intents = await self._intents()
        return await self._ask_intent(
            lambda: intents.create_async(
                params={
                    "amount": amount,
                    "currency": currency.lower(),
                    "capture_method": "manual" if method == CARD else "automatic",
                    "payment_method_types": [method],
                    "receipt_email": email,
                    "description": f"Order {order_code}",
                    "metadata": {"payment_id": str(payment_id), "order_code": order_code},
                },
                options={"idempotency_key": key},
            )
        )

    async def retrieve(self, intent_id: str) -> Answer:
        intents = await self._intents()
        return await self._ask_intent(lambda: intents.retrieve_async(intent_id))

    async def capture(self, intent_id: str, key: str) -> Answer:
        intents = await self._intents()
        return await self._ask_intent(lambda: intents.capture_async(intent_id, options={"idempotency_key": key}))

    async def cancel(self, intent_id: str, key: str) -> Answer:
        intents = await self._intents()
        return await self._ask_intent(lambda: intents.cancel_async(intent_id, options={"idempotency_key": key}))

    async def find(self, payment_id: uuid.UUID) -> Intent | None:
        """The intent made for a payment whose answer was lost. Raises StripeUnreachable.

        Stripe's search lags behind by up to a minute, its list doesn't: of what is that new, the latest hundred are
        read, too. An intent that both miss is nobody's: its client secret was never handed out.
        """
        intents = await self._intents()
        query = f"metadata['payment_id']:'{payment_id}'"
        found = await self._ask(lambda: intents.search_async(params={"query": query, "limit": 1}))
        if not isinstance(found, (Refused, Unknown)) and not found.data:
            newest = int(time.time()) - SEARCH_LAG_S
            found = await self._ask(lambda: intents.list_async(params={"created": {"gte": newest}, "limit": 100}))
        if isinstance(found, (Refused, Unknown)):
            raise StripeUnreachable(str(found))
        seen = (read_intent(item) for item in found.data)
        return next((intent for intent in seen if intent.payment_id == payment_id), None)

    async def refund(self, intent_id: str, amount: int, refund_id: uuid.UUID, *, tries: int = 0) -> RefundAnswer:
        """Give ``amount`` back. The key is the refund's id, so that asking twice refunds once.

        ``tries`` counts the answers that were Unknown with ``next_key``: after such a one look with
        :meth:`refunds` first, for the refund may have been made.
        """
        refunds = await self._refunds()
        key = f"refund:{refund_id}:{tries}" if tries else f"refund:{refund_id}"
        return await self._ask_refund(
            lambda: refunds.create_async(
                params={"payment_intent": intent_id, "amount": amount, "metadata": {"refund_id": str(refund_id)}},
                options={"idempotency_key": key},
            )
        )

    async def retrieve_refund(self, stripe_id: str) -> RefundAnswer:
        """A refund as it stands: what was pending may have succeeded or failed since."""
        refunds = await self._refunds()
        return await self._ask_refund(lambda: refunds.retrieve_async(stripe_id))

    async def refunds(self, intent_id: str) -> list[RefundDone]:
        """All refunds of an intent, newest first, those made by hand at Stripe included. Raises StripeUnreachable."""
        refunds = await self._refunds()
        found = await self._ask(lambda: refunds.list_async(params={"payment_intent": intent_id, "limit": 100}))
        if isinstance(found, (Refused, Unknown)):
            raise StripeUnreachable(str(found))
        return [read_refund(item) for item in found.data]

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
