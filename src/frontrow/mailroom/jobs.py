"""The facts that the mailroom listens to."""

from typing import Any

from frontrow.core.jobs import Handler, Timer
from frontrow.core.outbox import as_uuid
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.mailroom import actions
from frontrow.orders.messages import ORDER_PAID


def handlers(rt: Runtime, gw: Gateways) -> dict[str, Handler]:
    """Handlers by topic."""

    async def order_paid(payload: dict[str, Any]) -> None:
        await actions.send_order_paid(rt, gw, as_uuid(payload, "order_id"))

    return {ORDER_PAID: order_paid}


def timers(rt: Runtime, gw: Gateways) -> list[Timer]:
    """The mailroom has none: the outbox brings everything."""
    return []
