"""Stripe's objects as they look on the wire: what is created, and what a browser may see of it."""

import os
import time
from typing import Any

from frontrow.local.stripe_standin.cards import Card
from frontrow.local.stripe_standin.errors import Json

# A browser with the publishable key sees neither the merchant's notes nor the charge.
_HIDDEN_FROM_BROWSER = frozenset(
    {
        "amount_received",
        "application",
        "application_fee_amount",
        "customer",
        "latest_charge",
        "metadata",
        "on_behalf_of",
        "review",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    }
)


def new_id(prefix: str) -> str:
    """A fresh object id such as ``pi_3…``. Ids grow with time, as Stripe's do, which keeps the ledger's index small."""
    return f"{prefix}_3{time.time_ns() // 1_000_000:011x}{os.urandom(7).hex()}"


def now() -> int:
    """Stripe's clock: whole seconds since 1970, UTC."""
    return int(time.time())


def intent(amount: int, currency: str, **given: Any) -> Json:
    """A new PaymentIntent in ``requires_payment_method``; ``amount`` in minor units of ``currency``."""
    intent_id = new_id("pi")
    document: Json = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{os.urandom(12).hex()}",
        "confirmation_method": "automatic",
        "created": now(),
        "currency": currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    document.update(given)
    return document


def for_browser(document: Json) -> Json:
    """The part of a PaymentIntent that a publishable key may read."""
    return {name: value for name, value in document.items() if name not in _HIDDEN_FROM_BROWSER}


def payment_method(card: Card, exp_month: int, exp_year: int, billing: Json | None = None) -> Json:
    """A card as a PaymentMethod; ``standin_card`` names the test card's behaviour and never leaves the process."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing or {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "US",
            "exp_month": exp_month,
            "exp_year": exp_year,
            "funding": "credit",
            "last4": card.last4,
            "three_d_secure_usage": {"supported": True},
        },
        "created": now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "standin_card": card.name,
    }


def bank_method(kind: str, billing: Json, iban: str, *, fails: bool) -> Json:
    """A way to pay through a bank as a PaymentMethod."""
    details: dict[str, Json] = {
        "ideal": {"bank": "ing", "bic": "INGBNL2A"},
        "sepa_debit": {"country": iban[:2], "last4": iban[-4:]},
    }
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "created": now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        kind: details.get(kind, {}),
        "standin_card": "fails" if fails else "works",
    }


def public(document: Json) -> Json:
    """An object without the stand-in's own notes."""
    return {name: value for name, value in document.items() if not name.startswith("standin_")}


def charge(paid_by: Json, method: Json, card: Card, *, captured: bool, pending: bool = False) -> Json:
    """The attempt on a card: ``succeeded`` (captured or only authorised) or ``failed``, as the test card decides.

    ``pending``: a bank's money that takes days to come."""
    refusal = card.refusal
    amount = paid_by["amount"]
    created = now()
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if captured and refusal is None and not pending else 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "captured": captured and refusal is None and not pending,
        "created": created,
        "currency": paid_by["currency"],
        "customer": None,
        "description": paid_by["description"],
        "disputed": False,
        "failure_code": None if refusal is None else refusal.code,
        "failure_message": None if refusal is None else refusal.message,
        "livemode": False,
        "metadata": dict(paid_by["metadata"]),
        "outcome": _outcome(card),
        "paid": refusal is None and not pending,
        "payment_intent": paid_by["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "type": method["type"],
            method["type"]: _card_details(paid_by, method, card, created, captured=captured),
        },
        "receipt_email": paid_by["receipt_email"],
        "refunded": False,
        "status": "pending" if pending else "succeeded" if refusal is None else "failed",
    }


def _card_details(paid_by: Json, method: Json, card: Card, created: int, *, captured: bool) -> Json:
    if method["type"] != "card":
        return dict(method[method["type"]])
    return {
        "amount_authorized": None if card.refusal else paid_by["amount"],
        "brand": card.brand,
        "capture_before": None if captured or card.refusal else created + 7 * 24 * 3600,
        "country": "US",
        "exp_month": method["card"]["exp_month"],
        "exp_year": method["card"]["exp_year"],
        "funding": "credit",
        "last4": card.last4,
        "network": card.brand,
    }


def refund(of_charge: Json, amount: int, reason: str | None, metadata: dict[str, str], *, pending: bool) -> Json:
    """A refund of ``amount`` minor units, done at once, as card refunds are in test mode, unless ``pending``."""
    kind = of_charge["payment_method_details"]["type"]
    document: Json = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": of_charge["id"],
        "created": now(),
        "currency": of_charge["currency"],
        "destination_details": {kind: {"type": "refund"} if kind == "card" else {}, "type": kind},
        "metadata": metadata,
        "payment_intent": of_charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }
    if pending:
        document["pending_reason"] = "processing"
    return document


def dispute(of_charge: Json) -> Json:
    """The buyer's bank takes all of a charge's money back, and the merchant may answer within a week."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": of_charge["amount_captured"],
        "balance_transactions": [],
        "charge": of_charge["id"],
        "created": now(),
        "currency": of_charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now() + 7 * 24 * 3600,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": of_charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }


def _outcome(card: Card) -> Json:
    if card.refusal is None:
        return {
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "network_status": "declined_by_network",
        "reason": card.refusal.decline_code or card.refusal.code,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }
