"""A keep-alive HTTP/1.1 connection that can do one thing, POST a body and read the status, at little cost."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Self, cast
from urllib.parse import urlsplit

_MOST_HEAD = 65_536
_MOST_BODY = 1_048_576


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post: taken apart once, used for every delivery."""

    host: str
    port: int
    path: str
    secure: bool

    @classmethod
    def parse(cls, url: str) -> Self:
        """Reads an http or https URL; raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not a webhook address: {url}")
        secure = parts.scheme == "https"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname, parts.port or (443 if secure else 80), path, secure)

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Connection(asyncio.Protocol):
    """One open connection. After any exception, or when ``usable`` is False, it must be closed and dropped."""

    def __init__(self, target: Target) -> None:
        self._head = f"POST {target.path} HTTP/1.1\r\nHost: {target.authority}\r\n{_ALWAYS}".encode("ascii")
        self._transport: asyncio.Transport | None = None
        self._status: asyncio.Future[int] | None = None
        self._buffer = b""
        self.usable = True

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Connects; raises OSError when nobody answers."""
        context = ssl.create_default_context() if target.secure else None
        _, made = await asyncio.get_running_loop().create_connection(
            lambda: cls(target), target.host, target.port, ssl=context
        )
        return made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not an isinstance check: uvloop's transports only behave like one.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.usable = False
        self._fail(error or EOFError("the endpoint closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MOST_HEAD:
                self._fail(ValueError("the answer's head is too long"))
            return
        head = self._buffer[:end].lower()
        try:
            status = int(head.split(b" ", 2)[1])
        except (IndexError, ValueError):
            self._fail(ValueError("not an HTTP answer"))
            return
        at = head.find(b"\r\ncontent-length:")
        length = head[at + 17 :].split(b"\r\n", 1)[0].strip() if at >= 0 else b""
        if status in (204, 304):
            length = b"0"
        if not length.isdigit() or int(length) > _MOST_BODY or b"\r\nconnection: close" in head:
            # A chunked or endless answer carries nothing that a sender of webhooks needs: it is cut off, not read.
            self.usable = False
        elif len(self._buffer) - end - 4 < int(length):
            return
        self._buffer = b""
        if self._status is not None and not self._status.done():
            self._status.set_result(status)

    def post(self, signature: str, body: bytes) -> asyncio.Future[int]:
        """Sends the body; the future has the status code, or OSError, EOFError or ValueError when the line broke."""
        self._status = asyncio.get_running_loop().create_future()
        if self._transport is None or not self.usable:
            self._fail(EOFError("the connection is closed"))
        else:
            lines = f"Stripe-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n".encode("ascii")
            self._transport.write(self._head + lines + body)
        return self._status

    def give_up(self) -> None:
        """Ends a wait that took too long: the future gets a TimeoutError."""
        self._fail(TimeoutError("the endpoint took too long"))

    def close(self) -> None:
        """Drops the connection without ceremony."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, error: Exception) -> None:
        self.usable = False
        if self._status is not None and not self._status.done():
            self._status.set_exception(error)


_ALWAYS = (
    "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nAccept: */*\r\n"
    "Content-Type: application/json; charset=utf-8\r\n"
)
