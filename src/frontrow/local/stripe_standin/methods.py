"""PaymentMethods: test cards by token (``pm_card_visa``), by number from the form, or made beforehand."""

from frontrow.local.stripe_standin import cards, shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.cards import Card
from frontrow.local.stripe_standin.errors import Json, invalid
from frontrow.local.stripe_standin.form import Params

_CREATE = frozenset(
    {"type", "card", "billing_details", "metadata", "allow_redisplay", "expand", "key", "client_attribution_metadata"}
)
_TOKEN_EXPIRY = (12, 2034)


def create(call: Call) -> Json:
    """``POST /v1/payment_methods``; raises 402 card errors for a number that is not a test card."""
    call.params.only(_CREATE)
    method = _from_data(call.params)
    call.store.add(method)
    return shapes.public(method)


def retrieve(call: Call) -> Json:
    """``GET /v1/payment_methods/:id``."""
    return shapes.public(call.load("payment_method"))


def given(call: Call) -> Json | None:
    """The PaymentMethod that a create, update or confirm names or describes; None when it does neither.

    A described or token card is new and still has to be added to the store by the caller.
    """
    named = call.params.text("payment_method")
    if named is not None:
        card = cards.TOKENS.get(named)
        if card is None:
            return call.load("payment_method", named, param="payment_method", status=400)
        return shapes.payment_method(card, *_TOKEN_EXPIRY)
    data = call.params.mapping("payment_method_data")
    return _from_data(Params(data)) if data else None


def card_of(method: Json) -> Card:
    """How the method's test card behaves."""
    return cards.BY_NAME[method["standin_card"]]


def _from_data(params: Params) -> Json:
    kind = params.text("type") or "card"
    if kind != "card":
        raise invalid(f"The stand-in takes cards only, not {kind}.", param="type")
    details = params.mapping("card")
    token = details.get("token")
    if isinstance(token, str):
        card = cards.TOKENS.get(token.replace("tok_", "pm_card_"))
        if card is None:
            raise invalid(f"No such token: '{token}'", param="card[token]", code="resource_missing")
        return shapes.payment_method(card, *_TOKEN_EXPIRY)
    card, month, year = cards.from_details(details)
    billing: Json = {"address": None, "email": None, "name": None, "phone": None}
    billing.update(params.mapping("billing_details"))
    return shapes.payment_method(card, month, year, billing)
