"""What a browser does: confirm with the publishable key and client secret, pass or fail 3-D Secure, load the script."""

from collections.abc import Iterator

import httpx
import pytest
import stripe

from tests.local.standin_process import StandinProcess

SECURE_CARD = "4000002500003155"


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandinProcess]:
    process = StandinProcess(tmp_path_factory.mktemp("standin") / "ledger.sqlite")
    process.start()
    yield process
    process.end()


async def new_intent(standin: StandinProcess) -> stripe.PaymentIntent:
    return await standin.client().v1.payment_intents.create_async(
        {"amount": 4200, "currency": "eur", "capture_method": "manual", "metadata": {"order": "secret note"}}
    )


async def confirm(standin: StandinProcess, intent: stripe.PaymentIntent, number: str, **extra: str) -> httpx.Response:
    form = {
        "key": standin.publishable_key,
        "client_secret": str(intent.client_secret),
        "use_stripe_sdk": "true",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": number,
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "34",
        "payment_method_data[card][cvc]": "123",
        **extra,
    }
    async with httpx.AsyncClient(base_url=standin.base, headers={"Origin": "http://127.0.0.1:8000"}) as http:
        return await http.post(f"/v1/payment_intents/{intent.id}/confirm", data=form)


async def test_a_browser_confirms_and_sees_only_its_part(standin: StandinProcess) -> None:
    intent = await new_intent(standin)
    answer = await confirm(standin, intent, "4242 4242 4242 4242")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["status"] == "requires_capture"
    assert not {"metadata", "latest_charge", "customer"} & answer.json().keys()
    async with httpx.AsyncClient(base_url=standin.base) as http:
        query = {"key": standin.publishable_key, "client_secret": str(intent.client_secret)}
        seen = await http.get(f"/v1/payment_intents/{intent.id}", params=query)
        assert seen.json()["id"] == intent.id
        query["client_secret"] = f"{intent.id}_secret_guess"
        assert (await http.get(f"/v1/payment_intents/{intent.id}", params=query)).status_code == 404
        assert (await http.get(f"/v1/payment_intents/{intent.id}", params={"key": query["key"]})).status_code == 400
        preflight = await http.options(f"/v1/payment_intents/{intent.id}/confirm")
        assert preflight.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"


async def test_a_browser_without_the_client_secret_cannot_confirm_or_capture(standin: StandinProcess) -> None:
    intent = await new_intent(standin)
    assert (await confirm(standin, intent, "4242424242424242", client_secret="guess")).status_code == 400
    async with httpx.AsyncClient(base_url=standin.base) as http:
        form = {"key": standin.publishable_key}
        assert (await http.post(f"/v1/payment_intents/{intent.id}/capture", data=form)).status_code == 403
        assert (await http.post("/v1/refunds", data={**form, "payment_intent": intent.id})).status_code == 403


@pytest.mark.parametrize(
    ("number", "extra", "code"),
    [
        ("4000000000000002", {}, "card_declined"),
        ("4000000000009995", {}, "card_declined"),
        ("4242424242424241", {}, "incorrect_number"),
        ("4929420573595709", {}, "card_declined"),
        ("4242424242424242", {"payment_method_data[card][exp_year]": "20"}, "invalid_expiry_year"),
        ("4242424242424242", {"payment_method_data[card][exp_month]": "13"}, "invalid_expiry_month"),
        ("4242424242424242", {"payment_method_data[card][cvc]": "12"}, "invalid_cvc"),
    ],
)
async def test_bad_cards_get_a_card_error(
    standin: StandinProcess, number: str, extra: dict[str, str], code: str
) -> None:
    intent = await new_intent(standin)
    answer = await confirm(standin, intent, number, **extra)
    assert answer.status_code == 402
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("card_error", code)
    assert "metadata" not in error.get("payment_intent", {})
    after = await standin.client().v1.payment_intents.retrieve_async(intent.id)
    assert after.status == "requires_payment_method"


async def authenticate(standin: StandinProcess, intent: stripe.PaymentIntent, outcome: str) -> httpx.Response:
    form = {
        "key": standin.publishable_key,
        "client_secret": str(intent.client_secret),
        "payment_intent": intent.id,
        "outcome": outcome,
    }
    async with httpx.AsyncClient(base_url=standin.base) as http:
        return await http.post("/v1/3ds2/authenticate", data=form)


async def test_three_d_secure_completed(standin: StandinProcess) -> None:
    intent = await new_intent(standin)
    asked = await confirm(standin, intent, SECURE_CARD)
    assert asked.json()["status"] == "requires_action"
    assert asked.json()["next_action"]["type"] == "use_stripe_sdk"
    with pytest.raises(stripe.InvalidRequestError, match="status of requires_action"):
        await standin.client().v1.payment_intents.capture_async(intent.id)
    assert (await authenticate(standin, intent, "complete")).json()["status"] == "requires_capture"
    assert (await authenticate(standin, intent, "complete")).status_code == 400


async def test_three_d_secure_failed_leaves_room_for_another_card(standin: StandinProcess) -> None:
    intent = await new_intent(standin)
    await confirm(standin, intent, SECURE_CARD)
    failed = (await authenticate(standin, intent, "fail")).json()
    assert failed["status"] == "requires_payment_method"
    assert failed["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert (await confirm(standin, intent, "4242424242424242")).json()["status"] == "requires_capture"


async def test_three_d_secure_passed_but_declined_by_the_bank(standin: StandinProcess) -> None:
    intent = await new_intent(standin)
    await confirm(standin, intent, "4000008260003178")
    answer = await authenticate(standin, intent, "complete")
    assert answer.status_code == 402
    assert answer.json()["error"]["decline_code"] == "insufficient_funds"


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [("complete", "requires_capture", "succeeded"), ("fail", "requires_payment_method", "failed")],
)
async def test_the_banks_page_leads_back_to_the_shop(
    standin: StandinProcess, outcome: str, status: str, told: str
) -> None:
    client = standin.client()
    intent = await new_intent(standin)
    asked = await client.v1.payment_intents.confirm_async(
        intent.id,
        {"payment_method": "pm_card_threeDSecure2Required", "return_url": "http://127.0.0.1:8000/orders/1?a=b"},
    )
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    address = str(asked.next_action.redirect_to_url.url)
    async with httpx.AsyncClient() as http:
        page = await http.get(address)
        assert "Complete" in page.text
        assert (await http.get(address.partition("?")[0])).status_code == 404
        back = await http.post(address, data={"client_secret": str(intent.client_secret), "outcome": outcome})
    assert back.status_code == 303
    assert back.headers["location"].startswith("http://127.0.0.1:8000/orders/1?a=b&payment_intent=pi_")
    assert back.headers["location"].endswith(f"redirect_status={told}")
    assert (await client.v1.payment_intents.retrieve_async(intent.id)).status == status


async def test_the_script_is_served_whole(standin: StandinProcess) -> None:
    async with httpx.AsyncClient(base_url=standin.base) as http:
        script = await http.get("/v3/stripe.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "window.Stripe = Stripe;" in script.text
    assert standin.secret_key not in script.text
