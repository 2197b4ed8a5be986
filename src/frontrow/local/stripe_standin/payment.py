"""The steps that move a PaymentIntent towards money: confirm, the 3-D Secure challenge, capture.

requires_payment_method -> requires_confirmation -> requires_action -> requires_capture -> succeeded; a decline at any
step goes back to requires_payment_method.
"""

from frontrow.local.stripe_standin import cards, methods, shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.errors import Json, StripeError, invalid, missing, unexpected_state

CONFIRM = frozenset(
    {
        "capture_method",
        "client_attribution_metadata",
        "client_secret",
        "error_on_requires_action",
        "expand",
        "expected_payment_method_type",
        "key",
        "mandate_data",
        "off_session",
        "payment_method",
        "payment_method_data",
        "payment_method_options",
        "payment_method_types",
        "receipt_email",
        "return_url",
        "setup_future_usage",
        "shipping",
        "use_stripe_sdk",
    }
)
_CAPTURE = frozenset(
    {"amount_to_capture", "expand", "final_capture", "metadata", "statement_descriptor", "statement_descriptor_suffix"}
)
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_AUTHENTICATION_FAILED = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)


def attach(call: Call, document: Json, method: Json) -> None:
    """Puts a card or another way to pay on the intent, keeping it if it is new."""
    if method["type"] not in document["payment_method_types"]:
        raise invalid(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. Please attach a"
            f" PaymentMethod of one of the following types: {', '.join(document['payment_method_types'])}.",
            param="payment_method",
        )
    if method["id"] == call.made:
        call.store.add(method)
        call.made = ""
    document["payment_method"] = method["id"]
    document["next_action"] = None
    if document["status"] in _CONFIRMABLE:
        document["status"] = "requires_confirmation"


def confirm(call: Call) -> Json:
    """``POST /v1/payment_intents/:id/confirm``, from the server or from a browser with the client secret.

    Raises 402 ``card_error`` when the bank says no; the intent then rests in ``requires_payment_method``.
    """
    call.params.only(CONFIRM)
    document = call.load("payment_intent")
    if call.browser and call.params.text("client_secret") != document["client_secret"]:
        raise invalid(
            "The client_secret provided does not match any associated PaymentIntent on this account.",
            param="client_secret",
            code="payment_intent_invalid_parameter",
        )
    if document["status"] not in _CONFIRMABLE:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
            if document["status"] == "succeeded"
            else f"You cannot confirm this PaymentIntent because it has a status of {document['status']}. Only a"
            " PaymentIntent with one of the following statuses may be confirmed: requires_confirmation,"
            " requires_action, requires_payment_method.",
            shapes.for_browser(document) if call.browser else document,
        )
    email = call.params.text("receipt_email")
    if email is not None:
        document["receipt_email"] = email
    method = methods.given(call)
    if method is not None:
        attach(call, document, method)
    if document["payment_method"] is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
            " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a"
            " payment method.",
            document,
        )
    return confirm_with(call, document)


def confirm_with(call: Call, document: Json) -> Json:
    """Confirms an intent with the card that is attached to it."""
    method = call.load("payment_method", document["payment_method"])
    card = methods.behaviour(method)
    kind = methods.BANKS.get(method["type"])
    if kind is not None and kind.delayed:
        return _process(call, document, method, card)
    if card.challenge:
        if call.params.flag("off_session") or call.params.flag("error_on_requires_action"):
            refusal = cards.Refusal(
                "authentication_required",
                "authentication_required",
                "Your card was declined. This transaction requires authentication.",
            )
            return _decline(call, document, method, cards.Card(card.name, card.brand, card.last4, refusal=refusal))
        return _challenge(call, document)
    return _authorise(call, document, method, card)


def authenticate(call: Call) -> Json:
    """The buyer's answer to the 3-D Secure step: ``outcome`` is ``complete`` or ``fail``.

    Raises 402 ``card_error`` when the bank declines afterwards. A failed step is an answer, not an error: the intent
    goes back to ``requires_payment_method`` with ``last_payment_error`` set.
    """
    document = call.load("payment_intent", call.params.required("payment_intent"))
    if call.params.text("client_secret") != document["client_secret"]:
        raise invalid("The client_secret does not match.", param="client_secret")
    outcome = call.params.choice("outcome", ("complete", "fail"), "complete")
    if document["status"] != "requires_action":
        raise unexpected_state(
            f"This PaymentIntent has a status of {document['status']} and asks for no authentication.",
            shapes.for_browser(document),
        )
    document["next_action"] = None
    method = call.load("payment_method", document["payment_method"])
    if outcome == "complete":
        return _authorise(call, document, method, methods.behaviour(method))
    error = StripeError(
        402, "invalid_request_error", _AUTHENTICATION_FAILED, code="payment_intent_authentication_failure"
    )
    _fail(call, document, method, error.error)
    return shapes.for_browser(document)


