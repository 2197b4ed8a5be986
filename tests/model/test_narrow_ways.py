"""Ways through the till that the search of the model found worth a look: each needs three things at the same moment."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from frontrow.core.jobs import Registry
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Done
from frontrow.payments import jobs as payments_jobs
from frontrow.payments import queries
from frontrow.payments.actions import capture, intent, news, stop
from tests.factories.stack import answers
from tests.model.till import Bought, Till, open_till
from tests.waiting import eventually

CARD = "4242424242424242"


@pytest.fixture
async def till(settings: Settings, rt: Runtime, stripe_url: str, local_secrets: dict[str, str]) -> AsyncIterator[Till]:
    """A house of three seats. At the end workers alone must bring it to rest, and Stripe's books must be ours."""
    settings.stripe.api_base = stripe_url
    await eventually(lambda: answers(f"{stripe_url}/health"), within=20)
    gateways, registry = Gateways.open(rt), Registry.empty()
    registry.add(payments_jobs.handlers(rt, gateways), [])
    async with httpx.AsyncClient(base_url=stripe_url, timeout=30) as client:
        made = await open_till(rt, gateways, registry, client, local_secrets)
        await made.faults()
        yield made
        await made.rest()
        await client.delete("/_standin/faults")
    await gateways.close()


async def come(till: Till) -> tuple[Bought, uuid.UUID]:
    """A buyer with a pending order of seats 1 and 2."""
    await till.hold([1, 2])
    one = till.bought[-1]
    await till.order(one, coupon=False)
    assert one.order is not None
    return one, one.order


async def state(till: Till, order: uuid.UUID) -> str:
    [(found,)] = await till.sql("SELECT state FROM orders WHERE id = :order", order=order)
    return str(found)


async def hear(till: Till) -> None:
    """The inbox before any other job."""
    for row in await till.jobs():
        if row.topic == "payments.inbox":
            await till.registry.deliver(row.topic, row.payload)


async def run_jobs(till: Till) -> None:
    while await till.jobs():
        await till.job(0)


@pytest.mark.parametrize("leave", [True, False], ids=["leaves", "cancels"])
async def test_a_card_authorised_while_its_order_expires_ends_it_as_the_buyer_wished(till: Till, leave: bool) -> None:
    """Not at the hard cap, five minutes later, as a lapsed order."""
    one, order = await come(till)
    await till.start(one, order)
    await till.confirm(order, CARD)
    await till.observe()
    await till.faults(error_rate=1.0, status=500, only=["cancel"], count=1)
    verb = stop.leave_checkout if leave else stop.cancel_order
    await till.attempt("stop", lambda: verb(till.rt, till.gw, order, one.viewer))
    assert await state(till, order) == "expiring"
    await till.tell(0)
    await hear(till)
    await run_jobs(till)
    assert await state(till, order) == ("pending" if leave else "cancelled")


async def test_money_taken_by_hand_while_its_order_expires_keeps_no_seat(till: Till) -> None:
    one, order = await come(till)
    await till.start(one, order)
    await till.confirm(order, CARD)
    await till.observe()
    await till.faults(error_rate=1.0, status=500, only=["cancel"], count=1)
    await till.attempt("cancel", lambda: stop.cancel_order(till.rt, till.gw, order, one.viewer))
    await till.tell(0)
    await hear(till)
    await till.by_hand(order, "capture")
    await run_jobs(till)
    await till.reconcile()
    assert await state(till, order) == "paid"


