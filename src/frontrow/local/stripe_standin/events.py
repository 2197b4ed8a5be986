"""``GET /v1/events``: what was announced, for those who missed a webhook."""

from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.errors import Json
from frontrow.local.stripe_standin.store import MAX_PAGE


def listing(call: Call) -> Json:
    """The latest events, newest first, optionally of one ``type``."""
    call.params.only(frozenset({"limit", "type"}))
    limit = call.params.integer("limit", least=1, most=MAX_PAGE) or 10
    found = call.store.events(limit + 1, call.params.text("type"))
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": "/v1/events"}
