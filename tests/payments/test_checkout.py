"""T3 to T7 as buyers go through them: declined cards, 3-D Secure, ways captured at once, leaving, nothing to pay."""

import contextlib
import uuid
from typing import Any

import httpx
import pytest

from frontrow.coupons import actions as coupons
from frontrow.payments.actions import desk, news, stop
from frontrow.payments.errors import NotRefundable, StripeUnavailable
from tests.factories.buyer import Buyer
from tests.factories.stack import Stage

CHALLENGE = "4000002500003155"
DECLINED = "4000000000000002"
GOOD = "4242424242424242"


async def begin(
    stage: Stage, guest: Buyer, seats: list[int], kind: str = "card"
) -> tuple[dict[str, Any], dict[str, Any]]:
    hold = await guest.hold(stage.house.performance_id, seats)
    order = await guest.order(hold["id"])
    return order, await guest.post(f"/api/orders/{order['id']}/payment", {"kind": kind})


async def answer_the_bank(stage: Stage, payment: dict[str, Any], outcome: str) -> None:
    """What the buyer does on the page of the bank."""
    intent = payment["client_secret"].split("_secret_")[0]
    async with httpx.AsyncClient() as browser:
        await browser.post(
            f"{stage.stripe}/_standin/challenge/{intent}",
            data={"client_secret": payment["client_secret"], "outcome": outcome},
        )


async def confirm_at_bank(stage: Stage, payment: dict[str, Any], kind: str) -> dict[str, Any]:
    intent = payment["client_secret"].split("_secret_")[0]
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(
            f"{stage.stripe}/v1/payment_intents/{intent}/confirm",
            data={
                "client_secret": payment["client_secret"],
                "payment_method_data[type]": kind,
                "return_url": f"{stage.origin}/checkout",
            },
            headers={"Authorization": f"Bearer {stage.settings.stripe.publishable_key}"},
        )
    return dict(answer.json())


async def test_a_declined_card_keeps_the_intent(stage: Stage) -> None:
    async with stage.buyer() as guest:
        order, payment = await begin(stage, guest, [1])
        assert (await guest.confirm(payment, DECLINED))["error"]["code"] == "card_declined"
        assert (await guest.check(order["id"]))["state"] == "paying"
        again = await guest.start_payment(order["id"])
        assert (again["id"], again["client_secret"]) == (payment["id"], payment["client_secret"])
        await guest.confirm(again, GOOD)
        assert (await guest.check(order["id"]))["state"] == "paid"


async def test_the_banks_question_is_answered_before_anything_is_sold(stage: Stage) -> None:
    async with stage.buyer() as guest:
        order, payment = await begin(stage, guest, [1])
        assert (await guest.confirm(payment, CHALLENGE))["status"] == "requires_action"
        assert (await guest.check(order["id"]))["state"] == "paying"
        await answer_the_bank(stage, payment, "fail")
        assert (await guest.check(order["id"]))["state"] == "paying"
        await guest.confirm(payment, CHALLENGE)
        await answer_the_bank(stage, payment, "complete")
        assert (await guest.check(order["id"]))["state"] == "paid"


@pytest.mark.parametrize("kind", ["ideal", "bancontact"])
async def test_a_way_that_is_captured_at_once(stage: Stage, kind: str) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, payment = await begin(stage, guest, [1, 2], kind)
        assert payment["kind"] == kind
        await confirm_at_bank(stage, payment, kind)
        await answer_the_bank(stage, payment, "complete")
        seen = await guest.check(order["id"])
        assert (seen["state"], len(seen["tickets"])) == ("paid", 2)
        await stage.run_jobs()
    assert [row[0] for row in await stage.sql("SELECT captured FROM payment")] == [order["total"]]


