"""How a public page goes out: kept here for a moment, in Redis for two, named by an ETag, zipped once.

A change of an organiser is seen at once (``core.cache``). What is only a hint (how much is left) gets as old as both
keep it together.
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.core.shelf import JSON, Headers, Laying, Page, Shelf, heads_of, page_of
from frontrow.core.web import wants_fresh
from frontrow.events.messages import CATALOGUE

T = TypeVar("T", bound=BaseModel)

LISTING_S = 1.0
"""How long a process keeps a page, in seconds."""

SHARED_S = 2.0
"""How long Redis does."""

A_YEAR = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=0, s-maxage=1"


@dataclass(frozen=True)
class Shelves:
    pages: Shelf
    maps: Shelf


def shelves(connection: HTTPConnection) -> Shelves:
    """They belong to the app, not to the module: two apps in one process may stand on different databases."""
    state = connection.app.state
    held: Shelves | None = getattr(state, "events_shelves", None)
    if held is None:
        held = state.events_shelves = Shelves(Shelf(LISTING_S, 500), Shelf(24 * 3600.0, 50))
    return held


def answer(request: Request, page: Page, cache_control: str, *more: tuple[bytes, bytes]) -> Response:
    """The page, or 304 when the browser has it; zipped when that was done and the browser takes it."""
    plain, zipped, known = heads_of(page, [(b"cache-control", cache_control.encode()), *more])
    has = request.headers.get("if-none-match")
    # The page's own name is unguessable and long, so finding it anywhere in the header is a match, weak or strong.
    if has is not None and page.etag in has:
        return _raw(b"", 304, known)
    if page.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return _raw(page.zipped, 200, zipped)
    return _raw(page.body, 200, plain)


def _raw(body: bytes, status: int, headers: Headers) -> Response:
    made = Response(body, status)
    made.raw_headers = headers
    return made


async def kept(
    request: Request,
    rt: Runtime,
    key: Hashable,
    make: Callable[[bool], Awaitable[bytes]],
    *more: tuple[bytes, bytes],
    media_type: str = JSON,
    shared_s: float = SHARED_S,
) -> Response:
    """The page of ``key``, made by ``make`` (which is told whether to read from the primary) if nobody has it.

    ``more`` are further headers. Raises what ``make`` raises; that isn't kept.
    """

    def whole(body: bytes) -> Page:
        return page_of(body, zipped=not media_type.startswith("image/"), level=5, media_type=media_type)

    if wants_fresh(request):
        return answer(request, whole(await make(True)), "no-store", *more)
    version = await rt.cache.version(CATALOGUE)

    async def shared() -> Page:
        return whole(await rt.cache.page(CATALOGUE, version, key, shared_s, lambda: make(version.is_fresh)))

    shelf, place = shelves(request).pages, (version.word, key)
    page = await shelf.get(place, shared)
    counter: Laying | None = getattr(request.app.state, "laying", None)
    if counter is not None:
        headers = [(b"cache-control", A_MOMENT.encode()), *more]
        counter.lay(request.scope, page, headers, shelf.until(place), version)
    return answer(request, page, A_MOMENT, *more)


async def browse(
    request: Request, rt: Runtime, key: Hashable, read: Callable[[Tx], Awaitable[T]], *, shared_s: float = SHARED_S
) -> Response:
    """What ``read`` finds, as JSON."""

    async def make(fresh: bool) -> bytes:
        return (await rt.db.browse(read, fresh=fresh)).model_dump_json().encode()

    return await kept(request, rt, key, make, shared_s=shared_s)
