"""The room's doors over HTTP, on a fresh database, and makers of events."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from fastapi import FastAPI

from frontrow.core import web
from frontrow.core.db import Tx
from frontrow.core.page import BuiltPage
from frontrow.core.runtime import Runtime
from frontrow.core.shelf import Counter, Laying
from frontrow.events import actions as events
from frontrow.events.actions import PriceLine
from frontrow.events.endpoints import router
from frontrow.events.messages import CATALOGUE
from frontrow.gateways.hub import Gateways
from frontrow.people.actions import accounts
from frontrow.seats import actions as seats

LAYOUT: dict[str, Any] = {
    "format": "frontrow-seatmap",
    "version": 1,
    "name": "Rows",
    "width": 100,
    "height": 60,
    "stage": {"x": 10, "y": 2, "width": 80, "height": 8, "label": "Stage"},
    "sections": [
        {
            "name": "Stalls",
            "label_at": [50, 14],
            "rows": [
                {
                    "label": "A",
                    "category": "A",
                    "seats": [[1, "1", 20, 20, 0], [2, "2", 30, 20, 1], [3, "3", 40, 20, 2]],
                },
                {"label": "B", "category": "B", "seats": [[4, "1", 20, 31, 0], [5, "2", 30, 31, 0]]},
            ],
        }
    ],
    "areas": [
        {"name": "Floor", "category": "C", "first_seat_no": 6, "capacity": 3, "polygon": [[10, 40], [90, 40], [50, 55]]}
    ],
    "seat_count": 8,
}
PRICES = [PriceLine("A", "Best", 5000, 300, 1000), PriceLine("B", "Good", 3000, 200), PriceLine("C", "Standing", 1500)]


class MakeEvent(Protocol):
    def __call__(self, slug: str, *days: float, publish: bool = True, **more: Any) -> Awaitable["Made"]: ...


class Made:
    def __init__(self, event_id: uuid.UUID, performance_ids: list[uuid.UUID], seat_map_id: uuid.UUID) -> None:
        self.event_id = event_id
        self.performance_ids = performance_ids
        self.seat_map_id = seat_map_id


@pytest.fixture
async def make_event(rt: Runtime) -> MakeEvent:
    """Make an event with a performance so many days from now each; all in one venue of one organiser."""

    async def found(tx: Tx) -> tuple[uuid.UUID, uuid.UUID]:
        organiser_id = await accounts.create_organiser(tx, "house", "The House")
        venue_id = await events.create_venue(
            tx, organiser_id, name="Hall", city="Turku", country="FI", timezone="Europe/Helsinki", address="Quay 1"
        )
        return organiser_id, await events.create_seat_map(tx, organiser_id, venue_id, LAYOUT)

    organiser_id, shared_map = await rt.db.write(found)

    async def make(slug: str, *days: float, publish: bool = True, own_map: bool = False, **more: Any) -> Made:
        async def work(tx: Tx) -> Made:
            event_id = await events.create_event(
                tx, organiser_id, slug=slug, currency="EUR", **{"title": slug.title(), **more}
            )
            made = []
            for day in days:
                starts_at = datetime.now(UTC) + timedelta(days=day)
                made.append(await events.create_performance(tx, event_id, shared_map, starts_at=starts_at))
                await events.set_prices(tx, made[-1], PRICES)
                await seats.apply_map(tx, made[-1])
            if publish:
                await events.publish(tx, event_id)
            return Made(event_id, made, shared_map)

        return await rt.db.write(work)

    return make


@pytest.fixture
async def gw(rt: Runtime) -> AsyncIterator[Gateways]:
    opened = Gateways.open(rt)
    yield opened
    await opened.close()


DRAWN = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 40"><rect width="30" height="40" fill="#b3261e"/></svg>'
)

INDEX = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="description" content="What every page said" />
    <title>Frontrow</title>
  </head>
  <body><div id="root"></div></body>
</html>
"""


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """What the build of the page leaves."""
    (tmp_path / "index.html").write_text(INDEX)
    return tmp_path


@asynccontextmanager
async def process_of(rt: Runtime, gw: Gateways, dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An app of its own with its shelves and its counter, as each process has them."""
    app = FastAPI()
    app.state.runtime, app.state.gateways, app.state.laying = rt, gw, Laying()
    app.state.page = BuiltPage(dist, rt.settings.stripe)
    web.install(app)
    app.include_router(router)
    counter = Counter(app, rt.cache, CATALOGUE, app.state.laying, web.WROTE_COOKIE.encode())
    edge = web.Edge(counter, "http://testserver")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="http://testserver") as opened:
        yield opened


@pytest.fixture
async def client(rt: Runtime, gw: Gateways, dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with process_of(rt, gw, dist) as opened:
        yield opened


@pytest.fixture
def write(rt: Runtime) -> Callable[..., Awaitable[Any]]:
    """Run one statement and commit it."""

    async def run(statement: str, **parameters: Any) -> Any:
        return await rt.db.write(lambda tx: tx.sql(statement, **parameters))

    return run
