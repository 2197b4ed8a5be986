"""The message and timer door of payments."""

from typing import Any

from frontrow.core.jobs import Handler, Timer
from frontrow.core.outbox import as_uuid
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.payments import messages
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

    async def on_news(payload: dict[str, Any]) -> None:
        await handle_inbox(rt, gw, str(payload["event_id"]))

    return {
        messages.CREATE_INTENT: on_create,
        messages.CAPTURE: on_capture,
        messages.CANCEL_INTENT: on_cancel,
        messages.REFUND: on_refund,
        messages.INBOX: on_news,
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