async def test_a_way_to_pay_that_isnt_offered_is_refused(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        order = await guest.order(hold["id"])
        await guest.post(f"/api/orders/{order['id']}/payment", {"kind": "giftcard"}, expect=422)
        assert (await guest.see(order["id"]))["state"] == "pending"


async def test_who_leaves_the_checkout_may_pay_again_in_another_way(stage: Stage) -> None:
    async with stage.buyer() as guest:
        order, payment = await begin(stage, guest, [1])
        left = await guest.post(f"/api/orders/{order['id']}/payment/leave", expect=200)
        assert left["state"] == "pending"
        assert left["expires_at"] is not None
        assert "error" in await guest.confirm(payment)
        again = await guest.post(f"/api/orders/{order['id']}/payment", {"kind": "ideal"})
        assert again["id"] != payment["id"]
        await confirm_at_bank(stage, again, "ideal")
        await answer_the_bank(stage, again, "complete")
        assert (await guest.check(order["id"]))["state"] == "paid"
        left = await guest.post(f"/api/orders/{order['id']}/payment/leave", expect=200)
        assert left["state"] == "paid"


async def test_who_leaves_while_stripe_is_silent_comes_back_later(stage: Stage) -> None:
    async with stage.buyer() as guest:
        order, payment = await begin(stage, guest, [1])
        await stage.faults(reset_rate=1.0, only=["cancel"])
        assert (await guest.post(f"/api/orders/{order['id']}/payment/leave", expect=200))["state"] == "expiring"
        refused = await guest.start_payment(order["id"], expect=409)
        assert refused["code"] == "order_not_payable"
        await stage.faults(reset_rate=0.0)
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "pending"
        assert (await guest.start_payment(order["id"]))["id"] != payment["id"]


async def test_who_leaves_at_the_moment_of_paying_has_paid(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, payment = await begin(stage, guest, [1], "ideal")
        await confirm_at_bank(stage, payment, "ideal")
        await answer_the_bank(stage, payment, "complete")
        left = await guest.post(f"/api/orders/{order['id']}/payment/leave", expect=200)
        assert left["state"] == "paid"


async def test_an_order_that_costs_nothing_is_paid_at_once(stage: Stage) -> None:
    wish = coupons.CouponWish("GIFT", percent_bp=10000)
    await stage.rt.db.write(lambda tx: coupons.create_coupon(tx, stage.house.organiser_id, wish))
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        body = {"hold_id": hold["id"], "email": "g@example.com", "name": "G", "coupon": "GIFT"}
        order = await guest.post("/api/orders", body)
        assert order["total"] == 0
        payment = await guest.start_payment(order["id"])
        assert (payment["method"], payment["state"], payment["client_secret"]) == ("free", "captured", None)
        seen = await guest.see(order["id"])
        assert (seen["state"], len(seen["tickets"])) == ("paid", 1)
    with pytest.raises(NotRefundable):
        await stage.rt.db.write(
            lambda tx: desk.request_refund(tx, uuid.UUID(order["id"]), None, "", uuid.UUID(int=1), "a key")
        )


async def test_the_same_key_stands_for_the_same_payment(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        order = await guest.order(hold["id"])
        path, key, other = f"/api/orders/{order['id']}/payment", str(uuid.uuid4()), str(uuid.uuid4())
        first = await guest.post(path, key=key)
        assert (await guest.post(path, key=key))["id"] == first["id"]
        assert (await guest.post(path, key=other))["id"] == first["id"]
        assert (await guest.post(path, key=other))["id"] == first["id"]
        await guest.post(path, {"kind": "ideal"}, key=key, expect=422)


async def test_an_intent_whose_making_ended_in_a_500_is_found_and_used(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [8])
        order = await guest.order(hold["id"])
        await stage.faults(error_after_rate=1.0, only=["create"], count=1)
        payment = await guest.start_payment(order["id"])
        await guest.confirm(payment)
        assert (await guest.check(order["id"]))["state"] == "paid"
    mine = [one for one in (await stage.ledger())["intents"] if one["metadata"].get("order_code") == order["code"]]
    assert len(mine) == 1


async def test_an_order_that_ended_while_stripe_was_asked_leaves_no_intent_to_pay(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [8])
        order = await guest.order(hold["id"])
        await stage.faults(error_rate=1.0, only=["create", "search", "list"])
        await guest.start_payment(order["id"], expect=503)
        await stage.sql("UPDATE orders SET expires_at = now() - interval '1 s'")
        assert await stop.expire_paying(stage.rt) == 1
        await stage.faults(error_rate=0.0)
        with contextlib.suppress(StripeUnavailable):
            # The first key's 500 is stored, and said again.
            await stage.run_jobs()
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "expired"
        assert set(await stage.states()) == {"f"}
    mine = [one for one in (await stage.ledger())["intents"] if one["metadata"].get("order_code") == order["code"]]
    assert [one["status"] for one in mine] in ([], ["canceled"])


async def test_an_authorisation_that_lapsed_frees_the_seats(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        order, payment = await begin(stage, guest, [4])
        await guest.confirm(payment)
        intent = payment["client_secret"].split("_secret_")[0]
        async with httpx.AsyncClient() as bank:
            lapsed = await bank.post(f"{stage.stripe}/_standin/lapse", json={"payment_intent": intent})
            assert lapsed.status_code == 200
        assert (await guest.check(order["id"]))["state"] == "failed"
        assert set(await stage.states()) == {"f"}
    assert len(await stage.sql("SELECT 1 FROM outbox WHERE topic = 'orders.order_failed'")) == 1


async def test_the_reconciler_rests_when_stripe_is_down(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        for seat in range(1, 6):
            await begin(stage, guest, [seat])
        await stage.faults(error_rate=1.0, only=["retrieve"])
        assert await news.reconcile(stage.rt, stage.gw, older_than_s=0) == news.UNKNOWN_MAX
        await stage.faults(error_rate=0.0)
