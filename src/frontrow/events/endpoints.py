"""The public doors of what is on, and the organiser's. Public answers are the same for everybody, so a process keeps
them encoded a while."""

import asyncio
import gzip
import hashlib
import mimetypes
import time
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request, Response
from starlette.requests import HTTPConnection

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.errors import Busy, InvalidRequest, NotFound, NotLoggedIn, OutcomeUnknown
from frontrow.core.money import smallest_charge
from frontrow.core.web import RuntimeDep, refusals, wants_fresh
from frontrow.events import actions, queries
from frontrow.events.errors import (
    PerformanceOver,
    PriceBelowMinimum,
    PricesChanged,
    PricesIncomplete,
    SaleWindowEmpty,
    TicketTypeTwice,
    UnknownCategory,
)
from frontrow.events.rules import After, is_slug, price_list_of, search_words
from frontrow.events.schemas import (
    EventDetail,
    EventPage,
    Moved,
    MoveRequest,
    PerformanceDetail,
    PerformancePrices,
    PriceListRequest,
    SeatMap,
    detail_of,
    performance_of,
    prices_of,
    summary_of,
)
from frontrow.gateways.breaker import BreakerOpen
from frontrow.gateways.hub import GatewaysDep
from frontrow.gateways.objects import NoSuchObjectError
from frontrow.people.access import LoggedInDep, staff_of

router = APIRouter(tags=["events"])

LISTING_S = 1.0
"""How old a page of what is on may be, in seconds: in a rush a process asks the database once a second a page."""

A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Page:
    """An encoded answer. ``zipped`` is there where zipping once pays for every later request."""

    body: bytes
    etag: str
    zipped: bytes | None = None


def page_of(body: bytes, *, zipped: bool = False) -> Page:
    return Page(body, hashlib.blake2b(body, digest_size=12).hexdigest(), gzip.compress(body, 9) if zipped else None)


class Shelf:
    """Encoded pages of one process, each for ``keep_s`` seconds; many who want a page wait for one making of it."""

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


@dataclass(frozen=True)
class Shelves:
    pages: Shelf
    maps: Shelf


def _shelves(connection: HTTPConnection) -> Shelves:
    """They belong to the app, not to the module: two apps in one process may stand on different databases."""
    state = connection.app.state
    held: Shelves | None = getattr(state, "events_shelves", None)
    if held is None:
        held = state.events_shelves = Shelves(Shelf(LISTING_S, 500), Shelf(24 * 3600.0, 50))
    return held


def _answer(request: Request, page: Page, cache_control: str) -> Response:
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


async def _browse(request: Request, key: Hashable, make: Callable[[], Awaitable[Page]]) -> Response:
    if wants_fresh(request):
        return _answer(request, await make(), "no-store")
    return _answer(request, await _shelves(request).pages.get(key, make), "public, max-age=0, s-maxage=1")


