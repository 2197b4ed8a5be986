"""The stand-in as its own process on a free loopback port, and a webhook endpoint to catch what it sends."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import stripe
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class StandinProcess:
    """Starts, kills and restarts one stand-in over the same ledger."""

    db_path: Path
    webhook_url: str = ""
    port: int = field(default_factory=free_port)
    secret_key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(12)}")
    publishable_key: str = field(default_factory=lambda: f"pk_test_{secrets.token_hex(12)}")
    webhook_secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(16)}")
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and waits until it is healthy."""
        names = ("secret_key", "publishable_key", "webhook_secret")
        keys = {f"FRONTROW_STRIPE__{name.upper()}": getattr(self, name) for name in names}
        command = [sys.executable, "-m", "frontrow.local.stripe_standin", "--port", str(self.port)]
        command += ["--db", str(self.db_path), "--webhook-url", self.webhook_url]
        self.process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **keys})
        wait_healthy(f"{self.base}/health", self.process)

    def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Ends it and returns how many seconds that took."""
        if self.process is None:
            return 0
        begun = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(60)
        self.process = None
        return time.monotonic() - begun

    def client(self, retries: int = 0) -> stripe.StripeClient:
        """The real SDK, pointed at the stand-in."""
        return stripe.StripeClient(
            self.secret_key,
            base_addresses={"api": self.base},
            http_client=stripe.HTTPXClient(),
            max_network_retries=retries,
        )

    def http(self) -> httpx.AsyncClient:
        """Plain HTTP with the secret key."""
        return httpx.AsyncClient(base_url=self.base, headers={"Authorization": f"Bearer {self.secret_key}"})

    async def faults(self, **knobs: object) -> None:
        """Turns fault knobs."""
        async with self.http() as http:
            answer = await http.post("/_standin/faults", json=knobs)
            assert answer.status_code == 200, answer.text


def wait_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    """Waits until a process answers 200, at most 15 seconds; fails at once when it has ended."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        assert process.poll() is None, "the process ended before it was healthy"
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=1).status_code == 200:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(f"{url} did not become healthy")


class WebhookEndpoint:
    """Receives events; ``answer`` decides the status of each."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, str]] = []
        self.answer: Callable[[bytes], int] = lambda _: 200
        self._news = asyncio.Condition()

    async def take(self, request: Request) -> Response:
        """One delivery."""
        body = await request.body()
        async with self._news:
            self.received.append((body, request.headers["stripe-signature"]))
            self._news.notify_all()
        return Response(status_code=self.answer(body))

    async def wait_for(self, fact: Callable[[], bool]) -> None:
        """Waits until ``fact`` holds after some delivery, at most 15 seconds."""
        async with asyncio.timeout(15), self._news:
            await self._news.wait_for(fact)

    def types(self, secret: str) -> list[str]:
        """The types of all verified events, in the order of arrival."""
        return [stripe.Webhook.construct_event(body, header, secret).type for body, header in self.received]


class _Server(uvicorn.Server):
    """Says when it listens, and leaves the signals of the test run alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def listening(endpoint: WebhookEndpoint, port: int) -> AsyncIterator[None]:
    """Serves the endpoint at ``/hook`` on a loopback port."""
    app = Starlette(routes=[Route("/hook", endpoint.take, methods=["POST"])])
    server = _Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())
    await server.listens.wait()
    try:
        yield
    finally:
        server.should_exit = True
        await task
