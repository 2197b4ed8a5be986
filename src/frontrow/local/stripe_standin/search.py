"""``GET /v1/payment_intents/search``: the part of Stripe's query language that finds intents by metadata and state.

Clauses ``metadata['key']:'value'``, ``status:'…'``, ``currency:'…'``, ``amount…`` and ``created…`` (with ``:``, ``>``,
``>=``, ``<``, ``<=``), joined by AND. At least one clause must name metadata, because that is what is indexed.
"""

import operator
import re
from collections.abc import Callable
from typing import Any

from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.errors import Json, invalid
from frontrow.local.stripe_standin.store import MAX_PAGE

_CLAUSE = re.compile(
    r"""\s*(?:metadata\[(?P<mq>['"])(?P<key>[^'"]{1,40})(?P=mq)\]|(?P<field>status|currency|amount|created))\s*"""
    r"""(?P<op>:|>=|<=|>|<)\s*(?:(?P<q>['"])(?P<text>(?:\\.|(?!(?P=q)).)*)(?P=q)|(?P<number>\d{1,15}))\s*""",
    re.DOTALL,
)
_AND = re.compile(r"AND(?=\s)", re.IGNORECASE)
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ":": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def search(call: Call) -> Json:
    """A search result, newest first; ``page`` continues where ``next_page`` said."""
    call.params.only(frozenset({"query", "limit", "page", "expand"}))
    clauses = parse(call.params.required("query"))
    limit = call.params.integer("limit", least=1, most=MAX_PAGE) or 10
    offset = call.params.integer("page", least=0) or 0
    named = next(((key, value) for key, _, value in clauses if isinstance(key, tuple)), None)
    if named is None:
        raise invalid("The stand-in searches by metadata: add a clause such as metadata['order']:'1'.", param="query")
    known = call.store.by_metadata(named[0][0], str(named[1]))
    found = [item for item in known if _matches(item, clauses) and call.board.searchable(item["id"])]
    shown = found[offset : offset + limit]
    more = len(found) > offset + limit
    return {
        "object": "search_result",
        "data": [call.expanded(item, "data.") for item in shown],
        "has_more": more,
        "next_page": str(offset + limit) if more else None,
        "url": "/v1/payment_intents/search",
    }


Clause = tuple[str | tuple[str], str, str | int]


def parse(query: str) -> list[Clause]:
    """The clauses of a query as (field or (metadata key,), operator, value). Raises Stripe's 400 when malformed."""
    clauses: list[Clause] = []
    place = 0
    while True:
        match = _CLAUSE.match(query, place)
        if match is None:
            raise invalid(f"We were unable to parse your search query near: {query[place : place + 40]}", param="query")
        text = match["text"]
        value = int(match["number"]) if text is None else re.sub(r"\\(.)", r"\1", text)
        field: str | tuple[str] = match["field"] if match["key"] is None else (match["key"],)
        if match["op"] != ":" and isinstance(value, str):
            raise invalid("Only numbers can be compared with < and >.", param="query")
        clauses.append((field, match["op"], value))
        place = match.end()
        if place == len(query):
            return clauses
        joint = _AND.match(query, place)
        if joint is None:
            raise invalid("Clauses can only be joined by AND here.", param="query")
        place = joint.end()


def _matches(document: Json, clauses: list[Clause]) -> bool:
    for field, op, value in clauses:
        if isinstance(field, tuple):
            if document["metadata"].get(field[0]) != str(value):
                return False
            continue
        actual = document[field]
        if isinstance(actual, int) and isinstance(value, str):
            if not value.isdigit():
                return False
            value = int(value)  # noqa: PLW2901
        if not _OPERATORS[op](actual, value):
            return False
    return True
