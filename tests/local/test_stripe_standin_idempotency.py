"""Idempotency keys and faults: what a caller sees when the network or Stripe fails in the middle."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import stripe

from tests.local.standin_process import StandinProcess

FORM = {"amount": "4200", "currency": "eur", "capture_method": "manual"}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandinProcess]:
    standin = StandinProcess(tmp_path_factory.mktemp("standin") / "ledger.sqlite")
    standin.start()
    yield standin
    standin.end()


@pytest.fixture
async def standin(process: StandinProcess) -> AsyncIterator[StandinProcess]:
    yield process
    async with process.http() as http:
        await http.delete("/_standin/faults")


async def test_the_same_key_replays_the_stored_answer(standin: StandinProcess) -> None:
    async with standin.http() as http:
        first = await http.post("/v1/payment_intents", data=FORM, headers={"Idempotency-Key": "replay"})
        again = await http.post("/v1/payment_intents", data=FORM, headers={"Idempotency-Key": "replay"})
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert again.content == first.content


async def test_another_body_or_endpoint_under_the_same_key_is_refused(standin: StandinProcess) -> None:
    client = standin.client()
    options: stripe.RequestOptions = {"idempotency_key": "mismatch"}
    made = await client.v1.payment_intents.create_async({"amount": 4200, "currency": "eur"}, options)
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        await client.v1.payment_intents.create_async({"amount": 4300, "currency": "eur"}, options)
    assert refused.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        await client.v1.payment_intents.cancel_async(made.id, {}, options)


async def test_a_decline_is_replayed_and_a_validation_error_is_not(standin: StandinProcess) -> None:
    declined = {**FORM, "payment_method": "pm_card_chargeDeclined", "confirm": "true"}
    async with standin.http() as http:
        answers = [
            await http.post("/v1/payment_intents", data=declined, headers={"Idempotency-Key": "declined"}) for _ in "ab"
        ]
        invalid = await http.post("/v1/payment_intents", data={"amount": "1"}, headers={"Idempotency-Key": "invalid"})
        mended = await http.post("/v1/payment_intents", data=FORM, headers={"Idempotency-Key": "invalid"})
    assert [answer.status_code for answer in answers] == [402, 402]
    assert answers[0].content == answers[1].content
    assert (invalid.status_code, mended.status_code) == (400, 200)


async def test_a_key_in_use_is_409(standin: StandinProcess) -> None:
    await standin.faults(latency_ms=400, only=["create"])
    headers = {"Idempotency-Key": "at-once"}
    async with standin.http() as http:
        answers = await asyncio.gather(
            *(http.post("/v1/payment_intents", data=FORM, headers=headers) for _ in range(3))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["error"]["code"] == "idempotency_key_in_use"


async def test_a_stored_500_is_replayed_until_another_key_is_used(standin: StandinProcess) -> None:
    await standin.faults(error_rate=1, count=1)
    async with standin.http() as http:
        answers = [
            await http.post("/v1/payment_intents", data=FORM, headers={"Idempotency-Key": key})
            for key in ("broken", "broken", "broken:2")
        ]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert answers[1].headers["idempotent-replayed"] == "true"


async def test_a_500_after_the_work_hides_an_intent_that_search_finds(standin: StandinProcess) -> None:
    await standin.faults(error_after_rate=1, count=1)
    client = standin.client()
    with pytest.raises(stripe.APIError) as failed:
        await client.v1.payment_intents.create_async(
            {"amount": 4200, "currency": "eur", "metadata": {"payment_id": "hidden"}}, {"idempotency_key": "hidden"}
        )
    assert failed.value.http_status == 500
    found = await client.v1.payment_intents.search_async({"query": "metadata['payment_id']:'hidden'"})
    assert len(found.data) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_refusal_before_the_work_is_not_stored(standin: StandinProcess, status: int) -> None:
    await standin.faults(error_rate=1, status=status, count=1)
    headers = {"Idempotency-Key": f"refused-{status}"}
    async with standin.http() as http:
        answers = [await http.post("/v1/payment_intents", data=FORM, headers=headers) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [status, 200]


async def test_a_dropped_connection_after_the_work_charges_once(standin: StandinProcess) -> None:
    await standin.faults(reset_after_accept_rate=1, count=1)
    form = {**FORM, "payment_method": "pm_card_visa", "confirm": "true", "metadata[payment_id]": "dropped"}
    headers = {"Idempotency-Key": "dropped"}
    async with standin.http() as http:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await http.post("/v1/payment_intents", data=form, headers=headers)
        again = await http.post("/v1/payment_intents", data=form, headers=headers)
        query = {"query": "metadata['payment_id']:'dropped'"}
        found = (await http.get("/v1/payment_intents/search", params=query)).json()["data"]
    assert again.headers["idempotent-replayed"] == "true"
    assert [item["id"] for item in found] == [again.json()["id"]]


async def test_the_sdk_retries_through_a_reset(standin: StandinProcess) -> None:
    await standin.faults(reset_rate=1, count=1)
    made = await standin.client(retries=2).v1.payment_intents.create_async({"amount": 4200, "currency": "eur"})
    assert made.status == "requires_payment_method"


async def test_a_client_that_gives_up_early_may_still_be_charged(standin: StandinProcess) -> None:
    await standin.faults(latency_ms=300, only=["create"])
    async with standin.http() as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.post("/v1/payment_intents", data=FORM, headers={"Idempotency-Key": "late"}, timeout=0.05)
        statuses = {409}
        while statuses == {409}:
            answer = await http.post("/v1/payment_intents", data=FORM, headers={"Idempotency-Key": "late"})
            statuses = {answer.status_code}
    assert answer.status_code == 200
    assert answer.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    "knobs", [{"error_rate": 2}, {"latency_ms": -1}, {"status": 200}, {"colour": 1}, {"webhooks": "x"}]
)
async def test_knobs_that_make_no_sense_are_refused(standin: StandinProcess, knobs: dict[str, object]) -> None:
    async with standin.http() as http:
        assert (await http.post("/_standin/faults", json=knobs)).status_code == 422
        form = await http.post("/_standin/faults", data={"error_rate": "1"})
        assert form.status_code == 415
