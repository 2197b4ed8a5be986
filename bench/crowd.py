"""A thousand open maps in a process of its own: how long a change takes until the last of them has it.

Job as JSON on standard input, the times in ms on standard output, as with ``bench.load``.
"""

import asyncio
import base64
import gc
import os
import random
import resource
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import msgspec
import uvloop

from bench.browser import Browser
from bench.wire import Connection

OPENING_AT_ONCE = 50
PAUSE_S = 0.2
WITHIN_S = 10.0


class CrowdJob(msgspec.Struct):
    """``performance`` names the map to watch and hold seats of; without one, ``/say`` sends a line around."""

    origin: str
    sockets: int
    changes: int
    performance: str = ""
    first_seat: int = 1


class Change:
    """Something that everybody is waiting for: ``done`` when the last socket has had a frame with ``needle`` in it."""

    def __init__(self, needle: bytes, sockets: int) -> None:
        self.needle = needle
        self.missing = sockets
        self.done: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def seen(self) -> None:
        self.missing -= 1
        if not self.missing:
            self.done.set_result(time.perf_counter())


class Socket(asyncio.Protocol):
    """As much of a WebSocket client as is needed to listen: small frames, and a pong for each ping."""

    def __init__(self, host: str, path: str) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.awaited: Change | None = None
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not an isinstance check: uvloop's transports only behave like one.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionResetError("the socket was refused"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(self._buffer[:200].decode(errors="replace")))
                return
            self._buffer = self._buffer[end + 4 :]
            self.opened.set_result(None)
        while (frame := self._next_frame()) is not None:
            kind, payload = frame
            if kind == 0x9 and self._transport is not None:
                # A zero mask is a mask: the payload stays as it is.
                self._transport.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
            elif kind == 0x1 and self.awaited is not None and self.awaited.needle in payload:
                change, self.awaited = self.awaited, None
                change.seen()

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 4:
            return None
        at, size = 2, buffer[1] & 0x7F
        if size == 126:
            at, size = 4, int.from_bytes(buffer[2:4], "big")
        elif size == 127:
            raise RuntimeError("a frame of more than 64 kB isn't a change")
        if len(buffer) < at + size:
            return None
        self._buffer = buffer[at + size :]
        return buffer[0] & 0x0F, buffer[at : at + size]

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def open_crowd(job: CrowdJob) -> list[Socket]:
    """Raises OSError when one of them is refused."""
    parts = urlsplit(job.origin)
    host, port = parts.hostname or "", parts.port or 80
    path = f"/ws/performances/{job.performance}" if job.performance else "/ws"
    gate = asyncio.Semaphore(OPENING_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one() -> Socket:
        async with gate:
            _, socket = await loop.create_connection(lambda: Socket(parts.netloc, path), host, port)
            await socket.opened
            return socket

    return await asyncio.gather(*(one() for _ in range(job.sockets)))


async def run(job: CrowdJob) -> list[float]:
    """From the moment a buyer sends the hold to the moment the last socket has the change, in ms, for each change."""
    crowd = await open_crowd(job)
    buyer: Browser | None = None
    speaker = await Connection.open(job.origin)
    # A first change, not counted, tells that all of them listen.
    times = []
    gc.freeze()
    for number in range(job.changes + 1):
        seat = job.first_seat + number
        line = b'{"type":"seats","changes":[[%d,"h",1]]}' % seat
        change = Change(b'[%d,"h",' % seat, len(crowd))
        if job.performance:
            # Each hold is another buyer's: one may hold only a few seats.
            buyer = Browser(speaker)
            await buyer.me()
        for socket in crowd:
            socket.awaited = change
        began = time.perf_counter()
        if buyer is not None:
            await buyer.hold(job.performance, [seat])
        else:
            await speaker.ask("POST", "/say", b"", line)
        async with asyncio.timeout(WITHIN_S):
            ended = await change.done
        times.append((ended - began) * 1000)
        await asyncio.sleep(PAUSE_S * random.uniform(0.5, 1.5))
    for socket in crowd:
        socket.close()
    return times[1:]


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=CrowdJob)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(job))))


if __name__ == "__main__":
    main()
