"""``/v1/events``: what was announced, for those who missed a webhook. And ``/v1/disputes``."""

from frontrow.local.stripe_standin import shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.errors import Json, no_such
from frontrow.local.stripe_standin.store import MAX_PAGE


def listing(call: Call) -> Json:
    """The latest events, newest first, optionally of one ``type`` or of several ``types``."""
    call.params.only(frozenset({"limit", "type", "types", "starting_after"}))
    limit = call.params.integer("limit", least=1, most=MAX_PAGE) or 10
    kind = call.params.text("type")
    kinds = [kind] if kind else call.params.texts("types")
    found = call.store.events(limit + 1, kinds, call.params.text("starting_after"))
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": "/v1/events"}


def retrieve(call: Call) -> Json:
    """``GET /v1/events/:id``."""
    found = call.store.event(call.object_id)
    if found is None:
        raise no_such("event", call.object_id)
    return found


def dispute(call: Call) -> Json:
    """``GET /v1/disputes/:id``."""
    return call.expanded(call.load("dispute"))


def list_disputes(call: Call) -> Json:
    """``GET /v1/disputes``, newest first, of one intent when named."""
    return call.list_page("dispute", "/v1/disputes", call.params.text("payment_intent"))


def open_dispute(call: Call, charge: Json) -> None:
    """The buyer's bank takes the money of a charge back."""
    document = shapes.dispute(charge)
    call.store.add(document, parent=charge["payment_intent"])
    charge["disputed"] = True
    call.store.save(charge)
    call.announce("charge.dispute.created", document)
    call.announce("charge.dispute.funds_withdrawn", document)
