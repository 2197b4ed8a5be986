"""The facts that the mailroom listens to, and the jobs that it gives itself."""

from typing import Any

from frontrow.core.jobs import Handler, Timer
from frontrow.core.outbox import as_uuid
from frontrow.core.runtime import Runtime
from frontrow.events.messages import PERFORMANCE_MOVED
from frontrow.gateways.hub import Gateways
from frontrow.mailroom.actions import moves, tell
from frontrow.mailroom.messages import MOVED, MOVED_BATCH, RESEND
from frontrow.orders.messages import ORDER_FAILED, ORDER_PAID
from frontrow.payments.messages import CALLED_OFF, LINES_CANCELLED, REFUND_MADE
from frontrow.people.messages import EMAIL_PROOF_ASKED


def handlers(rt: Runtime, gw: Gateways) -> dict[str, Handler]:
    """Handlers by topic."""

    async def order_paid(payload: dict[str, Any]) -> None:
        await tell.order_paid(rt, gw, as_uuid(payload, "order_id"))

    async def order_failed(payload: dict[str, Any]) -> None:
        await tell.order_failed(rt, gw, as_uuid(payload, "order_id"))

    async def refund_made(payload: dict[str, Any]) -> None:
        await tell.refund_made(rt, gw, as_uuid(payload, "refund_id"))

    async def lines_cancelled(payload: dict[str, Any]) -> None:
        await tell.lines_cancelled(rt, gw, as_uuid(payload, "cancellation_id"))

    async def called_off(payload: dict[str, Any]) -> None:
        await tell.called_off(rt, gw, as_uuid(payload, "order_id"))

    async def performance_moved(payload: dict[str, Any]) -> None:
        after = int(payload.get("after", 0))
        await moves.tell_batch(rt, as_uuid(payload, "performance_id"), int(payload["move_no"]), after)

    async def moved(payload: dict[str, Any]) -> None:
        await tell.moved(rt, gw, as_uuid(payload, "order_id"), int(payload["move_no"]))

    async def email_proof(payload: dict[str, Any]) -> None:
        await tell.email_proof(rt, gw, as_uuid(payload, "proof_id"))

    async def resend(payload: dict[str, Any]) -> None:
        await tell.resend(rt, gw, as_uuid(payload, "order_id"), as_uuid(payload, "resend_id"))

    return {
        ORDER_PAID: order_paid,
        ORDER_FAILED: order_failed,
        REFUND_MADE: refund_made,
        LINES_CANCELLED: lines_cancelled,
        CALLED_OFF: called_off,
        PERFORMANCE_MOVED: performance_moved,
        MOVED_BATCH: performance_moved,
        MOVED: moved,
        RESEND: resend,
        EMAIL_PROOF_ASKED: email_proof,
    }


def timers(rt: Runtime, gw: Gateways) -> list[Timer]:
    """The mailroom has none: the outbox brings everything."""
    return []
