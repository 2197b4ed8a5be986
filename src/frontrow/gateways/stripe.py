"""Stripe through its own SDK. An answer is one of three: *done*, *refused*, *unknown* (see docs/buying.md).

Unknown is no verdict: the caller reads the intent and acts on what it says. No transaction is open across a call here.
"""

import time
import uuid
from typing import Any

import msgspec
import stripe
import structlog

from frontrow.core.secrets import Secrets
from frontrow.core.settings import StripeSettings
from frontrow.gateways.breaker import Breaker, BreakerOpen
from frontrow.gateways.budget import RetryBudget
from frontrow.gateways.stripe_answers import (
    Answer,
    Done,
    Intent,
    RefundAnswer,
    RefundDone,
    Refused,
    StripeUnreachable,
    Unknown,
    read_intent,
    read_refund,
)
from frontrow.gateways.stripe_http import KeptHTTPClient
from frontrow.gateways.stripe_lean import lean

log = structlog.get_logger(__name__)

WEBHOOK_TOLERANCE_S = 300
SEARCH_LAG_S = 120
CONNECT_TIMEOUT_S = 2.0
REREAD_EVERY_S = 10.0
CARD = "card"
INTENTS = "/v1/payment_intents"
REFUNDS = "/v1/refunds"


__all__ = [
    "CARD",
    "Answer",
    "Done",
    "Intent",
    "RefundAnswer",
    "RefundDone",
    "Refused",
    "StripeGateway",
    "StripeUnreachable",
    "Unknown",
    "is_answer",
    "read_intent",
    "read_refund",
]


def is_answer(error: Exception) -> bool:
    """What a healthy Stripe says no with; not a failure for the breaker."""
    return isinstance(error, (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError))


