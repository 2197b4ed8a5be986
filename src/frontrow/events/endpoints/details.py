"""An event, a performance, a seat map, a picture."""

import hashlib
import mimetypes
import uuid

import msgspec
from fastapi import APIRouter, Request, Response

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.errors import Busy, NotFound
from frontrow.core.shelf import Page, page_of
from frontrow.core.web import RuntimeDep, refusals, wants_fresh
from frontrow.events import queries
from frontrow.events.endpoints.pages import A_YEAR, answer, browse, shelves
from frontrow.events.rules import is_slug
from frontrow.events.schemas import EventDetail, PerformanceDetail, SeatMap, detail_of, performance_of
from frontrow.gateways.breaker import BreakerOpen
from frontrow.gateways.hub import GatewaysDep
from frontrow.gateways.objects import NoSuchObjectError

router = APIRouter()


@router.get("/api/events/{slug}", response_model=EventDetail, responses=refusals(NotFound))
async def get_event(request: Request, rt: RuntimeDep, slug: str) -> Response:
    """An event with all its performances."""
    if not is_slug(slug):
        raise NotFound

    async def read(tx: Tx) -> EventDetail:
        event = await queries.event_by_slug(tx, slug)
        found = detail_of(event, await queries.performances_of(tx, event.id), clock.now()) if event else None
        if found is None:
            raise NotFound
        return found

    return await browse(request, rt, ("event", slug), read)


@router.get("/api/performances/{performance_id}", response_model=PerformanceDetail, responses=refusals(NotFound))
async def get_performance(request: Request, rt: RuntimeDep, performance_id: uuid.UUID) -> Response:
    """A performance with its present price list."""

    async def read(tx: Tx) -> PerformanceDetail:
        row = await queries.performance(tx, performance_id)
        if row is None:
            raise NotFound
        prices = await queries.prices(tx, performance_id, row.price_version)
        till = rt.settings.till
        return performance_of(row, prices, clock.now(), max_seats=till.max_seats, hold_seconds=till.hold_s)

    return await browse(request, rt, ("performance", performance_id), read)


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

    return answer(request, await shelves(request).maps.get(seat_map_id, make), A_YEAR)


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
