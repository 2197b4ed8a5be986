"""News that comes twice, shuffled, early, late or not at all (protocol T8, T10, T11; drills 17 and 18)."""

import asyncio
import json
from typing import Any

import pytest

from frontrow.core.ids import new_id
from frontrow.payments.actions import news, refunds
from frontrow.payments.actions.answers import KeyTooOld
from frontrow.payments.actions.intent import create_intent
from frontrow.payments.actions.webhooks import tidy
from tests.factories.buyer import Buyer
from tests.factories.stack import Stage
from tests.payments.test_settling import captured_after_the_hard_cap, pay_without_telling
from tests.payments.test_webhooks import event, send, signature
from tests.waiting import eventually


async def state_of(stage: Stage, order_id: str) -> str:
    [(state,)] = await stage.sql("SELECT state FROM orders WHERE id = :order", order=order_id)
    return str(state)


async def test_news_doubled_and_shuffled_ends_as_the_plain_story(stage: Stage) -> None:
    await stage.faults(duplicate=1.0, shuffle=300)
    async with stage.buyer() as guest:
        told = [await pay_without_telling(guest, stage, [seat]) for seat in range(1, 6)]

        async def settled() -> bool:
            await stage.run_jobs()
            return {await state_of(stage, order["id"]) for order, _ in told} == {"paid"}

        await eventually(settled, within=30, every=0.2)
    assert len(await stage.sql("SELECT DISTINCT transaction_id FROM ledger_entry")) == 5
    assert len(await stage.sql("SELECT 1 FROM outbox WHERE topic = 'orders.order_paid'")) == 5


async def test_parked_news_is_tried_again(stage: Stage, local_secrets: dict[str, str]) -> None:
    body = event("evt_early", intent="pi_early")
    await send(stage, body, signature(body, local_secrets["stripe_webhook_secret"]))
    await stage.run_jobs()
    # By its id: the stand-in may still be telling of another test's intents.
    early = "SELECT parked_at IS NOT NULL, handled_at FROM inbox WHERE event_id = 'evt_early'"
    assert await stage.sql(early) == [(True, None)]
    async with stage.buyer() as guest:
        order = await guest.buy(stage.house.performance_id, [1])
        assert order["state"] == "paid"
    # The news was early: now the payment that it is about is known.
    await stage.sql("UPDATE payment SET intent_id = 'pi_early'")
    await news.reconcile(stage.rt, stage.gw, older_than_s=0)
    assert await stage.sql("SELECT outcome FROM inbox WHERE event_id = 'evt_early'") == [("settled already",)]


async def test_news_of_what_is_settled_already_is_tidied_away(stage: Stage, local_secrets: dict[str, str]) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        await guest.buy(stage.house.performance_id, [1])
        [(intent,)] = await stage.sql("SELECT intent_id FROM payment")
        for number, about in enumerate((intent, "pi_of_another_shop")):
            body = event(f"evt_{number}", intent=about)
            await send(stage, body, signature(body, local_secrets["stripe_webhook_secret"]))
        # As if it had come a moment before its payment was settled.
        await stage.sql("UPDATE inbox SET handled_at = NULL, outcome = ''")
        await stage.sql(
            """INSERT INTO outbox (topic, dedupe_key, payload) VALUES ('payments.inbox', 'inbox:stripe:evt_0', '{}')"""
        )
        assert await tidy(stage.rt) == 1
    waiting = await stage.sql("SELECT dedupe_key FROM outbox WHERE topic = 'payments.inbox' AND done_at IS NULL")
    assert [row[0] for row in waiting] == ["inbox:stripe:evt_1"]


async def test_an_intent_that_names_our_payment_beside_its_own_is_not_followed(
    stage: Stage, local_secrets: dict[str, str]
) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, _ = await pay_without_telling(guest, stage, [1])
        [(payment_id,)] = await stage.sql("SELECT id FROM payment")
        forged = json.loads(event("evt_other", intent="pi_of_another_shop"))
        forged["data"]["object"] |= {"metadata": {"payment_id": str(payment_id)}, "amount": order["total"]}
        body = json.dumps(forged).encode()
        await send(stage, body, signature(body, local_secrets["stripe_webhook_secret"]))
        await stage.run_jobs()
        assert await state_of(stage, order["id"]) == "paying"
        assert (await guest.check(order["id"]))["state"] == "paid"
    await stage.sql("UPDATE inbox SET handled_at = now()")


async def test_cancelled_and_paid_at_once_has_one_end(stage: Stage) -> None:
    async def cancel(guest: Buyer, order_id: str) -> None:
        await guest.http.post(f"/api/orders/{order_id}/cancel")

    async with stage.buyer() as guest:
        for seat in (1, 2, 3):
            order, payment = await pay_without_telling(guest, stage, [seat])
            await asyncio.gather(guest.check(order["id"]), cancel(guest, order["id"]))
            await stage.run_jobs()
            intent = payment["client_secret"].split("_secret_")[0]
            [mine] = [one for one in (await stage.ledger())["intents"] if one["id"] == intent]
            ends = (await state_of(stage, order["id"]), mine["status"], mine["amount_received"])
            assert ends in {("paid", "succeeded", order["total"]), ("cancelled", "canceled", 0)}


