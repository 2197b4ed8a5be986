"""Filters, facets, the calendar and search over HTTP."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.events.queries import search as searching
from frontrow.seats import actions as seats
from tests.events.conftest import LAYOUT, PRICES, MakeEvent
from tests.events.test_endpoints import listed

Write = Callable[..., Awaitable[Any]]
Place = Callable[..., Awaitable[None]]


@pytest.fixture
def place(rt: Runtime, make_event: MakeEvent) -> Place:
    """Put a performance of an event into another city, at that moment of its own clock."""

    async def put(slug: str, city: str, zone: str, local: str) -> None:
        async def work(tx: Tx) -> None:
            event = (await tx.sql("SELECT id, organiser_id FROM event WHERE slug = :slug", slug=slug)).one()
            venue = await events.create_venue(
                tx, event.organiser_id, name=f"{city} Hall", city=city, country="FI", timezone=zone
            )
            seat_map = await events.create_seat_map(tx, event.organiser_id, venue, LAYOUT)
            at = await tx.sql("SELECT CAST(:at AS text)::timestamp AT TIME ZONE :zone AS at", at=local, zone=zone)
            made = await events.create_performance(tx, event.id, seat_map, starts_at=at.one().at)
            await events.set_prices(tx, made, PRICES)
            await seats.apply_map(tx, made)

        await rt.db.write(work)

    return put


def day(ahead: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=ahead):%Y-%m-%d}"


async def test_filters_choose_by_city_category_price_and_organiser(
    client: httpx.AsyncClient, make_event: MakeEvent, place: Place, write: Write
) -> None:
    await make_event("opera", 3, category="opera")
    await make_event("talk", 4, category="talk")
    await place("talk", "Oslo", "Europe/Oslo", f"{day(2)} 20:00")
    assert await listed(client) == ["talk", "opera"]
    assert await listed(client, category="opera") == ["opera"]
    assert await listed(client, category=["opera", "talk"]) == ["talk", "opera"]
    assert await listed(client, city="Oslo") == ["talk"]
    assert await listed(client, city=["Oslo", "Turku"]) == ["talk", "opera"]
    assert await listed(client, city="Bergen") == []
    assert await listed(client, organiser="house") == ["talk", "opera"]
    assert await listed(client, organiser="nobody") == []
    await write("UPDATE performance SET from_price = 900 WHERE city = 'Oslo'")
    assert await listed(client, max_price=900) == ["talk"]
    assert await listed(client, max_price=899) == []
    assert await listed(client, max_price=1500, city="Turku") == ["opera", "talk"]


async def test_the_next_performance_is_the_next_that_fits(
    client: httpx.AsyncClient, make_event: MakeEvent, place: Place
) -> None:
    await make_event("tour", 2, 9)
    await place("tour", "Oslo", "Europe/Oslo", f"{day(5)} 20:00")
    [item] = (await client.get("/api/events", params={"city": "Oslo"})).json()["items"]
    assert (item["venue"]["city"], item["timezone"], item["performance_count"]) == ("Oslo", "Europe/Oslo", 1)
    [item] = (await client.get("/api/events", params={"from": day(4)})).json()["items"]
    assert (item["venue"]["city"], item["performance_count"]) == ("Oslo", 2)
    # Found by a place's name, that place's evening is shown.
    [item] = (await client.get("/api/events", params={"q": "tour oslo"})).json()["items"]
    assert item["venue"]["city"] == "Oslo"


async def test_a_day_is_the_venues_own(client: httpx.AsyncClient, make_event: MakeEvent, place: Place) -> None:
    await make_event("late", publish=False)
    # Half past midnight in Auckland is noon of the day before in Greenwich.
    await place("late", "Auckland", "Pacific/Auckland", f"{day(10)} 00:30")
    await place("late", "Honolulu", "Pacific/Honolulu", f"{day(20)} 23:30")
    await make_event("evening", 1)
    event = (await client.get("/api/events/evening")).json()
    assert event["slug"] == "evening"
    await _publish(client, "late")
    assert await listed(client, **{"from": day(10), "to": day(10)}) == ["late"]
    assert await listed(client, **{"from": day(9), "to": day(9)}) == []
    assert await listed(client, **{"from": day(20), "to": day(20)}) == ["late"]
    assert await listed(client, **{"from": day(21), "to": day(30)}) == []
    month = (await client.get("/api/catalogue/calendar", params={"month": day(10)[:7]})).json()
    assert day(10) in [one["date"] for one in month["days"]]


async def _publish(client: httpx.AsyncClient, slug: str) -> None:
    rt: Runtime = client._transport.app._app._app.state.runtime  # type: ignore[attr-defined]

    async def work(tx: Tx) -> None:
        event = (await tx.sql("SELECT id FROM event WHERE slug = :slug", slug=slug)).one()
        await events.publish(tx, event.id)

    await rt.db.write(work)


async def test_a_place_for_a_wheelchair_is_a_hint_that_follows_the_seats(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    made = await make_event("evening", 3)
    [item] = (await client.get("/api/events", params={"accessible": "true"})).json()["items"]
    assert item["accessible"] is True
    await write("UPDATE seat SET state = 'blocked', fence = fence + 1 WHERE seat_no = 2")
    assert await rt.db.write(seats.refresh_availability) == 1
    await rt.cache.outdate({"catalogue"})
    assert await listed(client, accessible="true") == []
    event = (await client.get("/api/events/evening")).json()
    assert [one["accessible"] for one in event["performances"]] == [False]
    assert (event["performances"][0]["from_price"], event["performances"][0]["to_price"]) == (1500, 5300)
    assert len(made.performance_ids) == 1


async def test_facets_leave_their_own_filter_out(
    client: httpx.AsyncClient, make_event: MakeEvent, place: Place
) -> None:
    await make_event("opera", 3, 5, category="opera")
    await make_event("talk", 4, category="talk")
    await place("talk", "Oslo", "Europe/Oslo", f"{day(2)} 20:00")
    facets = (await client.get("/api/catalogue/facets", params={"category": "opera"})).json()
    assert facets["cities"] == [{"name": "Turku", "count": 1}]
    assert facets["categories"] == [{"name": "opera", "count": 1}, {"name": "talk", "count": 1}]
    assert facets["price"] == {"least": 1500, "most": 1500, "currency": "EUR"}
    assert facets["accessible"] == 1
    facets = (await client.get("/api/catalogue/facets", params={"city": "Oslo", "q": "talk"})).json()
    assert facets["cities"] == [{"name": "Oslo", "count": 1}, {"name": "Turku", "count": 1}]
    nothing = (await client.get("/api/catalogue/facets", params={"q": "%"})).json()
    assert nothing == {"cities": [], "categories": [], "price": None, "accessible": 0}


async def test_the_calendar_counts_all_and_tells_twenty(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    for number in range(22):
        await make_event(f"evening-{number}", 40)
    when = (await client.get("/api/events/evening-0")).json()["starts_at"]
    found: list[dict[str, Any]] = []
    for month in {when[:7], day(41)[:7], day(39)[:7]}:
        found += (await client.get("/api/catalogue/calendar", params={"month": month})).json()["days"]
    assert sum(one["count"] for one in found) == 22
    assert all(len(one["performances"]) == min(one["count"], 20) for one in found)
    assert found[0]["performances"][0]["venue"] == {"name": "Hall", "city": "Turku"}


@pytest.mark.parametrize("params", [{}, {"q": "evening"}, {"city": "Turku"}, {"category": "other", "max_price": 5000}])
@pytest.mark.parametrize("few", [2000, 3])
async def test_pages_have_everything_once_under_every_filter(
    client: httpx.AsyncClient, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch, params: dict[str, Any], few: int
) -> None:
    """Also the way that words take which thousands of events have: with ``few`` three are many."""
    monkeypatch.setattr(searching, "MOST_SORTED", few)
    monkeypatch.setattr(searching, "WINDOW", few)
    for number in range(9):
        titled = {"title": "An evening"} if number % 2 else {"title": "Concert", "description": "all evening long"}
        await make_event(f"number-{number}", 1 + number, 20 + number, **titled)
    whole = await listed(client, **params)
    seen, cursor, totals = [], None, []
    while True:
        told = {**params, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/events", params=told)).json()
        seen += [item["slug"] for item in page["items"]]
        totals.append(page["total"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert sorted(whole) == [f"number-{number}" for number in range(9)]
    assert totals[1:] == [None] * (len(totals) - 1)
    if few == 2000 or "q" not in params:
        assert totals[0] == 9
    if "q" in params:
        assert [int(slug[-1]) % 2 for slug in whole] == [1] * 4 + [0] * 5  # those first that have it in the title


async def test_an_organiser_has_a_page(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    await make_event("evening", 3, 4)
    await make_event("draft", 3, publish=False)
    told = (await client.get("/api/organisers/house")).json()
    assert told == {"slug": "house", "name": "The House", "description": "", "upcoming_count": 1}
    assert (await client.get("/api/organisers/nobody")).status_code == 404


@pytest.mark.parametrize(
    ("field", "params"),
    [
        ("from", {"from": "2026-13-01"}),
        ("from", {"from": "tomorrow"}),
        ("to", {"from": day(5), "to": day(4)}),
        ("from", {"from": "9999-12-31"}),
        ("q", {"q": "a" * 10_000}),
        ("max_price", {"max_price": -1}),
        ("max_price", {"max_price": 2**40}),
        ("city", {"city": "a\x00b"}),
        ("category", {"category": ["x"] * 21}),
        ("cursor", {"cursor": "nonsense"}),
        ("accessible", {"accessible": "perhaps"}),
    ],
)
async def test_what_cant_be_meant_is_refused_by_name(
    client: httpx.AsyncClient, rt: Any, field: str, params: dict[str, Any]
) -> None:
    answer = await client.get("/api/events", params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["code"] == "invalid_request"
    assert told["errors"][0]["field"] == field


@pytest.mark.parametrize("month", ["2026-13", "x", "", "2026-1"])
async def test_no_month_is_refused(client: httpx.AsyncClient, rt: Any, month: str) -> None:
    answer = await client.get("/api/catalogue/calendar", params={"month": month})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_texts_follow_what_they_are_made_of(
    client: httpx.AsyncClient, make_event: MakeEvent, write: Write, rt: Runtime
) -> None:
    await make_event("evening", 3)
    for statement, q in (
        ("UPDATE event SET title = 'Nocturne'", "nocturne"),
        ("UPDATE event SET description = 'With a celesta'", "celesta"),
        ("UPDATE venue SET name = 'Old Gasworks', city = 'Tampere'", "gasworks tampere"),
        ("UPDATE organiser SET name = 'Night Owls'", "owls"),
    ):
        assert await listed(client, q=q) == []
        await write(statement)
        await rt.cache.outdate({"catalogue"})
        assert await listed(client, q=q) == ["evening"], q
    assert await listed(client, city="Tampere") == ["evening"]