def capture(call: Call) -> Json:
    """``POST /v1/payment_intents/:id/capture``: takes ``amount_to_capture`` minor units, by default all of it."""
    call.params.only(_CAPTURE)
    document = call.load("payment_intent")
    if document["status"] != "requires_capture":
        raise unexpected_state(
            "This PaymentIntent could not be captured because it has already been captured."
            if document["status"] == "succeeded"
            else "This PaymentIntent could not be captured because it has a status of"
            f" {document['status']}. Only a PaymentIntent with one of the following statuses may be captured:"
            " requires_capture.",
            document,
        )
    wanted = call.params.integer("amount_to_capture", least=1)
    amount = document["amount_capturable"] if wanted is None else wanted
    if amount > document["amount_capturable"]:
        raise invalid(
            f"The requested capture amount is greater than the authorized amount ({document['amount_capturable']}).",
            param="amount_to_capture",
            code="amount_too_large",
        )
    charge = call.load("charge", document["latest_charge"])
    charge.update(captured=True, amount_captured=amount)
    charge["payment_method_details"]["card"]["capture_before"] = None
    call.store.save(charge)
    document.update(status="succeeded", amount_capturable=0, amount_received=amount)
    call.store.save(document)
    call.announce("payment_intent.succeeded", document)
    _after_capture(call, charge, document)
    return call.expanded(document)


def settle(call: Call, document: Json, *, succeeded: bool) -> None:
    """A *processing* intent's money came, or didn't."""
    charge = call.load("charge", document["latest_charge"])
    document["processing"] = None
    if succeeded:
        charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
        document.update(status="succeeded", amount_received=document["amount"])
        call.store.save(charge)
        call.store.save(document)
        call.announce("payment_intent.succeeded", document)
        return
    refusal = cards.Refusal("debit_not_authorized", None, "The buyer's bank refused the debit.")
    charge.update(status="failed", failure_code=refusal.code, failure_message=refusal.message)
    call.store.save(charge)
    method = call.load("payment_method", document["payment_method"])
    error = cards.refused(refusal, document, charge["id"]).error
    _fail(call, document, method, {name: value for name, value in error.items() if name != "payment_intent"})


def _process(call: Call, document: Json, method: Json, card: cards.Card) -> Json:
    charge = shapes.charge(document, method, cards.Card(card.name, card.brand, ""), captured=True, pending=True)
    call.store.add(charge, parent=document["id"])
    document.update(status="processing", latest_charge=charge["id"], last_payment_error=None, next_action=None)
    call.store.save(document)
    step = "intent.fail" if card.refusal is not None else "intent.succeed"
    call.store.schedule(document["id"], step, call.board.settled_at())
    call.announce("payment_intent.processing", document)
    return _answer(call, document)


def _after_capture(call: Call, charge: Json, document: Json) -> None:
    method = call.store.get("payment_method", document["payment_method"] or "")
    if method is not None and methods.behaviour(method).later == "dispute":
        call.store.schedule(charge["id"], "dispute", call.board.settled_at())


def _challenge(call: Call, document: Json) -> Json:
    return_url = call.params.text("return_url")
    bank = methods.BANKS.get(call.load("payment_method", document["payment_method"])["type"])
    if bank is not None and return_url is None:
        raise missing("return_url")
    page = f"{call.base_url}/_standin/challenge/{document['id']}?client_secret={document['client_secret']}"
    if bank is None and (call.params.flag("use_stripe_sdk") or return_url is None):
        step: Json = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "url": page}}
    else:
        step = {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": page}}
    document.update(status="requires_action", next_action=step, last_payment_error=None)
    call.store.save(document)
    call.announce("payment_intent.requires_action", document)
    return _answer(call, document)


def _authorise(call: Call, document: Json, method: Json, card: cards.Card) -> Json:
    if card.refusal is not None:
        return _decline(call, document, method, card)
    manual = document["capture_method"] == "manual"
    charge = shapes.charge(document, method, card, captured=not manual)
    call.store.add(charge, parent=document["id"])
    document.update(latest_charge=charge["id"], last_payment_error=None, next_action=None)
    if manual:
        document.update(status="requires_capture", amount_capturable=document["amount"])
        call.store.save(document)
        call.announce("payment_intent.amount_capturable_updated", document)
    else:
        document.update(status="succeeded", amount_received=document["amount"])
        call.store.save(document)
        call.announce("payment_intent.succeeded", document)
        _after_capture(call, charge, document)
    return _answer(call, document)


def _decline(call: Call, document: Json, method: Json, card: cards.Card) -> Json:
    if card.refusal is None:
        raise ValueError("a decline needs a reason")
    charge = shapes.charge(document, method, card, captured=False)
    call.store.add(charge, parent=document["id"])
    document["latest_charge"] = charge["id"]
    answer = cards.refused(card.refusal, document, charge["id"])
    error = {name: value for name, value in answer.error.items() if name != "payment_intent"}
    _fail(call, document, method, error)
    answer.error["payment_intent"] = _answer(call, document)
    answer.error["payment_method"] = shapes.public(method)
    raise answer


def _fail(call: Call, document: Json, method: Json, error: Json) -> None:
    document.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error={**error, "payment_method": shapes.public(method)},
    )
    call.store.save(document)
    call.announce("payment_intent.payment_failed", document)


def _answer(call: Call, document: Json) -> Json:
    return shapes.for_browser(document) if call.browser else call.expanded(document)
