"""The timer door of orders."""

from frontrow.core.jobs import Handler, Timer
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.orders.actions import expire_pending


def handlers(rt: Runtime, gw: Gateways) -> dict[str, Handler]:
    return {}


def timers(rt: Runtime, gw: Gateways) -> list[Timer]:
    async def expire() -> None:
        while await rt.db.write(expire_pending):
            pass

    return [Timer("orders.expire_pending", rt.settings.till.sweep_every_s, expire)]
