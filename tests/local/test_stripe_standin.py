"""The stand-in, driven by the real SDK over HTTP: a purchase from authorisation to refund, and how it can fail."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import stripe
from stripe.params import PaymentIntentCreateParams

from tests.local.standin_process import StandinProcess

MANUAL: PaymentIntentCreateParams = {"amount": 4200, "currency": "eur", "capture_method": "manual"}


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandinProcess]:
    process = StandinProcess(tmp_path_factory.mktemp("standin") / "ledger.sqlite")
    process.start()
    yield process
    assert process.end() < 2


AUTHORISED: PaymentIntentCreateParams = {**MANUAL, "payment_method": "pm_card_visa", "confirm": True}


async def authorised(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return await client.v1.payment_intents.create_async(AUTHORISED)


async def test_a_purchase_from_authorisation_to_refund(standin: StandinProcess) -> None:
    client = standin.client()
    made = await client.v1.payment_intents.create_async(
        {**MANUAL, "metadata": {"payment_id": "p-1"}, "receipt_email": "ben@frontrow.example"}
    )
    assert made.status == "requires_payment_method"
    assert made.client_secret is not None
    assert made.client_secret.startswith(f"{made.id}_secret_")

    held = await client.v1.payment_intents.confirm_async(made.id, {"payment_method": "pm_card_visa"})
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 4200, 0)

    taken = await client.v1.payment_intents.capture_async(made.id, {"expand": ["latest_charge"]})
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 4200)
    assert isinstance(taken.latest_charge, stripe.Charge)
    assert taken.latest_charge.captured
    assert taken.latest_charge.payment_method_details is not None

    part = await client.v1.refunds.create_async({"payment_intent": made.id, "amount": 1200})
    assert (part.status, part.amount, part.currency) == ("succeeded", 1200, "eur")
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as refused:
        await client.v1.refunds.create_async({"payment_intent": made.id, "amount": 3001})
    assert refused.value.http_status == 400
    assert refused.value.param == "amount"
    rest = await client.v1.refunds.create_async({"payment_intent": made.id})
    assert rest.amount == 3000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.refunds.create_async({"payment_intent": made.id})
    assert refused.value.code == "charge_already_refunded"

    refunds = await client.v1.refunds.list_async({"payment_intent": made.id})
    assert [refund.amount for refund in refunds.data] == [3000, 1200]
    charge = await client.v1.charges.retrieve_async(taken.latest_charge.id)
    assert (charge.amount_refunded, charge.refunded) == (4200, True)


async def test_part_of_an_authorisation_can_be_captured_but_not_more(standin: StandinProcess) -> None:
    client = standin.client()
    held = await authorised(client)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.payment_intents.capture_async(held.id, {"amount_to_capture": 4201})
    assert refused.value.code == "amount_too_large"
    taken = await client.v1.payment_intents.capture_async(held.id, {"amount_to_capture": 4000})
    assert taken.amount_received == 4000
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        await client.v1.refunds.create_async({"payment_intent": held.id, "amount": 4200})


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
async def test_a_decline_keeps_the_intent_for_another_card(
    standin: StandinProcess, token: str, code: str, decline_code: str | None
) -> None:
    client = standin.client()
    made = await client.v1.payment_intents.create_async(MANUAL)
    with pytest.raises(stripe.CardError) as declined:
        await client.v1.payment_intents.confirm_async(made.id, {"payment_method": token})
    assert declined.value.http_status == 402
    assert declined.value.code == code
    assert declined.value.error is not None
    assert declined.value.error.decline_code == decline_code
    assert declined.value.error.payment_intent is not None
    assert declined.value.error.payment_intent.id == made.id
    after = await client.v1.payment_intents.retrieve_async(made.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error is not None
    assert after.last_payment_error.code == code
    assert (await client.v1.payment_intents.confirm_async(made.id, {"payment_method": "pm_card_visa"})).status == (
        "requires_capture"
    )


async def test_cancelling_voids_the_authorisation_for_good(standin: StandinProcess) -> None:
    client = standin.client()
    held = await authorised(client)
    cancelled = await client.v1.payment_intents.cancel_async(held.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.amount_capturable) == ("canceled", 0)
    for step in (client.v1.payment_intents.capture_async, client.v1.payment_intents.cancel_async):
        with pytest.raises(stripe.InvalidRequestError, match="has a status of canceled") as refused:
            await step(held.id)
        assert refused.value.code == "payment_intent_unexpected_state"
        assert refused.value.error is not None
        assert refused.value.error.payment_intent is not None
        assert refused.value.error.payment_intent.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        await client.v1.refunds.create_async({"payment_intent": held.id})


async def test_a_captured_intent_can_be_neither_cancelled_nor_captured_again(standin: StandinProcess) -> None:
    client = standin.client()
    paid = await client.v1.payment_intents.create_async({**AUTHORISED, "capture_method": "automatic"})
    assert (paid.status, paid.amount_received) == ("succeeded", 4200)
    with pytest.raises(stripe.InvalidRequestError, match="already been captured"):
        await client.v1.payment_intents.capture_async(paid.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        await client.v1.payment_intents.cancel_async(paid.id)


async def test_lists_page_newest_first_and_filter_by_time(standin: StandinProcess) -> None:
    client = standin.client()
    ids = [(await client.v1.payment_intents.create_async(MANUAL)).id for _ in range(5)]
    first = await client.v1.payment_intents.list_async({"limit": 2})
    assert ([item.id for item in first.data], first.has_more) == ([ids[4], ids[3]], True)
    second = await client.v1.payment_intents.list_async({"limit": 2, "starting_after": ids[3]})
    assert [item.id for item in second.data] == [ids[2], ids[1]]
    back = await client.v1.payment_intents.list_async({"limit": 1, "ending_before": ids[3]})
    assert [item.id for item in back.data] == [ids[4]]
    listed = await client.v1.payment_intents.list_async({"limit": 3})
    walked = [item.id async for item in listed.auto_paging_iter()]
    assert walked[:5] == ids[::-1]
    newest = await client.v1.payment_intents.retrieve_async(ids[4])
    assert not (await client.v1.payment_intents.list_async({"created": {"gt": newest.created}})).data
    recent = await client.v1.payment_intents.list_async({"created": {"gte": newest.created}, "limit": 100})
    assert ids[4] in [item.id for item in recent.data]


async def test_search_finds_by_metadata_and_state(standin: StandinProcess) -> None:
    client = standin.client()
    held = await client.v1.payment_intents.create_async({**AUTHORISED, "metadata": {"payment_id": "p-'search'"}})
    await client.v1.payment_intents.create_async({**MANUAL, "metadata": {"payment_id": "other"}})
    for query, found in [
        ("metadata['payment_id']:'p-\\'search\\''", [held.id]),
        ("metadata[\"payment_id\"]:\"p-'search'\" AND status:'requires_capture' AND amount>=4200", [held.id]),
        ("metadata['payment_id']:'p-\\'search\\'' AND status:'canceled'", []),
        ("metadata['payment_id']:'nobody'", []),
    ]:
        answer = await client.v1.payment_intents.search_async({"query": query})
        assert [item.id for item in answer.data] == found
    await client.v1.payment_intents.update_async(held.id, {"metadata": {"payment_id": "moved"}})
    for value, found in [("moved", [held.id]), ("p-\\'search\\'", [])]:
        answer = await client.v1.payment_intents.search_async({"query": f"metadata['payment_id']:'{value}'"})
        assert [item.id for item in answer.data] == found
    with pytest.raises(stripe.InvalidRequestError, match="unable to parse"):
        await client.v1.payment_intents.search_async({"query": "metadata[payment_id]"})


async def test_keys_are_checked_as_stripe_checks_them(standin: StandinProcess) -> None:
    async with httpx.AsyncClient(base_url=standin.base) as http:
        assert (await http.get("/v1/payment_intents")).status_code == 401
        wrong = await http.get("/v1/payment_intents", headers={"Authorization": "Bearer sk_test_0123456789abcdef"})
        assert wrong.status_code == 401
        assert wrong.json()["error"]["message"] == "Invalid API Key provided: sk_test_********cdef"
        assert (await http.get("/v1/payment_intents", auth=(standin.secret_key, ""))).status_code == 200
        publishable = await http.get("/v1/payment_intents", auth=(standin.publishable_key, ""))
        assert publishable.status_code == 403
        assert publishable.json()["error"]["code"] == "secret_key_required"


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"currency": "eur"}, "parameter_missing", "amount"),
        ({"amount": "4200"}, "parameter_missing", "currency"),
        ({"amount": "12.5", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": "-1", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": "1e309", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": "49", "currency": "eur"}, "amount_too_small", "amount"),
        ({"amount": "100000000", "currency": "eur"}, "amount_too_large", "amount"),
        ({"amount": "4200", "currency": "eur", "colour": "red"}, "parameter_unknown", "colour"),
        ({"amount": "4200", "currency": "eur", "payment_method": "pm_none"}, "resource_missing", "payment_method"),
    ],
)
async def test_bad_parameters_are_named(standin: StandinProcess, form: dict[str, str], code: str, param: str) -> None:
    async with standin.http() as http:
        answer = await http.post("/v1/payment_intents", data=form)
    assert answer.status_code == 400
    assert answer.headers["request-id"].startswith("req_")
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)


async def test_what_does_not_exist_is_404(standin: StandinProcess) -> None:
    client = standin.client()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.payment_intents.retrieve_async("pi_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    async with standin.http() as http:
        assert (await http.post("/v1/nonsense")).status_code == 404


async def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    standin = StandinProcess(tmp_path / "ledger.sqlite")
    standin.start()
    try:
        client = standin.client()
        held = await authorised(client)
        paid = await client.v1.payment_intents.capture_async(held.id, {}, {"idempotency_key": "cap:1"})
        standin.process.kill()  # type: ignore[union-attr]
        standin.end()
        standin.start()
        client = standin.client()
        again = await client.v1.payment_intents.capture_async(held.id, {}, {"idempotency_key": "cap:1"})
        assert (again.id, again.status) == (paid.id, "succeeded")
        refund = await client.v1.refunds.create_async({"payment_intent": held.id, "amount": 200})
        async with standin.http() as http:
            ledger = (await http.get("/_standin/ledger")).json()
        assert [(item["id"], item["amount_received"]) for item in ledger["intents"]] == [(held.id, 4200)]
        assert [(item["id"], item["amount"]) for item in ledger["refunds"]] == [(refund.id, 200)]
        assert ledger["totals"] == {"eur": {"captured": 4200, "capturable": 0, "refunded": 200}}
    finally:
        standin.end()
