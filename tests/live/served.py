"""App processes of the live room's tests: uvicorn as in production, with the doors of sockets and seats alone."""

import asyncio
import contextlib
import os
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from frontrow.core import web
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.live import hub
from frontrow.live.endpoints import router
from frontrow.live.hub import Hub
from frontrow.local.ports import free_ports, is_free
from frontrow.local.process import Process
from frontrow.seats.endpoints import router as seats_router

WITHOUT_DIGESTS = "TEST_WITHOUT_DIGESTS"
"""For controls: nothing is compared with the database once a page has begun."""


def create_app() -> FastAPI:
    """What uvicorn loads in the other process."""
    app = FastAPI()
    app.state.runtime = Runtime.open(Settings())
    web.install(app)
    app.include_router(router)
    app.include_router(seats_router)
    if WITHOUT_DIGESTS in os.environ:
        hub.DIGEST_EVERY_S = 3600.0
    return app


class Server:
    """One process."""

    def __init__(self, settings: Settings, folder: Path, *, digests: bool = True) -> None:
        self.port = free_ports(1)[0]
        self.origin = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "uvicorn", "--factory", "tests.live.served:create_app", "--loop", "uvloop"]
        self.process = Process(
            "app",
            [*command, "--ws", "websockets-sansio", "--no-access-log", "--port", str(self.port)],
            log=folder / f"app{self.port}.log",
            env={
                **os.environ,
                "FRONTROW_ENVIRONMENT": "test",
                "FRONTROW_ORIGIN": self.origin,
                "FRONTROW_DATABASE__PRIMARY_URL": settings.database.primary_url,
                "FRONTROW_REDIS__URL": settings.redis.url,
                "FRONTROW_REDIS__AUTH": str(settings.redis.auth),
                "FRONTROW_SECRETS__FILE": str(settings.secrets.file),
                **({} if digests else {WITHOUT_DIGESTS: "1"}),
            },
        )

    def wait(self) -> None:
        """Until it listens."""
        self.process.wait_until(lambda: not is_free(self.port), 30)

    def address(self, performance_id: uuid.UUID | str) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/performances/{performance_id}"


class Seen:
    """What a page saw: every frame, and the state that the changes add up to."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.seats: dict[int, tuple[str, int]] = {}
        self.digest: str | None = None

    @property
    def greeted(self) -> bool:
        return bool(self.frames) and self.frames[0]["type"] == "hello"

    async def take(self, text: str | bytes) -> None:
        frame = msgspec.json.decode(text)
        self.frames.append(frame)
        if frame["type"] == "digest":
            self.digest = frame["digest"]
        for seat_no, state, fence in frame.get("changes", ()):
            if fence > self.seats.get(seat_no, ("", 0))[1]:
                self.seats[seat_no] = (state, fence)


class Page(Seen):
    """A socket as the page uses it."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__()
        self.socket = socket
        self.close_code: int | None = None
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for text in self.socket:
                await self.take(text)
        except ConnectionClosed:
            pass
        self.close_code = self.socket.close_code


@asynccontextmanager
async def page_on(server: Server, performance_id: uuid.UUID) -> AsyncIterator[Page]:
    async with connect(server.address(performance_id), origin=server.origin) as socket:  # type: ignore[arg-type]
        page = Page(socket)
        yield page
        page.reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await page.reading


@asynccontextmanager
async def watching(hub: Hub, performance_id: uuid.UUID) -> AsyncIterator[Seen]:
    """A watcher in this process that reads as fast as it can."""
    seen = Seen()
    watcher = await hub.join(performance_id)
    reading = asyncio.create_task(watcher.deliver(seen.take))
    try:
        yield seen
    finally:
        reading.cancel()
        hub.leave(performance_id, watcher)
