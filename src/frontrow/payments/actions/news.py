"""T11, and a waiting buyer: read intents at Stripe and act on them. What webhooks tell is in ``webhooks``."""

import uuid

import structlog

from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Answer, Done, Intent, Unknown, read_intent
from frontrow.orders.queries import Viewer, check_viewer
from frontrow.orders.rules import MOVING
from frontrow.payments import queries
from frontrow.payments.actions import refunds, webhooks
from frontrow.payments.actions.capture import capture_now
from frontrow.payments.actions.settle import settle

log = structlog.get_logger(__name__)

PAGE = 50
"""How many payments, refunds and parked events one run looks at, each: the next run goes on with the rest."""

UNKNOWN_MAX = 3
"""After so many answers of Stripe that say nothing, a run ends: it is down, and asking on would only add to it."""


async def check_payment(rt: Runtime, gw: Gateways, order_id: uuid.UUID, viewer: Viewer) -> None:
    """A buyer waits: read the intent now and act on it, instead of waiting for the webhook's job. Raises NotFound.

    When the webhook has brought the intent already, Stripe isn't asked once more. When it doesn't answer nothing
    changes; the webhook or the reconciler will tell.
    """
    order = await rt.db.read(lambda tx: queries.to_check(tx, order_id, webhooks.PAST_WHEN_PAID))
    check_viewer(order, viewer)
    if order.state not in MOVING or order.payment_id is None or order.intent_id is None:
        return
    if order.told is not None and order.state == "paying":
        await act(rt, gw, order.payment_id, read_intent(order.told), "checked by the buyer, told by Stripe")
    else:
        await look(rt, gw, order.payment_id, order.intent_id, "checked by the buyer")


async def look(rt: Runtime, gw: Gateways, payment_id: uuid.UUID, intent_id: str, why: str) -> Answer:
    """Read an intent at Stripe and act on it; a capture that follows is run at once. Returns what Stripe said."""
    answer = await gw.stripe.retrieve(intent_id)
    if isinstance(answer, Done):
        await act(rt, gw, payment_id, answer.intent, why)
    else:
        log.warning("look_failed", payment_id=str(payment_id), answer=type(answer).__name__)
    return answer


async def act(rt: Runtime, gw: Gateways, payment_id: uuid.UUID, intent: Intent, why: str) -> None:
    """Settle an intent as it was read, and run a capture that follows at once."""
    sale = await settle(rt, payment_id, intent, why)
    if sale is not None:
        await capture_now(rt, gw, sale)


async def reconcile(rt: Runtime, gw: Gateways, *, older_than_s: float = 30.0) -> int:
    """Look at a page of payments that aren't at rest, of refunds that Stripe hasn't finished, and of parked news. With
    this alone the till works without a single webhook. Returns how many payments were looked at."""
    looked = unknown = 0
    for payment in await rt.db.read(lambda tx: queries.to_look_at(tx, older_than_s, PAGE)):
        assert payment.intent_id is not None
        answer = await look(rt, gw, payment.id, payment.intent_id, "reconciled")
        looked += 1
        unknown += isinstance(answer, Unknown)
        if unknown >= UNKNOWN_MAX:
            log.warning("reconciler_rests", looked=looked)
            return looked
    for refund in await rt.db.read(lambda tx: queries.refunds_to_look_at(tx, older_than_s, PAGE)):
        unknown += not await refunds.look(rt, gw, refund)
        if unknown >= UNKNOWN_MAX:
            return looked
    for event_id in await rt.db.read(lambda tx: queries.parked(tx, webhooks.PROVIDER, PAGE)):
        await webhooks.handle_inbox(rt, gw, event_id)
    return looked
