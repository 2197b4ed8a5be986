"""Real processes and servers that a journey needs: the Stripe stand-in, and the app on a port of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import uvicorn

from frontrow.app import create_app
from frontrow.core.settings import Settings
from frontrow.local.ports import free_ports
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
        process.wait(10)


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
