"""What the organiser cancelled is told wherever it was announced, at once, and offered nowhere."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from icalendar import Calendar

from frontrow.core.runtime import Runtime
from frontrow.events.actions import cancel_event, cancel_performance
from tests.events.conftest import MakeEvent

Write = Callable[..., Awaitable[Any]]


async def listed(client: httpx.AsyncClient, **asked: object) -> list[tuple[str, bool]]:
    answer = await client.get("/api/events", params=asked)  # type: ignore[arg-type]
    return [(one["slug"], one["cancelled"]) for one in answer.json()["items"]]


async def test_a_cancelled_event_stays_in_the_list_by_its_day_and_can_not_be_found_as_something_to_buy(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    await make_event("early", 2)
    made = await make_event("evening", 3, 5)
    await make_event("late", 9)
    assert await listed(client) == [("early", False), ("evening", False), ("late", False)]
    await rt.db.write(lambda tx: cancel_performance(tx, made.performance_ids[0]))
    assert await listed(client) == [("early", False), ("evening", False), ("late", False)]
    await rt.db.write(lambda tx: cancel_event(tx, made.event_id))
    # Asked at once: what was kept of the list is of the past with the commit.
    assert await listed(client) == [("early", False), ("evening", True), ("late", False)]
    everything = (await client.get("/api/events")).json()
    told = everything["items"][1]
    assert (told["from_price"], told["availability"], told["performance_count"]) == (None, "sold_out", 2)
    assert everything["total"] == 2
    for asked in ({"q": "evening"}, {"max_price": 100_000}, {"accessible": "true"}):
        assert "evening" not in [slug for slug, _ in await listed(client, **asked)], asked


async def test_cancelled_events_come_once_however_the_pages_are_cut(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    for day in range(2, 8):
        made = await make_event(f"on-{day}", day)
        if day % 2:
            await rt.db.write(lambda tx, made=made: cancel_event(tx, made.event_id))  # type: ignore[misc]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get("/api/events", params={"limit": 1} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [one["slug"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"on-{day}" for day in range(2, 8)]


async def test_an_event_shows_which_of_its_dates_are_cancelled(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    made = await make_event("evening", 3, 4)
    first, second = made.performance_ids
    before = Calendar.from_ical((await client.get(f"/api/performances/{first}/calendar.ics")).content).walk("VEVENT")[0]
    await client.get("/api/events/evening")
    await rt.db.write(lambda tx: cancel_performance(tx, first))
    event = (await client.get("/api/events/evening")).json()
    assert [(one["id"], one["cancelled"], one["sales"]) for one in event["performances"]] == [
        (str(first), True, "closed"),
        (str(second), False, "open"),
    ]
    assert (event["cancelled"], event["performance_count"]) == (False, 1)
    assert event["starts_at"] == event["performances"][1]["starts_at"]
    page = (await client.get("/events/evening")).text
    told = [json.loads(one) for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]
    statuses = {one["@id"].rsplit("/", 1)[1]: one["eventStatus"].rsplit("/", 1)[1] for one in told}
    assert statuses == {str(first): "EventCancelled", str(second): "EventScheduled"}
    assert ["offers" in one for one in told] == [False, True]
    after = Calendar.from_ical((await client.get(f"/api/performances/{first}/calendar.ics")).content).walk("VEVENT")[0]
    assert (str(before["status"]), str(after["status"])) == ("CONFIRMED", "CANCELLED")
    assert (after["uid"], int(after["sequence"])) == (before["uid"], int(before["sequence"]) + 1)
