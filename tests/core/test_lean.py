"""The lane answers what FastAPI would answer, to the byte."""

import asyncio
import uuid
from typing import Annotated, Any

import pytest
import structlog
from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel, Field, StrictInt
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from frontrow.core import web
from frontrow.core.bind import hot_routes
from frontrow.core.errors import NotLoggedIn
from frontrow.core.lean import Lane
from frontrow.core.web import Edge, raw_json
from tests.core.asking import Ask, Told, ask

ID = "0b2f6bb4-7e0b-4d8f-9d1e-3f6f4f6f0002"
router = APIRouter(prefix="/api")
asked_times: list[str] = []


class Wish(BaseModel):
    seats: list[StrictInt] = Field(min_length=1)
    note: str = "nothing"
    under: uuid.UUID | None = None


class Thing(BaseModel):
    id: uuid.UUID
    told: dict[str, Any]


class Secretive(Thing):
    """More than its door promises to tell."""

    secret: str = "hidden"


async def who(connection: HTTPConnection, response: Response) -> str:
    asked_times.append("who")
    if "nobody" in connection.query_params:
        raise NotLoggedIn
    response.set_cookie("first", "1")
    return connection.cookies.get("fr_buyer", "")


Who = Annotated[str, Depends(who)]


async def greeting(name: Who) -> str:
    return f"hello {name}"


Greeting = Annotated[str, Depends(greeting)]


