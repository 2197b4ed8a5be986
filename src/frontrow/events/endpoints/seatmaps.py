"""The organiser's doors to seat maps: put one up (ours or pretix's), see which there are, take one away as a file."""

import asyncio
import re
import uuid
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, NotFound, NotLoggedIn, OutcomeUnknown
from frontrow.core.web import MAX_UPLOAD, RuntimeDep, TooLarge, refusals
from frontrow.events import actions
from frontrow.events.errors import SeatMapInvalid
from frontrow.events.queries import seatmaps as queries
from frontrow.events.rules.pretix_export import export_plan
from frontrow.events.rules.seatmaps import Place, all_places, categories_of, invalid, layout_of
from frontrow.events.rules.seatmaps_file import MapFile, read_map
from frontrow.events.schemas.seatmaps import SeatMapInfo, SeatMapList, SeatMapPut, SeatMapWarning, info_of
from frontrow.people.access import LoggedInDep, staff_of

router = APIRouter()

_MAY_PUT = ("owner", "manager")
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A map in our own format, or a seating plan as pretix's editor writes it.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


@router.post(
    "/api/organisers/{slug}/venues/{venue_id}/seat-maps",
    status_code=201,
    openapi_extra=_BODY,
    responses=refusals(NotLoggedIn, NotFound, TooLarge, SeatMapInvalid, Busy, OutcomeUnknown),
)
async def put_seat_map(
    slug: str, venue_id: uuid.UUID, request: Request, user: LoggedInDep, rt: RuntimeDep
) -> SeatMapPut:
    """Put up the next version of a venue's map of that name; the same map once more changes nothing.

    With faults nothing is stored, and ``errors`` names each by path, section, row and seat.
    """

    async def may(tx: Tx) -> uuid.UUID:
        organiser_id = await queries.organiser_at(tx, slug, venue_id)
        await staff_of(tx, user.user_id, organiser_id, _MAY_PUT)
        return organiser_id

    organiser_id = await rt.db.read(may)
    body = await _body(request)
    # Seconds of work for a stadium: not in the loop that everybody's requests share.
    file, layout, places = await asyncio.to_thread(_read, body)

    async def work(tx: Tx) -> actions.StoredMap:
        await staff_of(tx, user.user_id, organiser_id, _MAY_PUT)
        await tx.act_for(organiser_id)
        return await actions.put_seat_map(tx, organiser_id, venue_id, layout, places)

    stored = await rt.db.write(work)
    return SeatMapPut(
        id=stored.id,
        name=layout["name"],
        version=stored.version,
        created=stored.fresh,
        format=file.format,
        seat_count=len(places),
        categories=categories_of(places),
        warnings=[SeatMapWarning(**fault.told()) for fault in file.faults.warnings],
        more_warnings=file.faults.more_warnings,
    )


@router.get("/api/organisers/{slug}/seat-maps", responses=refusals(NotLoggedIn, NotFound))
async def list_seat_maps(slug: str, user: LoggedInDep, rt: RuntimeDep) -> SeatMapList:
    """The organiser's maps, each version, the newest first; at most 200."""

    async def look(tx: Tx) -> list[SeatMapInfo]:
        organiser_id = await queries.organiser_at(tx, slug)
        await staff_of(tx, user.user_id, organiser_id)
        return [info_of(row) for row in await queries.maps_of(tx, organiser_id=organiser_id)]

    return SeatMapList(items=await rt.db.read(look))


@router.get(
    "/api/organisers/{slug}/seat-maps/{seat_map_id}/export",
    response_class=Response,
    responses={**_FILE, **refusals(NotLoggedIn, NotFound)},
)
async def export_seat_map(
    slug: str,
    seat_map_id: uuid.UUID,
    user: LoggedInDep,
    rt: RuntimeDep,
    form: Annotated[Literal["frontrow", "pretix"], Query(alias="format")] = "frontrow",
) -> Response:
    """A map as a file: in our own format, whole, or as a plan that pretix reads."""

    async def look(tx: Tx) -> dict[str, Any]:
        organiser_id = await queries.organiser_at(tx, slug)
        await staff_of(tx, user.user_id, organiser_id)
        return await queries.whole_layout(tx, seat_map_id, organiser_id)

    layout = await rt.db.read(look)
    body = await asyncio.to_thread(_file_of, layout, form)
    plain = re.sub(r"[^A-Za-z0-9]+", "-", layout["name"]).strip("-").lower() or "seat-map"
    headers = {
        "Content-Disposition": f'attachment; filename="{plain}.{form}.json"',
        "Cache-Control": "private, no-store",
    }
    return Response(body, media_type="application/json", headers=headers)


async def _body(request: Request) -> bytes:
    """The whole body. Raises TooLarge as soon as it's too much, whatever its length was said to be."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_UPLOAD:
            raise TooLarge(f"A seat map's file may have {MAX_UPLOAD:,} bytes.")
        parts.append(part)
    return b"".join(parts)


def _read(body: bytes) -> tuple[MapFile, dict[str, Any], list[Place]]:
    file = read_map(body, MAX_UPLOAD)
    if file.layout is None:
        raise invalid(file.faults)
    return file, msgspec.to_builtins(file.layout), all_places(file.layout)


def _file_of(layout: dict[str, Any], form: str) -> bytes:
    if form == "frontrow":
        return msgspec.json.encode(layout)
    plan, faults = layout_of(layout)
    if plan is None:
        raise invalid(faults)
    return msgspec.json.encode(export_plan(plan).plan)
