"""The message and timer door of payments."""

from typing import Any

from frontrow.core.jobs import Handler, Timer
from frontrow.core.outbox import as_uuid
from frontrow.core.runtime import Runtime
from frontrow.events.messages import PERFORMANCE_CANCELLED
from frontrow.gateways.hub import Gateways
from frontrow.orders.messages import ORDER_PAID
from frontrow.payments import messages
from frontrow.payments.actions.call_off import call_off, call_off_batch, paid
from frontrow.payments.actions.capture import capture
from frontrow.payments.actions.intent import create_intent
from frontrow.payments.actions.news import reconcile
from frontrow.payments.actions.refunds import refund
from frontrow.payments.actions.stop import cancel_intent, expire_paying, reach_hard_cap
from frontrow.payments.actions.webhooks import REST_S, handle_inbox, tidy


def handlers(rt: Runtime, gw: Gateways) -> dict[str, Handler]:
    async def on_create(payload: dict[str, Any]) -> None:
        await create_intent(rt, gw, as_uuid(payload, "payment_id"))

    async def on_capture(payload: dict[str, Any]) -> None:
        await capture(rt, gw, as_uuid(payload, "payment_id"))

    async def on_cancel(payload: dict[str, Any]) -> None:
        await cancel_intent(rt, gw, as_uuid(payload, "payment_id"))

    async def on_refund(payload: dict[str, Any]) -> None:
        await refund(rt, gw, as_uuid(payload, "refund_id"))

    async def on_cancelled(payload: dict[str, Any]) -> None:
        after = as_uuid(payload, "after") if "after" in payload else None
        await call_off_batch(rt, as_uuid(payload, "performance_id"), after)

    async def on_call_off(payload: dict[str, Any]) -> None:
        await call_off(rt, as_uuid(payload, "order_id"))

    async def on_paid(payload: dict[str, Any]) -> None:
        await paid(rt, as_uuid(payload, "order_id"))

    async def on_news(payload: dict[str, Any]) -> None:
        await handle_inbox(rt, gw, str(payload["event_id"]))

    return {
        messages.CREATE_INTENT: on_create,
        messages.CAPTURE: on_capture,
        messages.CANCEL_INTENT: on_cancel,
        messages.REFUND: on_refund,
        messages.INBOX: on_news,
        PERFORMANCE_CANCELLED: on_cancelled,
        messages.CALL_OFF_BATCH: on_cancelled,
        messages.CALL_OFF: on_call_off,
        ORDER_PAID: on_paid,
    }


def timers(rt: Runtime, gw: Gateways) -> list[Timer]:
    async def expire() -> None:
        await expire_paying(rt)
        await reach_hard_cap(rt)

    async def look_at_all() -> None:
        await reconcile(rt, gw)

    async def tidy_up() -> None:
        await tidy(rt)

    till = rt.settings.till
    return [
        Timer("payments.expire", till.sweep_every_s, expire),
        Timer("payments.tidy", REST_S / 2, tidy_up),
        Timer("payments.reconcile", till.reconcile_every_s, look_at_all),
    ]
