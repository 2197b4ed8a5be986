"""What the lane needs to know of a route, read at the start from what FastAPI has read from its function."""

import inspect
import re
import uuid
from collections.abc import Collection
from functools import partial
from types import UnionType
from typing import Any, Union, get_args, get_origin

from fastapi import FastAPI, params
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.convertors import StringConvertor

from frontrow.core.lean import REQUEST, RESPONSE, Bound, Call, Parameter

SCALARS = frozenset({str, int, bool, uuid.UUID, type(None)})
CONSTANTS = (str, int, bool, type(None))
_CURLY = re.compile(r"{[^}]*}")


class NotPlain(Exception):
    """A route can't go by the lane: says which, and what it asks for. Raised at the start, never for a request."""


def hot_routes(app: FastAPI, names: Collection[str]) -> list[Bound]:
    """Bind the routes of these names. Raises NotPlain with the reason for one that is missing or asks for too much."""
    seen: list[RouteContext] = []
    bound: list[Bound] = []
    for route in iter_route_contexts(app.routes):
        if route.name in names and isinstance(route.original_route, APIRoute):
            bound.append(_bound(route, seen))
        seen.append(route)
    missing = set(names) - {one.name for one in bound}
    if missing:
        raise NotPlain(f"no route has the name {', '.join(sorted(missing))}")
    return bound


def _bound(route: RouteContext, earlier: list[RouteContext]) -> Bound:
    name, dependant = str(route.name), route.dependant
    _first_for_its_paths(route, earlier)
    convertors = route.param_convertors.values()
    _plain(name, all(type(one) is StringConvertor for one in convertors), "a path with converters")
    _plain(name, len(dependant.body_params) <= 1 and not route._embed_body_fields, "more than one model in the body")
    _plain(name, isinstance(route.response_class, DefaultPlaceholder), "a response class of its own")
    _plain(name, route.max_body_size is None, "a limit of its own for the body")
    _plain(name, route.status_code not in {204, 304}, "an answer without a body")
    _plain(name, route.response_field, "no model of the answer")
    steps: list[Call] = []
    call = Call(dependant.call, _arguments(name, dependant, {}, steps))
    places = {place for step in (*steps, call) for _, place in step.arguments}
    answer = route.response_field
    return Bound(
        name=name,
        route=route.original_route,
        matches=route.path_regex.match,
        path=tuple(_parameter(name, one) for one in dependant.path_params),
        query=tuple(_parameter(name, one) for one in dependant.query_params),
        headers=tuple((one.alias.lower().encode(), _parameter(name, one)) for one in dependant.header_params),
        body=_parameter(name, dependant.body_params[0]) if dependant.body_params else None,
        dependencies=tuple(steps),
        asks_response=RESPONSE in places,
        call=call,
        status=route.status_code or 200,
        check=partial(answer.validate, loc=("response",)),
        dump=partial(
            answer.serialize_json,
            include=route.response_model_include,
            exclude=route.response_model_exclude,
            by_alias=route.response_model_by_alias,
            exclude_unset=route.response_model_exclude_unset,
            exclude_defaults=route.response_model_exclude_defaults,
            exclude_none=route.response_model_exclude_none,
        ),
    )


def _plain(name: str, is_plain: object, otherwise: str) -> None:
    if not is_plain:
        raise NotPlain(f"{name} can't go by the lane: {otherwise}")


def _first_for_its_paths(route: RouteContext, earlier: list[RouteContext]) -> None:
    """FastAPI takes the first route that fits, so no other that fits may come before this one."""
    sample = _CURLY.sub("x", str(route.path_format))
    for other in earlier:
        if (other.methods or set()) & (route.methods or set()):
            clash = other.path_regex.match(sample) or route.path_regex.match(_CURLY.sub("x", str(other.path_format)))
            _plain(str(route.name), not clash, f"{other.name} comes first for some of its paths")


def _arguments(
    name: str, dependant: Dependant, places: dict[Any, int], steps: list[Call]
) -> tuple[tuple[str, int], ...]:
    """Where the arguments of a call are found that aren't parameters; adds the steps that make them, each once."""
    _plain(name, inspect.iscoroutinefunction(dependant.call), f"{dependant.call!r} isn't an async function")
    others = (
        *(dependant.cookie_params, dependant.websocket_param_name, dependant.background_tasks_param_name),
        *(dependant.security_scopes_param_name, dependant.own_oauth_scopes, dependant.concurrency),
    )
    _plain(name, not any(others), f"{dependant.call!r} asks for more than parameters, connection and answer")
    found: list[tuple[str, int]] = []
    for below in dependant.dependencies:
        asked = (*below.path_params, *below.query_params, *below.header_params, *below.body_params)
        _plain(name, not asked and below.use_cache, f"{below.call!r}, a dependency, has parameters or no memory")
        if below.call not in places:
            steps.append(Call(below.call, _arguments(name, below, places, steps)))  # type: ignore[arg-type]
            places[below.call] = RESPONSE + len(steps)
        if below.name is not None:
            found.append((below.name, places[below.call]))
    for asks, place in (
        (dependant.http_connection_param_name, REQUEST),
        (dependant.request_param_name, REQUEST),
        (dependant.response_param_name, RESPONSE),
    ):
        if asks:
            found.append((asks, place))
    return tuple(found)


def _parameter(name: str, field: Any) -> Parameter:
    """``field``: FastAPI's own; what it accepts and how it's called is asked there alone."""
    info = field.field_info
    is_union = get_origin(info.annotation) in {Union, UnionType}
    kinds = set(get_args(info.annotation)) if is_union else {info.annotation}
    is_body = isinstance(info, params.Body)
    _plain(name, is_body or kinds <= SCALARS, f"{field.name} isn't a plain value")
    _plain(name, not isinstance(info, params.Form), f"{field.name} is a form")
    _plain(name, info.validation_alias in {None, info.alias}, f"{field.name} has more than one name")
    required = info.is_required()
    default = None if required else field.default
    _plain(name, isinstance(default, CONSTANTS) and not info.validate_default, f"{field.name} has no constant default")
    return Parameter(field.name, field.alias, field.validate, required, default)
