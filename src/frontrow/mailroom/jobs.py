"""The facts that the mailroom listens to."""

from typing import Any

import structlog

from frontrow.core.jobs import Handler, Timer
from frontrow.core.outbox import as_uuid
from frontrow.core.runtime import Runtime
from frontrow.events.messages import PERFORMANCE_MOVED
from frontrow.gateways.hub import Gateways
from frontrow.mailroom import actions
from frontrow.orders.messages import ORDER_FAILED, ORDER_PAID
from frontrow.payments.messages import LINES_CANCELLED, REFUND_MADE

log = structlog.get_logger(__name__)


def handlers(rt: Runtime, gw: Gateways) -> dict[str, Handler]:
    """Handlers by topic."""

    async def order_paid(payload: dict[str, Any]) -> None:
        await actions.send_order_paid(rt, gw, as_uuid(payload, "order_id"))

    async def heard(payload: dict[str, Any]) -> None:
        log.info("fact_without_a_mail", **payload)

    return {
        ORDER_PAID: order_paid,
        ORDER_FAILED: heard,
        REFUND_MADE: heard,
        LINES_CANCELLED: heard,
        PERFORMANCE_MOVED: heard,
    }


def timers(rt: Runtime, gw: Gateways) -> list[Timer]:
    """The mailroom has none: the outbox brings everything."""
    return []
