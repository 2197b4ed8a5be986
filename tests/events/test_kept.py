"""Pages of the catalogue are kept here and in Redis: fresh at once after a change, made once in a rush."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.events import actions as events
from frontrow.events.messages import CATALOGUE
from frontrow.gateways.hub import Gateways
from tests.events.conftest import PRICES, MakeEvent, process_of
from tests.waiting import eventually

Write = Callable[..., Awaitable[Any]]
PAGES = ("/api/events", "/api/events/evening", "/events/evening", "/api/catalogue/facets", "/api/events?q=evening")

OURS = re.compile("performance|search_word|event_text")  # not what the driver asks about types


@pytest.fixture
async def other(settings: Settings, rt: Runtime, gw: Gateways, dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Another process on the same database and the same Redis."""
    opened = Runtime.open(settings)
    async with process_of(opened, gw, dist) as client:
        yield client
    await opened.close()


@pytest.fixture
async def alone(settings: Settings, gw: Gateways, dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A process whose Redis isn't there."""
    nowhere = settings.redis.model_copy(update={"url": "redis://127.0.0.1:1", "timeout_s": 0.2})
    opened = Runtime.open(settings.model_copy(update={"redis": nowhere}))
    async with process_of(opened, gw, dist) as client:
        yield client
    await opened.close()


def asked_of(rt: Runtime) -> list[str]:
    """Statements that this runtime's readings ask from now on, seen where they leave for the driver."""
    seen: list[str] = []
    connect = rt.db.reading._connect

    async def watched() -> Any:
        session = await connect()
        session.add_query_logger(lambda told: seen.append(told.query) if OURS.search(told.query) else None)
        return session

    rt.db.reading._connect = watched  # type: ignore[method-assign]
    return seen


async def test_a_change_in_one_process_is_fresh_in_the_other(
    rt: Runtime, client: httpx.AsyncClient, other: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    made = await make_event("evening", 4)
    before = [(await other.get(path)).text for path in PAGES]
    assert before == [(await client.get(path)).text for path in PAGES]
    cheap = [PRICES[0], PRICES[1], events.PriceLine("C", "Standing", 100)]
    await rt.db.write(lambda tx: events.set_prices(tx, made.performance_ids[0], cheap))

    async def seen_by_the_other() -> bool:
        return bool((await other.get("/api/events")).json()["items"][0]["from_price"] == 100)

    await eventually(seen_by_the_other, within=0.5)
    for path in PAGES:
        here, there = await client.get(path), await other.get(path)
        assert here.text == there.text
        assert not any(old in there.text for old in ("1500", "15.00")), path


async def test_each_verb_of_an_organiser_outdates_what_is_kept(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    made = await make_event("evening", 4, publish=False)
    performance = made.performance_ids[0]
    assert (await client.get("/api/events")).json()["items"] == []
    await rt.db.write(lambda tx: events.publish(tx, made.event_id))
    [item] = (await client.get("/api/events")).json()["items"]
    assert (await client.get("/api/events/evening")).json()["starts_at"] == item["starts_at"]

    async def move(tx: Tx) -> int:
        starts_at = (await tx.sql("SELECT starts_at + interval '1 day' AS later FROM performance")).one().later
        return await events.move_performance(tx, performance, starts_at, None)

    await rt.db.write(move)
    [moved] = (await client.get("/api/events")).json()["items"]
    assert moved["starts_at"] > item["starts_at"]
    assert (await client.get("/api/events/evening")).json()["starts_at"] == moved["starts_at"]


async def test_what_was_rolled_back_outdates_nothing(rt: Runtime, make_event: MakeEvent) -> None:
    made = await make_event("evening", 4)
    before = await rt.cache.version(CATALOGUE)

    async def fails(tx: Tx) -> None:
        await events.publish(tx, made.event_id)
        raise LookupError

    with pytest.raises(LookupError):
        await rt.db.write(fails)
    other = Runtime.open(rt.settings)
    assert (await other.cache.version(CATALOGUE)).word == before.word
    await other.close()


async def test_a_page_read_before_a_change_and_stored_after_it_is_nobodys(rt: Runtime) -> None:
    before = await rt.cache.version(CATALOGUE)

    async def slow() -> bytes:
        await rt.cache.outdate({CATALOGUE})
        return b"old"

    assert await rt.cache.page(CATALOGUE, before, "page", 60, slow) == b"old"
    after = await rt.cache.version(CATALOGUE)

    async def fresh() -> bytes:
        return b"new"

    assert await rt.cache.page(CATALOGUE, after, "page", 60, fresh) == b"new"


async def test_a_herd_over_two_processes_makes_a_page_once(settings: Settings, rt: Runtime) -> None:
    second = Runtime.open(settings)
    made = 0

    async def make() -> bytes:
        nonlocal made
        made += 1
        await eventually(lambda: True, every=0)
        return b"page"

    version = await rt.cache.version(CATALOGUE)
    caches = [rt.cache, second.cache] * 100
    pages = await asyncio.gather(*(one.page(CATALOGUE, version, "herd", 60, make) for one in caches))
    assert (set(pages), made) == ({b"page"}, 1)
    await second.close()


async def test_who_cant_make_a_page_leaves_it_to_the_next(rt: Runtime) -> None:
    version = await rt.cache.version(CATALOGUE)

    async def fails() -> bytes:
        raise LookupError

    async def works() -> bytes:
        return b"page"

    with pytest.raises(LookupError):
        await rt.cache.page(CATALOGUE, version, "broken", 60, fails)
    async with asyncio.timeout(0.5):
        assert await rt.cache.page(CATALOGUE, version, "broken", 60, works) == b"page"


async def test_without_redis_everything_is_right_and_soon_fresh(
    alone: httpx.AsyncClient, client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    await make_event("evening", 4)
    for path in PAGES:
        assert (await alone.get(path)).text == (await client.get(path)).text
    await write("UPDATE event SET title = 'Another'")

    async def fresh() -> bool:
        return bool((await alone.get("/api/events")).json()["items"][0]["title"] == "Another")

    await eventually(fresh, within=3)


async def test_a_kept_page_asks_the_database_nothing(
    rt: Runtime, client: httpx.AsyncClient, other: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    await make_event("evening", 4)
    asked = asked_of(rt)
    await client.get("/api/events")
    await eventually(lambda: len(asked) == 2)  # the control: it does when nobody has it; the page, what is cancelled
    for _ in range(3):
        await client.get("/api/events")
    assert len(asked) == 2
    await client.get("/api/events?q=evening")
    await eventually(
        lambda: len(asked) == 2 + 4
    )  # what words there are, how frequent they are, which events have them, the page
    # Who has just changed something is answered by the database.
    before = len(asked)
    client.cookies.set("fr_wrote", "1")
    await client.get("/api/events")
    await eventually(lambda: len(asked) == before + 2)


async def test_the_counter_answers_as_the_door_does(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    await make_event("evening", 4)
    for path in (*PAGES, "/api/events/evening/card.png", "/api/events/evening/calendar.ics"):
        for sent in ({}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}):
            door, counter = [await client.get(path, headers=sent) for _ in range(2)]
            assert door.status_code == counter.status_code == 200
            assert door.content == counter.content
            theirs = {name: value for name, value in door.headers.items() if name != "x-correlation-id"}
            ours = {name: value for name, value in counter.headers.items() if name != "x-correlation-id"}
            assert ours == theirs
            again = await client.get(path, headers={**sent, "If-None-Match": counter.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["x-correlation-id"]
