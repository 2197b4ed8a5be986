"""Stripe's form encoding: ``metadata[order]=1&expand[]=charge`` to nested values and back to typed parameters."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from frontrow.local.stripe_standin.errors import invalid, missing, unknown_parameter

MAX_FIELDS = 1000
_LONGEST_KNOWN = 200

Nested = dict[str, Any]


def decode(raw: bytes) -> list[tuple[str, str]]:
    """The key/value pairs of a form body or query string, in order. Refuses bad UTF-8 and absurd numbers of fields."""
    if not raw:
        return []
    try:
        pieces = raw.decode("utf-8").split("&")
        if len(pieces) > MAX_FIELDS:
            raise ValueError("too many fields")
        pairs = []
        for piece in pieces:
            name, _, value = piece.partition("=")
            if name:
                if "%" in value or "+" in value:
                    value = _plain(value)
                pairs.append((_known(name) if len(name) < _LONGEST_KNOWN else _plain(name), value))
        return pairs
    except ValueError as error:
        raise invalid("Invalid request: the form could not be read.") from error


def _plain(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")


# The same few names come with every purchase.
_known = lru_cache(2048)(_plain)


def _steps(name: str) -> list[str]:
    path = name.replace("]", "").split("[")
    if len(path) > 8:
        raise invalid("Invalid request: too deeply nested.", param=path[0])
    return path


_known_steps = lru_cache(2048)(_steps)


def nest(pairs: Iterable[tuple[str, str]]) -> Nested:
    """Turns bracketed names into nested dicts; ``name[]`` and ``name[0]`` become lists when read by `Params.texts`."""
    root: Nested = {}
    for name, value in pairs:
        if "[" not in name:
            root[name] = value
            continue
        path = _known_steps(name) if len(name) < _LONGEST_KNOWN else _steps(name)
        place = root
        for step in path[:-1]:
            inner = place.get(step)
            if not isinstance(inner, dict):
                inner = place[step] = {}
            place = inner
        last = path[-1] or str(len(place))
        place[last] = value
    return root


class Params:
    """One request's parameters, read by type; each reader raises Stripe's 400 when the value does not fit."""

    __slots__ = ("values",)

    def __init__(self, values: Nested) -> None:
        self.values = values

    def only(self, allowed: frozenset[str]) -> None:
        """Refuses the first parameter that is not in ``allowed``, as Stripe does."""
        for name in self.values:
            if name not in allowed:
                raise unknown_parameter(name)

    def has(self, name: str) -> bool:
        """Whether the parameter was sent with a value (Stripe reads an empty string as "unset")."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str | None:
        """A string, or None when absent or empty."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise invalid("Invalid string: must be a string.", param=name)
        if len(value) > 5000:
            raise invalid(f"Invalid string: {name} must be at most 5000 characters.", param=name)
        return value

    def required(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if value is None:
            raise missing(name)
        return value

    def integer(self, name: str, *, least: int | None = None, most: int | None = None) -> int | None:
        """An integer within bounds, or None when absent."""
        value = self.text(name)
        if value is None:
            return None
        digits = value[1:] if value[:1] == "-" else value
        if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
            raise invalid(f"Invalid integer: {value[:40]}", param=name, code="parameter_invalid_integer")
        number = int(value)
        if least is not None and number < least:
            what = "Invalid positive integer" if least == 1 else f"This value must be greater than or equal to {least}"
            raise invalid(what, param=name, code="parameter_invalid_integer")
        if most is not None and number > most:
            raise invalid(f"This value must be less than or equal to {most}", param=name)
        return number

    def flag(self, name: str) -> bool:
        """A boolean; absent reads as False."""
        value = self.text(name)
        if value in (None, "false"):
            return False
        if value == "true":
            return True
        raise invalid(f"Invalid boolean: {value}", param=name)

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of ``allowed``, or ``default`` when absent."""
        value = self.text(name)
        if value is None:
            return default
        if value not in allowed:
            raise invalid(f"Invalid {name}: must be one of {', '.join(allowed)}", param=name)
        return value

    def mapping(self, name: str) -> Nested:
        """A nested parameter (``name[...]``), empty when absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return {}
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=name)
        return value

    def texts(self, name: str) -> list[str]:
        """A list of strings (``name[]=a&name[]=b`` or ``name[0]=a``)."""
        value = self.values.get(name)
        if value is None or value == "":
            return []
        items = list(value.values()) if isinstance(value, dict) else [value]
        if not all(isinstance(item, str) for item in items):
            raise invalid("Invalid array", param=name)
        return items


def read_metadata(params: Params, current: dict[str, str] | None = None) -> dict[str, str]:
    """Merges ``metadata[...]`` over what is there; an empty value removes a key. Stripe's limits on size hold."""
    merged = dict(current or {})
    for key, value in params.mapping("metadata").items():
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings.", param="metadata")
        if len(key) > 40:
            raise invalid("Metadata keys can have up to 40 characters.", param="metadata")
        if len(value) > 500:
            raise invalid("Metadata values can have up to 500 characters.", param=f"metadata[{key}]")
        if value == "":
            merged.pop(key, None)
        else:
            merged[key] = value
    if len(merged) > 50:
        raise invalid("You can have up to 50 metadata keys.", param="metadata")
    return merged
