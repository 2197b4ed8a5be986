"""An answer in one piece: the server's own protocol writes head and body one after the other, and each is a packet that
wakes the other side. Here the head waits for the body, which comes at once."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWrite(HttpToolsProtocol):
    """uvicorn's protocol, but for when the head of an answer is written."""

    def on_headers_complete(self) -> None:
        before = self.cycle
        super().on_headers_complete()
        # None is made for a request that becomes a WebSocket; and the answer to HEAD has no body to wait for.
        if self.cycle is not before and self.scope["method"] != "HEAD":
            self.cycle.transport = HeadWaits(self.transport)  # type: ignore[assignment]


class HeadWaits:
    """What one answer needs of its connection's transport."""

    __slots__ = ("_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None

    def write(self, data: bytes) -> None:
        if self._head is None and not data.startswith(b"HTTP/1.1 100 "):
            self._head = data
        else:
            self._transport.write(self._head + data if self._head else data)
            self._head = b"" if self._head is not None else None

    def close(self) -> None:
        if self._head:
            self._transport.write(self._head)
            self._head = b""
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