@router.get("/api/events", response_model=EventPage, responses=refusals(InvalidRequest))
async def list_events(
    request: Request,
    rt: RuntimeDep,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    q: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Published events by their next performance; ``q`` finds words, parts of words and near misses."""
    after = After.decode(cursor) if cursor else None
    words = search_words(q)

    async def make() -> Page:
        now = clock.now()
        start = max(After.moment(now), after, key=lambda at: at.starts_at) if after else After.moment(now)

        async def read(tx: Tx) -> EventPage:
            rows = await queries.upcoming(tx, now, (start.starts_at, start.id), limit + 1, words)
            more = After(rows[limit - 1].starts_at, rows[limit - 1].performance_id) if len(rows) > limit else None
            return EventPage(
                items=[summary_of(row) for row in rows[:limit]], next_cursor=more.encode() if more else None
            )

        found = await rt.db.browse(read, fresh=wants_fresh(request))
        return page_of(found.model_dump_json().encode())

    return await _browse(request, ("events", after, limit, tuple(words)), make)


@router.get("/api/events/{slug}", response_model=EventDetail, responses=refusals(NotFound))
async def get_event(request: Request, rt: RuntimeDep, slug: str) -> Response:
    """An event with all its performances."""
    if not is_slug(slug):
        raise NotFound

    async def make() -> Page:
        async def read(tx: Tx) -> EventDetail:
            event = await queries.event_by_slug(tx, slug)
            found = detail_of(event, await queries.performances_of(tx, event.id), clock.now()) if event else None
            if found is None:
                raise NotFound
            return found

        return page_of((await rt.db.browse(read, fresh=wants_fresh(request))).model_dump_json().encode())

    return await _browse(request, ("event", slug), make)


@router.get("/api/performances/{performance_id}", response_model=PerformanceDetail, responses=refusals(NotFound))
async def get_performance(request: Request, rt: RuntimeDep, performance_id: uuid.UUID) -> Response:
    """A performance with its present price list."""

    async def make() -> Page:
        async def read(tx: Tx) -> PerformanceDetail:
            row = await queries.performance(tx, performance_id)
            if row is None:
                raise NotFound
            prices = await queries.prices(tx, performance_id, row.price_version)
            till = rt.settings.till
            return performance_of(row, prices, clock.now(), max_seats=till.max_seats, hold_seconds=till.hold_s)

        return page_of((await rt.db.browse(read, fresh=wants_fresh(request))).model_dump_json().encode())

    return await _browse(request, ("performance", performance_id), make)


@router.get("/api/seat-maps/{seat_map_id}", response_model=SeatMap, responses=refusals(NotFound))
async def get_seat_map(request: Request, rt: RuntimeDep, seat_map_id: uuid.UUID) -> Response:
    """A version of a seat map; it never changes, so browsers keep it."""

    async def make() -> Page:
        async def read(tx: Tx) -> Page:
            layout = await queries.public_layout(tx, seat_map_id)
            if layout is None:
                raise NotFound
            return page_of(msgspec.json.encode(layout), zipped=True)

        return await rt.db.browse(read, fresh=wants_fresh(request))

    return _answer(request, await _shelves(request).maps.get(seat_map_id, make), A_YEAR)


@router.post(
    "/api/organisers/{slug}/performances/{performance_id}/move",
    responses=refusals(NotLoggedIn, NotFound, InvalidRequest, Busy),
)
async def move_performance(
    slug: str, performance_id: uuid.UUID, wish: MoveRequest, user: LoggedInDep, rt: RuntimeDep
) -> Moved:
    """Give a performance another time or place. Everybody with a ticket is told by mail."""

    async def work(tx: Tx) -> Moved:
        await _manage(tx, slug, performance_id, user.user_id)
        return Moved(
            move_no=await actions.move_performance(
                tx, performance_id, wish.starts_at, wish.doors_at, wish.venue_id, moved_by=user.user_id
            )
        )

    return await rt.db.write(work)


async def _manage(tx: Tx, slug: str, performance_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Name the tenant, for somebody who manages this performance. Raises NotFound for everybody else."""
    organiser_id = await queries.organiser_of_performance(tx, slug, performance_id)
    await staff_of(tx, user_id, organiser_id, ("owner", "manager"))
    await tx.act_for(organiser_id)


async def _priced(tx: Tx, performance_id: uuid.UUID, response: Response, otherwise: int) -> PerformancePrices:
    found = await queries.for_pricing(tx, performance_id)
    now = price_list_of(found, await queries.price_lines(tx, performance_id))
    response.headers["ETag"] = f'"{now.etag}"'
    return prices_of(found, now, smallest_charge(found.currency, otherwise))


@router.get("/api/organisers/{slug}/performances/{performance_id}/prices", responses=refusals(NotLoggedIn, NotFound))
async def get_price_list(
    slug: str, performance_id: uuid.UUID, user: LoggedInDep, rt: RuntimeDep, response: Response
) -> PerformancePrices:
    """How a performance is sold: its ticket types with what they cost, when they are sold, and how many to a person."""

    async def look(tx: Tx) -> PerformancePrices:
        await _manage(tx, slug, performance_id, user.user_id)
        return await _priced(tx, performance_id, response, rt.settings.stripe.minimum_amount)

    return await rt.db.read(look)


@router.put(
    "/api/organisers/{slug}/performances/{performance_id}/prices",
    responses=refusals(
        *(NotLoggedIn, NotFound, InvalidRequest, UnknownCategory, PricesIncomplete, TicketTypeTwice, SaleWindowEmpty),
        *(PriceBelowMinimum, PricesChanged, PerformanceOver, Busy, OutcomeUnknown),
    ),
)
async def put_price_list(
    slug: str,
    performance_id: uuid.UUID,
    wanted: PriceListRequest,
    user: LoggedInDep,
    rt: RuntimeDep,
    response: Response,
    if_match: Annotated[str | None, Header(alias="If-Match")] = None,
) -> PerformancePrices:
    """Put up this price list. Who holds or has bought seats keeps what they were shown; safe to repeat.

    With the ETag of the list that was changed as ``If-Match``, nobody else's change is overwritten.
    """
    otherwise = rt.settings.stripe.minimum_amount
    seen = None if if_match is None else if_match.removeprefix("W/").strip('"')

    async def work(tx: Tx) -> PerformancePrices:
        await _manage(tx, slug, performance_id, user.user_id)
        starts_at = (await queries.for_pricing(tx, performance_id, lock=True)).starts_at
        await actions.put_price_list(tx, performance_id, wanted.price_list(starts_at), seen=seen, otherwise=otherwise)
        return await _priced(tx, performance_id, response, otherwise)

    return await rt.db.write(work)


@router.get("/media/{key:path}", include_in_schema=False)
async def get_media(request: Request, gw: GatewaysDep, key: str) -> Response:
    """A picture out of object storage. Its key changes with its content, so it may be kept for ever."""
    try:
        body = await gw.objects.get(key)
    except NoSuchObjectError:
        raise NotFound from None
    except BreakerOpen as error:
        raise Busy from error
    headers = {
        "Cache-Control": A_YEAR,
        "ETag": f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
        # An SVG opened by itself is a document that could run scripts; this one may not.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=mimetypes.guess_type(key)[0], headers=headers)
