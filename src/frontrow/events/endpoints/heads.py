"""Pages that others read without running them: the home page, an event, an organiser, with heads of their own. And
what they lead to: the share card, calendar files."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from frontrow.core import clock, ical
from frontrow.core.db import Tx
from frontrow.core.errors import Busy, NotFound
from frontrow.core.page import BuiltPage, Head
from frontrow.core.runtime import Runtime
from frontrow.core.web import RuntimeDep, refusals
from frontrow.events import queries
from frontrow.events.actions import draw_card
from frontrow.events.endpoints.pages import kept
from frontrow.events.queries import AnyRow
from frontrow.events.rules import is_slug
from frontrow.events.schemas.heads import (
    calendar_file,
    card_of,
    event_head,
    home_head,
    missing_head,
    organiser_head,
)
from frontrow.gateways.breaker import BreakerOpen
from frontrow.gateways.hub import GatewaysDep
from frontrow.gateways.objects import NoSuchObjectError

router = APIRouter()

CARD_S = 600.0
"""Seconds. A card is drawn anew when anything of the catalogue changes, which is a new version; else it is kept."""

ICS: dict[int | str, dict[str, Any]] = {200: {"content": {ical.MEDIA_TYPE: {}}, "description": "RFC 5545"}}
PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}, "description": "1200 x 630"}}


async def _page(request: Request, rt: Runtime, key: tuple[str, ...], head: Callable[[Tx], Awaitable[Head]]) -> Response:
    """The built page with a head; with that of a missing page, and 404, when ``head`` raises NotFound."""
    built: BuiltPage = request.app.state.page
    policy = (b"content-security-policy", built.policy.encode())

    async def make(fresh: bool) -> bytes:
        return built.with_head(await rt.db.browse(head, fresh=fresh))

    build = built.build()
    try:
        return await kept(request, rt, ("page", build, *key), make, policy, media_type="text/html")
    except NotFound:
        missing = Response(built.with_head(missing_head()), 404, media_type="text/html")
        missing.headers["Cache-Control"], missing.headers["Content-Security-Policy"] = "no-cache", built.policy
        return missing


@router.get("/", include_in_schema=False)
async def get_home_page(request: Request, rt: RuntimeDep) -> Response:
    async def head(_tx: Tx) -> Head:
        return home_head(rt.settings.origin)

    return await _page(request, rt, ("home",), head)


@router.get("/events/{slug}", include_in_schema=False)
async def get_event_page(request: Request, rt: RuntimeDep, slug: str) -> Response:
    async def head(tx: Tx) -> Head:
        event, rows = await _event(tx, slug)
        return event_head(event, rows, clock.now(), rt.settings.origin)

    return await _page(request, rt, ("event", slug[:130]), head)


@router.get("/organisers/{slug}", include_in_schema=False)
async def get_organiser_page(request: Request, rt: RuntimeDep, slug: str) -> Response:
    async def head(tx: Tx) -> Head:
        found = await queries.organiser(tx, slug, clock.now()) if is_slug(slug) else None
        if found is None:
            raise NotFound
        return organiser_head(found, rt.settings.origin)

    return await _page(request, rt, ("organiser", slug[:130]), head)


async def _event(tx: Tx, slug: str) -> tuple[AnyRow, list[AnyRow]]:
    """An event that isn't a draft, with its performances. Raises NotFound, also when there are none."""
    event = await queries.event_by_slug(tx, slug) if is_slug(slug) else None
    rows = list(await queries.performances_of(tx, event.id)) if event else []
    if not rows:
        raise NotFound
    return event, rows


@router.get("/api/events/{slug}/calendar.ics", response_class=Response, responses={**refusals(NotFound), **ICS})
async def get_event_calendar(request: Request, rt: RuntimeDep, slug: str) -> Response:
    """An event's performances for a calendar (RFC 5545), cancelled ones as cancelled."""

    async def read(tx: Tx) -> bytes:
        return calendar_file(*await _event(tx, slug), clock.now(), rt.settings.origin)

    return await _calendar(request, rt, ("event", slug[:130]), read)


@router.get(
    "/api/performances/{performance_id}/calendar.ics", response_class=Response, responses={**refusals(NotFound), **ICS}
)
async def get_performance_calendar(request: Request, rt: RuntimeDep, performance_id: uuid.UUID) -> Response:
    """A performance for a calendar (RFC 5545)."""

    async def read(tx: Tx) -> bytes:
        found = await queries.performance(tx, performance_id)
        if found is None:
            raise NotFound
        _, rows = await _event(tx, found.slug)
        only = [row for row in rows if row.id == performance_id]
        if not only:
            raise NotFound
        return calendar_file(found, only, clock.now(), rt.settings.origin)

    return await _calendar(request, rt, ("performance", str(performance_id)), read)


async def _calendar(
    request: Request, rt: Runtime, key: tuple[str, str], read: Callable[[Tx], Awaitable[bytes]]
) -> Response:
    async def make(fresh: bool) -> bytes:
        return await rt.db.browse(read, fresh=fresh)

    named = (b"content-disposition", f'attachment; filename="{key[1]}.ics"'.encode("latin-1", "ignore"))
    return await kept(request, rt, ("ics", *key), make, named, media_type=ical.MEDIA_TYPE)


@router.get("/api/events/{slug}/card.png", response_class=Response, responses={**refusals(NotFound, Busy), **PNG})
async def get_event_card(request: Request, rt: RuntimeDep, gw: GatewaysDep, slug: str) -> Response:
    """The picture that a link to the event is shown with, 1200 x 630."""

    async def make(fresh: bool) -> bytes:
        event, rows = await rt.db.browse(lambda tx: _event(tx, slug), fresh=fresh)
        poster = None
        if event.image_key:
            try:
                poster = event.image_key.rsplit(".", 1)[-1], await gw.objects.get(event.image_key)
            except NoSuchObjectError:
                poster = None
            except BreakerOpen as error:
                raise Busy from error
        return await draw_card(card_of(event, rows, clock.now()), poster)

    return await kept(request, rt, ("card", slug[:130]), make, media_type="image/png", shared_s=CARD_S)
