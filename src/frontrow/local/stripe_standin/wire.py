"""A keep-alive HTTP/1.1 connection that can do one thing, POST a body and read the status, at little cost."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Self
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


class Connection:
    """One open connection. After any exception, or when ``usable`` is False, it must be closed and dropped."""

    def __init__(self, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._target = target
        self._reader = reader
        self._writer = writer
        self.usable = True

    @classmethod
    async def open(cls, target: Target) -> Self:
        """Connects; raises OSError when nobody answers."""
        context = ssl.create_default_context() if target.secure else None
        reader, writer = await asyncio.open_connection(target.host, target.port, ssl=context, limit=_MOST_HEAD)
        return cls(target, reader, writer)

    async def post(self, headers: dict[str, str], body: bytes) -> int:
        """Sends the body and returns the status code. Raises OSError, EOFError or ValueError when the line breaks."""
        head = [f"POST {self._target.path} HTTP/1.1", f"Host: {self._target.authority}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        head += ["Content-Type: application/json; charset=utf-8", f"Content-Length: {len(body)}", "", ""]
        self._writer.write("\r\n".join(head).encode("ascii") + body)
        await self._writer.drain()
        answer = (await self._read_head()).decode("latin-1").split("\r\n")
        status = int(answer[0].split(" ", 2)[1])
        fields = {
            name.strip().lower(): value.strip().lower()
            for name, _, value in (line.partition(":") for line in answer[1:] if line)
        }
        await self._skip_body(status, fields)
        if fields.get("connection") == "close":
            self.usable = False
        return status

    def close(self) -> None:
        """Drops the connection without ceremony."""
        self.usable = False
        self._writer.transport.abort()

    async def _read_head(self) -> bytes:
        try:
            return await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as error:
            raise ValueError("the answer's head is too long") from error

    async def _skip_body(self, status: int, fields: dict[str, str]) -> None:
        if status in (204, 304):
            return
        length = fields.get("content-length", "")
        if length.isdigit() and int(length) <= _MOST_BODY:
            await self._reader.readexactly(int(length))
            return
        # A chunked or endless answer carries nothing that a sender of webhooks needs: it is cut off instead of read.
        self.usable = False
