"""T10 and T11: what webhooks, the reconciler and a waiting buyer learn of an intent, each ending in ``settle``."""

import uuid

import structlog

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Done, read_intent
from frontrow.orders import queries as order_queries
from frontrow.orders.queries import Viewer
from frontrow.orders.rules import MOVING
from frontrow.payments import queries
from frontrow.payments.actions.capture import capture_now
from frontrow.payments.actions.settle import settle
from frontrow.payments.errors import BadSignature
from frontrow.payments.messages import INBOX

log = structlog.get_logger(__name__)

PROVIDER = "stripe"


async def check_payment(rt: Runtime, gw: Gateways, order_id: uuid.UUID, viewer: Viewer) -> None:
    """A buyer waits: read the intent now and act on it, instead of waiting for the webhook. Raises NotFound.

    When Stripe doesn't answer nothing changes; the webhook or the reconciler will tell.
    """
    order = await rt.db.read(lambda tx: order_queries.order_for(tx, order_id, viewer))
    if order.state not in MOVING:
        return
    payment = await rt.db.read(lambda tx: queries.active_payment(tx, order_id))
    if payment is None or payment.intent_id is None:
        return
    await look(rt, gw, payment.id, payment.intent_id, "checked by the buyer")


async def look(rt: Runtime, gw: Gateways, payment_id: uuid.UUID, intent_id: str, why: str) -> None:
    """Read an intent at Stripe and act on it; a capture that follows is run at once."""
    answer = await gw.stripe.retrieve(intent_id)
    if isinstance(answer, Done):
        row_id = await settle(rt, payment_id, answer.intent, why)
        if row_id is not None:
            await capture_now(rt, gw, payment_id, row_id)
    else:
        log.warning("look_failed", payment_id=str(payment_id), answer=type(answer).__name__)


async def receive_webhook(rt: Runtime, gw: Gateways, body: bytes, signature: str) -> None:
    """Verify the raw body, put the event into the inbox once, and queue it. Raises BadSignature."""
    event = await gw.stripe.verified_event(body, signature)
    if event is None:
        raise BadSignature

    async def store(tx: Tx) -> None:
        inserted = await tx.sql(
            """INSERT INTO inbox (provider, event_id, kind, object_id, payload)
               VALUES (:provider, :event, :kind, :object, CAST(:payload AS jsonb)) ON CONFLICT DO NOTHING""",
            provider=PROVIDER,
            event=event["id"],
            kind=event["type"],
            object=event["data"]["object"]["id"],
            payload=body.decode(),
        )
        if inserted.rowcount == 1:
            await outbox.add(tx, INBOX, f"inbox:{PROVIDER}:{event['id']}", {"event_id": event["id"]})

    await rt.db.write(store)


async def handle_inbox(rt: Runtime, gw: Gateways, event_id: str) -> None:
    """Act on a stored event, once; what can't be matched is parked and tried again by the reconciler."""
    item = await rt.db.read(lambda tx: queries.inbox_item(tx, PROVIDER, event_id))
    if item is None or item.handled_at is not None:
        return
    if not item.kind.startswith("payment_intent."):
        await _handled(rt, event_id, "not about an intent")
        return
    if bool(item.payload.get("livemode")) != rt.settings.stripe.livemode:
        log.error("webhook_of_other_mode", event_id=event_id)
        await _handled(rt, event_id, "other mode")
        return
    intent = read_intent(item.payload["data"]["object"])
    payment = await rt.db.read(lambda tx: queries.by_intent(tx, intent.id))
    if payment is None and intent.payment_id is not None:
        wanted = intent.payment_id
        by_metadata = await rt.db.read(lambda tx: queries.payment(tx, wanted))
        # An intent that names our payment while the payment names another isn't ours to follow.
        payment = by_metadata if by_metadata is not None and by_metadata.intent_id is None else None
    if payment is None:
        log.error("webhook_of_unknown_intent", event_id=event_id, intent_id=intent.id)
        await rt.db.write(
            lambda tx: tx.sql(
                """UPDATE inbox SET parked_at = coalesce(parked_at, clock_timestamp())
                    WHERE provider = :provider AND event_id = :event""",
                provider=PROVIDER,
                event=event_id,
            )
        )
        return
    row_id = await settle(rt, payment.id, intent, f"webhook {item.kind}")
    await _handled(rt, event_id, "settled")
    if row_id is not None:
        await capture_now(rt, gw, payment.id, row_id)


async def _handled(rt: Runtime, event_id: str, outcome: str) -> None:
    await rt.db.write(
        lambda tx: tx.sql(
            """UPDATE inbox SET handled_at = clock_timestamp(), outcome = :outcome
                WHERE provider = :provider AND event_id = :event""",
            provider=PROVIDER,
            event=event_id,
            outcome=outcome,
        )
    )


async def reconcile(rt: Runtime, gw: Gateways, *, older_than_s: float = 30.0) -> int:
    """T11: look at every payment that isn't at rest, and at parked news. With this alone the till works without a
    single webhook. Returns how many were looked at."""
    open_payments = await rt.db.read(lambda tx: queries.to_look_at(tx, older_than_s))
    for payment in open_payments:
        assert payment.intent_id is not None
        await look(rt, gw, payment.id, payment.intent_id, "reconciled")
    for event_id in await rt.db.read(_parked):
        await handle_inbox(rt, gw, event_id)
    return len(open_payments)


async def _parked(tx: Tx) -> list[str]:
    rows = await tx.sql(
        """SELECT event_id FROM inbox WHERE provider = :provider AND handled_at IS NULL AND parked_at IS NOT NULL
            AND received_at > clock_timestamp() - interval '1 day' ORDER BY received_at LIMIT 100""",
        provider=PROVIDER,
    )
    return list(rows.scalars())
