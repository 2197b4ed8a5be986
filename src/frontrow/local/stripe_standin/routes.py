"""Which verb answers which path under ``/v1``, the fault knobs' name for it, and whether a browser may call it."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from frontrow.local.stripe_standin import events, intents, methods, payment, refunds, search
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.errors import Json


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. ``browser``: the publishable key is enough. ``writes``: it needs a transaction."""

    verb: Callable[[Call], Json | msgspec.Raw]
    operation: str
    browser: bool = False
    writes: bool = True


_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", "payment_intents"): Route(intents.create, "create"),
    ("GET", "payment_intents"): Route(intents.listing, "list", writes=False),
    ("GET", "payment_intents/search"): Route(search.search, "search", writes=False),
    ("GET", "payment_intents/*"): Route(intents.retrieve, "retrieve", browser=True, writes=False),
    ("POST", "payment_intents/*"): Route(intents.update, "update"),
    ("POST", "payment_intents/*/confirm"): Route(payment.confirm, "confirm", browser=True),
    ("POST", "payment_intents/*/capture"): Route(payment.capture, "capture"),
    ("POST", "payment_intents/*/cancel"): Route(intents.cancel, "cancel"),
    ("POST", "3ds2/authenticate"): Route(payment.authenticate, "authenticate", browser=True),
    ("POST", "payment_methods"): Route(methods.create, "payment_method", browser=True),
    ("GET", "payment_methods/*"): Route(methods.retrieve, "payment_method", writes=False),
    ("POST", "refunds"): Route(refunds.create, "refund"),
    ("GET", "refunds"): Route(refunds.listing, "refund_list", writes=False),
    ("GET", "refunds/*"): Route(refunds.retrieve, "refund_retrieve", writes=False),
    ("POST", "refunds/*"): Route(refunds.update, "refund_update"),
    ("GET", "charges"): Route(refunds.list_charges, "charge", writes=False),
    ("GET", "charges/*"): Route(refunds.retrieve_charge, "charge", writes=False),
    ("GET", "disputes"): Route(events.list_disputes, "dispute", writes=False),
    ("GET", "disputes/*"): Route(events.dispute, "dispute", writes=False),
    ("GET", "events"): Route(events.listing, "events", writes=False),
    ("GET", "events/*"): Route(events.retrieve, "events", writes=False),
}


def find(method: str, path: str) -> tuple[Route, str] | None:
    """The route for a path such as ``/v1/payment_intents/pi_1/confirm``, and the id in it ("" when there is none)."""
    parts = path.split("/")[2:]
    route = _ROUTES.get((method, "/".join(parts)))
    if route is not None:
        return route, ""
    if len(parts) in (2, 3) and parts[1]:
        route = _ROUTES.get((method, "/".join((parts[0], "*", *parts[2:]))))
        if route is not None:
            return route, parts[1]
    return None
