"""Holds over HTTP: three ways to ask, more time, a closed page, and what a stranger or a liar gets."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions
from frontrow.seats.rules import apply
from tests.factories.house import FEE, PRICE, House
from tests.seats.halls import build_hall, states
from tests.seats.test_verbs import lapse

Browser = Callable[[], httpx.AsyncClient]


async def ask(client: httpx.AsyncClient, performance: object, body: Any, key: str | None = None) -> httpx.Response:
    content = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return await client.post(
        f"/api/performances/{performance}/holds",
        content=content,
        headers={"Idempotency-Key": key or uuid.uuid4().hex, "Content-Type": "application/json"},
    )


async def held(client: httpx.AsyncClient, performance: object, body: Any) -> dict[str, Any]:
    answer = await ask(client, performance, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def seconds_left(hold: dict[str, Any]) -> float:
    return (datetime.fromisoformat(hold["expires_at"]) - datetime.fromisoformat(hold["server_time"])).total_seconds()


async def test_three_ways_to_hold(rt: Runtime, house: House, browser: Browser) -> None:
    hall = await build_hall(rt, house, ["aaaa", "bb"], {"Floor": 3})
    client = browser()
    named = await held(client, hall, {"seats": [2, 1]})
    assert [seat["seat_no"] for seat in named["seats"]] == [1, 2]
    best = await held(client, hall, {"best": {"count": 2, "category": "B"}})
    assert [seat["seat_no"] for seat in best["seats"]] == [5, 6]
    standing = await held(client, hall, {"standing": {"section": "Floor", "count": 2}})
    assert {seat["section"] for seat in standing["seats"]} == {"Floor"}
    assert (await states(rt, hall)).count("h") == 6
    answer = await ask(client, hall, {"best": {"count": 3}})
    assert refused(answer) == (409, "not_together")
    assert answer.json()["largest"] == 2
    answer = await ask(client, hall, {"standing": {"section": "Floor", "count": 2}})
    assert (refused(answer), answer.json()["left"]) == ((409, "not_enough_left"), 1)
    answer = await ask(client, hall, {"standing": {"section": "Balcony", "count": 1}})
    assert refused(answer) == (422, "unknown_seats")


async def test_the_same_key_is_the_same_hold_in_every_way(rt: Runtime, house: House, browser: Browser) -> None:
    client = browser()
    for at, body in enumerate(({"seats": [30, 31]}, {"best": {"count": 2}})):
        first = await ask(client, house.performance_id, body, f"key {at}")
        again = await ask(client, house.performance_id, body, f"key {at}")
        assert (first.status_code, again.status_code) == (201, 201)
        ignored = {"server_time"}
        assert {k: v for k, v in first.json().items() if k not in ignored} == {
            k: v for k, v in again.json().items() if k not in ignored
        }
    answer = await ask(client, house.performance_id, {"best": {"count": 3}}, "key 1")
    assert refused(answer) == (422, "idempotency_mismatch")
    answer = await client.post(f"/api/performances/{house.performance_id}/holds", json={"seats": [1]})
    assert refused(answer) == (422, "invalid_request")


async def test_more_time_up_to_the_cap_and_no_further(rt: Runtime, house: House, browser: Browser) -> None:
    client = browser()
    rt.settings.till.hold_s, rt.settings.till.hold_cap_s = 60, 3600
    hold = await held(client, house.performance_id, {"seats": [1, 2]})
    assert 55 < seconds_left(hold) <= 60
    rt.settings.till.hold_s = 600
    longer = (await client.post(f"/api/holds/{hold['id']}/extend")).json()
    assert 595 < seconds_left(longer) <= 600
    assert longer["cap_at"] == hold["cap_at"]
    rt.settings.till.hold_s = 7200
    at_cap = (await client.post(f"/api/holds/{hold['id']}/extend")).json()
    assert at_cap["expires_at"] == at_cap["cap_at"]
    for _ in range(3):
        answer = await client.post(f"/api/holds/{hold['id']}/extend")
        assert refused(answer) == (409, "hold_at_cap")
        assert datetime.fromisoformat(answer.json()["expires_at"]) == datetime.fromisoformat(hold["cap_at"])
    found = await rt.db.read(
        lambda tx: tx.sql(
            """SELECT count(*) FILTER (WHERE s.expires_at = h.expires_at) AS in_step, count(*) AS seats
                 FROM seat s JOIN hold h ON h.id = s.hold_id"""
        )
    )
    assert tuple(found.one()) == (2, 2)


async def test_a_closed_page_keeps_its_seats_for_half_a_minute(rt: Runtime, house: House, browser: Browser) -> None:
    told: list[tuple[int, str, int]] = []
    rt.db.announce = lambda performance, news: told.extend(news)
    client = browser()
    hold = await held(client, house.performance_id, {"seats": [1, 2]})
    for _ in range(2):
        assert (await client.post(f"/api/holds/{hold['id']}/abandon")).status_code == 204
        left = (await client.get(f"/api/holds/{hold['id']}")).json()
        assert 25 < seconds_left(left) <= 30
    # Every statement that raised a fence told so; the second time, nothing was changed.
    assert told == [(1, "h", 2), (2, "h", 2)]
    back = (await client.post(f"/api/holds/{hold['id']}/extend")).json()
    assert 595 < seconds_left(back) <= 600
    seen = await client.get(f"/api/performances/{house.performance_id}/seats")
    assert apply("hh" + "f" * 38, [1, 1] + [0] * 38, told) == (seen.json()["states"], seen.json()["fences"])
    # Nobody came back this time: the sweeper frees the seats, and extending comes too late.
    await client.post(f"/api/holds/{hold['id']}/abandon")
    await lapse(rt, uuid.UUID(hold["id"]))
    assert await rt.db.write(actions.sweep) == 1
    assert "h" not in await states(rt, house.performance_id)
    assert refused(await client.post(f"/api/holds/{hold['id']}/extend")) == (410, "hold_expired")
    assert (await client.post(f"/api/holds/{hold['id']}/abandon")).status_code == 204
    assert (await client.delete(f"/api/holds/{hold['id']}")).status_code == 204


async def test_an_ordered_hold_is_the_orders(rt: Runtime, house: House, browser: Browser) -> None:
    client = browser()
    hold = await held(client, house.performance_id, {"seats": [1]})
    await rt.db.write(lambda tx: tx.sql("UPDATE hold SET state = 'ordered'"))
    for answer in (
        await client.post(f"/api/holds/{hold['id']}/extend"),
        await client.post(f"/api/holds/{hold['id']}/abandon"),
        await client.delete(f"/api/holds/{hold['id']}"),
    ):
        assert refused(answer) == (409, "hold_in_use")


async def test_anothers_hold_is_not_there(rt: Runtime, house: House, browser: Browser) -> None:
    """Attack 12."""
    hold = await held(browser(), house.performance_id, {"seats": [1]})
    stranger = browser()
    await held(stranger, house.performance_id, {"seats": [2]})
    for hold_id in (hold["id"], str(new_id())):
        for answer in (
            await stranger.get(f"/api/holds/{hold_id}"),
            await stranger.post(f"/api/holds/{hold_id}/extend"),
            await stranger.post(f"/api/holds/{hold_id}/abandon"),
            await stranger.delete(f"/api/holds/{hold_id}"),
        ):
            assert refused(answer) == (404, "not_found")
    assert (await states(rt, house.performance_id))[:2] == "hh"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"seats": []},
        {"seats": None},
        {"seats": [1, 1]},
        {"seats": [0]},
        {"seats": [-1]},
        {"seats": [1.5]},
        {"seats": ["1"]},
        {"seats": [True]},
        {"seats": [None]},
        {"seats": [2**31]},
        {"seats": [41]},
        '{"seats": [1e309]}',
        '{"seats": [NaN]}',
        {"seats": list(range(1, 10_001))},
        {"seats": [1], "best": {"count": 1}},
        {"best": {"count": 0}},
        {"best": {"count": -1}},
        {"best": {"count": 1.5}},
        {"best": {"count": "1"}},
        {"best": {"count": True}},
        {"best": {"count": None}},
        {"best": {"count": 2**31}},
        {"best": {"count": 51}},
        '{"best": {"count": 1e309}}',
        {"best": {"count": 1, "category": "ABCDE"}},
        {"best": {"count": 1, "category": "\x00"}},
        {"best": {"count": 1, "accessible": "yes"}},
        {"standing": {"section": "Floor"}},
        {"standing": {"section": "", "count": 1}},
        {"standing": {"section": "Fl\x00or", "count": 1}},
        {"standing": {"section": "\ud800", "count": 1}},
        {"standing": {"section": "Stalls", "count": 1}},
        "not json",
    ],
    ids=lambda body: str(body)[:40],
)
async def test_nonsense_is_422_and_holds_nothing(rt: Runtime, house: House, browser: Browser, body: Any) -> None:
    """Attacks 2 to 5. Seats are numbered within their performance, so another one's are just unknown numbers."""
    answer = await ask(browser(), house.performance_id, body)
    assert answer.status_code == 422, answer.text
    assert refused(answer)[1] in {"invalid_request", "unknown_seats"}
    assert "h" not in await states(rt, house.performance_id)


