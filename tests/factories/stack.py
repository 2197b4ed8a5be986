"""Real processes and servers that a journey needs: the Stripe stand-in, and the app on a port of its own."""

import asyncio
import functools
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from frontrow.app import create_app
from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.jobs import Registry
from frontrow.core.runtime import Runtime
from frontrow.core.serve import OneWrite
from frontrow.core.settings import Settings
from frontrow.gateways.hub import Gateways
from frontrow.local.ports import free_ports
from frontrow.seats import queries as seat_queries
from tests.factories.buyer import Buyer
from tests.factories.house import House
from tests.waiting import eventually


@contextmanager
def stripe_standin(home: Path, secrets: dict[str, str], webhook_url: str) -> Iterator[str]:
    """The stand-in in a process of its own. Yields its base address."""
    port = free_ports(1)[0]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "frontrow.local.stripe_standin", "--port", str(port)),
            *("--db", str(home / f"stripe-{port}.sqlite"), "--webhook-url", webhook_url),
        ],
        env={
            **os.environ,
            "FRONTROW_STRIPE__SECRET_KEY": secrets["stripe_secret_key"],
            "FRONTROW_STRIPE__PUBLISHABLE_KEY": secrets["stripe_publishable_key"],
            "FRONTROW_STRIPE__WEBHOOK_SECRET": secrets["stripe_webhook_secret"],
        },
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@dataclass(frozen=True)
class Stage:
    """The app under uvicorn, the Stripe stand-in, and this test's own view of the same database."""

    origin: str
    stripe: str
    settings: Settings
    house: House
    rt: Runtime
    gw: Gateways
    registry: Registry

    def buyer(self) -> Buyer:
        return Buyer(self.origin, self.stripe, self.settings.stripe.publishable_key)

    async def run_jobs(self) -> None:
        """Do all jobs that wait in the outbox, as a worker would, facts aside. Raises what a handler raises."""
        while True:
            rows = await self.rt.db.read(
                lambda tx: tx.sql(
                    """SELECT id, topic, payload FROM outbox
                        WHERE done_at IS NULL AND topic = ANY (CAST(:topics AS text[])) ORDER BY id""",
                    topics=list(self.registry.handlers),
                )
            )
            todo = rows.all()
            if not todo:
                return
            for row in todo:
                await self.registry.deliver(row.topic, row.payload)
                await self.rt.db.write(functools.partial(outbox.done, row_id=row.id))

    async def faults(self, **knobs: object) -> None:
        """Turn the stand-in's fault knobs; they are reset after each test."""
        async with httpx.AsyncClient() as client:
            (await client.post(f"{self.stripe}/_standin/faults", json=knobs)).raise_for_status()

    async def ledger(self) -> dict[str, Any]:
        """What Stripe's own books say."""
        async with httpx.AsyncClient() as client:
            return dict((await client.get(f"{self.stripe}/_standin/ledger")).json())

    async def states(self) -> str:
        """The seats as the map would show them."""
        seen = await self.rt.db.read(lambda tx: seat_queries.snapshot(tx, self.house.performance_id))
        return seen.states

    async def sql(self, statement: str, **values: object) -> list[Any]:
        """Run a statement and commit it."""

        async def work(tx: Tx) -> list[Any]:
            done = await tx.sql(statement, **values)
            return list(done.all()) if done.returns_rows else []

        return await self.rt.db.write(work)


async def answers(url: str) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(url)).status_code == 200
        except httpx.TransportError:
            return False


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[str]:
    """The app under uvicorn on its own port, in this loop. Yields its origin."""
    config = uvicorn.Config(
        create_app(settings),
        host="127.0.0.1",
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        http=OneWrite,
        ws="websockets-sansio",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started)
        yield f"http://127.0.0.1:{settings.listen_port}"
    finally:
        server.should_exit = True
        await task
