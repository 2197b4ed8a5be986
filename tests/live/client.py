"""A page without a picture: what ``web/src/features/seatmap/live.ts`` does, with its times, over real connections."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from frontrow.core.broadcast import SeatChange
from frontrow.seats import rules

SILENCE_S = 7.0
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 2.5


class Map:
    """Subscribes, loads the snapshot, applies changes; whoever has less than was told loads it again."""

    def __init__(self, port: int, performance_id: object, dice: random.Random) -> None:
        self.states, self.fences = "", [0][:0]
        self.connections = self.snapshots = 0
        self._host = f"127.0.0.1:{port}"
        self._performance = performance_id
        self._dice = dice
        self._waiting: list[SeatChange] | None = None
        self._heard = self._failures = self._loads = 0
        self._loading: set[asyncio.Task[None]] = set()

    async def follow(self) -> None:
        """For ever."""
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                await self._listen()
            self._failures += 1
            if self._failures > 1 or not self.states:
                self._reload()
            longest = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**self._failures)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FIRST_RETRY_S + self._dice.random() * longest):
                    await asyncio.Event().wait()

    async def _listen(self) -> None:
        address = f"ws://{self._host}/ws/performances/{self._performance}"
        # No compression: a line that drops messages would break what is compressed across them.
        async with connect(address, compression=None, open_timeout=SILENCE_S, close_timeout=0.1) as socket:
            self.connections += 1
            while True:
                self._take(await self._hear(socket))

    async def _hear(self, socket: ClientConnection) -> str | bytes:
        async with asyncio.timeout(SILENCE_S):
            return await socket.recv()

    def _take(self, text: str | bytes) -> None:
        frame = msgspec.json.decode(text)
        if frame["type"] == "hello":
            self._failures = 0
            self._reload()
        elif frame["type"] == "seats":
            changes = [(seat, state, fence) for seat, state, fence in frame["changes"]]
            if self._waiting is not None:
                self._waiting += changes
            else:
                self.states, self.fences = rules.apply(self.states, self.fences, changes)
        elif frame["type"] == "digest" and self._waiting is None and self.states:
            theirs = int(frame["digest"])
            fell, self._heard = theirs < self._heard, theirs
            if fell or sum(self.fences) < theirs:
                self._reload()

    def _reload(self) -> None:
        self._waiting = self._waiting or []
        self._heard = 0
        self._loads += 1
        task = asyncio.create_task(self._load(self._loads))
        self._loading.add(task)
        task.add_done_callback(self._loading.discard)

    async def _load(self, number: int) -> None:
        try:
            async with httpx.AsyncClient(timeout=3.0) as http:
                answer = await http.get(f"http://{self._host}/api/performances/{self._performance}/seats")
            snapshot = answer.raise_for_status().json()
        except httpx.HTTPError:
            if number == self._loads:
                self._waiting = None
            return
        if number == self._loads:
            missed, self._waiting = self._waiting or [], None
            self.snapshots += 1
            self.states, self.fences = rules.apply(snapshot["states"], snapshot["fences"], missed)


@asynccontextmanager
async def open_map(port: int, performance_id: object, dice: random.Random) -> AsyncIterator[Map]:
    page = Map(port, performance_id, dice)
    following = asyncio.create_task(page.follow())
    try:
        yield page
    finally:
        following.cancel()
        await asyncio.wait({following})
