"""Webhooks: only what Stripe signed, lately, unaltered; once."""

import hashlib
import hmac
import json
import time

import httpx
import pytest

from tests.factories.stack import Stage


def event(event_id: str = "evt_1", kind: str = "payment_intent.succeeded", intent: str = "pi_unknown") -> bytes:
    body = {
        "id": event_id,
        "object": "event",
        "type": kind,
        "livemode": False,
        "data": {
            "object": {
                "id": intent,
                "object": "payment_intent",
                "status": "succeeded",
                "amount": 1000,
                "amount_received": 1000,
                "currency": "eur",
                "client_secret": None,
                "livemode": False,
                "metadata": {},
            }
        },
    }
    return json.dumps(body).encode()


def signature(body: bytes, secret: str, at: float | None = None) -> str:
    stamp = int(at or time.time())
    return f"t={stamp},v1={hmac.new(secret.encode(), f'{stamp}.'.encode() + body, hashlib.sha256).hexdigest()}"


async def send(stage: Stage, body: bytes, header: str | None) -> httpx.Response:
    async with httpx.AsyncClient() as stripe:
        headers = {"Stripe-Signature": header} if header is not None else {}
        return await stripe.post(f"{stage.origin}/api/webhooks/stripe", content=body, headers=headers)


@pytest.mark.parametrize("bad", ["none", "empty", "wrong secret", "stale", "altered"])
async def test_what_stripe_did_not_sign_is_refused(stage: Stage, local_secrets: dict[str, str], bad: str) -> None:
    secret, body = local_secrets["stripe_webhook_secret"], event()
    header: str | None = signature(body, secret)
    match bad:
        case "none":
            header = None
        case "empty":
            header = signature(body, "")
        case "wrong secret":
            header = signature(body, "whsec_other")
        case "stale":
            header = signature(body, secret, time.time() - 301)
        case _:
            body = body.replace(b"1000", b"9000")
    refused = await send(stage, body, header)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_signature")
    assert await stage.sql("SELECT 1 FROM inbox") == []


async def test_a_replay_is_taken_once(stage: Stage, local_secrets: dict[str, str]) -> None:
    body = event()
    header = signature(body, local_secrets["stripe_webhook_secret"])
    for _ in range(3):
        assert (await send(stage, body, header)).status_code == 200
    assert len(await stage.sql("SELECT 1 FROM inbox")) == 1
    assert len(await stage.sql("SELECT 1 FROM outbox")) == 1


@pytest.mark.parametrize(
    ("kind", "livemode", "outcome"),
    [
        ("charge.updated", False, "not needed"),
        ("payment_intent.created", False, "not needed"),
        ("payment_intent.succeeded", True, "other mode"),
        ("charge.dispute.created", False, "a dispute: answered at Stripe by a person"),
    ],
)
async def test_news_that_asks_for_nothing_makes_no_job(
    stage: Stage, local_secrets: dict[str, str], kind: str, livemode: bool, outcome: str
) -> None:
    body = event(kind=kind)
    if livemode:
        body = body.replace(b'"livemode": false', b'"livemode": true')
    assert (await send(stage, body, signature(body, local_secrets["stripe_webhook_secret"]))).status_code == 200
    assert await stage.sql("SELECT outcome, handled_at IS NOT NULL FROM inbox") == [(outcome, True)]
    assert await stage.sql("SELECT 1 FROM outbox") == []


async def test_an_unknown_intent_is_parked(stage: Stage, local_secrets: dict[str, str]) -> None:
    body = event("evt_2")
    assert (await send(stage, body, signature(body, local_secrets["stripe_webhook_secret"]))).status_code == 200
    await stage.run_jobs()
    [(handled, parked)] = await stage.sql("SELECT handled_at, parked_at FROM inbox")
    assert handled is None
    assert parked is not None


async def test_ten_megabytes_are_too_much(stage: Stage) -> None:
    refused = await send(stage, b"x" * 10_000_000, "t=1,v1=00")
    assert refused.status_code == 413
