"""The only file that knows every room: it opens what a process needs and joins doors, handlers and timers."""

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter

from frontrow.core.jobs import Registry
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.core.telemetry import Telemetry
from frontrow.coupons.endpoints import router as coupons_router
from frontrow.events import jobs as events_jobs
from frontrow.events.endpoints import router as events_router
from frontrow.gateways.hub import Gateways
from frontrow.live.endpoints import router as live_router
from frontrow.mailroom import jobs as mailroom_jobs
from frontrow.mailroom.endpoints import router as mailroom_router
from frontrow.orders import jobs as orders_jobs
from frontrow.orders.endpoints import router as orders_router
from frontrow.payments import jobs as payments_jobs
from frontrow.payments.endpoints import router as payments_router
from frontrow.people.endpoints import router as people_router
from frontrow.seats import jobs as seats_jobs
from frontrow.seats.endpoints import router as seats_router
from frontrow.tickets.endpoints import router as tickets_router

ROUTERS: tuple[APIRouter, ...] = (
    # Routes are tried one after the other: what everybody asks on an on-sale comes first.
    seats_router,
    orders_router,
    payments_router,
    events_router,
    people_router,
    tickets_router,
    live_router,
    coupons_router,
    mailroom_router,
)


@dataclass(frozen=True)
class House:
    """A process's runtime, its doors to the outside, and what it does on messages and timers."""

    runtime: Runtime
    gateways: Gateways
    registry: Registry
    telemetry: Telemetry

    async def close(self) -> None:
        await asyncio.to_thread(self.telemetry.close)
        await self.gateways.close()
        await self.runtime.close()


def open_house(settings: Settings, role: str) -> House:
    """Open everything for a ``web`` or ``worker`` process; nothing connects before it's used."""
    runtime = Runtime.open(settings)
    gateways = Gateways.open(runtime)
    telemetry = Telemetry(settings.telemetry, role)
    registry = Registry.empty(around=telemetry.span)
    for jobs in (events_jobs, seats_jobs, orders_jobs, payments_jobs, mailroom_jobs):
        registry.add(jobs.handlers(runtime, gateways), jobs.timers(runtime, gateways))
    return House(runtime, gateways, registry, telemetry)
