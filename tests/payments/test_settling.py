"""The payment's state machine against the stand-in: crashes between its steps, lost answers, late and double news."""

import asyncio
from typing import Any

import pytest

from frontrow.core.errors import Refusal
from frontrow.gateways.stripe import Done
from frontrow.payments.actions import news, stop
from frontrow.payments.actions.settle import settle
from tests.factories.buyer import Buyer
from tests.factories.stack import Stage
from tests.waiting import eventually


async def pay_without_telling(guest: Buyer, stage: Stage, seats: list[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Up to the authorised card; our side hasn't heard of it unless a webhook comes."""
    hold = await guest.hold(stage.house.performance_id, seats)
    order = await guest.order(hold["id"])
    payment = await guest.start_payment(order["id"])
    confirmed = await guest.confirm(payment)
    assert confirmed["status"] == "requires_capture"
    return order, payment


async def test_a_webhook_alone_settles(stage: Stage) -> None:
    async with stage.buyer() as guest:
        order, _ = await pay_without_telling(guest, stage, [1, 2])
        await eventually(
            lambda: stage.sql("SELECT 1 FROM inbox WHERE kind LIKE '%amount_capturable_updated'"), within=20
        )
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "paid"


async def test_the_reconciler_alone_settles(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, _ = await pay_without_telling(guest, stage, [3])
        assert await news.reconcile(stage.rt, stage.gw, older_than_s=0) == 1
        assert (await guest.see(order["id"]))["state"] == "paid"
        assert await news.reconcile(stage.rt, stage.gw, older_than_s=0) == 0
    assert await stage.sql("SELECT 1 FROM inbox") == []


async def test_a_crash_between_sale_and_capture_is_resumed_by_the_outbox(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, _ = await pay_without_telling(guest, stage, [4])
        [(payment_id, intent_id)] = await stage.sql("SELECT id, intent_id FROM payment")
        answer = await stage.gw.stripe.retrieve(intent_id)
        assert await settle(stage.rt, payment_id, answer.intent, "before the crash") is not None  # type: ignore[union-attr]
        seen = await guest.see(order["id"])
        assert (seen["state"], seen["tickets"]) == ("capturing", [])
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "paid"


async def test_news_ten_times_at_once_is_one_payment(stage: Stage) -> None:
    async with stage.buyer() as guest:
        order, _ = await pay_without_telling(guest, stage, [5, 6])
        await asyncio.gather(*(guest.check(order["id"]) for _ in range(10)))
        await eventually(lambda: paid(guest, order["id"]))
        await stage.run_jobs()
    assert len(await stage.sql("SELECT DISTINCT transaction_id FROM ledger_entry")) == 1
    assert len(await stage.sql("SELECT 1 FROM outbox WHERE topic = 'orders.order_paid'")) == 1
    assert len(await stage.sql("SELECT 1 FROM ticket WHERE state = 'valid'")) == 2


async def paid(guest: Buyer, order_id: str) -> bool:
    return bool((await guest.see(order_id))["state"] == "paid")


@pytest.mark.parametrize(
    "fault",
    [
        {"error_rate": 1.0, "status": 500, "only": ["capture"], "count": 1},
        {"error_after_rate": 1.0, "only": ["capture"], "count": 1},
        {"reset_after_accept_rate": 1.0, "only": ["capture"], "count": 1},
    ],
    ids=["a stored 500", "done, then a 500", "done, answer lost"],
)
async def test_a_capture_with_an_unknown_answer_ends_paid_once(stage: Stage, fault: dict[str, Any]) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, payment = await pay_without_telling(guest, stage, [7])
        await stage.faults(**fault)
        assert (await guest.check(order["id"]))["state"] == "capturing"
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "paid"
    intent = payment["client_secret"].split("_secret_")[0]
    [mine] = [one for one in (await stage.ledger())["intents"] if one["id"] == intent]
    assert mine["amount_received"] == order["total"]


async def test_an_intent_whose_making_was_not_answered_is_the_same_intent(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [8])
        order = await guest.order(hold["id"])
        await stage.faults(reset_after_accept_rate=1.0, only=["create"], count=1)
        refused = await guest.start_payment(order["id"], expect=503)
        assert refused["code"] == "stripe_unavailable"
        await stage.run_jobs()
        payment = await guest.start_payment(order["id"])
        await guest.confirm(payment)
        assert (await guest.check(order["id"]))["state"] == "paid"
    mine = [one for one in (await stage.ledger())["intents"] if one["metadata"].get("order_code") == order["code"]]
    assert len(mine) == 1


async def test_time_runs_out_while_paying(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [9])
        order = await guest.order(hold["id"])
        payment = await guest.start_payment(order["id"])
        await stage.sql("UPDATE orders SET expires_at = now() - interval '1 s'")
        assert await stop.expire_paying(stage.rt) == 1
        assert (await guest.see(order["id"]))["state"] == "expiring"
        assert "h" in await stage.states(), "seats are freed only once Stripe has confirmed"
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "expired"
        assert set(await stage.states()) == {"f"}
        assert "error" in await guest.confirm(payment)


async def test_money_authorised_after_the_hard_cap_is_never_taken(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest, stage.buyer() as next_guest:
        order, payment = await pay_without_telling(guest, stage, [10])
        await stage.sql("UPDATE orders SET expires_at = now() - interval '1 h'")
        await stop.expire_paying(stage.rt)
        await stage.sql("UPDATE orders SET expires_at = now() - interval '1 h'")
        assert await stop.reach_hard_cap(stage.rt) == 1
        assert (await guest.see(order["id"]))["state"] == "expired"
        assert (await next_guest.buy(stage.house.performance_id, [10]))["state"] == "paid"
        await stage.run_jobs()
        await news.reconcile(stage.rt, stage.gw, older_than_s=0)
    intent = payment["client_secret"].split("_secret_")[0]
    [mine] = [one for one in (await stage.ledger())["intents"] if one["id"] == intent]
    assert (mine["status"], mine["amount_received"]) == ("canceled", 0)


async def captured_after_the_hard_cap(stage: Stage, guest: Buyer, seats: list[int]) -> tuple[dict[str, Any], str]:
    """An order that expired while Stripe was silent, and whose money somebody took nevertheless."""
    order, payment = await pay_without_telling(guest, stage, seats)
    await stage.sql("UPDATE orders SET expires_at = now() - interval '1 h' WHERE id = :order", order=order["id"])
    await stop.expire_paying(stage.rt)
    await stage.sql("UPDATE orders SET expires_at = now() - interval '1 h' WHERE id = :order", order=order["id"])
    await stop.reach_hard_cap(stage.rt)
    intent = payment["client_secret"].split("_secret_")[0]
    assert isinstance(await stage.gw.stripe.capture(intent, f"somebody's own key for {intent}"), Done)
    return order, intent


async def test_money_captured_too_late_is_given_back(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest, stage.buyer() as quicker:
        order, intent = await captured_after_the_hard_cap(stage, guest, [11, 12])
        assert (await quicker.buy(stage.house.performance_id, [12]))["state"] == "paid"
        await news.reconcile(stage.rt, stage.gw, older_than_s=0)
        assert (await guest.see(order["id"]))["state"] in {"refund_due", "refunded"}
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "refunded"
    assert (await stage.states())[10:12] == "fs", "the seat that was still free isn't taken alone"
    [(captured, refunded)] = await stage.sql(
        "SELECT captured, refunded FROM payment WHERE intent_id = :intent", intent=intent
    )
    assert captured == refunded == order["total"]


async def test_money_captured_too_late_buys_what_can_still_be_had(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, _ = await captured_after_the_hard_cap(stage, guest, [11, 12])
        assert (await stage.states())[10:12] == "ff"
        await news.reconcile(stage.rt, stage.gw, older_than_s=0)
        seen = await guest.see(order["id"])
        assert (seen["state"], len(seen["tickets"])) == ("paid", 2)
        await stage.run_jobs()
    assert await stage.sql("SELECT 1 FROM refund") == []


async def test_two_tabs_have_one_payment(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [12])
        order = await guest.order(hold["id"])
        first, second = await asyncio.gather(guest.start_payment(order["id"]), guest.start_payment(order["id"]))
        assert first["id"] == second["id"]
        await guest.confirm(first)
        assert (await guest.check(order["id"]))["state"] == "paid"
        late = await guest.start_payment(order["id"], expect=409)
        assert late["code"] == "order_not_payable"


async def test_an_intent_of_another_amount_buys_nothing(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, _ = await pay_without_telling(guest, stage, [13])
        await stage.sql("UPDATE payment SET amount = amount + 1")
        assert (await guest.check(order["id"]))["state"] == "paying"
        await stage.sql("UPDATE payment SET amount = amount - 1")
        assert (await guest.check(order["id"]))["state"] == "paid"


async def test_every_refusal_has_a_code_of_its_own() -> None:
    def all_kinds(kind: type[Refusal]) -> list[type[Refusal]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in all_kinds(child))]

    codes = [kind.code for kind in all_kinds(Refusal) if kind.__module__.startswith("frontrow.")]
    assert len(codes) == len(set(codes))