async def test_a_price_sent_by_the_client_is_not_read(rt: Runtime, house: House, browser: Browser) -> None:
    """Attack 6."""
    hold = await held(browser(), house.performance_id, {"seats": [1], "price": 1, "total": 1, "currency": "XXX"})
    assert (hold["total"], hold["currency"]) == (PRICE + FEE, "EUR")


async def test_the_cap_is_of_all_holds_of_a_performance(rt: Runtime, house: House, browser: Browser) -> None:
    """Attacks 7 and 14: neither one large wish nor many small ones get past it."""
    client = browser()
    answer = await ask(client, house.performance_id, {"seats": list(range(1, 12))})
    assert refused(answer) == (409, "too_many_seats")
    for start in (1, 5):
        await held(client, house.performance_id, {"seats": list(range(start, start + 4))})
    answer = await ask(client, house.performance_id, {"best": {"count": 3}})
    assert refused(answer) == (409, "too_many_seats")
    assert (answer.json()["held"], answer.json()["max_seats"]) == (8, 10)
    await held(client, house.performance_id, {"best": {"count": 2}})
    await held(browser(), house.performance_id, {"best": {"count": 3}})


async def test_before_after_and_behind_the_sale(rt: Runtime, house: House, browser: Browser) -> None:
    """Attacks 8 and 22: a window that isn't open, and an evening that isn't shown."""
    client = browser()
    bodies = ({"seats": [1]}, {"best": {"count": 1}}, {"standing": {"section": "Floor", "count": 1}})
    changes = {
        "sales_open_at = now() + interval '1 h'": "sales_closed",
        "sales_close_at = now()": "sales_closed",
        "state = 'cancelled'": "performance_cancelled",
    }
    for change, code in changes.items():
        await rt.db.write(lambda tx, change=change: tx.sql(f"UPDATE performance SET {change}"))
        for body in bodies:
            assert refused(await ask(client, house.performance_id, body)) == (409, code)
    await rt.db.write(lambda tx: tx.sql("UPDATE event SET state = 'draft'"))
    for body in bodies:
        assert refused(await ask(client, house.performance_id, body)) == (404, "not_found")
        assert refused(await ask(client, new_id(), body)) == (404, "not_found")
    assert (await ask(client, "nonsense", {"seats": [1]})).status_code == 422
