"""PaymentIntents: create, read, change and cancel. Confirming and capturing are in `payment`."""

import msgspec

from frontrow.local.stripe_standin import methods, payment, shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.errors import Json, invalid, missing, no_such, unexpected_state
from frontrow.local.stripe_standin.form import Params, read_metadata

_DETAILS = frozenset(
    {
        "amount",
        "automatic_payment_methods",
        "capture_method",
        "currency",
        "customer",
        "description",
        "expand",
        "metadata",
        "payment_method",
        "payment_method_data",
        "payment_method_options",
        "payment_method_types",
        "receipt_email",
        "setup_future_usage",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    }
)
_CREATE = _DETAILS | {
    "confirm",
    "confirmation_method",
    "error_on_requires_action",
    "mandate_data",
    "off_session",
    "radar_options",
    "return_url",
    "use_stripe_sdk",
}
_CANCEL = frozenset({"cancellation_reason", "expand"})
_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
_CAPTURE_METHODS = ("automatic", "automatic_async", "manual")
_TEXTS = (
    "customer",
    "description",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)

# docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in minor units; others are held to 50.
_LEAST = {"gbp": 30, "dkk": 250, "nok": 300, "sek": 300, "czk": 1500, "hkd": 400, "pln": 200, "jpy": 50, "huf": 17500}
_MOST = 99_999_999
_OPTIONS: dict[str, Json] = {
    "card": {"request_three_d_secure": "automatic"},
    "bancontact": {"preferred_language": "en"},
}
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELLABLE = (*OPEN, "requires_capture")


def create(call: Call) -> Json:
    """``POST /v1/payment_intents``; with ``confirm=true`` it is confirmed in the same request."""
    params = call.params
    params.only(_CREATE)
    amount = params.integer("amount", least=1)
    if amount is None:
        raise missing("amount")
    currency = params.required("currency").lower()
    _check_amount(amount, currency)
    capture_method = params.choice("capture_method", _CAPTURE_METHODS, "automatic_async")
    types = params.texts("payment_method_types") or ["card"]
    methods.check_kinds(types, currency, capture_method)
    document = shapes.intent(
        amount,
        currency,
        capture_method=capture_method,
        confirmation_method=params.choice("confirmation_method", ("automatic", "manual"), "automatic"),
        metadata=read_metadata(params),
        automatic_payment_methods=_automatic(params),
        payment_method_types=types,
        payment_method_options={kind: _OPTIONS.get(kind, {}) for kind in types},
        **{name: params.text(name) for name in _TEXTS},
    )
    method = methods.given(call)
    if params.flag("confirm") and method is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.", param="payment_method"
        )
    call.store.add(document)
    call.board.changed(document["id"])
    if method is not None:
        payment.attach(call, document, method)
    if params.flag("confirm"):
        return payment.confirm_with(call, document)
    if method is not None:
        call.store.save(document)
    return call.expanded(document)


def retrieve(call: Call) -> Json | msgspec.Raw:
    """``GET /v1/payment_intents/:id``; a browser needs the client secret and sees less."""
    if not call.browser and not call.params.values:
        body = call.store.body("payment_intent", call.object_id)
        if body is not None:
            return msgspec.Raw(body)
    document = call.load("payment_intent")
    if call.browser:
        check_client_secret(call, document)
        return shapes.for_browser(document)
    return call.expanded(document)


