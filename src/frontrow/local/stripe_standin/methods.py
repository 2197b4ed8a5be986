"""PaymentMethods: test cards by token (``pm_card_visa``) or by number from the form, and ways to pay through a bank."""

from dataclasses import dataclass

from frontrow.local.stripe_standin import cards, shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.cards import Card
from frontrow.local.stripe_standin.errors import Json, invalid, missing
from frontrow.local.stripe_standin.form import Params

_TOKEN_EXPIRY = (12, 2034)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of payment method. ``redirects``: the buyer goes to a page of the bank; ``delayed``: the money takes days
    (*processing*). None but the card can be authorised first and captured later."""

    currencies: tuple[str, ...] = ("eur",)
    redirects: bool = True
    delayed: bool = False


BANKS: dict[str, Kind] = {
    "ideal": Kind(),
    "bancontact": Kind(),
    "eps": Kind(),
    "p24": Kind(("eur", "pln")),
    "sepa_debit": Kind(redirects=False, delayed=True),
}
KINDS = ("card", *BANKS)
_FAILING_IBAN = "AT861904300235473202"
_BANK_REFUSAL = cards.Refusal(
    "payment_method_provider_decline", None, "The payment was declined by the bank that the buyer chose."
)
_CREATE = frozenset(
    {
        *("type", "billing_details", "metadata", "allow_redisplay", "expand", "key", "client_attribution_metadata"),
        *KINDS,
    }
)


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
        return _made(call, shapes.payment_method(card, *_TOKEN_EXPIRY))
    data = call.params.mapping("payment_method_data")
    return _made(call, _from_data(Params(data))) if data else None


def _made(call: Call, method: Json) -> Json:
    call.made = method["id"]
    return method


def behaviour(method: Json) -> Card:
    """How the method behaves: as its test card does, or as the bank's page is answered."""
    kind = method["type"]
    if kind == "card":
        return cards.BY_NAME[method["standin_card"]]
    fails = method["standin_card"] == "fails"
    return Card(kind, kind, "", challenge=BANKS[kind].redirects, refusal=_BANK_REFUSAL if fails else None)


def check_kinds(types: list[str], currency: str, capture_method: str) -> None:
    """Whether an intent may have these types. Raises Stripe's 400."""
    for kind in types:
        if kind not in KINDS:
            raise invalid(
                f"The payment method type provided: {kind} is invalid. Please ensure the provided type is activated in"
                " your dashboard and your account is enabled for any preview features that you are trying to use.",
                param="payment_method_types",
                code="payment_intent_invalid_parameter",
            )
        if kind in BANKS and currency not in BANKS[kind].currencies:
            raise invalid(
                f"The currency provided ({currency}) is invalid for one or more of the payment method types on this"
                f" PaymentIntent. The following currencies are supported: {', '.join(BANKS[kind].currencies)}.",
                param="payment_method_types",
            )
    at_once = [kind for kind in types if kind in BANKS]
    if capture_method == "manual" and at_once:
        named = ", ".join(f'"{kind}"' for kind in at_once)
        raise invalid(
            f"The following payment method types [{named}] can only be used with PaymentIntents that have"
            " capture_method=automatic. Please retry by creating a PaymentIntent with capture_method=automatic.",
            param="capture_method",
        )


def _from_data(params: Params) -> Json:
    kind = params.text("type") or "card"
    if kind not in KINDS:
        raise invalid(f"Invalid type: must be one of {', '.join(KINDS)}", param="type")
    billing: Json = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    billing.update(params.mapping("billing_details"))
    details = params.mapping(kind)
    if kind != "card":
        iban = str(details.get("iban", "")).replace(" ", "")
        if kind == "sepa_debit" and not iban:
            raise missing("sepa_debit[iban]")
        return shapes.bank_method(kind, billing, iban, fails=iban == _FAILING_IBAN)
    token = details.get("token")
    if isinstance(token, str):
        card = cards.TOKENS.get(token.replace("tok_", "pm_card_"))
        if card is None:
            raise invalid(f"No such token: '{token}'", param="card[token]", code="resource_missing")
        return shapes.payment_method(card, *_TOKEN_EXPIRY)
    card, month, year = cards.from_details(details)
    return shapes.payment_method(card, month, year, billing)