async def test_a_surplus_goes_back_and_the_order_keeps_what_paid_it(stage: Stage) -> None:
    """A payment that we gave up is captured by somebody after another one had paid the order."""
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order = await guest.buy(stage.house.performance_id, [1])
        given_up = new_id()
        made: Any = await stage.gw.stripe.create(
            payment_id=given_up,
            order_code=order["code"],
            amount=order["total"],
            currency="EUR",
            email="guest@example.com",
            key=f"pay:{given_up}",
        )
        await stage.sql(
            """INSERT INTO payment (id, organiser_id, order_id, seq, method, state, active, amount, currency, intent_id)
               SELECT :id, organiser_id, order_id, 2, 'stripe', 'cancelling', false, amount, currency, :intent
                 FROM payment""",
            id=given_up,
            intent=made.intent.id,
        )
        await guest.confirm({"client_secret": made.intent.client_secret})
        await stage.gw.stripe.capture(made.intent.id, f"by hand {given_up}")
        await news.reconcile(stage.rt, stage.gw, older_than_s=0)
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "paid"
    [(state, captured, refunded)] = await stage.sql(
        "SELECT state, captured, refunded FROM payment WHERE id = :id", id=given_up
    )
    assert (state, captured, refunded) == ("captured", order["total"], order["total"])


async def test_a_refunded_order_is_never_rescued(stage: Stage, local_secrets: dict[str, str]) -> None:
    """The fault of the first draft: the refund done, its seats free again, and then the old news once more."""
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest, stage.buyer() as quicker:
        order, intent = await captured_after_the_hard_cap(stage, guest, [1])
        taken = await quicker.hold(stage.house.performance_id, [1])
        await news.reconcile(stage.rt, stage.gw, older_than_s=0)
        assert await state_of(stage, order["id"]) == "refund_due"
        await quicker.http.delete(f"/api/holds/{taken['id']}")
        body = event("evt_again", intent=intent).replace(b"1000", str(order["total"]).encode())
        await send(stage, body, signature(body, local_secrets["stripe_webhook_secret"]))
        await stage.run_jobs()
        assert await state_of(stage, order["id"]) == "refunded"
        assert set(await stage.states()) == {"f"}
    assert len(await stage.sql("SELECT 1 FROM refund")) == 1


@pytest.mark.parametrize("what", ["intent", "refund"])
async def test_a_key_of_yesterday_is_never_used(stage: Stage, what: str) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        if what == "intent":
            hold = await guest.hold(stage.house.performance_id, [1])
            order = await guest.order(hold["id"])
            await stage.faults(reset_rate=1.0, only=["create"])
            await guest.start_payment(order["id"], expect=503)
            await stage.faults(reset_rate=0.0)
            [(payment_id,)] = await stage.sql(
                "UPDATE payment SET created_at = now() - interval '23 hours 1 minute' RETURNING id"
            )
            with pytest.raises(KeyTooOld, match="no intent was found"):
                await create_intent(stage.rt, stage.gw, payment_id)
            await stage.sql("UPDATE payment SET created_at = now()")
            await stage.run_jobs()
            return
        await guest.buy(stage.house.performance_id, [1])
        [(refund_id,)] = await stage.sql(
            """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, created_at)
               SELECT gen_random_uuid(), organiser_id, id, 1, 100, now() - interval '23 hours 1 minute' FROM payment
               RETURNING id"""
        )
        with pytest.raises(KeyTooOld, match="Stripe shows none"):
            await refunds.refund(stage.rt, stage.gw, refund_id)
        made: Any = await stage.gw.stripe.refund(
            (await stage.sql("SELECT intent_id FROM payment"))[0][0], 100, refund_id
        )
        assert made.status == "succeeded"
        await refunds.refund(stage.rt, stage.gw, refund_id)
    assert [tuple(row) for row in await stage.sql("SELECT state, stripe_id FROM refund")] == [
        ("succeeded", made.stripe_id)
    ]


async def test_a_buyers_check_acts_on_what_stripe_has_told_already(stage: Stage) -> None:
    """Also while Stripe doesn't answer; and the webhook's own job has nothing left to do."""
    async with stage.buyer() as guest:
        order, _ = await pay_without_telling(guest, stage, [1, 2])
        told = "SELECT 1 FROM inbox WHERE kind = 'payment_intent.amount_capturable_updated' AND handled_at IS NULL"
        await eventually(lambda: stage.sql(told), within=20)
        await stage.faults(reset_rate=1.0, only=["retrieve"])
        seen = await guest.check(order["id"])
        assert (seen["state"], len(seen["tickets"])) == ("paid", 2)
    assert await stage.sql(told) == []
    assert [why for (why,) in await stage.sql("SELECT why FROM order_step WHERE to_state = 'capturing'")] == [
        "checked by the buyer, told by Stripe"
    ]
