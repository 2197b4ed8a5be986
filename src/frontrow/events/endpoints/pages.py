"""How an encoded page goes out: kept for moments, named by an ETag, zipped where that was done."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.requests import HTTPConnection

from frontrow.core.shelf import Page, Shelf
from frontrow.core.web import wants_fresh

LISTING_S = 1.0
"""How old a page of what is on may be, in seconds: in a rush a process asks the database once a second a page."""

A_YEAR = "public, max-age=31536000, immutable"


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


def answer(request: Request, page: Page, cache_control: str) -> Response:
    """The page, or 304 when the browser has it; zipped when that was done and the browser takes it."""
    zipped = page.zipped is not None and "gzip" in request.headers.get("accept-encoding", "")
    etag = f'"{page.etag}-gz"' if zipped else f'"{page.etag}"'
    headers = {"ETag": etag, "Cache-Control": cache_control}
    if page.zipped is not None:
        headers["Vary"] = "Accept-Encoding"
    known = request.headers.get("if-none-match")
    # The page's own name is unguessable and long, so finding it anywhere in the header is a match, weak or strong.
    if known is not None and page.etag in known:
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(page.zipped if zipped else page.body, media_type="application/json", headers=headers)


async def browse(request: Request, key: Hashable, make: Callable[[], Awaitable[Page]]) -> Response:
    if wants_fresh(request):
        return answer(request, await make(), "no-store")
    return answer(request, await shelves(request).pages.get(key, make), "public, max-age=0, s-maxage=1")
