"""Where a JSON value isn't of its type: every such place with its path, where msgspec alone stops at the first."""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from msgspec import inspect

Found = Iterator[tuple[str, str]]
"""Pairs of a JSON path and what is wrong there."""


def mistakes(value: object, kind: Any) -> Found:
    """Every place of ``value`` that isn't as ``kind`` (a msgspec type) says, in the file's order; none if all is well.

    Also numbers that are no numbers (NaN, infinity), and those that no number of a computer holds.
    """
    return _walk(value, _info(kind), "$")


@lru_cache
def _info(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _walk(value: object, info: inspect.Type, path: str) -> Found:
    if isinstance(info, inspect.Metadata):
        info = info.type
    yield from _WAYS[type(info)](value, info, path)


def _struct(value: object, info: Any, path: str) -> Found:
    if not isinstance(value, dict):
        yield path, f"must be an object, not {_called(value)}"
        return
    known = {field.encode_name: field for field in info.fields}
    if info.tag_field is not None:
        known.pop(info.tag_field, None)
    for name, field in known.items():
        if name in value:
            yield from _walk(value[name], field.type, f"{path}.{name}")
        elif field.required:
            yield path, f"{name!r} is missing"
    if info.forbid_unknown_fields:
        for name in value:
            if name not in known and name != info.tag_field:
                yield path, f"{str(name)[:60]!r} isn't a field of the format"


def _list(value: object, info: Any, path: str) -> Found:
    if not isinstance(value, list | tuple):
        yield path, f"must be a list, not {_called(value)}"
        return
    for at, item in enumerate(value):
        yield from _walk(item, info.item_type, f"{path}[{at}]")


def _tuple(value: object, info: Any, path: str) -> Found:
    if not isinstance(value, list | tuple) or len(value) != len(info.item_types):
        length = f" with {len(value)}" if isinstance(value, list | tuple) else ""
        yield path, f"must be a list of {len(info.item_types)} values, not {_called(value)}{length}"
        return
    for at, (item, kind) in enumerate(zip(value, info.item_types, strict=True)):
        yield from _walk(item, kind, f"{path}[{at}]")


def _union(value: object, info: Any, path: str) -> Found:
    structs = [kind for kind in info.types if isinstance(kind, inspect.StructType)]
    if len(structs) > 1 and isinstance(value, dict):
        tag_field = structs[0].tag_field
        tags = {struct.tag: struct for struct in structs}
        chosen = tags.get(value.get(tag_field)) if isinstance(value.get(tag_field), str) else None
        if chosen is None:
            yield path, f"{tag_field!r} must be one of {', '.join(sorted(map(str, tags)))}"
        else:
            yield from _struct(value, chosen, path)
        return
    if value is None and any(isinstance(kind, inspect.NoneType) for kind in info.types):
        return
    others = [kind for kind in info.types if not isinstance(kind, inspect.NoneType)]
    if len(others) == 1:
        yield from _walk(value, others[0], path)
    elif all(list(_walk(value, kind, path)) for kind in others):
        yield path, f"{_called(value)} isn't what belongs here"


def _number(value: object, info: Any, path: str) -> Found:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield path, f"must be a number, not {_called(value)}"
        return
    try:
        finite = math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        finite = False
    if not finite:
        yield path, "must be a finite number"
    elif (isinstance(info, inspect.IntType) or info.multiple_of) and value != int(value):
        yield path, f"must be a whole number, not {value}"
    elif info.ge is not None and value < info.ge:
        yield path, f"must be {info.ge} or more, not {value}"
    elif info.gt is not None and value <= info.gt:
        yield path, f"must be more than {info.gt}, not {value}"
    elif info.le is not None and value > info.le:
        yield path, f"must be at most {info.le}"


def _text(value: object, info: Any, path: str) -> Found:
    if not isinstance(value, str):
        yield path, f"must be text, not {_called(value)}"
    elif info.max_length is not None and len(value) > info.max_length:
        yield path, f"must be at most {info.max_length} characters, not {len(value)}"
    elif info.min_length is not None and len(value) < info.min_length:
        yield path, "must not be empty" if info.min_length == 1 else f"must be {info.min_length} characters or more"


def _literal(value: object, info: Any, path: str) -> Found:
    if isinstance(value, bool) or not any(type(value) is type(one) and value == one for one in info.values):
        choices = ", ".join(repr(one) for one in info.values)
        yield path, f"must be one of {choices}" if len(info.values) > 1 else f"must be {choices}"


def _anything(value: object, info: Any, path: str) -> Found:
    return iter(())


_WAYS: dict[type[inspect.Type], Callable[[object, Any, str], Found]] = {
    inspect.StructType: _struct,
    inspect.ListType: _list,
    inspect.TupleType: _tuple,
    inspect.UnionType: _union,
    inspect.IntType: _number,
    inspect.FloatType: _number,
    inspect.StrType: _text,
    inspect.LiteralType: _literal,
    inspect.AnyType: _anything,
}


def _called(value: object) -> str:
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list() | tuple():
            return "a list"
        case _:
            return "an object"
