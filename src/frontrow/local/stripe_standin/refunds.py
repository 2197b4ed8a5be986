"""Refunds and charges. A refund can never exceed what was captured and not yet given back."""

from frontrow.local.stripe_standin import methods, shapes
from frontrow.local.stripe_standin.calls import Call
from frontrow.local.stripe_standin.errors import Json, StripeError, invalid
from frontrow.local.stripe_standin.form import read_metadata

_CREATE = frozenset({"amount", "charge", "expand", "metadata", "payment_intent", "reason"})
_LIST = frozenset({"charge", "created", "ending_before", "expand", "limit", "payment_intent", "starting_after"})
_REASONS = ("duplicate", "fraudulent", "requested_by_customer")
_NO_DECIMALS = frozenset({"jpy", "krw", "vnd", "clp", "isk", "ugx", "pyg", "rwf", "xaf", "xof", "xpf", "bif", "gnf"})


def create(call: Call) -> Json:
    """``POST /v1/refunds``: gives back ``amount`` minor units, by default all that is left.

    Raises 400 when the intent was never captured, everything was given back already, or ``amount`` is too much.
    """
    params = call.params
    params.only(_CREATE)
    amount = params.integer("amount", least=1)
    reason = params.text("reason")
    if reason is not None and reason not in _REASONS:
        raise invalid(f"Invalid reason: must be one of {', '.join(_REASONS)}", param="reason")
    metadata = read_metadata(params)
    charge = _captured_charge(call)
    if charge["disputed"]:
        raise StripeError(
            400,
            "invalid_request_error",
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise StripeError(
            400,
            "invalid_request_error",
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
        )
    amount = left if amount is None else amount
    if amount > left:
        raise StripeError(
            400,
            "invalid_request_error",
            f"Refund amount ({_money(amount, charge['currency'])}) is greater than unrefunded amount on charge"
            f" ({_money(left, charge['currency'])})",
            param="amount",
        )
    method = call.store.get("payment_method", charge["payment_method"] or "")
    later = None if method is None else methods.behaviour(method).later
    document = shapes.refund(charge, amount, reason, metadata, pending=later == "refund_pending")
    if later in ("refund_pending", "refund_fails"):
        step = "refund.succeed" if later == "refund_pending" else "refund.fail"
        call.store.schedule(document["id"], step, call.board.settled_at())
    call.store.add(document, parent=charge["payment_intent"])
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount_captured"]
    call.store.save(charge)
    call.announce("charge.refunded", charge)
    call.announce("refund.created", document)
    return call.expanded(document)


def settle(call: Call, document: Json, *, succeeded: bool) -> None:
    """A refund's money arrived, or came back to the merchant though it had been sent."""
    before = document["status"]
    document["status"] = "succeeded" if succeeded else "failed"
    document.pop("pending_reason", None)
    if not succeeded:
        document["failure_reason"] = "expired_or_canceled_card"
        charge = call.load("charge", document["charge"])
        charge["amount_refunded"] -= document["amount"]
        charge["refunded"] = False
        call.store.save(charge)
    call.store.save(document)
    previous = {"status": before}
    call.announce("refund.updated", document, previous)
    call.announce("charge.refund.updated", document, previous)
    if not succeeded:
        call.announce("refund.failed", document)


def retrieve(call: Call) -> Json:
    """``GET /v1/refunds/:id``."""
    return call.expanded(call.load("refund"))


def update(call: Call) -> Json:
    """``POST /v1/refunds/:id``: metadata only."""
    call.params.only(frozenset({"metadata", "expand"}))
    document = call.load("refund")
    document["metadata"] = read_metadata(call.params, document["metadata"])
    call.store.save(document)
    return call.expanded(document)


def listing(call: Call) -> Json:
    """``GET /v1/refunds``, newest first, of one intent or charge when named."""
    call.params.only(_LIST)
    parent = call.params.text("payment_intent")
    charge_id = call.params.text("charge")
    if charge_id is not None:
        parent = call.load("charge", charge_id, param="charge", status=400)["payment_intent"]
    return call.list_page("refund", "/v1/refunds", parent)


def retrieve_charge(call: Call) -> Json:
    """``GET /v1/charges/:id``."""
    return call.expanded(call.load("charge"))


def list_charges(call: Call) -> Json:
    """``GET /v1/charges``, newest first, of one intent when named."""
    return call.list_page("charge", "/v1/charges", call.params.text("payment_intent"))


def _captured_charge(call: Call) -> Json:
    intent_id, charge_id = call.params.text("payment_intent"), call.params.text("charge")
    if intent_id is not None:
        intent = call.load("payment_intent", intent_id, param="payment_intent", status=400)
        if intent["status"] != "succeeded":
            raise StripeError(
                400,
                "invalid_request_error",
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        return call.load("charge", intent["latest_charge"])
    if charge_id is None:
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    charge = call.load("charge", charge_id, param="charge", status=400)
    if not charge["captured"]:
        raise StripeError(
            400,
            "invalid_request_error",
            f"Charge {charge_id} has not been captured and cannot be refunded.",
            code="charge_not_refundable",
            param="charge",
        )
    return charge


def _money(amount: int, currency: str) -> str:
    if currency in _NO_DECIMALS:
        return f"{amount} {currency.upper()}"
    return f"{amount // 100}.{amount % 100:02d} {currency.upper()}"
