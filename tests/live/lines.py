"""A bad line: a TCP proxy that knows where messages begin and end, and cuts, swallows, delays, drops, doubles and
shuffles them on their way to the client."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

Fault = Callable[[bytes], list[bytes]]
"""What becomes of a message: what is sent on in its place."""


class Line:
    """Listens on ``port`` for one server. Faults hit whole messages, so that what is left can still be read."""

    def __init__(self, upstream: int, *, redis: bool = False) -> None:
        self.upstream = upstream
        self.fault: Fault | None = None
        self.delay_s = 0.0
        self.refusing = False
        self.meddled = 0  # messages that didn't go through as they came
        self._redis = redis
        self._calls: dict[asyncio.Task[None], _Call] = {}
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def cut(self) -> None:
        """Break every connection, in the middle of whatever they were saying."""
        self.meddled += len(self._calls)
        for task in self._calls:
            task.cancel()

    def half_open(self) -> None:
        """Whatever connections there are stay open and carry nothing more, in either direction, ever."""
        self.meddled += len(self._calls)
        for call in self._calls.values():
            call.dead = True

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        call = self._calls[task] = _Call(self, redis=self._redis)
        try:
            await call.carry(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            del self._calls[task]
            writer.transport.abort()


class _Call:
    def __init__(self, line: Line, *, redis: bool) -> None:
        self.dead = False
        self._line = line
        # What comes first over a page's line is HTTP; a socket shows itself in the answer's first line.
        self._messages: Callable[[bytearray], Iterator[tuple[bool, bytes]]] = _replies if redis else _http

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._line.upstream)
        late: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()
        ways = [
            asyncio.create_task(self._there(reader, up_writer)),
            asyncio.create_task(self._back(up_reader, late)),
            asyncio.create_task(self._deliver(late, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            up_writer.transport.abort()

    async def _there(self, reader: asyncio.StreamReader, up_writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self.dead:
                up_writer.write(data)

    async def _back(self, up_reader: asyncio.StreamReader, late: "asyncio.Queue[tuple[float, bytes] | None]") -> None:
        buffer, line = bytearray(), self._line
        now = asyncio.get_running_loop().time
        while data := await up_reader.read(65536):
            if self.dead:
                continue
            buffer += data
            if self._messages is _http and buffer.startswith(b"HTTP/1.1 101") and b"\r\n\r\n" in buffer:
                self._messages = _frames
                head = bytes(buffer[: buffer.index(b"\r\n\r\n") + 4])
                del buffer[: len(head)]
                late.put_nowait((now(), head))
            for is_news, message in self._messages(buffer):
                sent = line.fault(message) if is_news and line.fault else [message]
                line.meddled += sent != [message] or line.delay_s > 0
                for part in sent:
                    late.put_nowait((now() + line.delay_s, part))
        late.put_nowait(None)

    async def _deliver(self, late: "asyncio.Queue[tuple[float, bytes] | None]", writer: asyncio.StreamWriter) -> None:
        while (next_one := await late.get()) is not None:
            due, part = next_one
            until_due = asyncio.timeout_at(due)
            with contextlib.suppress(TimeoutError):
                async with until_due:
                    await asyncio.Event().wait()
            if not self.dead:
                writer.write(part)
                await writer.drain()


def _http(buffer: bytearray) -> Iterator[tuple[bool, bytes]]:
    if buffer and not (buffer.startswith(b"HTTP/1.1 101") and b"\r\n\r\n" not in buffer):
        yield False, bytes(buffer)
        buffer.clear()


def _frames(buffer: bytearray) -> Iterator[tuple[bool, bytes]]:
    """A server's frames, unmasked. News are texts; pings and closings are left alone."""
    while len(buffer) >= 2:
        at, size = 2, buffer[1] & 0x7F
        if size >= 126:
            at = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:at], "big")
        if len(buffer) < at + size:
            return
        frame = bytes(buffer[: at + size])
        del buffer[: len(frame)]
        yield frame[0] & 0x0F == 1, frame


def _replies(buffer: bytearray) -> Iterator[tuple[bool, bytes]]:
    """Redis's replies (RESP 2 and 3). News are what was published."""
    while (end := _end_of_reply(buffer, 0)) is not None:
        reply = bytes(buffer[:end])
        del buffer[:end]
        yield b"smessage\r\n" in reply[:32], reply


def _end_of_reply(buffer: bytearray, at: int) -> int | None:
    line_end = buffer.find(b"\r\n", at)
    if line_end < 0:
        return None
    kind, rest, after = chr(buffer[at]), bytes(buffer[at + 1 : line_end]), line_end + 2
    if kind in "$=!":
        end = after if rest == b"-1" else after + int(rest) + 2
        return end if end <= len(buffer) else None
    if kind in "*>~%|":
        end_of_all: int | None = after
        for _ in range(max(int(rest), 0) * (2 if kind in "%|" else 1)):
            end_of_all = None if end_of_all is None else _end_of_reply(buffer, end_of_all)
        return end_of_all
    return after


def dropping(dice: random.Random, share: float = 0.5) -> Fault:
    return lambda message: [] if dice.random() < share else [message]


def doubling(dice: random.Random) -> Fault:
    """Some come twice, some once more much later."""
    kept: list[bytes] = []

    def fault(message: bytes) -> list[bytes]:
        kept.append(message)
        return [message, dice.choice(kept)]

    return fault


def shuffling(dice: random.Random) -> Fault:
    """Up to four are kept and come out in any order."""
    kept: list[bytes] = []

    def fault(message: bytes) -> list[bytes]:
        kept.append(message)
        dice.shuffle(kept)
        return [kept.pop() for _ in range(max(0, len(kept) - dice.randrange(4)))]

    return fault


@asynccontextmanager
async def bad_line(upstream: int, *, redis: bool = False) -> AsyncIterator[Line]:
    line = Line(upstream, redis=redis)
    await line.open()
    try:
        yield line
    finally:
        await line.close()