@router.post("/things/{thing_id}", status_code=201)
async def make_thing(
    thing_id: uuid.UUID,
    wish: Wish,
    greeted: Greeting,
    name: Who,
    response: Response,
    request: Request,
    token: str | None = None,
    count: int = 1,
    key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Thing:
    response.set_cookie("second", "2")
    sent = (await request.body()).decode()
    told = {"wish": wish, "greeted": greeted, "name": name, "token": token, "count": count, "key": key, "sent": sent}
    return Secretive(id=thing_id, told=told)


@router.post("/maybe")
async def maybe(wish: Wish | None = None) -> Thing:
    return Thing(id=uuid.UUID(ID), told={"wish": wish})


@router.get("/careful")
async def careful(x_needed: Annotated[str, Header()]) -> dict[str, str]:
    return {"needed": x_needed}


@router.post("/raw", response_model=Thing)
async def raw(request: Request, name: Who, response: Response) -> Response:
    return raw_json(await request.body(), response, status=202)


@router.get("/short/{how}")
async def short(how: str, response: Response, request: Request) -> dict[str, str]:
    match how:
        case "refused":
            raise NotLoggedIn("Not you.")
        case "broken":
            raise RuntimeError("a fault of ours")
        case "http":
            raise HTTPException(418, "a teapot")
        case "liar":
            return {"a number": 7}  # type: ignore[dict-item]
        case "long":
            await asyncio.sleep(3600)
        case "teapot":
            response.status_code = 418
    return {"route": request.scope["route"].path, "how": request.path_params["how"]}


NAMES = ("make_thing", "maybe", "careful", "raw", "short")
POST = Ask("POST", f"/api/things/{ID}", (b'{"seats": [1, 2]}',))
JSON = ("content-type", "application/json")


def make(lane: bool) -> FastAPI:
    app = FastAPI()
    web.install(app)
    app.include_router(router)
    if lane:
        app.add_middleware(Lane, hot=hot_routes(app, NAMES))
    app.add_middleware(Edge, origin="http://testserver")
    return app


def post(*parts: bytes, path: str = POST.path, **more: Any) -> Ask:
    return Ask("POST", path, parts, **more)


BOUND = {
    "plain": POST,
    "in pieces": post(b'{"sea', b'ts": [1', b"]}"),
    "with a key": post(b'{"seats": [1]}', headers=(JSON, ("idempotency-key", "k\xe9y"))),
    "two keys": post(b'{"seats": [1]}', headers=(JSON, ("idempotency-key", "1"), ("idempotency-key", "2"))),
    "two content types": post(b'{"seats": [1]}', headers=(JSON, ("content-type", "text/plain"))),
    "with a token": post(b'{"seats": [1]}', query=b"token=t%20o&token=last&count=3&other=1"),
    "an empty token": post(b'{"seats": [1]}', query=b"token="),
    "odd members": post(b'{"seats": [1], "seats": [2], "note": "\\ud83c\\udf9f", "more": NaN}'),
    "half a character": post(b'{"seats": [1], "more": "\\ud83c"}'),
    "an id in another spelling": post(b'{"seats": [1]}', path=f"/api/things/{{{ID.upper()}}}"),
    "no cookies": Ask("POST", "/api/raw", (b"{}",), cookies="", headers=(JSON, ("authorization", "Bearer x"))),
    "null for a model that may be left out": post(b"null", path="/api/maybe"),
    "no body for it": post(path="/api/maybe", headers=()),
    "a body for it": post(b'{"seats": [3]}', path="/api/maybe"),
    "wide letters": post('{"seats": [1]}'.encode("utf-16"), path="/api/maybe"),
    "a header": Ask("GET", "/api/careful", headers=(("x-needed", ""),)),
    "any body": post(b"\xff\x00", b"\x01", path="/api/raw", headers=()),
    "a status of its own": Ask("GET", "/api/short/teapot"),
    "a refusal": Ask("GET", "/api/short/refused"),
    "an HTTP error": Ask("GET", "/api/short/http"),
    "a fault": Ask("GET", "/api/short/broken"),
    "a wrong answer": Ask("GET", "/api/short/liar"),
    "a dependency that refuses": post(b'{"seats": [1]}', query=b"nobody=1"),
}
LEFT = {
    "an id that is none": post(b'{"seats": [1]}', path="/api/things/7"),
    "JSON that isn't any": post(b'{"seats": [1'),
    "far too deep": post(b"[" * 200_000),
    "letters that aren't any": post(b'{"seats": [1], "note": "\xff"}'),
    "a wrong member": post(b'{"seats": ["1"], "under": "x"}'),
    "no body": post(headers=()),
    "null": post(b"null"),
    "another content type": post(b'{"seats": [1]}', headers=(("content-type", "text/plain"),)),
    "no content type": post(b'{"seats": [1]}', headers=()),
    "another spelling of it": post(b'{"seats": [1]}', headers=(("content-type", "application/json; charset=utf-8"),)),
    "a kind of JSON": post(b'{"seats": [1]}', headers=(("content-type", "application/merge-patch+json"),)),
    "a count that is none": post(b'{"seats": [1]}', query=b"count=many"),
    "everything at once": post(b'{"note": 7}', path="/api/things/x", query=b"count=many&nobody=1"),
    "a missing header": Ask("GET", "/api/careful"),
    "a broken connection": post(b'{"seats": [1]}', broken=True),
    "another method": Ask("DELETE", "/api/maybe"),
    "another path": Ask("GET", "/api/nothing"),
    "a slash too many": post(b'{"seats": [1]}', path="/api/maybe/"),
}


async def both(wanted: Ask) -> tuple[Told, Told, list[Any], list[Any]]:
    """What the lane and what FastAPI say and log."""
    told: list[Told] = []
    logged: list[list[Any]] = []
    for lane in (True, False):
        asked_times.clear()
        with structlog.testing.capture_logs() as lines:
            told.append(await ask(make(lane), wanted))
        assert len(asked_times) <= 1, "a dependency is asked once"
        logged.append([{key: value for key, value in line.items() if key != "ms"} for line in lines])
    return told[0], told[1], logged[0], logged[1]


@pytest.mark.parametrize("what", BOUND)
async def test_the_lane_answers_as_fastapi_would(what: str) -> None:
    by_lane, by_fastapi, logged, logged_by_fastapi = await both(BOUND[what])
    assert by_lane.by_lane
    assert not by_fastapi.by_lane
    assert by_lane == by_fastapi
    assert logged == logged_by_fastapi
    assert logged[-1]["status"] == by_lane.status


@pytest.mark.parametrize("what", LEFT)
async def test_what_it_cant_bind_fastapi_answers(what: str) -> None:
    by_lane, by_fastapi, logged, logged_by_fastapi = await both(LEFT[what])
    assert not by_lane.by_lane
    assert by_lane == by_fastapi
    assert logged == logged_by_fastapi


async def test_nobody_comes_in_without_the_proof() -> None:
    by_lane, by_fastapi, _, _ = await both(post(b'{"seats": [1]}', proof=None))
    assert by_lane == by_fastapi
    assert by_lane.status == 403
    assert asked_times == []


async def test_cookies_come_in_the_order_in_which_they_were_set() -> None:
    told = await ask(make(lane=True), POST)
    assert [cookie.partition(b"=")[0] for cookie in told.all(b"set-cookie")] == [b"first", b"second", b"fr_wrote"]
    assert b"hidden" not in told.body


async def test_a_fault_is_logged_with_its_traceback() -> None:
    with structlog.testing.capture_logs() as lines:
        told = await ask(make(lane=True), Ask("GET", "/api/short/broken"))
    assert told.status == 500
    assert b"a fault of ours" not in told.body
    assert [(line["event"], bool(line.get("exc_info"))) for line in lines] == [("unhandled", True), ("request", False)]


@pytest.mark.parametrize("lane", [True, False])
async def test_a_cancelled_request_is_logged_and_stays_cancelled(lane: bool) -> None:
    with structlog.testing.capture_logs() as lines, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ask(make(lane), Ask("GET", "/api/short/long"))
    assert [(line["event"], line["status"]) for line in lines] == [("request", 0)]


async def test_telemetry_and_functions_find_the_route() -> None:
    told = await ask(make(lane=True), Ask("GET", "/api/short/way"))
    assert told.body == b'{"route":"/api/short/{how}","how":"way"}'
    assert told.scope["endpoint"] is short
    assert told.scope["path_params"] == {"how": "way"}
