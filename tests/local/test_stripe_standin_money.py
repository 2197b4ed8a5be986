"""Money that goes its own way: banks' pages, debits that take days, refunds that wait or come back, disputes.

And what can be made to go wrong with it: operations one by one, events, search."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests.local.standin_process import StandinProcess, WebhookEndpoint, free_port, listening
from tests.waiting import eventually

BACK = "http://127.0.0.1:8000/orders/1"
CARD: Any = {"amount": 4200, "currency": "eur", "capture_method": "automatic", "confirm": True}
WORKS, FAILS = "AT611904300234573201", "AT861904300235473202"


@pytest.fixture
async def port() -> int:
    return free_port()


@pytest.fixture
async def standin(tmp_path: Path, port: int) -> AsyncIterator[StandinProcess]:
    process = StandinProcess(tmp_path / "ledger.sqlite", f"http://127.0.0.1:{port}/hook")
    process.start()
    yield process
    process.end()


def bank(kind: str, **details: str) -> Any:
    return {
        **{"amount": 4200, "currency": "eur", "payment_method_types": [kind], "confirm": True, "return_url": BACK},
        "payment_method_data": {"type": kind, kind: details, "billing_details": {"name": "Ben Buyer"}},
    }


async def settle(standin: StandinProcess) -> None:
    async with standin.http() as http:
        assert (await http.post("/_standin/settle")).status_code == 200


async def totals(standin: StandinProcess) -> dict[str, int]:
    async with standin.http() as http:
        found: dict[str, int] = (await http.get("/_standin/ledger")).json()["totals"]["eur"]
    return found


@pytest.mark.parametrize(("outcome", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")])
async def test_a_banks_page_is_gone_to_and_come_back_from(standin: StandinProcess, outcome: str, status: str) -> None:
    client = standin.client()
    made = await client.v1.payment_intents.create_async(bank("ideal"))
    assert (made.status, made.amount_capturable, made.amount_received) == ("requires_action", 0, 0)
    assert made.next_action is not None
    assert made.next_action.redirect_to_url is not None
    assert made.next_action.redirect_to_url.return_url == BACK
    async with httpx.AsyncClient() as http:
        address = str(made.next_action.redirect_to_url.url)
        assert (await http.get(address)).status_code == 200
        back = await http.post(address, data={"client_secret": str(made.client_secret), "outcome": outcome})
    query = httpx.URL(back.headers["location"]).params
    assert query["payment_intent"] == made.id
    assert query["payment_intent_client_secret"] == made.client_secret
    assert query["redirect_status"] == ("succeeded" if outcome == "complete" else "failed")
    after = await client.v1.payment_intents.retrieve_async(made.id)
    assert after.status == status
    assert after.amount_received == (4200 if outcome == "complete" else 0)


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"payment_method_types": ["ideal"], "capture_method": "manual"}, "capture_method"),
        ({"payment_method_types": ["card", "bancontact"], "capture_method": "manual"}, "capture_method"),
        ({"payment_method_types": ["ideal"], "currency": "usd"}, "payment_method_types"),
        ({"payment_method_types": ["barter"]}, "payment_method_types"),
        ({**bank("ideal"), "return_url": ""}, "return_url"),
        ({**bank("ideal"), "payment_method_types": ["card"]}, "payment_method"),
    ],
)
async def test_what_a_bank_cannot_do_is_refused(standin: StandinProcess, form: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await standin.client().v1.payment_intents.create_async({"amount": 4200, "currency": "eur", **form})
    assert refused.value.param == param
    assert (await standin.client().v1.payment_intents.list_async()).data == []  # it got nowhere
    if param == "capture_method":
        assert "can only be used with PaymentIntents that have capture_method=automatic" in str(refused.value)


@pytest.mark.parametrize(
    ("iban", "status", "kind"),
    [
        (WORKS, "succeeded", "payment_intent.succeeded"),
        (FAILS, "requires_payment_method", "payment_intent.payment_failed"),
    ],
)
async def test_a_debit_is_processing_until_its_money_comes(
    standin: StandinProcess, port: int, iban: str, status: str, kind: str
) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    async with listening(endpoint, port):
        made = await client.v1.payment_intents.create_async(bank("sepa_debit", iban=iban))
        assert made.status == "processing"
        with pytest.raises(stripe.InvalidRequestError):
            await client.v1.payment_intents.capture_async(made.id)
        await settle(standin)
        await endpoint.wait_for(lambda: len(endpoint.received) == 2)
    assert endpoint.types(standin.webhook_secret) == ["payment_intent.processing", kind]
    assert (await client.v1.payment_intents.retrieve_async(made.id)).status == status


async def test_a_pending_refund_succeeds_later_even_after_a_kill(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    paid = await client.v1.payment_intents.create_async({**CARD, "payment_method": "pm_card_pendingRefund"})
    refund = await client.v1.refunds.create_async({"payment_intent": paid.id, "amount": 4000})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    # What is pending counts: it can't be given back a second time.
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        await client.v1.refunds.create_async({"payment_intent": paid.id, "amount": 4000})
    standin.process.kill()  # type: ignore[union-attr]
    standin.end()
    standin.start()

    async def succeeded() -> bool:
        return (await standin.client().v1.refunds.retrieve_async(refund.id)).status == "succeeded"

    async with listening(endpoint, port):
        await eventually(succeeded)
        await endpoint.wait_for(lambda: b'"refund.updated"' in b"".join(body for body, _ in endpoint.received))
    assert await totals(standin) == {"captured": 4200, "capturable": 0, "refunded": 4000}


async def test_a_refund_that_fails_gives_the_money_back_to_the_merchant(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    async with listening(endpoint, port):
        paid = await client.v1.payment_intents.create_async({**CARD, "payment_method": "pm_card_refundFail"})
        refund = await client.v1.refunds.create_async({"payment_intent": paid.id})
        assert refund.status == "succeeded"
        await settle(standin)
        await endpoint.wait_for(lambda: len(endpoint.received) == 6)
    failed = await client.v1.refunds.retrieve_async(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert endpoint.types(standin.webhook_secret)[3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]
    assert (await totals(standin))["refunded"] == 0
    again = await client.v1.refunds.create_async({"payment_intent": paid.id})
    assert again.amount == 4200


async def test_a_disputed_charge_cannot_be_refunded(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    async with listening(endpoint, port):
        paid = await client.v1.payment_intents.create_async({**CARD, "payment_method": "pm_card_createDispute"})
        await settle(standin)
        await endpoint.wait_for(lambda: len(endpoint.received) == 3)
    assert "charge.dispute.created" in endpoint.types(standin.webhook_secret)
    dispute = (await client.v1.disputes.list_async({"payment_intent": paid.id})).data[0]
    assert (dispute.amount, dispute.reason, dispute.status) == (4200, "fraudulent", "needs_response")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.refunds.create_async({"payment_intent": paid.id})
    assert refused.value.code == "charge_disputed"


async def test_search_lags_behind_and_the_list_does_not(standin: StandinProcess) -> None:
    client = standin.client()
    await standin.faults(search_lag_ms=400)
    made = await client.v1.payment_intents.create_async(
        {"amount": 4200, "currency": "eur", "metadata": {"payment_id": "late"}}
    )

    async def found() -> list[str]:
        answer = await client.v1.payment_intents.search_async({"query": "metadata['payment_id']:'late'"})
        return [item.id for item in answer.data]

    assert await found() == []
    assert [item.id for item in (await client.v1.payment_intents.list_async({"limit": 1})).data] == [made.id]
    assert await eventually(found) == [made.id]


async def test_each_operation_has_mishaps_of_its_own(standin: StandinProcess) -> None:
    await standin.faults(
        each={
            "create": {"error_rate": 1, "status": 429, "count": 2},
            "cancel": {"error_after_rate": 1, "status": 500, "stored": False, "count": 1},
            "retrieve": {"latency_after_ms": 150, "count": 0},
        }
    )
    async with standin.http() as http:
        form = {"amount": "4200", "currency": "eur"}
        answers = [await http.post("/v1/payment_intents", data=form) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [429, 429, 200]
        path = f"/v1/payment_intents/{answers[2].json()['id']}"
        key = {"Idempotency-Key": "unstored"}
        # The work was done and the 500 wasn't stored: the same key tells the state instead of the old answer.
        assert (await http.post(f"{path}/cancel", headers=key)).status_code == 500
        again = await http.post(f"{path}/cancel", headers=key)
        assert again.json()["error"]["code"] == "payment_intent_unexpected_state"
        began = asyncio.get_running_loop().time()
        assert (await http.get(path)).json()["status"] == "canceled"
        assert asyncio.get_running_loop().time() - began > 0.14


async def test_a_key_is_an_accounts_own(standin: StandinProcess) -> None:
    form = {"amount": "4200", "currency": "eur"}
    async with standin.http() as http:
        one = await http.post("/v1/payment_intents", data=form, headers={"Idempotency-Key": "k"})
        two = await http.post(
            "/v1/payment_intents", data=form, headers={"Idempotency-Key": "k", "Stripe-Account": "acct_2"}
        )
    assert one.json()["id"] != two.json()["id"]


async def test_events_may_be_lost_late_and_often(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    async with listening(endpoint, port):
        await standin.faults(lost=1)
        await client.v1.payment_intents.create_async({**CARD, "payment_method": "pm_card_visa"})
        await standin.faults(lost=0, duplicate=1, copies=4, webhook_delay_ms=200)
        began = asyncio.get_running_loop().time()
        await client.v1.payment_intents.create_async({**CARD, "payment_method": "pm_card_visa"})
        await endpoint.wait_for(lambda: len(endpoint.received) >= 2)
        assert asyncio.get_running_loop().time() - began > 0.19
    assert len({body for body, _ in endpoint.received}) == 1
    # Lost is only the delivery: whoever asks for what happened is told.
    assert len((await client.v1.events.list_async({"types": ["payment_intent.succeeded"]})).data) == 2
