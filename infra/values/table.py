"""The table: document, template, deployment."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.cost.report import table
from infra.values.asked import ASKED, Asked
from infra.written import Resource, Written

ONLY = "template only"
Told = Mapping[tuple[str, str, str], Any]
"""What a deployment says, by stack, logical id and path."""


def find(written: Written, asked: Asked) -> Resource:
    """The resource that a value is of. Raises LookupError if there is none."""
    for one in _all(written, asked):
        return one
    raise LookupError(f"{asked.type} {asked.id} in {asked.part or 'any stack'}")


def _all(written: Written, asked: Asked) -> Iterator[Resource]:
    for one in written.every(asked.type):
        if asked.part in {"", one.part} and asked.id in one.id:
            yield one


def has(written: Written, asked: Asked) -> str:
    """What the template has, as a word."""
    if asked.path == "#":
        return str(len(list(_all(written, asked))))
    one = find(written, asked)
    if asked.path.endswith(".#"):
        return str(len(one.at(asked.path.removesuffix(".#"))))
    return word(one.at(asked.path))


def word(value: Any) -> str:
    """A value as both sides write it: ``on`` and ``off``, numbers without a fraction, ``none`` for nothing."""
    match value:
        case None | [] | "":
            return "none"
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:g}"
        case list():
            return str(len(value))
        case _:
            return {"true": "on", "false": "off"}.get(str(value).lower(), str(value))


def read_back(written: Written, asked: Asked, told: Told) -> str:
    """What a deployment says, in the template's word where both are the same."""
    key = (find(written, asked).part, find(written, asked).id, asked.path.removesuffix(".#"))
    if key not in told:
        return ONLY
    said, template = word(told[key]), has(written, asked)
    same = said.lower() == template.lower() or (template == "on" and said == "enabled")
    return template if same else said


def rows(written: Written, told: Told) -> list[list[str]]:
    """A row a value."""
    return [
        [one.of, one.name, one.document, f"`{has(written, one)}`", _marked(read_back(written, one, told))]
        for one in ASKED
    ]


def _marked(said: str) -> str:
    return said if said == ONLY else f"`{said}`"


def whole(written: Written, told: Told) -> str:
    """The table as Markdown."""
    return table(["part", "value", "the document says", "the template has", "read back"], rows(written, told))
