"""What is on: the list with its search and filters, what it can be narrowed down to, the calendar, organisers."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.errors import Busy, InvalidRequest, NotFound
from frontrow.core.web import RuntimeDep, refusals
from frontrow.events import queries
from frontrow.events.endpoints.pages import browse
from frontrow.events.queries import Wish
from frontrow.events.rules import is_slug
from frontrow.events.schemas import (
    Calendar,
    EventPage,
    Facets,
    OrganiserPage,
    after_of,
    calendar_of,
    cursor_of,
    facets_of,
    minute_of,
    month_of,
    organiser_page_of,
    summary_of,
    wish_of,
)
from frontrow.events.schemas.wishes import LONGEST_Q

router = APIRouter()

Q = Annotated[str | None, Query(max_length=LONGEST_Q, description="Words, parts of words, near misses.")]
Day = Annotated[date | None, Query(alias="from", description="A day of the venue's calendar, inclusive.")]
Until = Annotated[date | None, Query(alias="to", description="A day of the venue's calendar, inclusive.")]
Names = Annotated[list[str], Query(max_length=20, description="May be repeated: any of them.")]
Most = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="Of the all-in from-price, in minor units.")]
Slug = Annotated[str | None, Query(max_length=120)]


async def wish(
    q: Q = None,
    starts: Day = None,
    ends: Until = None,
    city: Names = [],  # noqa: B006 -- pydantic copies it
    category: Names = [],  # noqa: B006
    max_price: Most = None,
    accessible: Annotated[bool, Query(description="With a free wheelchair place (a hint).")] = False,
    organiser: Slug = None,
) -> Wish:
    """FastAPI dependency: what somebody looks for. Raises InvalidRequest."""
    return wish_of(
        q=q,
        starts=starts,
        ends=ends,
        cities=city,
        categories=category,
        max_price=max_price,
        accessible=accessible,
        organiser=organiser,
        today=clock.now().date(),
    )


WishDep = Annotated[Wish, Depends(wish)]


@router.get("/api/events", response_model=EventPage, responses=refusals(InvalidRequest, Busy))
async def list_events(
    request: Request,
    rt: RuntimeDep,
    wish: WishDep,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """Published events by the next performance that fits; with ``q`` those first in whose title it is. By time those
    among them that were to come and are cancelled, which aren't found by words, a price or a wheelchair place."""
    after = after_of(cursor, clock.now()) if cursor else None
    now = after.as_of if after else minute_of(clock.now())

    async def read(tx: Tx) -> EventPage:
        found = await queries.upcoming(tx, wish, now, after, limit)
        off = await queries.cancelled(tx, wish, now, after, found)
        listed = [(row, False) for row in found.rows] + [(row, True) for row in off]
        if off:
            listed.sort(key=lambda one: (one[0].listed_at, one[0].performance_id))
        return EventPage(
            items=[summary_of(row, cancelled=cancelled) for row, cancelled in listed],
            next_cursor=cursor_of(found.more) if found.more else None,
            total=found.total,
        )

    return await browse(request, rt, ("events", wish, after, limit), read)


@router.get("/api/catalogue/facets", response_model=Facets, responses=refusals(InvalidRequest, Busy))
async def get_catalogue_facets(request: Request, rt: RuntimeDep, wish: WishDep) -> Response:
    """What the list can be narrowed down to, each counted with all filters but its own."""
    now = minute_of(clock.now())

    async def read(tx: Tx) -> Facets:
        return facets_of(await queries.facets(tx, wish, now))

    return await browse(request, rt, ("facets", wish), read)


@router.get("/api/catalogue/calendar", response_model=Calendar, responses=refusals(InvalidRequest, Busy))
async def get_catalogue_calendar(
    request: Request,
    rt: RuntimeDep,
    wish: WishDep,
    month: Annotated[str, Query(max_length=7, description="YYYY-MM")],
) -> Response:
    """The coming performances of a month, by the days of the venue's own calendar."""
    first, last = month_of(month)
    now = minute_of(clock.now())

    async def read(tx: Tx) -> Calendar:
        return calendar_of(month, await queries.calendar(tx, wish, now, first, last))

    return await browse(request, rt, ("calendar", month, wish), read)


@router.get("/api/organisers/{slug}", response_model=OrganiserPage, responses=refusals(NotFound, Busy))
async def get_organiser(request: Request, rt: RuntimeDep, slug: str) -> Response:
    """Who puts on events, and how many are coming; they are in the list, with ``organiser`` as filter."""
    if not is_slug(slug):
        raise NotFound

    async def read(tx: Tx) -> OrganiserPage:
        found = await queries.organiser(tx, slug, clock.now())
        if found is None:
            raise NotFound
        return organiser_page_of(found)

    return await browse(request, rt, ("organiser", slug), read)
