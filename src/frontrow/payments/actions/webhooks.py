"""T10: what Stripe tells. Verified over the raw body, stored once, and acted on by a job if anything is to do."""

from typing import Any

import structlog

from frontrow.core.log import correlation_id
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import read_intent, read_refund
from frontrow.payments import queries
from frontrow.payments.actions import refunds, statements
from frontrow.payments.actions.capture import capture_now
from frontrow.payments.actions.settle import settle
from frontrow.payments.errors import BadSignature
from frontrow.payments.messages import INBOX

log = structlog.get_logger(__name__)

PROVIDER = "stripe"

INTENT_NEWS = ("payment_intent.amount_capturable_updated", "payment_intent.succeeded", "payment_intent.canceled")
REFUND_NEWS = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
PAST_WHEN_PAID = ("payment_intent.amount_capturable_updated", "payment_intent.succeeded")

REST_S = 2.0
"""How long news of an intent is left to the buyer's own check, which is on its way or settling at this moment."""


async def receive_webhook(rt: Runtime, gw: Gateways, body: bytes, signature: str) -> None:
    """Verify the raw body and put the event into the inbox, once, with its job. Raises BadSignature."""
    event = await gw.stripe.verified_event(body, signature)
    if event is None:
        raise BadSignature
    kind, about = event["type"], _object_of(event)
    outcome = _ignored(rt, event)
    await rt.db.once(
        statements.RECEIVED,
        provider=PROVIDER,
        event=event["id"],
        kind=kind,
        object=str(about.get("id", "")),
        payload=body.decode(),
        wanted=outcome == "",
        outcome=outcome,
        past_when_paid=list(PAST_WHEN_PAID),
        topic=INBOX,
        key=f"inbox:{PROVIDER}:{event['id']}",
        correlation=correlation_id(),
        rest=REST_S if kind in PAST_WHEN_PAID else 0.0,
    )


def _object_of(event: dict[str, Any]) -> dict[str, Any]:
    found = (event.get("data") or {}).get("object")
    return found if isinstance(found, dict) else {}


def _ignored(rt: Runtime, event: dict[str, Any]) -> str:
    """Why nothing is to be done about an event; empty when there is something."""
    if bool(event.get("livemode")) != rt.settings.stripe.livemode:
        log.error("webhook_of_other_mode", event_id=event["id"])
        return "other mode"
    if event["type"].startswith("charge.dispute."):
        log.error(
            "dispute", event_id=event["id"], kind=event["type"], intent_id=_object_of(event).get("payment_intent")
        )
        return "a dispute: answered at Stripe by a person"
    return "" if event["type"] in INTENT_NEWS + REFUND_NEWS else "not needed"


async def handle_inbox(rt: Runtime, gw: Gateways, event_id: str) -> None:
    """Act on a stored event, once; what can't be matched is parked and tried again by the reconciler."""
    item = await rt.db.read(lambda tx: queries.news(tx, PROVIDER, event_id))
    if item is None or item.handled:
        return
    if item.kind in REFUND_NEWS:
        known = await refunds.heard(rt, read_refund(item.payload["data"]["object"]))
        await (_handled(rt, event_id, "settled") if known else _parked(rt, event_id, item.kind))
        return
    if item.payment_id is None:
        await _parked(rt, event_id, item.kind)
        return
    intent = read_intent(item.payload["data"]["object"])
    if item.is_past(intent.status):
        await _handled(rt, event_id, "settled already")
        return
    sale = await settle(rt, item.payment_id, intent, f"webhook {item.kind}")
    await _handled(rt, event_id, "settled")
    if sale is not None:
        await capture_now(rt, gw, sale)


# What is past is changed by its place, not by a join: a plan that was made when the inbox was small, and is kept,
# would read all of it each time.
_TIDY = """
WITH past AS (
  SELECT i.ctid AS place FROM inbox i
    JOIN payment p ON p.intent_id = i.object_id AND p.state = 'captured'
    JOIN orders o ON o.id = p.order_id AND o.state = 'paid'
   WHERE i.handled_at IS NULL AND i.kind = ANY ($1::text[])
     FOR NO KEY UPDATE OF i SKIP LOCKED
), settled AS (
  UPDATE inbox i SET handled_at = clock_timestamp(), outcome = 'settled already'
   WHERE i.ctid = ANY (ARRAY(SELECT place FROM past))
  RETURNING 'inbox:' || i.provider || ':' || i.event_id AS key
), ended AS (
  UPDATE outbox SET done_at = clock_timestamp()
   WHERE dedupe_key = ANY (ARRAY(SELECT key FROM settled)) AND done_at IS NULL
)
SELECT count(*) FROM settled
"""


async def tidy(rt: Runtime) -> int:
    """End the jobs of news that came while its payment was being settled, all in one statement: it says nothing more.

    Returns how many. News that this leaves out is handled by its job, one by one.
    """
    row = await rt.db.call(_TIDY, list(PAST_WHEN_PAID))
    return int(row[0])


async def _parked(rt: Runtime, event_id: str, kind: str) -> None:
    log.error("webhook_of_unknown_object", event_id=event_id, kind=kind)
    await rt.db.call(
        """UPDATE inbox SET parked_at = coalesce(parked_at, clock_timestamp())
            WHERE provider = $1 AND event_id = $2 AND handled_at IS NULL""",
        PROVIDER,
        event_id,
    )


async def _handled(rt: Runtime, event_id: str, outcome: str) -> None:
    await rt.db.call(
        """UPDATE inbox SET handled_at = clock_timestamp(), outcome = $3
            WHERE provider = $1 AND event_id = $2 AND handled_at IS NULL""",
        PROVIDER,
        event_id,
        outcome,
    )