def update(call: Call) -> Json:
    """``POST /v1/payment_intents/:id``: metadata at any time, the rest while it is still open."""
    params = call.params
    params.only(_DETAILS)
    document = call.load("payment_intent")
    money = [name for name in ("amount", "currency", "payment_method", "capture_method") if params.has(name)]
    if money and document["status"] not in OPEN:
        raise unexpected_state(
            f"This PaymentIntent's {money[0]} could not be updated because it has a status of {document['status']}."
            f" You may only update the {money[0]} of a PaymentIntent with one of the following statuses:"
            " requires_payment_method, requires_confirmation, requires_action.",
            document,
        )
    amount = params.integer("amount", least=1)
    currency = params.text("currency")
    if amount is not None or currency is not None:
        document["amount"] = document["amount"] if amount is None else amount
        document["currency"] = (currency or document["currency"]).lower()
        _check_amount(document["amount"], document["currency"])
    document["payment_method_types"] = params.texts("payment_method_types") or document["payment_method_types"]
    document["capture_method"] = params.choice("capture_method", _CAPTURE_METHODS, document["capture_method"])
    methods.check_kinds(document["payment_method_types"], document["currency"], document["capture_method"])
    for name in _TEXTS:
        if name in params.values:
            document[name] = params.text(name)
    # Everything that can refuse comes before the first write: a refusal ends the request but not its transaction.
    metadata = read_metadata(params, document["metadata"])
    method = methods.given(call)
    if metadata != document["metadata"]:
        call.store.drop_metadata(document)
        document["metadata"] = metadata
        call.store.index_metadata(document)
        call.board.changed(document["id"])
    if method is not None:
        payment.attach(call, document, method)
    call.store.save(document)
    return call.expanded(document)


def listing(call: Call) -> Json:
    """``GET /v1/payment_intents``, newest first."""
    call.params.only(frozenset({"created", "customer", "ending_before", "expand", "limit", "starting_after"}))
    return call.list_page("payment_intent", "/v1/payment_intents")


def cancel(call: Call) -> Json:
    """``POST /v1/payment_intents/:id/cancel``: an authorisation is voided, nothing is charged."""
    call.params.only(_CANCEL)
    document = call.load("payment_intent")
    reason = call.params.text("cancellation_reason")
    if reason is not None and reason not in _REASONS:
        raise invalid(f"Invalid cancellation_reason: must be one of {', '.join(_REASONS)}", param="cancellation_reason")
    if document["status"] not in _CANCELLABLE:
        raise unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {document['status']}. Only a"
            " PaymentIntent with one of the following statuses may be canceled: requires_payment_method,"
            " requires_capture, requires_confirmation, requires_action, processing.",
            document,
        )
    void(call, document, reason)
    return call.expanded(document)


def void(call: Call, document: Json, reason: str | None) -> None:
    """Moves an open or authorised intent to ``canceled`` and releases what was held on the card."""
    held = document["status"] == "requires_capture"
    document.update(
        status="canceled", canceled_at=shapes.now(), cancellation_reason=reason, amount_capturable=0, next_action=None
    )
    call.store.save(document)
    if held:
        charge = call.load("charge", document["latest_charge"])
        charge.update(amount_refunded=charge["amount"], refunded=True)
        call.store.save(charge)
    call.announce("payment_intent.canceled", document)


def check_client_secret(call: Call, document: Json) -> None:
    """A browser proves with the client secret that the intent was handed to it; otherwise it does not exist."""
    secret = call.params.text("client_secret")
    if secret is None:
        raise missing("client_secret")
    if secret != document["client_secret"]:
        raise no_such("payment_intent", document["id"])


def _check_amount(amount: int, currency: str) -> None:
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise invalid(f"Invalid currency: {currency[:20]}.", param="currency")
    least = _LEAST.get(currency, 50)
    if amount < least:
        raise invalid(
            f"Amount must be at least {least} minor units of {currency}", param="amount", code="amount_too_small"
        )
    if amount > _MOST:
        raise invalid(
            f"Amount must be no more than {_MOST} minor units of {currency}", param="amount", code="amount_too_large"
        )


def _automatic(params: Params) -> Json | None:
    if params.texts("payment_method_types"):
        return None
    asked = Params(params.mapping("automatic_payment_methods"))
    asked.only(frozenset({"enabled", "allow_redirects"}))
    if asked.values and not asked.flag("enabled"):
        return None
    return {"allow_redirects": asked.choice("allow_redirects", ("always", "never"), "always"), "enabled": True}