class StripeGateway:
    """One client a process, made on first use, because its key is a secret to be read.

    Calls go through the SDK's ``raw_request``: it signs, encodes, and turns what Stripe refuses into its errors, but
    leaves out an object for each field of each answer, of which the till reads nine. That the SDK's types read the same
    answers is the stand-in's test.
    """

    def __init__(
        self, settings: StripeSettings, secrets: Secrets, breaker: Breaker, budget: RetryBudget | None = None
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._breaker = breaker
        self._client: stripe.StripeClient | None = None
        self._budget = budget or RetryBudget()
        self._reread_at = 0.0
        self._http = KeptHTTPClient(min(CONNECT_TIMEOUT_S, settings.timeout_s), settings.timeout_s)

    async def _opened(self) -> stripe.StripeClient:
        if self._client is None:
            # Telemetry would tell Stripe of our last request's duration with each next one, and is work at each.
            stripe.enable_telemetry = False
            lean()
            self._client = stripe.StripeClient(
                await self._secrets.get("stripe_secret_key"),
                base_addresses={"api": self._settings.api_base},
                http_client=self._http,
                # Retrying is the outbox's: it knows which key to use.
                max_network_retries=0,
            )
        return self._client

    async def _ask(
        self, method: str, path: str, key: str | None = None, *, of: uuid.UUID | None = None, **params: Any
    ) -> Any | Refused | Unknown:
        """One call, unless it is a retry and there were too many of them. ``of``: whose, where the path doesn't say."""
        what = f"{method} {path} {of or ''}"
        if not self._budget.may_ask(what):
            return Unknown("retry_budget", next_key=False)
        answer = await self._call(method, path, key, params)
        # An open breaker asked nobody: what comes after it isn't a second asking.
        self._budget.told(what, known=not isinstance(answer, Unknown) or answer.reason == BreakerOpen.__name__)
        return answer

    async def _call(self, method: str, path: str, key: str | None, params: dict[str, Any]) -> Any | Refused | Unknown:
        client = self._client or await self._opened()
        if key is not None:
            params["idempotency_key"] = key
        try:
            answer = await self._breaker.call(lambda: client.raw_request_async(method, path, **params))
            return answer.data
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            return Refused(error.code or "invalid_request", error.user_message or str(error))
        except stripe.IdempotencyError:
            return Unknown("idempotency_conflict", next_key=False)
        except stripe.AuthenticationError:
            # The key may have been rolled; the next call uses what is there now.
            log.error("stripe_key_refused")
            await self._reread_at_times("stripe_secret_key")
            self._client = None
            return Unknown("http_401", next_key=False)
        except stripe.APIConnectionError as error:
            return Unknown(type(error.__cause__ or error).__name__, next_key=False)
        except stripe.StripeError as error:
            status = error.http_status or 0
            log.warning("stripe_error", status=status, error=type(error).__name__)
            return Unknown(f"http_{status}", next_key=status >= 500)
        except (BreakerOpen, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__, next_key=False)

    async def _ask_intent(self, method: str, path: str, key: str | None = None, **more: Any) -> Answer:
        answer = await self._ask(method, path, key, **more)
        return answer if isinstance(answer, (Refused, Unknown)) else Done(read_intent(answer))

    async def _ask_refund(self, method: str, path: str, key: str | None = None, **more: Any) -> RefundAnswer:
        answer = await self._ask(method, path, key, **more)
        return answer if isinstance(answer, (Refused, Unknown)) else read_refund(answer)

    async def _list(self, path: str, **params: Any) -> list[Any]:
        """The objects on a page. Raises StripeUnreachable."""
        answer = await self._ask("get", path, **params)
        if isinstance(answer, (Refused, Unknown)):
            raise StripeUnreachable(str(answer))
        return list(answer["data"])

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
        return await self._ask_intent(
            "post",
            INTENTS,
            key,
            of=payment_id,
            amount=amount,
            currency=currency.lower(),
            capture_method="manual" if method == CARD else "automatic",
            payment_method_types=[method],
            receipt_email=email,
            description=f"Order {order_code}",
            metadata={"payment_id": str(payment_id), "order_code": order_code},
        )

    async def retrieve(self, intent_id: str) -> Answer:
        return await self._ask_intent("get", f"{INTENTS}/{intent_id}")

    async def capture(self, intent_id: str, key: str) -> Answer:
        return await self._ask_intent("post", f"{INTENTS}/{intent_id}/capture", key)

    async def cancel(self, intent_id: str, key: str) -> Answer:
        return await self._ask_intent("post", f"{INTENTS}/{intent_id}/cancel", key)

    async def find(self, payment_id: uuid.UUID) -> Intent | None:
        """The intent made for a payment whose answer was lost. Raises StripeUnreachable.

        Stripe's search lags behind by up to a minute, its list doesn't: of what is that new, the latest hundred are
        read, too. An intent that both miss is nobody's: its client secret was never handed out.
        """
        found = await self._list(f"{INTENTS}/search", query=f"metadata['payment_id']:'{payment_id}'", limit=1)
        if not found:
            newest = int(time.time()) - SEARCH_LAG_S
            found = await self._list(INTENTS, created={"gte": newest}, limit=100)
        seen = (read_intent(item) for item in found)
        return next((intent for intent in seen if intent.payment_id == payment_id), None)

    async def refund(self, intent_id: str, amount: int, refund_id: uuid.UUID, *, tries: int = 0) -> RefundAnswer:
        """Give ``amount`` back. The key is the refund's id, so that asking twice refunds once.

        ``tries`` counts the answers that were Unknown with ``next_key``: after such a one look with
        :meth:`refunds` first, for the refund may have been made.
        """
        key = f"refund:{refund_id}:{tries}" if tries else f"refund:{refund_id}"
        return await self._ask_refund(
            "post",
            REFUNDS,
            key,
            of=refund_id,
            payment_intent=intent_id,
            amount=amount,
            metadata={"refund_id": str(refund_id)},
        )

    async def retrieve_refund(self, stripe_id: str) -> RefundAnswer:
        """A refund as it stands: what was pending may have succeeded or failed since."""
        return await self._ask_refund("get", f"{REFUNDS}/{stripe_id}")

    async def refunds(self, intent_id: str) -> list[RefundDone]:
        """All refunds of an intent, newest first, those made by hand at Stripe included. Raises StripeUnreachable."""
        return [read_refund(item) for item in await self._list(REFUNDS, payment_intent=intent_id, limit=100)]

    async def close(self) -> None:
        await self._http.close_async()

    async def verified_event(self, body: bytes, signature: str) -> dict[str, Any] | None:
        """A webhook's event if the signature over the raw body holds and is at most 300 s old, else None."""
        if not await self._signed(body, signature):
            return None
        try:
            event = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return None
        whole = isinstance(event, dict) and isinstance(event.get("id"), str) and isinstance(event.get("type"), str)
        return event if whole else None

    async def _signed(self, body: bytes, signature: str) -> bool:
        for secret in (self._secrets.get, self._reread_at_times):
            try:
                given = await secret("stripe_webhook_secret")
                stripe.WebhookSignature.verify_header(body.decode(), signature, given, WEBHOOK_TOLERANCE_S)
                return True
            except (stripe.SignatureVerificationError, ValueError):
                continue
        return False

    async def _reread_at_times(self, name: str) -> str:
        """The secret may have been rolled. But who sends forgeries shall not make us ask for it at each."""
        now = time.monotonic()
        if now < self._reread_at:
            return await self._secrets.get(name)
        self._reread_at = now + REREAD_EVERY_S
        return await self._secrets.reread(name)
