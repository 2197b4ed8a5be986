"""A keep-alive HTTP/1.1 client of least cost, because the generator shares the cores with what it loads."""

import asyncio
import ssl
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import msgspec


class Answer(NamedTuple):
    """``head`` is the raw head, status line included."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    def cookies(self) -> dict[str, str]:
        """Names and values that the answer sets."""
        found = {}
        for line in self.head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"set-cookie":
                key, _, rest = value.strip().partition(b"=")
                found[key.decode()] = rest.partition(b";")[0].decode()
        return found


class Connection(asyncio.Protocol):
    """One connection, one request at a time. Answers must have a Content-Length, as all of ours have."""

    def __init__(self, host: str) -> None:
        self.host = host.encode()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._buffer = b""
        self._body_at = 0
        self._ends_at = 0

    @classmethod
    async def open(cls, origin: str) -> "Connection":
        """Connect to ``http://host:port`` or ``https://host``. Raises OSError."""
        parts = urlsplit(origin)
        tls = ssl.create_default_context() if parts.scheme == "https" else None
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: cls(parts.netloc), parts.hostname or "", parts.port or (443 if tls else 80), ssl=tls
        )
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not an isinstance check: uvloop's transports only behave like one.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._body_at:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            at = head.find(b"content-length:")
            length = 0 if at < 0 else int(head[at + 15 :].split(b"\r\n", 1)[0])
            self._body_at, self._ends_at = end + 4, end + 4 + length
        if len(self._buffer) < self._ends_at or self._waiting is None:
            return
        head, body = self._buffer[: self._body_at - 4], self._buffer[self._body_at : self._ends_at]
        self._buffer, self._body_at = b"", 0
        waiting, self._waiting = self._waiting, None
        if not waiting.done():
            waiting.set_result(Answer(int(head[9:12]), head, body))

    def ask(self, method: str, path: str, headers: bytes = b"", body: bytes = b"") -> "asyncio.Future[Answer]":
        """Send a request; ``headers`` are whole lines, each with its line end. The future has the answer."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        length = b"Content-Length: %d\r\n" % len(body) if method != "GET" else b""
        self._transport.write(
            b"%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n%s"
            % (method.encode(), path.encode(), self.host, headers, length, body)
        )
        return self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
