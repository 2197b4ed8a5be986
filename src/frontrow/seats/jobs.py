"""The timer door of seats."""

from frontrow.core.jobs import Handler, Timer
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.seats.actions import refresh_availability, sweep


def handlers(rt: Runtime, gw: Gateways) -> dict[str, Handler]:
    return {}


def timers(rt: Runtime, gw: Gateways) -> list[Timer]:
    async def sweep_all() -> None:
        while await rt.db.write(sweep):
            pass

    async def refresh() -> None:
        await rt.db.write(refresh_availability)

    every = rt.settings.till.sweep_every_s
    return [Timer("seats.sweep", every, sweep_all), Timer("seats.availability", every, refresh)]
