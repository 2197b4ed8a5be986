"""The doors of a purchase say by the lane what they say without it: the whole app, both ways, on one database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from fastapi import FastAPI

from frontrow.app import create_app
from frontrow.core.lean import Lane
from frontrow.core.settings import Settings
from tests.core.asking import Ask, Told, ask
from tests.factories.house import House

NOBODY = "0b2f6bb4-7e0b-4d8f-9d1e-3f6f4f6f0003"
JSON = ("content-type", "application/json")
KEY = ("idempotency-key", "one-key")
ORDER = f'{{"hold_id": "{NOBODY}", "email": "ada@example.com", "name": "Ada"}}'.encode()


@pytest.fixture
async def apps(settings: Settings) -> AsyncIterator[tuple[FastAPI, FastAPI]]:
    """With the lane and without."""
    async with _open(settings, lane=True) as with_lane, _open(settings, lane=False) as without:
        yield with_lane, without


@asynccontextmanager
async def _open(settings: Settings, *, lane: bool) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    if not lane:
        app.user_middleware = [one for one in app.user_middleware if one.cls is not Lane]
    yield app
    await app.state.gateways.close()
    await app.state.runtime.close()


async def both(apps: tuple[FastAPI, FastAPI], wanted: Ask) -> tuple[Told, Told]:
    return await ask(apps[0], wanted), await ask(apps[1], wanted)


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (200, Ask("GET", "/api/me")),
        (404, Ask("POST", f"/api/performances/{NOBODY}/holds", (b'{"seats": [1]}',), (JSON, KEY))),
        (422, Ask("POST", f"/api/performances/{NOBODY}/holds", (b'{"seats": [1]}',))),
        (404, Ask("POST", "/api/orders", (ORDER,), (JSON, KEY))),
        (422, Ask("POST", "/api/orders", (ORDER,))),
        (404, Ask("POST", f"/api/orders/{NOBODY}/payment", (b"null",), (JSON, KEY))),
        (404, Ask("POST", f"/api/orders/{NOBODY}/payment", (), (KEY,))),
        (422, Ask("POST", f"/api/orders/{NOBODY}/payment", (b"{}",))),
        (404, Ask("POST", f"/api/orders/{NOBODY}/payment/check", query=b"token=no%20token")),
        (404, Ask("GET", f"/api/orders/{NOBODY}", query=b"token=x&more=1")),
        (401, Ask("GET", f"/api/orders/{NOBODY}", headers=(("authorization", "Bearer nobodys"),))),
        (400, Ask("POST", "/api/webhooks/stripe", (b"{}",), (JSON, ("stripe-signature", "t=1,v1=0")))),
    ],
)
async def test_answers_by_the_lane(apps: tuple[FastAPI, FastAPI], status: int, wanted: Ask) -> None:
    by_lane, by_fastapi = await both(apps, wanted)
    assert (by_lane.by_lane, by_fastapi.by_lane) == (True, False)
    assert by_lane.status == status
    assert by_lane == by_fastapi


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (403, Ask("POST", "/api/orders", (ORDER,), (JSON, KEY), proof=None)),
        (403, Ask("POST", "/api/orders", (ORDER,), (JSON, KEY, ("origin", "http://elsewhere")))),
        (413, Ask("POST", "/api/orders", (ORDER,), (JSON, KEY, ("content-length", "1000001")))),
        (411, Ask("POST", "/api/orders", (ORDER,), (JSON, KEY, ("transfer-encoding", "chunked")))),
    ],
)
async def test_the_edge_refuses_before_either(apps: tuple[FastAPI, FastAPI], status: int, wanted: Ask) -> None:
    by_lane, by_fastapi = await both(apps, wanted)
    assert by_lane.status == status
    assert by_lane == by_fastapi


@pytest.mark.parametrize(
    "wanted",
    [
        Ask("POST", "/api/performances/none/holds", (b'{"seats": [1]}',), (JSON, KEY)),
        Ask("POST", f"/api/performances/{NOBODY}/holds", (b'{"seats": ["1"]}',), (JSON, KEY)),
        Ask("POST", f"/api/performances/{NOBODY}/holds", (b"{}",), (JSON, KEY)),
        Ask("POST", "/api/orders", (b'{"name": ""}',), (JSON, KEY)),
        Ask("POST", "/api/orders", (b'{"name',), (JSON, KEY)),
        Ask("POST", "/api/orders", (ORDER,), (("content-type", "text/plain"), KEY)),
        Ask("POST", "/api/orders", (), (JSON, KEY)),
        Ask("POST", "/api/orders/7/payment", (b'{"kind": "!"}',), (JSON, KEY)),
        Ask("POST", "/api/orders/7/payment/check"),
        Ask("GET", "/api/orders/7"),
        Ask("GET", "/api/orders"),
    ],
)
async def test_mistakes_are_worded_by_fastapi(apps: tuple[FastAPI, FastAPI], wanted: Ask) -> None:
    by_lane, by_fastapi = await both(apps, wanted)
    assert by_lane == by_fastapi
    assert by_lane.status in {401, 422}


async def test_a_hold_by_the_lane_and_once_more_without(apps: tuple[FastAPI, FastAPI], house: House) -> None:
    path = f"/api/performances/{house.performance_id}/holds"
    by_lane, by_fastapi = await both(apps, Ask("POST", path, (b'{"seats": [1, 2]}',), (JSON, KEY)))
    assert (by_lane.status, by_lane.by_lane) == (201, True)
    assert by_lane.headers == by_fastapi.headers
    first, second = msgspec.json.decode(by_lane.body), msgspec.json.decode(by_fastapi.body)
    assert {**first, "server_time": None} == {**second, "server_time": None}


async def test_a_new_browser_gets_its_cookies(apps: tuple[FastAPI, FastAPI]) -> None:
    by_lane, by_fastapi = await both(apps, Ask("GET", "/api/me", cookies="fr_access=old; fr_csrf=short", proof=None))
    shapes = [
        [re.sub(rb"=[\w-]{24,}", b"=secret", cookie) for cookie in told.all(b"set-cookie")]
        for told in (by_lane, by_fastapi)
    ]
    assert shapes[0] == shapes[1]
    assert shapes[0][:2] == [
        b"fr_buyer=secret; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax",
        b"fr_csrf=secret; Max-Age=31536000; Path=/; SameSite=lax",
    ]
    assert shapes[0][2].startswith(b'fr_access=""; expires=')
