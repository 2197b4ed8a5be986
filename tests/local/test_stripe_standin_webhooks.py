"""Events: signed so that the real SDK verifies them, retried until they are taken, lost or doubled only on demand."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import stripe
from stripe.params import PaymentIntentCreateParams

from tests.local.standin_process import StandinProcess, WebhookEndpoint, free_port, listening

HELD: PaymentIntentCreateParams = {
    "amount": 4200,
    "currency": "eur",
    "capture_method": "manual",
    "payment_method": "pm_card_visa",
    "confirm": True,
}


@pytest.fixture
async def port() -> int:
    return free_port()


@pytest.fixture
async def standin(tmp_path: Path, port: int) -> AsyncIterator[StandinProcess]:
    process = StandinProcess(tmp_path / "ledger.sqlite", f"http://127.0.0.1:{port}/hook")
    process.start()
    yield process
    assert process.end() < 2


async def test_every_step_is_announced_in_order_and_verifies(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    async with listening(endpoint, port):
        held = await client.v1.payment_intents.create_async(HELD, {"idempotency_key": "pay:1"})
        await endpoint.wait_for(lambda: len(endpoint.received) == 1)
        await client.v1.payment_intents.capture_async(held.id)
        await endpoint.wait_for(lambda: len(endpoint.received) == 2)
        await client.v1.refunds.create_async({"payment_intent": held.id})
        await endpoint.wait_for(lambda: len(endpoint.received) == 4)
    assert endpoint.types(standin.webhook_secret) == [
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
        "charge.refunded",
        "refund.created",
    ]
    body, header = endpoint.received[0]
    event = stripe.Webhook.construct_event(body, header, standin.webhook_secret)
    assert event.data.object["id"] == held.id
    assert event.data.object["status"] == "requires_capture"
    assert event.request is not None
    assert event.request.idempotency_key == "pay:1"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace(b"4200", b"4201"), header, standin.webhook_secret)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_wrong")


async def test_declines_cancellations_and_challenges_are_announced(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    async with listening(endpoint, port):
        with pytest.raises(stripe.CardError):
            await client.v1.payment_intents.create_async({**HELD, "payment_method": "pm_card_chargeDeclined"})
        asked = await client.v1.payment_intents.create_async(
            {**HELD, "payment_method": "pm_card_threeDSecure2Required"}
        )
        await client.v1.payment_intents.cancel_async(asked.id)
        await endpoint.wait_for(lambda: len(endpoint.received) == 3)
    assert Counter(endpoint.types(standin.webhook_secret)) == {
        "payment_intent.payment_failed": 1,
        "payment_intent.requires_action": 1,
        "payment_intent.canceled": 1,
    }


async def test_an_endpoint_that_is_down_gets_its_events_later_even_after_a_kill(
    standin: StandinProcess, port: int
) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    for _ in range(20):
        await client.v1.payment_intents.create_async(HELD)
    standin.process.kill()  # type: ignore[union-attr]
    standin.end()
    standin.start()
    async with listening(endpoint, port):
        await endpoint.wait_for(lambda: len({json.loads(body)["id"] for body, _ in endpoint.received}) == 20)


async def test_an_error_of_the_endpoint_is_answered_with_another_attempt(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    statuses = iter([500, 404])
    endpoint.answer = lambda _: next(statuses, 200)
    async with listening(endpoint, port):
        await client.v1.payment_intents.create_async(HELD)
        await endpoint.wait_for(lambda: len(endpoint.received) == 3)
    assert len({json.loads(body)["id"] for body, _ in endpoint.received}) == 1
    endpoint.types(standin.webhook_secret)


async def test_webhooks_can_be_lost_held_doubled_and_shuffled(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    async with listening(endpoint, port):
        await standin.faults(webhooks="off")
        lost = await client.v1.payment_intents.create_async(HELD)
        await standin.faults(webhooks="held")
        kept = await client.v1.payment_intents.create_async(HELD)
        await standin.faults(webhooks="normal", duplicate=1)
        await endpoint.wait_for(lambda: len(endpoint.received) == 2)
        named = [json.loads(body)["data"]["object"]["id"] for body, _ in endpoint.received]
        assert named == [kept.id, kept.id]
        assert lost.id not in named
        await standin.faults(duplicate=0, shuffle=300)
        for _ in range(30):
            await client.v1.payment_intents.create_async(HELD)
        await endpoint.wait_for(lambda: len(endpoint.received) == 32)
    order = [json.loads(body)["data"]["object"]["id"] for body, _ in endpoint.received[2:]]
    listed = await client.v1.payment_intents.list_async({"limit": 30})
    assert sorted(order) == sorted(item.id for item in listed.data)
    assert order != [item.id for item in reversed(listed.data)]


async def test_a_lapsed_authorisation_is_cancelled_and_announced(standin: StandinProcess, port: int) -> None:
    client, endpoint = standin.client(), WebhookEndpoint()
    held = await client.v1.payment_intents.create_async(HELD)
    async with listening(endpoint, port), standin.http() as http:
        assert (await http.post("/_standin/lapse", json={"payment_intent": held.id})).status_code == 200
        await endpoint.wait_for(lambda: len({body for body, _ in endpoint.received}) == 2)
    assert "payment_intent.canceled" in endpoint.types(standin.webhook_secret)
    after = await client.v1.payment_intents.retrieve_async(held.id)
    assert (after.status, after.cancellation_reason) == ("canceled", "automatic")
