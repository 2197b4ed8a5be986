"""Stripe's test cards (docs.stripe.com/testing) and what each of them does.

Only test numbers are ever accepted and no number is kept, so a real card typed by mistake is refused and forgotten.
"""

import time
from dataclasses import dataclass
from typing import Any, Literal

from frontrow.local.stripe_standin.errors import Json, StripeError


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a bank said no: Stripe's code, decline code and sentence."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Card:
    """A test card: its brand and last digits, whether it asks for 3-D Secure, how it ends, and what comes ``later``.

    A way to pay that isn't a card behaves like one, too: a bank's page is its challenge.
    """

    name: str
    brand: str
    last4: str
    challenge: bool = False
    refusal: Refusal | None = None
    later: Literal["dispute", "refund_pending", "refund_fails"] | None = None


_GENERIC = Refusal("card_declined", "generic_decline", "Your card was declined.")
_FUNDS = Refusal("card_declined", "insufficient_funds", "Your card has insufficient funds.")
_LOST = Refusal("card_declined", "lost_card", "Your card was declined.")
_STOLEN = Refusal("card_declined", "stolen_card", "Your card was declined.")
_EXPIRED = Refusal("expired_card", None, "Your card has expired.")
_CVC = Refusal("incorrect_cvc", None, "Your card's security code is incorrect.")
_BLOCKED = Refusal("card_declined", "fraudulent", "Your card was declined.")
_TOO_OFTEN = Refusal(
    "card_declined", "card_velocity_exceeded", "Your card was declined for making repeated attempts too frequently."
)
_PROCESSING = Refusal(
    "processing_error", None, "An error occurred while processing your card. Try again in a little bit."
)

BY_NUMBER: dict[str, Card] = {
    "4242424242424242": Card("visa", "visa", "4242"),
    "5555555555554444": Card("mastercard", "mastercard", "4444"),
    "378282246310005": Card("amex", "amex", "0005"),
    "4000000000000002": Card("declined", "visa", "0002", refusal=_GENERIC),
    "4000000000009995": Card("funds", "visa", "9995", refusal=_FUNDS),
    "4000000000009987": Card("lost", "visa", "9987", refusal=_LOST),
    "4000000000009979": Card("stolen", "visa", "9979", refusal=_STOLEN),
    "4000000000000069": Card("expired", "visa", "0069", refusal=_EXPIRED),
    "4000000000000127": Card("cvc", "visa", "0127", refusal=_CVC),
    "4000000000000119": Card("processing", "visa", "0119", refusal=_PROCESSING),
    "4100000000000019": Card("blocked", "visa", "0019", refusal=_BLOCKED),
    "4000000000006975": Card("velocity", "visa", "6975", refusal=_TOO_OFTEN),
    "4000000000000259": Card("dispute", "visa", "0259", later="dispute"),
    "4000000000007726": Card("refund-pending", "visa", "7726", later="refund_pending"),
    "4000000000005126": Card("refund-fails", "visa", "5126", later="refund_fails"),
    "4000000000003220": Card("challenge-2", "visa", "3220", challenge=True),
    "4000000000003063": Card("challenge-required", "visa", "3063", challenge=True),
    "4000002500003155": Card("challenge", "visa", "3155", challenge=True),
    "4000002760003184": Card("challenge-always", "visa", "3184", challenge=True),
    "4000008400001629": Card("challenge-declined", "visa", "1629", challenge=True, refusal=_GENERIC),
    "4000008260003178": Card("challenge-funds", "visa", "3178", challenge=True, refusal=_FUNDS),
}
BY_NAME: dict[str, Card] = {card.name: card for card in BY_NUMBER.values()}
TOKENS: dict[str, Card] = {
    "pm_card_visa": BY_NAME["visa"],
    "pm_card_mastercard": BY_NAME["mastercard"],
    "pm_card_amex": BY_NAME["amex"],
    "pm_card_chargeDeclined": BY_NAME["declined"],
    "pm_card_visa_chargeDeclined": BY_NAME["declined"],
    "pm_card_chargeDeclinedInsufficientFunds": BY_NAME["funds"],
    "pm_card_visa_chargeDeclinedInsufficientFunds": BY_NAME["funds"],
    "pm_card_chargeDeclinedLostCard": BY_NAME["lost"],
    "pm_card_chargeDeclinedStolenCard": BY_NAME["stolen"],
    "pm_card_chargeDeclinedExpiredCard": BY_NAME["expired"],
    "pm_card_chargeDeclinedIncorrectCvc": BY_NAME["cvc"],
    "pm_card_chargeDeclinedProcessingError": BY_NAME["processing"],
    "pm_card_radarBlock": BY_NAME["blocked"],
    "pm_card_chargeDeclinedVelocityLimitExceeded": BY_NAME["velocity"],
    "pm_card_createDispute": BY_NAME["dispute"],
    "pm_card_pendingRefund": BY_NAME["refund-pending"],
    "pm_card_refundFail": BY_NAME["refund-fails"],
    "pm_card_authenticationRequired": BY_NAME["challenge"],
    "pm_card_threeDSecureRequired": BY_NAME["challenge"],
    "pm_card_threeDSecure2Required": BY_NAME["challenge"],
    "pm_card_threeDSecureRequiredChargeDeclined": BY_NAME["challenge-declined"],
}


def from_details(details: Any) -> tuple[Card, int, int]:
    """The test card that the buyer typed, with its expiry (month, four-digit year).

    ``details`` is the decoded ``card[...]`` parameter. Raises Stripe's 402 card errors.
    """
    if not isinstance(details, dict):
        raise _card_error("incorrect_number", "Your card number is incorrect.", "number")
    number = "".join(str(details.get("number", "")).split()).replace("-", "")
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19 and _luhn(number)):
        raise _card_error("incorrect_number", "Your card number is incorrect.", "number")
    month = _small_number(details.get("exp_month"))
    year = _small_number(details.get("exp_year"))
    if month is None or not 1 <= month <= 12:
        raise _card_error("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    if year is not None and year < 100:
        year += 2000
    today = time.gmtime()
    if year is None or not today.tm_year <= year <= today.tm_year + 50:
        raise _card_error("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    if year == today.tm_year and month < today.tm_mon:
        raise _card_error("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    cvc = str(details.get("cvc", ""))
    if cvc and not (cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4)):
        raise _card_error("invalid_cvc", "Your card's security code is invalid.", "cvc")
    card = BY_NUMBER.get(number)
    if card is None:
        raise _card_error(
            "card_declined",
            "Your card was declined. Your request was in test mode, but used a non test card.",
            "number",
            decline_code="test_mode_live_card",
        )
    return card, month, year


def refused(refusal: Refusal, intent: Json, charge_id: str) -> StripeError:
    """402 ``card_error``: the bank's answer to a confirm, with the intent as it is after it."""
    return StripeError(
        402,
        "card_error",
        refusal.message,
        code=refusal.code,
        decline_code=refusal.decline_code,
        charge=charge_id,
        payment_intent=intent,
    )


def _card_error(code: str, message: str, param: str, decline_code: str | None = None) -> StripeError:
    return StripeError(402, "card_error", message, code=code, param=param, decline_code=decline_code)


def _small_number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _luhn(number: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
