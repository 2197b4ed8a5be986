"""The Stripe gateway against the stand-in on the wire: what each answer of Stripe becomes, and what is never said."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from frontrow.core.runtime import Runtime
from frontrow.core.secrets import FileSecrets, make_local_secrets
from frontrow.core.settings import StripeSettings
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.budget import RetryBudget
from frontrow.gateways.stripe import (
    Done,
    Intent,
    RefundDone,
    Refused,
    StripeGateway,
    StripeUnreachable,
    Unknown,
    is_answer,
)
from tests.factories.stack import answers, stripe_standin
from tests.waiting import eventually


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "secrets.json"
    make_local_secrets(path)
    return path


@pytest.fixture(scope="module")
def standin(keys: Path) -> Iterator[str]:
    with stripe_standin(keys.parent, make_local_secrets(keys), "") as url:
        yield url


@pytest.fixture
async def gw(rt: Runtime, standin: str, keys: Path) -> AsyncIterator[StripeGateway]:
    await eventually(lambda: answers(f"{standin}/health"), within=20)
    breaker = Breaker("stripe", rt.redis, is_answer=is_answer, open_s=0.1)
    gateway = StripeGateway(StripeSettings(api_base=standin, timeout_s=2), FileSecrets(keys), breaker)
    yield gateway
    await gateway.close()
    async with httpx.AsyncClient() as http:
        await http.delete(f"{standin}/_standin/faults")


async def faults(standin: str, **knobs: Any) -> None:
    async with httpx.AsyncClient() as http:
        (await http.post(f"{standin}/_standin/faults", json=knobs)).raise_for_status()


async def create(gw: StripeGateway, key: str = "", method: str = "card", payment_id: uuid.UUID | None = None) -> Any:
    payment_id = payment_id or uuid.uuid4()
    return await gw.create(
        payment_id=payment_id,
        order_code="ABCD-1234",
        amount=4200,
        currency="EUR",
        email="ben@frontrow.example",
        key=key or f"pay:{payment_id}",
        method=method,
    )


async def confirm(standin: str, keys: Path, intent: Intent, card: str = "4242424242424242") -> httpx.Response:
    """As the page does it."""
    form = {
        "key": make_local_secrets(keys)["stripe_publishable_key"],
        "client_secret": str(intent.client_secret),
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": card,
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "34",
        "payment_method_data[card][cvc]": "123",
    }
    async with httpx.AsyncClient() as http:
        return await http.post(f"{standin}/v1/payment_intents/{intent.id}/confirm", data=form)


async def captured(gw: StripeGateway, standin: str, keys: Path, card: str = "4242424242424242") -> Intent:
    made = await create(gw)
    assert isinstance(made, Done)
    await confirm(standin, keys, made.intent, card)
    taken = await gw.capture(made.intent.id, f"cap:{made.intent.id}")
    assert isinstance(taken, Done)
    return taken.intent


async def test_a_card_is_authorised_captured_and_refunded(gw: StripeGateway, standin: str, keys: Path) -> None:
    payment_id = uuid.uuid4()
    made = await create(gw, payment_id=payment_id)
    assert isinstance(made, Done)
    intent = made.intent
    assert (intent.status, intent.amount, intent.currency) == ("requires_payment_method", 4200, "EUR")
    assert (intent.payment_id, intent.livemode, intent.captured) == (payment_id, False, 0)
    assert (await create(gw, payment_id=payment_id)).intent.id == intent.id
    await confirm(standin, keys, intent)
    held = await gw.retrieve(intent.id)
    assert isinstance(held, Done)
    assert held.intent.status == "requires_capture"
    taken = await gw.capture(intent.id, f"cap:{payment_id}:0")
    assert isinstance(taken, Done)
    assert (taken.intent.status, taken.intent.captured) == ("succeeded", 4200)
    refund_id = uuid.uuid4()
    given = await gw.refund(intent.id, 1200, refund_id)
    assert isinstance(given, RefundDone)
    assert given == RefundDone(given.stripe_id, "succeeded", 1200, "EUR", refund_id, intent.id)
    assert await gw.refund(intent.id, 1200, refund_id) == given
    assert await gw.retrieve_refund(given.stripe_id) == given
    assert await gw.refunds(intent.id) == [given]
    too_much = await gw.refund(intent.id, 3001, uuid.uuid4())
    assert isinstance(too_much, Refused)


async def test_a_refusal_is_told_from_an_unknown(gw: StripeGateway, standin: str) -> None:
    made = await create(gw)
    refused = await gw.capture(made.intent.id, f"cap:{made.intent.id}")
    assert isinstance(refused, Refused)
    assert refused.code == "payment_intent_unexpected_state"
    assert isinstance(await gw.retrieve("pi_none"), Refused)
    await faults(standin, error_rate=1, status=500, count=1)
    assert await gw.cancel(made.intent.id, "c:1") == Unknown("http_500", next_key=True)
    assert await gw.cancel(made.intent.id, "c:1") == Unknown("http_500", next_key=True)
    gone = await gw.cancel(made.intent.id, "c:2")
    assert isinstance(gone, Done)
    assert gone.intent.status == "canceled"
    for status, next_key in ((429, False), (409, False), (503, True)):
        await faults(standin, error_rate=1, status=status, count=1)
        assert await gw.retrieve(made.intent.id) == Unknown(f"http_{status}", next_key=next_key)


async def test_a_lost_answer_is_unknown_and_found_again(gw: StripeGateway, standin: str) -> None:
    payment_id = uuid.uuid4()
    await faults(standin, reset_after_accept_rate=1, count=1)
    lost = await create(gw, payment_id=payment_id)
    assert isinstance(lost, Unknown)
    assert not lost.next_key
    found = await gw.find(payment_id)
    assert found is not None
    assert found.payment_id == payment_id
    assert (await create(gw, payment_id=payment_id)).intent.id == found.id
    assert await gw.find(uuid.uuid4()) is None


async def test_an_idempotency_key_of_another_request_says_nothing(gw: StripeGateway) -> None:
    await create(gw, key="twice")
    assert await create(gw, key="twice") == Unknown("idempotency_conflict", next_key=False)


async def test_a_silent_stripe_is_given_up_on(rt: Runtime, keys: Path) -> None:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    breaker = Breaker("stripe", rt.redis, is_answer=is_answer)
    settings = StripeSettings(api_base=f"http://127.0.0.1:{port}", timeout_s=0.2)
    gateway = StripeGateway(settings, FileSecrets(keys), breaker)
    began = time.monotonic()
    answer = await gateway.retrieve("pi_1")
    assert answer == Unknown("TimeoutError", next_key=False)
    assert time.monotonic() - began < 2
    with pytest.raises(StripeUnreachable):
        await gateway.find(uuid.uuid4())
    await gateway.close()
    server.close()


async def test_a_lost_answer_is_asked_for_again_within_the_budget(rt: Runtime, standin: str, keys: Path) -> None:
    await eventually(lambda: answers(f"{standin}/health"), within=20)
    budget = RetryBudget(ratio=0, floor_per_s=0, most=2)
    breaker = Breaker("stripe", rt.redis, is_answer=is_answer)
    gateway = StripeGateway(StripeSettings(api_base=standin), FileSecrets(keys), breaker, budget)
    made = await create(gateway)
    await faults(standin, error_rate=1, status=429)
    reasons = []
    for _ in range(4):
        lost = await gateway.cancel(made.intent.id, "budget")
        assert isinstance(lost, Unknown)
        reasons.append(lost.reason)
    await faults(standin, error_rate=0)
    assert reasons == ["http_429", "http_429", "http_429", "retry_budget"]
    assert isinstance(await gateway.retrieve(made.intent.id), Done)  # another operation is no retry
    await gateway.close()


async def test_a_rolled_key_is_read_again(rt: Runtime, standin: str, keys: Path, tmp_path: Path) -> None:
    await eventually(lambda: answers(f"{standin}/health"), within=20)
    known = make_local_secrets(keys)
    stale = tmp_path / "secrets.json"
    stale.write_text(json.dumps({**known, "stripe_secret_key": "sk_test_of_yesterday", "stripe_webhook_secret": "old"}))
    breaker = Breaker("stripe", rt.redis, is_answer=is_answer)
    gateway = StripeGateway(StripeSettings(api_base=standin), FileSecrets(stale), breaker)
    stale_answer = await gateway.retrieve("pi_none")
    assert stale_answer == Unknown("http_401", next_key=False)
    stale.write_text(json.dumps(known))
    gateway._reread_at = 0.0  # it was read a while ago
    body = b'{"id": "evt_1", "type": "payment_intent.succeeded"}'
    good = signed(known["stripe_webhook_secret"], body, time.time())
    assert await gateway.verified_event(body, good) is not None
    assert isinstance(await gateway.retrieve("pi_none"), Refused)
    await gateway.close()


async def test_calls_at_once_share_lines_and_never_mix_answers(gw: StripeGateway) -> None:
    wanted = [uuid.uuid4() for _ in range(40)]
    made = await asyncio.gather(*(create(gw, payment_id=payment_id) for payment_id in wanted))
    assert [answer.intent.payment_id for answer in made] == wanted
    # A call that was given up while its answer was on its way takes its line with it.
    given_up = asyncio.create_task(gw.retrieve(made[0].intent.id))
    await asyncio.sleep(0)
    given_up.cancel()
    read = await asyncio.gather(*(gw.retrieve(answer.intent.id) for answer in made))
    assert [answer.intent.id for answer in read if isinstance(answer, Done)] == [a.intent.id for a in made]


async def test_the_api_key_is_never_told(gw: StripeGateway, keys: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="stripe"):
        await create(gw)
    assert caplog.records
    assert make_local_secrets(keys)["stripe_secret_key"] not in caplog.text


def signed(secret: str, body: bytes, at: float) -> str:
    stamp = int(at)
    return f"t={stamp},v1={stripe.WebhookSignature._compute_signature(f'{stamp}.{body.decode()}', secret)}"


async def test_only_stripes_own_news_is_believed(gw: StripeGateway, keys: Path) -> None:
    secret = make_local_secrets(keys)["stripe_webhook_secret"]
    body, now = b'{"id": "evt_1", "type": "payment_intent.succeeded"}', time.time()
    good = signed(secret, body, now)
    assert (await gw.verified_event(body, good) or {})["id"] == "evt_1"
    # Two secrets are valid for a while when one is rolled: any v1 of the header may be the right one.
    assert await gw.verified_event(body, f"{good},v1=0000") is not None
    for header in (
        "",
        "t=,v1=",
        "v1=0000",
        "t=abc,v1=00",
        signed("whsec_wrong", body, now),
        signed("", body, now),
        signed(secret, body, now - 301),
        good.replace("v1=", "v0="),
    ):
        assert await gw.verified_event(body, header) is None, header
    assert await gw.verified_event(body.replace(b"evt_1", b"evt_2"), good) is None
    assert await gw.verified_event(b"\xff\xfe", good) is None
    for not_an_event in (b"[]", b"not json", b"{}"):
        assert await gw.verified_event(not_an_event, signed(secret, not_an_event, now)) is None
