"""A route that the lane can't answer stops the start, and says why."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Body, Cookie, Depends, FastAPI, Query, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from frontrow.app import HOT, create_app
from frontrow.core.bind import NotPlain, hot_routes
from frontrow.core.settings import Settings


class Wish(BaseModel):
    seat: int


class Thing(BaseModel):
    id: int


def app_with(endpoint: Callable[..., Awaitable[Any]], path: str = "/x", **more: Any) -> FastAPI:
    app = FastAPI()
    app.add_api_route(path, endpoint, name="door", methods=["POST"], **more)
    return app


async def by_parameter(one: int) -> str:
    return ""


async def remembered() -> str:
    return ""


def plain_function() -> str:
    return ""


async def two_models(one: Wish, two: Wish) -> Thing: ...  # type: ignore[empty-body]
async def with_cookie(one: Annotated[str, Cookie()]) -> Thing: ...  # type: ignore[empty-body]
async def with_list(one: Annotated[list[int], Query()]) -> Thing: ...  # type: ignore[empty-body]
async def with_query_model(one: Annotated[Wish, Query()]) -> Thing: ...  # type: ignore[empty-body]
async def with_factory(one: Annotated[list[int], Body(default_factory=list)]) -> Thing: ...  # type: ignore[empty-body]
async def with_tasks(tasks: BackgroundTasks) -> Thing: ...  # type: ignore[empty-body]
async def below(one: Annotated[str, Depends(by_parameter)]) -> Thing: ...  # type: ignore[empty-body]
async def forgetful(one: Annotated[str, Depends(remembered, use_cache=False)]) -> Thing: ...  # type: ignore[empty-body]
async def in_a_thread(one: Annotated[str, Depends(plain_function)]) -> Thing: ...  # type: ignore[empty-body]
async def simple() -> Thing: ...  # type: ignore[empty-body]
async def anything() -> Response: ...  # type: ignore[empty-body]


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        (app_with(two_models), "more than one model in the body"),
        (app_with(with_cookie), "asks for more"),
        (app_with(with_list), "one isn't a plain value"),
        (app_with(with_query_model), "one isn't a plain value"),
        (app_with(with_factory), "one has no constant default"),
        (app_with(with_tasks), "asks for more"),
        (app_with(below), "a dependency, has parameters"),
        (app_with(forgetful), "no memory"),
        (app_with(in_a_thread), "isn't an async function"),
        (app_with(simple, "/{rest:path}"), "converters"),
        (app_with(simple, response_class=PlainTextResponse), "response class"),
        (app_with(simple, status_code=204, response_model=None), "without a body"),
        (app_with(anything), "no model of the answer"),
    ],
)
def test_a_hot_route_that_isnt_plain_stops_the_start(app: FastAPI, reason: str) -> None:
    with pytest.raises(NotPlain, match=f"door.*{reason}"):
        hot_routes(app, ["door"])


def test_an_unknown_name_stops_the_start() -> None:
    with pytest.raises(NotPlain, match="no route has the name nobody"):
        hot_routes(app_with(simple), ["door", "nobody"])


def test_a_route_that_another_comes_before_stops_the_start() -> None:
    app = FastAPI()
    for name, path in (("special", "/things/special"), ("door", "/things/{thing}")):
        app.add_api_route(path, simple, name=name)
    with pytest.raises(NotPlain, match="special comes first"):
        hot_routes(app, ["door"])


def test_the_doors_of_a_purchase_are_plain(settings: Settings) -> None:
    assert sorted(one.name for one in hot_routes(create_app(settings), HOT)) == sorted(HOT)
