"""Every answer as the published SDK declares it: nothing required is missing, nothing is of another type or unknown."""

import typing
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import stripe

from tests.local.standin_process import StandinProcess

# The SDK declares of these only what it pages with.
_ENVELOPES = (stripe.ListObject, stripe.SearchResultObject)
_PLAIN = {str, int, bool, float}


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandinProcess]:
    process = StandinProcess(tmp_path_factory.mktemp("standin") / "ledger.sqlite")
    process.start()
    yield process
    process.end()


def faults_of(found: stripe.StripeObject, where: str = "") -> list[str]:
    """What is wrong with an answer, by the annotations of its SDK class. Objects within are looked at, too."""
    cls = type(found)
    where = where or cls.__name__
    declared = {
        name: annotation
        for name, annotation in getattr(cls, "__annotations__", {}).items()
        if not name.startswith("_") and "ClassVar" not in str(annotation)
    }
    if not declared:
        return []  # a free map, such as metadata
    if cls in _ENVELOPES:
        return [fault for item in found.data for fault in faults_of(item)]
    given = found._data
    wrong = [f"{where}.{name} is missing" for name, a in declared.items() if name not in given and not _optional(a)]
    for name, value in given.items():
        if name not in declared:
            wrong.append(f"{where}.{name} is nothing that Stripe has")
        elif not _fits(value, declared[name]):
            wrong.append(f"{where}.{name} = {value!r} isn't {declared[name]}")
        items = value if isinstance(value, list) else [value]
        for item in items:
            if isinstance(item, stripe.StripeObject):
                wrong += faults_of(item, f"{where}.{name}")
    return wrong


def _optional(annotation: Any) -> bool:
    return type(None) in typing.get_args(annotation)


def _fits(value: Any, annotation: Any) -> bool:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Union:
        # A Literal beside str means "one of these, or one that is newer than this SDK": only these are ours to say.
        literals = [option for option in inner if typing.get_origin(option) is typing.Literal]
        options = [option for option in inner if option is not str] if literals else list(inner)
        return any(_fits(value, option) for option in options)
    if origin is typing.Literal:
        return value in inner
    if annotation is type(None):
        return value is None
    if origin in (list, typing.List):  # noqa: UP006
        return isinstance(value, list) and all(_fits(item, inner[0]) for item in value)
    if annotation in _PLAIN:
        return isinstance(value, annotation) and (annotation is bool or not isinstance(value, bool))
    return isinstance(value, (stripe.StripeObject, dict))


async def answers(standin: StandinProcess) -> AsyncIterator[stripe.StripeObject]:
    """One of everything, in every state."""
    client = standin.client()
    intents, refunds = client.v1.payment_intents, client.v1.refunds
    card: Any = {"amount": 4200, "currency": "eur", "capture_method": "manual", "metadata": {"order": "1"}}
    yield await intents.create_async(card)
    held = await intents.create_async({**card, "payment_method": "pm_card_visa", "confirm": True})
    yield held
    yield await intents.retrieve_async(held.id, {"expand": ["latest_charge", "payment_method"]})
    yield await intents.capture_async(held.id)
    yield await refunds.create_async({"payment_intent": held.id, "amount": 100, "reason": "requested_by_customer"})
    asked = await intents.create_async({**card, "payment_method": "pm_card_threeDSecure2Required"})
    yield asked
    yield await intents.confirm_async(asked.id)
    yield await intents.cancel_async(asked.id, {"cancellation_reason": "abandoned"})
    declined = await intents.create_async(card)
    with pytest.raises(stripe.CardError):
        await intents.confirm_async(declined.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"})
    yield await intents.retrieve_async(declined.id, {"expand": ["latest_charge"]})
    for token in ("pm_card_pendingRefund", "pm_card_refundFail", "pm_card_createDispute"):
        paid = await intents.create_async(
            {**card, "capture_method": "automatic", "payment_method": token, "confirm": True}
        )
        if token != "pm_card_createDispute":
            yield await refunds.create_async({"payment_intent": paid.id})
    for kind, data in (("ideal", {}), ("bancontact", {}), ("sepa_debit", {"iban": "AT611904300234573201"})):
        form: Any = {
            **{"amount": 4200, "currency": "eur", "payment_method_types": [kind], "confirm": True},
            "payment_method_data": {
                "type": kind,
                kind: data,
                "billing_details": {"name": "Ben", "email": "b@x.example"},
            },
            "return_url": "http://127.0.0.1:8000/back",
        }
        made = await intents.create_async(form)
        yield made
        yield await client.v1.payment_methods.retrieve_async(str(made.payment_method))
    async with standin.http() as http:
        assert (await http.post("/_standin/settle")).json()["steps"] == 4
    for page in (
        await intents.list_async({"limit": 100}),
        await refunds.list_async({"limit": 100}),
        await client.v1.charges.list_async({"limit": 100}),
        await client.v1.disputes.list_async(),
        await client.v1.events.list_async({"limit": 100}),
        await intents.search_async({"query": "metadata['order']:'1'"}),
    ):
        assert page.data
        yield page
        for item in page.data:
            yield item
            if isinstance(item, stripe.Event):
                # What a webhook carries is read as the same class.
                yield item.data.object


async def test_the_sdk_reads_every_answer(standin: StandinProcess) -> None:
    seen, wrong = set(), []
    async for answer in answers(standin):
        seen.add(type(answer).__name__)
        wrong += faults_of(answer)
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert seen >= {"PaymentIntent", "Charge", "Refund", "PaymentMethod", "Dispute", "Event", "ListObject"}


async def test_an_error_reads_as_the_sdk_declares_it(standin: StandinProcess) -> None:
    client = standin.client()
    made = await client.v1.payment_intents.create_async({"amount": 4200, "currency": "eur", "capture_method": "manual"})
    with pytest.raises(stripe.CardError) as declined:
        await client.v1.payment_intents.confirm_async(made.id, {"payment_method": "pm_card_chargeDeclinedLostCard"})
    error = declined.value.error
    assert error is not None
    assert (error.type, error.code, error.decline_code) == ("card_error", "card_declined", "lost_card")
    assert error.message
    assert error.charge.startswith("ch_")
    assert error.doc_url == "https://stripe.com/docs/error-codes/card-declined"
    assert f"/{declined.value.request_id}?" in error.request_log_url
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_method.card.last4 == "9987"
    assert faults_of(error.payment_intent) == []
    assert faults_of(error.payment_method) == []