async def test_a_second_worker_with_the_same_intent_cancels_nothing_that_is_captured(till: Till) -> None:
    """It slept through its lease between Stripe's answer and its commit; meanwhile the buyer has paid."""
    one, order = await come(till)
    await till.start(one, order)
    [(payment_id,)] = await till.sql("SELECT id FROM payment")
    payment = await till.rt.db.read(lambda tx: queries.payment(tx, payment_id))
    assert payment is not None
    assert payment.intent_id is not None
    await till.confirm(order, CARD)
    await till.faults(error_rate=1.0, status=500, only=["capture"], count=1)
    await news.check_payment(till.rt, till.gw, order, one.viewer)
    assert await state(till, order) == "capturing"
    answer = await till.gw.stripe.retrieve(payment.intent_id)
    assert isinstance(answer, Done)
    await intent._opened(till.rt, payment, answer.intent)
    for row in [row for row in await till.jobs() if row.topic == "payments.cancel_intent"]:
        await till.registry.deliver(row.topic, row.payload)
    await run_jobs(till)
    assert await state(till, order) == "paid"


async def test_an_intent_that_turns_up_while_another_payment_pays_is_cancelled(till: Till) -> None:
    """Its making was thought to have failed; the buyer left the checkout, came back, and pays anew."""
    one, order = await come(till)
    await till.faults(reset_rate=1.0, only=["create"], count=1)
    await till.attempt("start", lambda: till.start(one, order))
    await stop.leave_checkout(till.rt, till.gw, order, one.viewer)
    assert await state(till, order) == "pending"
    await run_jobs(till)
    await till.start(one, order)
    [(first_id,)] = await till.sql("SELECT id FROM payment WHERE seq = 1")
    first = await till.rt.db.read(lambda tx: queries.payment(tx, first_id))
    assert first is not None
    late = await till.gw.stripe.create(
        payment_id=first.id,
        order_code="late",
        amount=first.amount,
        currency=first.currency,
        email="guest@example.com",
        key=f"pay:{order}:1:late",
    )
    assert isinstance(late, Done)
    await intent._opened(till.rt, first, late.intent)
    await run_jobs(till)
    again = await till.gw.stripe.retrieve(late.intent.id)
    assert isinstance(again, Done)
    assert again.intent.status == "canceled"


class BankThatTakesItsWordBack:
    """Stripe as it is after a capture that the bank declined: the intent asks for another card. Counts what it's asked;
    the stand-in has no such card."""

    def __init__(self, intent: dict[str, Any]) -> None:
        self.intent = {**intent, "status": "requires_payment_method"}
        self.asked: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            verb = line.split()[1].decode().rsplit("/", 1)[-1]
            length = 0
            while (header := await reader.readline()) not in {b"\r\n", b""}:
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            await reader.readexactly(length)
            self.asked.append(verb)
            status, body = "200 OK", self.intent
            if verb == "capture":
                error = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
                status, body = "402 Payment Required", {"error": error}
            elif verb == "cancel":
                body = self.intent = {**self.intent, "status": "canceled"}
            data = json.dumps(body).encode()
            head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
            writer.write(head.encode() + data)
            await writer.drain()
        writer.close()


async def test_a_capture_that_the_bank_declines_frees_the_seats(till: Till) -> None:
    one, order = await come(till)
    await till.start(one, order)
    await till.confirm(order, CARD)
    await till.observe()
    await till.faults(error_rate=1.0, status=500, only=["capture"], count=1)
    await news.check_payment(till.rt, till.gw, order, one.viewer)
    assert await state(till, order) == "capturing"
    bank = BankThatTakesItsWordBack(till.told[-1])
    server = await asyncio.start_server(bank, "127.0.0.1", 0)
    before = till.rt.settings.stripe.api_base
    till.rt.settings.stripe.api_base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    gateways = Gateways.open(till.rt)
    [(payment_id,)] = await till.sql("SELECT id FROM payment")
    await capture.capture(till.rt, gateways, payment_id)
    await gateways.close()
    server.close()
    till.rt.settings.stripe.api_base = before
    assert bank.asked[-3:] == ["capture", bank.intent["id"], "cancel"]
    assert await state(till, order) == "failed"
    assert await till.sql("SELECT 1 FROM seat WHERE state <> 'free'") == []
    # The stand-in knows nothing of that bank.
    await till.by_hand(order, "cancel")
