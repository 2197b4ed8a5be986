"""Encoded pages of one process, kept for moments: in a rush a page is made once, not once a visitor.

The counter hands out what lies on the shelf before anything else looks at a request: no route is searched for, nothing
is bound, and headers are put together once a page. It only serves those who want nothing of their own: a GET, the same
address letter by letter, and nobody who has just changed something. All others go on to the page's own door.
"""

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from frontrow.core.cache import Cache, Version

JSON = "application/json"
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Page:
    """An encoded answer. ``zipped`` is there where zipping once pays for every later request."""

    body: bytes
    etag: str
    zipped: bytes | None = None
    media_type: str = JSON


def page_of(body: bytes, *, zipped: bool = False, level: int = 9, media_type: str = JSON) -> Page:
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Page(body, etag, gzip.compress(body, level, mtime=0) if zipped else None, media_type)


class Shelf:
    """Each page for ``keep_s`` seconds; many who want a page wait for one making of it."""

    def __init__(self, keep_s: float, size: int) -> None:
        self._keep_s = keep_s
        self._size = size
        self._pages: OrderedDict[Hashable, tuple[float, Page]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Page]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Page]]) -> Page:
        """The page of ``key``, made by ``make`` unless a good one is here. What ``make`` raises, all who wait get."""
        kept = self._pages.get(key)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, make))
        # One visitor who leaves must not take the page away from the others.
        return await asyncio.shield(making)

    def until(self, key: Hashable) -> float:
        """When the page of ``key`` is too old, by the monotonic clock; 0 if it isn't here."""
        kept = self._pages.get(key)
        return 0.0 if kept is None else kept[0]

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Page]]) -> Page:
        try:
            page = await make()
            self._pages[key] = (time.monotonic() + self._keep_s, page)
            self._pages.move_to_end(key)
            while len(self._pages) > self._size:
                self._pages.popitem(last=False)
            return page
        finally:
            self._making.pop(key, None)


@dataclass(frozen=True, slots=True)
class Laid:
    """A page on the counter: until when, at which version, and what goes out."""

    until: float
    version: Version
    route: Any
    etag: bytes
    plain: tuple[dict[str, Any], dict[str, Any]]
    zipped: tuple[dict[str, Any], dict[str, Any]] | None
    known: Headers


def heads_of(page: Page, others: Headers) -> tuple[Headers, Headers, Headers]:
    """The headers of the page plain, zipped, and for who has it."""
    kind = page.media_type + ("; charset=utf-8" if page.media_type.startswith("text/") else "")
    varies: Headers = [(b"vary", b"Accept-Encoding")] if page.zipped is not None else []

    def head(body: bytes, mark: str, *more: tuple[bytes, bytes]) -> Headers:
        etag = f'"{page.etag}{mark}"'.encode()
        sized = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body))]
        return [*sized, (b"etag", etag), *others, *varies, *more]

    known = [(b"etag", f'"{page.etag}"'.encode()), *others, *varies]
    return head(page.body, ""), head(page.zipped or b"", "-gz", (b"content-encoding", b"gzip")), known


class Counter:
    """Pure ASGI, between the edge and all routes."""

    def __init__(self, app: ASGIApp, cache: Cache, scope: str, laid: "Laying", avoid: bytes) -> None:
        """``avoid``: the name of a cookie whose owner is served by the door alone."""
        self._app = app
        self._cache = cache
        self._scope = scope
        self._laid = laid
        self._avoid = avoid

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            laid = self._laid.get(scope)
            if laid is not None and laid.until > time.monotonic():
                version = self._cache.known(self._scope) or await self._cache.version(self._scope)
                if version.word == laid.version.word and await self._hand_out(laid, scope, send):
                    return
        await self._app(scope, receive, send)

    async def _hand_out(self, laid: Laid, scope: Scope, send: Send) -> bool:
        head, body = laid.plain
        for name, value in scope["headers"]:
            if name == b"cookie":
                if self._avoid in value:
                    return False
            elif name == b"if-none-match":
                # The page's own name is unguessable and long: anywhere in the header it is a match, weak or strong.
                if laid.etag in value:
                    head, body = {"type": "http.response.start", "status": 304, "headers": laid.known}, _NO_BODY
                    break
            elif name == b"accept-encoding" and laid.zipped is not None and b"gzip" in value:
                head, body = laid.zipped
        scope["route"] = laid.route
        # The edge adds to these headers, so each answer has its own list of them.
        await send({**head, "headers": head["headers"].copy()})
        await send(body)
        return True


_NO_BODY: dict[str, Any] = {"type": "http.response.body", "body": b""}


class Laying:
    """What is laid on one app's counter, by address."""

    def __init__(self, size: int = 1000) -> None:
        self._size = size
        self._laid: OrderedDict[tuple[str, bytes], Laid] = OrderedDict()

    def get(self, scope: Scope) -> Laid | None:
        return self._laid.get((scope["path"], scope["query_string"]))

    def lay(self, scope: Scope, page: Page, others: Headers, until: float, version: Version) -> None:
        """Hand this page out to everybody who asks as this request did. ``others``: its further headers."""
        plain, zipped, known = heads_of(page, others)

        def told(headers: Headers, body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
            return (
                {"type": "http.response.start", "status": 200, "headers": headers},
                {"type": "http.response.body", "body": body},
            )

        at = (scope["path"], scope["query_string"])
        self._laid[at] = Laid(
            until,
            version,
            scope.get("route"),
            page.etag.encode(),
            told(plain, page.body),
            told(zipped, page.zipped) if page.zipped is not None else None,
            known,
        )
        self._laid.move_to_end(at)
        while len(self._laid) > self._size:
            self._laid.popitem(last=False)
