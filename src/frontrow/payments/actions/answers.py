"""What follows from Stripe's answer to a capture or a cancellation: settle it, or try again, under which key."""

import uuid

import structlog

from frontrow.core.runtime import Runtime
from frontrow.gateways.stripe import Answer, Done, Unknown
from frontrow.payments.actions.settle import settle
from frontrow.payments.errors import StripeUnavailable

log = structlog.get_logger(__name__)

KEYS_LIVE_S = 23 * 3600.0
"""Stripe remembers an idempotency key for 24 h. After this long none is used again: what was asked under it might be
done twice. Source: https://docs.stripe.com/api/idempotent_requests"""


class KeyTooOld(Exception):
    """Nobody knows whether Stripe did what was asked a day ago. The outbox buries the row, and a person looks."""


async def act_on(rt: Runtime, payment_id: uuid.UUID, answer: Answer, why: str) -> None:
    """Settle an intent that was answered. Raises StripeUnavailable when the outcome is unknown: ask again."""
    if isinstance(answer, Done):
        await settle(rt, payment_id, answer.intent, why)
        return
    log.warning("answer_unknown", wanted=why, answer=str(answer), payment_id=str(payment_id))
    if isinstance(answer, Unknown) and answer.next_key:
        await use_next_key(rt, payment_id)
    raise StripeUnavailable


async def use_next_key(rt: Runtime, payment_id: uuid.UUID) -> None:
    """Stripe stored a 500 under this idempotency key and would replay it: count on to the next."""
    await rt.db.call("UPDATE payment SET tries = tries + 1 WHERE id = $1", payment_id)
