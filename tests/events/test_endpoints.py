import asyncio
import gzip
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from frontrow.core.runtime import Runtime
from frontrow.events.actions import learn_words
from frontrow.gateways.hub import Gateways
from tests.events.conftest import DRAWN, LAYOUT, MakeEvent

Write = Callable[..., Awaitable[Any]]


async def listed(client: httpx.AsyncClient, **parameters: Any) -> list[str]:
    answer = await client.get("/api/events", params=parameters)
    assert answer.status_code == 200, answer.text
    return [item["slug"] for item in answer.json()["items"]]


async def test_a_listing_is_ordered_by_the_next_performance(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    await make_event("later", 5, 6)
    await make_event("sooner", 9, 2)
    await make_event("past", -3)
    await make_event("past-and-coming", -3, 4)
    await make_event("draft", 1, publish=False)
    assert await listed(client) == ["sooner", "past-and-coming", "later"]


async def test_a_summary_says_all_in_prices_and_what_is_left(
    client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    made = await make_event("evening", 3, 4, subtitle="An evening", category="opera", image_key="events/1.svg")
    await write("UPDATE performance SET seats_free = 0 WHERE id = :id", id=made.performance_ids[0])
    [item] = (await client.get("/api/events")).json()["items"]
    assert item["from_price"] == 1500
    assert item["performance_count"] == 2
    assert item["availability"] == "available"
    assert item["image_url"] == "/media/events/1.svg"
    assert item["venue"] == {"name": "Hall", "city": "Turku"}
    assert item["organiser"] == {"slug": "house", "name": "The House"}
    assert (item["timezone"], item["currency"], item["category"]) == ("Europe/Helsinki", "EUR", "opera")
    assert item["starts_at"].endswith("Z")


async def test_pages_follow_one_another_without_a_gap(
    client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    made = [await make_event(f"evening-{number:02}", 5, 6) for number in range(7)]
    # Three begin at the very same moment: then the id decides.
    await write(
        "UPDATE performance SET starts_at = now() + interval '2 days' WHERE id = ANY (:ids)",
        ids=[one.performance_ids[0] for one in made[2:5]],
    )
    whole = await listed(client)
    assert sorted(whole) == [f"evening-{number:02}" for number in range(7)]
    seen, cursor = [], None
    while True:
        page = (await client.get("/api/events", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["slug"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole


@pytest.mark.parametrize(
    "parameters",
    [{"cursor": "x"}, {"cursor": "f" * 65}, {"cursor": "'; --"}, {"limit": 0}, {"limit": 101}, {"q": "a" * 201}],
)
async def test_a_bad_question_is_422(client: httpx.AsyncClient, rt: Any, parameters: dict[str, Any]) -> None:
    answer = await client.get("/api/events", params=parameters)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["errors"][0]["field"] == next(iter(parameters))


async def test_search_goes_with_dates_and_every_other_filter(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    await make_event("traviata", 1, title="La traviata", subtitle="Giuseppe Verdi")
    assert await rt.db.write(learn_words) == 1
    whole = (await client.get("/api/events", params={"q": "traviata"})).json()
    day = whole["items"][0]["starts_at"][:10]
    around = {"from": str(date.fromisoformat(day) - timedelta(1)), "to": str(date.fromisoformat(day) + timedelta(1))}
    found = await client.get("/api/events", params={"q": "traviatta", "city": "Turku", **around})
    assert [event["slug"] for event in found.json()["items"]] == ["traviata"]
    late = {"from": str(date.fromisoformat(day) + timedelta(3))}
    assert (await client.get("/api/events", params={"q": "traviata", **late})).json()["items"] == []


async def test_search_finds_words_parts_accents_and_near_misses(
    rt: Runtime, client: httpx.AsyncClient, make_event: MakeEvent
) -> None:
    await make_event("traviata", 1, title="La traviata", subtitle="Giuseppe Verdi")
    await make_event("debut", 2, title="Late Set", description="Her début in 100 % of the cellar_rooms")
    assert await rt.db.write(learn_words) == 2
    for q, expected in {
        "traviata": ["traviata"],
        "TRAV": ["traviata"],
        "verdi traviata": ["traviata"],
        "traviatta": ["traviata"],
        "debut": ["debut"],
        "dÉbut": ["debut"],
        "100 %": ["debut"],
        "cellar_r": ["debut"],
        "l__e": [],
        "l%e": [],
        "%": [],
        "cellars": ["debut"],
        "hose": ["traviata", "debut"],
        "tra viata": ["traviata"],
        "uinseppe": ["traviata"],
        "\\": [],
        "'); DROP TABLE event; --": [],
        "turku": ["traviata", "debut"],
        "verdi turku": ["traviata"],
        "verdi berlin": [],
        "mozart": [],
        " ": ["traviata", "debut"],
        "late\x00set": ["debut"],
    }.items():
        assert await listed(client, q=q) == expected, q


async def test_an_event_tells_all_its_performances(
    client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    made = await make_event("evening", 4, 3, -1, description="One.\n\nTwo.")
    await write(
        "UPDATE performance SET sales_open_at = now() + interval '1 day', seats_free = 0 WHERE id = :id",
        id=made.performance_ids[1],
    )
    event = (await client.get("/api/events/evening")).json()
    assert [one["sales"] for one in event["performances"]] == ["closed", "soon", "open"]
    assert [one["id"] for one in event["performances"]] == [str(made.performance_ids[at]) for at in (2, 1, 0)]
    assert event["performances"][1]["availability"] == "sold_out"
    assert event["performances"][2]["seats_total"] == event["performances"][2]["seats_free"] == 8
    assert event["starts_at"] == event["performances"][1]["starts_at"]
    assert (event["performance_count"], event["description"]) == (2, "One.\n\nTwo.")


async def test_a_cancelled_event_still_has_a_page(
    client: httpx.AsyncClient, make_event: MakeEvent, write: Write
) -> None:
    await make_event("evening", 3)
    await write("UPDATE event SET state = 'cancelled'")
    await write("UPDATE performance SET state = 'cancelled'")
    event = (await client.get("/api/events/evening")).json()
    assert [one["sales"] for one in event["performances"]] == ["closed"]
    assert event["cancelled"] is True


async def test_a_draft_is_nowhere(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    made = await make_event("evening", 3, publish=False)
    for path in (
        "/api/events/evening",
        f"/api/performances/{made.performance_ids[0]}",
        f"/api/seat-maps/{made.seat_map_id}",
    ):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "path",
    ["/api/events/no-such", "/api/events/%00", "/api/events/A%20B", f"/api/performances/{NOBODY}",
     f"/api/seat-maps/{NOBODY}", "/media/events/none.svg", "/media/../secrets.json", "/media/..%2Fsecrets.json",
     "/media/%00.svg", f"/media/events/{NOBODY}.svg"],
)  # fmt: skip
async def test_what_is_not_there_is_404(client: httpx.AsyncClient, rt: Any, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_a_performance_tells_its_price_list(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    made = await make_event("evening", 3, subtitle="With prices")
    answer = (await client.get(f"/api/performances/{made.performance_ids[0]}")).json()
    assert answer["event"] == {
        "slug": "evening", "title": "Evening", "subtitle": "With prices", "image_url": None
    }  # fmt: skip
    assert answer["venue"] == {"name": "Hall", "city": "Turku", "address": "Quay 1"}
    assert (answer["sales"], answer["price_version"], answer["seat_map_id"]) == ("open", 1, str(made.seat_map_id))
    assert (answer["max_seats"], answer["hold_seconds"]) == (10, 600)
    best = answer["prices"][0]
    assert uuid.UUID(best.pop("ticket_type_id"))
    assert best == {
        **{
            "category": "A",
            "name": "Best",
            "amount": 5000,
            "fee": 300,
            "tax_bp": 1000,
            "tax_added": False,
            "total": 5300,
        },
        **{"sales": "open", "sales_open_at": None, "sales_close_at": None, "min_per_order": 1, "max_per_order": None},
    }
    assert [price["category"] for price in answer["prices"]] == ["A", "B", "C"]


async def test_a_seat_map_is_kept_for_ever_and_travels_zipped(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    made = await make_event("evening", 3)
    path = f"/api/seat-maps/{made.seat_map_id}"
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    assert plain.json() == LAYOUT
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-encoding" not in plain.headers
    async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as zipped:
        raw = b"".join([chunk async for chunk in zipped.aiter_raw()])
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["vary"] == "Accept-Encoding"
    assert json.loads(gzip.decompress(raw)) == LAYOUT
    assert zipped.headers["etag"] != plain.headers["etag"]
    for etag in (plain.headers["etag"], zipped.headers["etag"], "W/" + plain.headers["etag"]):
        again = await client.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_listing_has_an_etag(client: httpx.AsyncClient, make_event: MakeEvent) -> None:
    await make_event("evening", 3)
    first = await client.get("/api/events")
    again = await client.get("/api/events", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    other = await client.get("/api/events", params={"q": "nothing"}, headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


async def test_a_rush_asks_the_database_once(client: httpx.AsyncClient, make_event: MakeEvent, write: Write) -> None:
    await make_event("evening", 3)
    answers = await asyncio.gather(*(client.get("/api/events/evening") for _ in range(50)))
    assert len({answer.content for answer in answers}) == 1
    await write("UPDATE event SET title = 'Another title'")
    assert (await client.get("/api/events/evening")).json()["title"] == "Evening"
    # Who has just changed something sees it at once.
    client.cookies.set("fr_wrote", "1")
    mine = await client.get("/api/events/evening")
    assert mine.json()["title"] == "Another title"
    assert mine.headers["cache-control"] == "no-store"


async def test_a_picture_cant_run_anything(client: httpx.AsyncClient, gw: Gateways) -> None:
    drawn = DRAWN
    key = await gw.objects.put("events", "image/svg+xml", drawn)
    answer = await client.get(f"/media/{key}")
    assert answer.content == drawn
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert (await client.get(f"/media/{key}", headers={"If-None-Match": answer.headers["etag"]})).status_code == 304
