"""The HTTP client that Stripe's SDK talks through: kept-alive connections and nothing else.

The SDK's own clients cost more processor time than the rest of a purchase's Stripe calls together (decision 0011 has
the figures). This one sends what the SDK wrote, and hands back status, headers and body as they came; it never retries
(that is the outbox's) and follows no redirects (Stripe sends none).
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

import httptools
import stripe

IDLE_S = 30.0
"""A connection that was idle for longer isn't used again: the other end may be about to close it."""
MOST_BODY = 4_194_304

Raw = tuple[bytes, int, dict[str, str]]


class _Line(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Raw] | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self.usable = True
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not an isinstance check: uvloop's transports only behave like one.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._parser is None:
            # Nobody asked: whatever this is, the next answer on this line couldn't be trusted.
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ValueError(f"not an HTTP answer: {error}"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > MOST_BODY:
            self._fail(ValueError("the answer is too long"))

    def on_message_complete(self) -> None:
        parser, answer = self._parser, self._answer
        if parser is None or answer is None or parser.get_status_code() < 200:
            return
        self._parser = self._answer = None
        self.usable = self.usable and parser.should_keep_alive()
        if not answer.done():
            answer.set_result((bytes(self._body), parser.get_status_code(), _Headers(self._headers)))

    def ask(self, request: bytes) -> asyncio.Future[Raw]:
        """Send a whole request; the future gets its answer, or the OSError or ValueError that came instead."""
        assert self._transport is not None
        self._headers, self._body = {}, bytearray()
        self._parser = httptools.HttpResponseParser(self)
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, error: Exception) -> None:
        self.usable = False
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        if self._transport is not None:
            self._transport.abort()


class _Headers(dict[str, str]):
    """The SDK asks for ``Request-Id`` and for ``request-id``."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name.lower() if isinstance(name, str) else name)


class KeptHTTPClient(stripe.HTTPClient):
    """For ``StripeClient(http_client=…)``; async only. One origin, as many lines as calls are under way at once."""

    name: ClassVar[str] = "frontrow"

    def __init__(self, connect_timeout_s: float, timeout_s: float) -> None:
        """``timeout_s`` bounds a whole call, ``connect_timeout_s`` the making of a connection within it."""
        super().__init__()
        self._connect_timeout_s = connect_timeout_s
        self._timeout_s = timeout_s
        self._idle: dict[str, deque[_Line]] = {}
        self._tls: ssl.SSLContext | None = None

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> Raw:
        """One request, one answer. Raises APIConnectionError: nobody knows what became of the request."""
        origin, path, authority = _split(url)
        body = b"" if post_data is None else str(post_data).encode()
        request = _written(method.upper(), path, authority, headers or {}, body)
        line: _Line | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                line = self._kept(origin) or await self._open(origin)
                answer = await line.ask(request)
        except BaseException as error:
            # Also when cancelled: the answer to this request must not be taken for the answer to the next.
            if line is not None:
                line.close()
            if isinstance(error, (OSError, ValueError, EOFError)):
                raise _lost(f"{type(error).__name__}: {error}") from error
            raise
        if line.usable:
            line.idle_since = asyncio.get_running_loop().time()
            self._idle.setdefault(origin, deque()).append(line)
        else:
            line.close()
        return answer

    def _kept(self, origin: str) -> _Line | None:
        idle = self._idle.get(origin)
        if not idle:
            return None
        oldest_good = asyncio.get_running_loop().time() - IDLE_S
        while idle and (not idle[0].usable or idle[0].idle_since < oldest_good):
            idle.popleft().close()
        while idle:
            # The latest used is the last to be closed by the other end; the rest may grow old and go.
            line = idle.pop()
            if line.usable:
                return line
        return None

    async def _open(self, origin: str) -> _Line:
        parts = urlsplit(origin)
        tls = parts.scheme == "https"
        if tls and self._tls is None:
            self._tls = ssl.create_default_context(cafile=stripe.ca_bundle_path)
        async with asyncio.timeout(self._connect_timeout_s):
            _, line = await asyncio.get_running_loop().create_connection(
                _Line, parts.hostname or "", parts.port or (443 if tls else 80), ssl=self._tls if tls else None
            )
        return line

    async def close_async(self) -> None:
        """Close what is idle; a call under way closes its own line."""
        self.close()

    def close(self) -> None:
        for idle in self._idle.values():
            for line in idle:
                line.close()
        self._idle.clear()

    def sleep_async(self, secs: float) -> Any:
        return asyncio.sleep(secs)


def _lost(why: str) -> Exception:
    make: Callable[[str], Exception] = stripe.APIConnectionError
    return make(why)


def _split(url: str) -> tuple[str, str, str]:
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority}", slash + path or "/", authority


def _written(method: str, path: str, authority: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The request on the wire. Raises ValueError when a header would begin a line of its own."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {authority}", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or " " in path:
        raise ValueError("a header or a path that isn't one line")
    return head.encode("latin-1") + b"\r\n\r\n" + body
