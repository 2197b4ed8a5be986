"""What a verb of the API gets to work with: its parameters, the ledger, and a way to announce what happened."""

from dataclasses import dataclass
from typing import Any

from frontrow.local.stripe_standin import shapes
from frontrow.local.stripe_standin.config import API_VERSION
from frontrow.local.stripe_standin.errors import Json, invalid, no_such
from frontrow.local.stripe_standin.faults import FaultBoard
from frontrow.local.stripe_standin.form import Params
from frontrow.local.stripe_standin.records import Page
from frontrow.local.stripe_standin.store import MAX_PAGE, Store


@dataclass(slots=True)
class Call:
    """One authenticated request. ``browser`` means that it came with the publishable key."""

    store: Store
    params: Params
    object_id: str
    browser: bool
    request_id: str
    idempotency_key: str | None
    base_url: str
    board: FaultBoard
    announced: bool = False
    made: str = ""
    """The id of the payment method that came with this request and isn't in the ledger yet."""

    def announce(self, kind: str, document: Json, previous: Json | None = None) -> None:
        """Records an event with a snapshot of the object, to be sent to the webhook endpoint.

        ``previous``: what the changed fields of an ``….updated`` were before.
        """
        self.announced = True
        data: Json = {"object": document}
        if previous is not None:
            data["previous_attributes"] = previous
        self.store.add_event(
            {
                "id": shapes.new_id("evt"),
                "object": "event",
                "api_version": API_VERSION,
                "created": shapes.now(),
                "data": data,
                "livemode": False,
                "pending_webhooks": 1,
                "request": {"id": self.request_id or None, "idempotency_key": self.idempotency_key},
                "type": kind,
            },
            self.board.due_at(),
        )

    def load(self, kind: str, object_id: str | None = None, *, param: str = "id", status: int = 404) -> Json:
        """The object named in the path (or ``object_id``); raises Stripe's ``resource_missing``."""
        wanted = self.object_id if object_id is None else object_id
        document = self.store.get(kind, wanted)
        if document is None:
            raise no_such(kind, wanted, param=param, status=status)
        return document

    def expanded(self, document: Json, prefix: str = "") -> Json:
        """Replaces ids by objects as ``expand[]`` asks, one level deep."""
        wanted = [name.removeprefix(prefix) for name in self.params.texts("expand") if name.startswith(prefix)]
        if not wanted:
            return document
        document = dict(document)
        for name in wanted:
            kind = _EXPANDABLE.get(name)
            if kind is None or name not in document:
                raise invalid(f"This property cannot be expanded ({prefix}{name}).", param="expand")
            if isinstance(document[name], str):
                found = self.store.get(kind, document[name])
                document[name] = None if found is None else shapes.public(found)
        return document

    def list_page(self, kind: str, url: str, parent: str | None = None) -> Json:
        """Stripe's list object for ``limit``, ``starting_after``, ``ending_before`` and ``created``."""
        after, before = self.params.text("starting_after"), self.params.text("ending_before")
        if after and before:
            raise invalid("You may only specify one of these parameters: ending_before, starting_after.")
        for name, cursor in (("starting_after", after), ("ending_before", before)):
            if cursor is not None:
                self.load(kind, cursor, param=name, status=400)
        page = self.store.page(
            kind,
            limit=self.params.integer("limit", least=1, most=MAX_PAGE) or 10,
            parent=parent,
            after=after,
            before=before,
            created=_created(self.params),
        )
        return self.wrap(page, url)

    def wrap(self, page: Page, url: str) -> Json:
        """A page as Stripe's list object."""
        items = [self.expanded(shapes.public(item), "data.") for item in page.items]
        return {"object": "list", "data": items, "has_more": page.has_more, "url": url}


def _created(params: Params) -> dict[str, int]:
    given: Any = params.values.get("created")
    if given is None:
        return {}
    if isinstance(given, str):
        exact = params.integer("created") or 0
        return {"gte": exact, "lte": exact}
    bounds = Params(params.mapping("created"))
    bounds.only(frozenset({"gt", "gte", "lt", "lte"}))
    return {name: bounds.integer(name) or 0 for name in bounds.values}


_EXPANDABLE = {
    "latest_charge": "charge",
    "charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
}
