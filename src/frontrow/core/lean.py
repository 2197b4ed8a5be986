"""A shorter way to the hottest doors: FastAPI declares and documents them, and this lane answers them.

FastAPI works out anew for every request which route is meant and what its function wants, and that costs more than most
of these functions do. All of it is known at the start. So the lane takes the very same functions, with the parameters,
dependencies and answers that FastAPI has read from their signatures, and binds them with as few steps as it can.
There is no second way to declare a door, and only one to word a mistake: whatever the lane can't bind (a bad id, JSON
that isn't any, a missing field) goes on to FastAPI as it came, and FastAPI answers.
"""

import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from fastapi.exceptions import ResponseValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST, RESPONSE = 0, 1  # where these two are among the values that calls are made of; dependencies' results follow


class _Unbound(Exception):
    """This request is for FastAPI."""


class _Answer(Response):
    """What dependencies set cookies and headers on. ``status_code`` 0: none of them has set one."""

    def __init__(self) -> None:
        self.status_code, self.body, self.background = 0, b"", None
        self.raw_headers = []


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    key: str
    check: Callable[[Any], tuple[Any, Any]]
    required: bool
    default: Any

    def of(self, sent: Any) -> Any:
        """The argument for what was sent (None: nothing)."""
        if sent is None:
            return self.missing()
        value, mistakes = self.check(sent)
        if mistakes:
            raise _Unbound
        return value

    def missing(self) -> Any:
        if self.required:
            raise _Unbound
        return self.default


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments, by their places among the values."""

    function: Callable[..., Awaitable[Any]]
    arguments: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Bound:
    """A hot route, ready to be called."""

    name: str
    route: Any
    matches: Callable[[str], re.Match[str] | None]
    path: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    headers: tuple[tuple[bytes, Parameter], ...]
    body: Parameter | None
    dependencies: tuple[Call, ...]
    asks_response: bool
    call: Call
    status: int
    check: Callable[[Any], tuple[Any, Any]]
    dump: Callable[[Any], bytes]

    def bind(self, scope: Scope, found: Mapping[str, str], request: Request, body: bytes | None) -> dict[str, Any]:
        """The arguments that the request itself has. Raises _Unbound."""
        if body is None:
            raise _Unbound
        arguments: dict[str, Any] = {}
        for parameter in self.path:
            arguments[parameter.name] = parameter.of(found[parameter.key])
        if self.query:
            sent = request.query_params if scope.get("query_string") else {}
            for parameter in self.query:
                arguments[parameter.name] = parameter.of(sent.get(parameter.key))
        for key, parameter in self.headers:
            arguments[parameter.name] = parameter.of(_header(scope, key))
        if self.body is not None:
            if not body:
                arguments[self.body.name] = self.body.missing()
            elif _header(scope, b"content-type") != "application/json":
                raise _Unbound  # perhaps another spelling of it; FastAPI knows them all
            else:
                try:
                    told = json.loads(body)
                except (ValueError, RecursionError):
                    raise _Unbound from None
                value, mistakes = self.body.check(told)
                if mistakes:
                    raise _Unbound
                arguments[self.body.name] = value
        return arguments

    async def run(self, arguments: dict[str, Any], request: Request) -> Response:
        """Ask the dependencies, call the function, and put its result into an answer."""
        answer = _Answer() if self.asks_response else None
        values: list[Any] = [request, answer]
        for step in self.dependencies:
            values.append(await step.function(**{name: values[place] for name, place in step.arguments}))
        for name, place in self.call.arguments:
            arguments[name] = values[place]
        result = await self.call.function(**arguments)
        if isinstance(result, Response):
            return result
        value, mistakes = self.check(result)
        if mistakes:
            raise ResponseValidationError(mistakes, body=result)
        told = Response(self.dump(value), self.status, media_type="application/json")
        if answer is not None:
            told.raw_headers.extend(answer.raw_headers)
            told.status_code = answer.status_code or self.status
        return told


class Lane:
    """Pure ASGI, between the edge and FastAPI."""

    def __init__(self, app: ASGIApp, hot: Collection[Bound]) -> None:
        self._app = app
        self._by_method: dict[str, list[Bound]] = {}
        for one in hot:
            for method in one.route.methods:
                self._by_method.setdefault(method, []).append(one)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope.get("root_path"):
            path = scope["path"]
            for hot in self._by_method.get(scope["method"], ()):
                found = hot.matches(path)
                if found is not None:
                    await self._answer(hot, found.groupdict(), scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _answer(self, hot: Bound, found: dict[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        body: bytes | None = b""
        if hot.body is not None:
            body, receive = await _read(receive)
        request = Request(scope, receive, send)
        try:
            arguments = hot.bind(scope, found, request, body)
        except _Unbound:
            await self._app(scope, receive, send)
            return
        # Telemetry names a request by its route; the function may ask for these, too.
        scope["route"], scope["endpoint"], scope["path_params"] = hot.route, hot.route.endpoint, found
        response = await hot.run(arguments, request)
        await response(scope, receive, send)


async def _read(receive: Receive) -> tuple[bytes | None, Receive]:
    """The whole body (None when the connection broke), and a ``receive`` that tells all of it once more."""
    message = await receive()
    messages = [message]
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        messages.append(message)
    told = iter(messages)

    async def again() -> Message:
        for message in told:
            return message
        return await receive()

    if message["type"] != "http.request":
        return None, again
    return b"".join([part.get("body", b"") for part in messages]), again


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            told: bytes = value
            return told.decode("latin-1")
    return None
