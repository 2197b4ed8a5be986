"""What staff do with money: T14 at the desk, T9 back to the buyer, T13 with the places; and who may."""

import asyncio
import uuid
from typing import Any, Literal

import httpx
import pytest

from frontrow.core.ids import new_id
from frontrow.gateways.stripe import RefundDone
from frontrow.payments.actions import news, refunds
from frontrow.payments.errors import StripeUnavailable
from frontrow.people.access import Doorkeeper
from frontrow.people.actions import sessions
from tests.factories.buyer import Buyer
from tests.factories.stack import Stage
from tests.waiting import eventually


class Staff(Buyer):
    """Somebody with an account, perhaps in the organiser's team."""

    async def log_in(self, stage: Stage, role: str | None = "manager") -> None:
        user = new_id()
        await stage.sql(
            "INSERT INTO user_account (id, email, name) VALUES (:id, :email, 'Sam Staff')",
            id=user,
            email=f"{user}@frontrow.example",
        )
        if role is not None:
            await stage.sql(
                "INSERT INTO team_member (organiser_id, user_id, role) VALUES (:organiser, :user, :role)",
                organiser=stage.house.organiser_id,
                user=user,
                role=role,
            )
        opened = await stage.rt.db.write(lambda tx: sessions.begin(tx, user, 3600, "tests"))
        token = await Doorkeeper(stage.rt).sign(user, opened.session_id)
        self.http.headers["Authorization"] = f"Bearer {token}"

    async def refund(self, order_id: str, amount: int | None, expect: int = 201, **more: Any) -> dict[str, Any]:
        return await self.post(f"/api/orders/{order_id}/refunds", {"amount": amount, **more}, expect=expect)

    async def cancel(self, order_id: str, lines: list[str] | None, expect: int = 201, **more: Any) -> dict[str, Any]:
        return await self.post(f"/api/orders/{order_id}/cancellations", {"line_ids": lines, **more}, expect=expect)


def staff(stage: Stage) -> Staff:
    return Staff(stage.origin, stage.stripe, stage.settings.stripe.publishable_key)


async def lines_of(stage: Stage, order_id: str) -> list[str]:
    rows = await stage.sql(
        "SELECT id FROM order_line WHERE order_id = :order AND reverses_id IS NULL ORDER BY seat_no", order=order_id
    )
    return [str(row[0]) for row in rows]


async def let_in(stage: Stage, order_id: str, seat_no: int) -> None:
    """Somebody went in with this ticket."""
    await stage.sql(
        """INSERT INTO checkin (organiser_id, ticket_id, list_id, ok)
           SELECT t.organiser_id, t.id, l.id, true FROM ticket t JOIN checkin_list l USING (performance_id)
            WHERE t.order_id = :order AND t.seat_no = :seat""",
        order=order_id,
        seat=seat_no,
    )


@pytest.mark.parametrize("method", ["cash", "terminal", "complimentary"])
async def test_money_taken_at_the_desk_pays_at_once(stage: Stage, method: str) -> None:
    async with stage.buyer() as guest, staff(stage) as sam:
        hold = await guest.hold(stage.house.performance_id, [1, 2])
        order = await guest.order(hold["id"])
        await sam.log_in(stage)
        key = str(uuid.uuid4())
        paid = await sam.post(f"/api/orders/{order['id']}/payment/offline", {"method": method}, key=key)
        again = await sam.post(f"/api/orders/{order['id']}/payment/offline", {"method": method}, key=key)
        assert paid["id"] == again["id"]
        seen = await guest.see(order["id"])
        assert (seen["state"], len(seen["tickets"])) == ("paid", 2)
        assert (paid["method"], paid["amount"]) == (method, 0 if method == "complimentary" else order["total"])
        late = await sam.post(f"/api/orders/{order['id']}/payment/offline", {"method": method}, expect=409)
        assert late["code"] == "order_not_payable"
        if method == "complimentary":
            assert (await sam.refund(order["id"], None, 409))["code"] == "not_refundable"
        else:
            assert (await sam.refund(order["id"], 100))["state"] == "succeeded"
    assert len(await stage.sql("SELECT 1 FROM outbox WHERE topic = 'orders.order_paid'")) == 1


async def test_who_isnt_the_organisers_manager_finds_nothing(stage: Stage) -> None:
    async with stage.buyer() as guest, staff(stage) as stranger, staff(stage) as doorman:
        order = await guest.buy(stage.house.performance_id, [1])
        await stranger.log_in(stage, None)
        await doorman.log_in(stage, "door")
        for path, body in (
            ("payment/offline", {"method": "cash"}),
            ("refunds", {"amount": 1}),
            ("cancellations", {}),
        ):
            for who in (stranger, doorman):
                await who.post(f"/api/orders/{order['id']}/{path}", body, expect=404)
            await guest.post(f"/api/orders/{order['id']}/{path}", body, expect=401)
    assert await stage.sql("SELECT 1 FROM refund") == []


async def test_part_refunds_up_to_what_was_captured(stage: Stage) -> None:
    async with stage.buyer() as guest, staff(stage) as sam:
        order = await guest.buy(stage.house.performance_id, [1, 2])
        await sam.log_in(stage)
        for amount in (0, -1, 1.5, 2**31, "1", True):
            await sam.post(f"/api/orders/{order['id']}/refunds", {"amount": amount}, expect=422)
        first = await sam.refund(order["id"], 1000, reason="a bad view")
        assert first["state"] == "pending"
        refused = await sam.refund(order["id"], order["total"] - 999, 409)
        assert (refused["code"], refused["refundable"]) == ("not_refundable", order["total"] - 1000)
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "paid"
        assert [tuple(row) for row in await stage.sql("SELECT captured, refunded FROM payment")] == [
            (order["total"], 1000)
        ]
        # The rest: with all the money the places go, too.
        await sam.refund(order["id"], None)
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "refunded"
        assert set(await stage.states()) == {"f"}
    assert len(await stage.sql("SELECT 1 FROM outbox WHERE topic = 'payments.refund_made'")) == 2
    refunded = [one["amount"] for one in (await stage.ledger())["refunds"]]
    assert sum(refunded[-2:]) == order["total"]


async def test_a_cancelled_line_frees_its_seat_and_the_rest_stays(stage: Stage) -> None:
    async with stage.buyer() as guest, staff(stage) as sam, stage.buyer() as next_guest:
        order = await guest.buy(stage.house.performance_id, [1, 2])
        await sam.log_in(stage)
        first, second = await lines_of(stage, order["id"])
        key = str(uuid.uuid4())
        body = {"line_ids": [first], "reason": "ill"}
        made = await sam.post(f"/api/orders/{order['id']}/cancellations", body, key=key)
        again = await sam.post(f"/api/orders/{order['id']}/cancellations", body, key=key)
        assert made["id"] == again["id"]
        assert (made["seat_nos"], made["whole"], made["refund"]["amount"]) == ([1], False, made["amount"])
        await sam.cancel(order["id"], [first], 409)
        seen = await guest.see(order["id"])
        assert seen["state"] == "paid"
        assert (await next_guest.buy(stage.house.performance_id, [1]))["state"] == "paid"
        await sam.cancel(order["id"], [second], refund=False)
        assert (await guest.see(order["id"]))["state"] == "cancelled"
        await stage.run_jobs()
    [(refunded,)] = await stage.sql("SELECT refunded FROM payment WHERE order_id = :order", order=order["id"])
    assert refunded == made["amount"]
    assert len(await stage.sql("SELECT 1 FROM outbox WHERE topic = 'payments.lines_cancelled'")) == 2


async def test_a_used_ticket_is_taken_back_only_on_purpose(stage: Stage) -> None:
    async with stage.buyer() as guest, staff(stage) as sam:
        order = await guest.buy(stage.house.performance_id, [1, 2])
        await sam.log_in(stage)
        await let_in(stage, order["id"], 1)
        first, second = await lines_of(stage, order["id"])
        assert (await sam.cancel(order["id"], None, 409))["code"] == "ticket_used"
        assert (await sam.refund(order["id"], None, 409))["code"] == "ticket_used"
        assert (await guest.see(order["id"]))["state"] == "paid"
        await sam.cancel(order["id"], [second])
        await sam.cancel(order["id"], [first], force=True)
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "cancelled"


async def refund_news(stage: Stage, status: Literal["pending", "succeeded", "failed"]) -> None:
    """What Stripe's webhook would bring about: it is told by hand, because a bank takes days to send money back."""
    [(refund_id, stripe_id)] = await stage.sql("SELECT id, stripe_id FROM refund")
    assert await refunds.heard(stage.rt, RefundDone(stripe_id, status, refund_id=refund_id))


async def test_a_refund_that_bounces_is_undone_in_the_books(stage: Stage) -> None:
    async with stage.buyer() as guest, staff(stage) as sam:
        order = await guest.buy(stage.house.performance_id, [1, 2])
        await sam.log_in(stage)
        await sam.refund(order["id"], 1000)
        await stage.run_jobs()
        await refund_news(stage, "failed")
        await refund_news(stage, "failed")
        assert [tuple(row) for row in await stage.sql("SELECT refunded FROM payment")] == [(0,)]
        assert (await stage.sql("SELECT sum(amount) FROM ledger_entry WHERE account = 'refunds'"))[0][0] == 0
        # It may be tried again.
        assert (await sam.refund(order["id"], 1000))["state"] == "pending"
        await stage.run_jobs()
    assert [row[0] for row in await stage.sql("SELECT state FROM refund ORDER BY seq")] == ["failed", "succeeded"]


@pytest.mark.parametrize(
    "fault",
    [
        {"error_rate": 1.0, "status": 500, "only": ["refund"], "count": 1},
        {"error_after_rate": 1.0, "only": ["refund"], "count": 1},
        {"reset_after_accept_rate": 1.0, "only": ["refund"], "count": 1},
    ],
    ids=["a stored 500", "done, then a 500", "done, answer lost"],
)
async def test_a_refund_with_an_unknown_answer_goes_back_once(stage: Stage, fault: dict[str, Any]) -> None:
    async with stage.buyer() as guest, staff(stage) as sam:
        order = await guest.buy(stage.house.performance_id, [1])
        await sam.log_in(stage)
        made = await sam.refund(order["id"], 500)
        await stage.faults(**fault)
        with pytest.raises(StripeUnavailable):
            await stage.run_jobs()
        await stage.run_jobs()
    mine = [one for one in (await stage.ledger())["refunds"] if one["metadata"].get("refund_id") == made["id"]]
    assert [one["amount"] for one in mine] == [500]


async def test_two_refunds_at_once_are_never_more_than_was_captured(stage: Stage) -> None:
    async with stage.buyer() as guest, staff(stage) as sam:
        order = await guest.buy(stage.house.performance_id, [1])
        await sam.log_in(stage)
        most = order["total"] * 6 // 10

        async def ask() -> int:
            answer = await sam.http.post(
                f"/api/orders/{order['id']}/refunds",
                json={"amount": most},
                headers={"Idempotency-Key": str(new_id())},
            )
            return answer.status_code

        assert sorted(await asyncio.gather(ask(), ask(), ask())) == [201, 409, 409]
        await stage.run_jobs()


async def test_a_refund_made_at_stripe_is_entered_into_the_books(stage: Stage) -> None:
    async with stage.buyer() as guest:
        order = await guest.buy(stage.house.performance_id, [1])
        [(intent,)] = await stage.sql("SELECT intent_id FROM payment")
        told = RefundDone("re_by_hand", "succeeded", 300, "EUR", None, intent)
        assert await refunds.heard(stage.rt, told)
        assert await refunds.heard(stage.rt, told)
        assert not await refunds.heard(stage.rt, RefundDone("re_other", "succeeded", 300, "EUR", None, "pi_others"))
        assert (await guest.see(order["id"]))["state"] == "paid"
    assert [tuple(row) for row in await stage.sql("SELECT refunded FROM payment")] == [(300,)]


async def bought_with(stage: Stage, guest: Buyer, card: str) -> dict[str, Any]:
    hold = await guest.hold(stage.house.performance_id, [1])
    order = await guest.order(hold["id"])
    await guest.confirm(await guest.start_payment(order["id"]), card)
    return await guest.check(order["id"])


async def time_passes_at_stripe(stage: Stage) -> None:
    async with httpx.AsyncClient() as clock:
        (await clock.post(f"{stage.stripe}/_standin/settle")).raise_for_status()


async def test_a_refund_that_the_bank_sends_back_is_heard_of(stage: Stage) -> None:
    async with stage.buyer() as guest, staff(stage) as sam:
        order = await bought_with(stage, guest, "4000000000005126")
        await sam.log_in(stage)
        await sam.refund(order["id"], 500)
        await stage.run_jobs()
        await time_passes_at_stripe(stage)

        async def failed() -> bool:
            await stage.run_jobs()
            return [row[0] for row in await stage.sql("SELECT state FROM refund")] == ["failed"]

        await eventually(failed, within=20, every=0.2)
    assert [tuple(row) for row in await stage.sql("SELECT refunded FROM payment")] == [(0,)]


async def test_a_refund_that_takes_days_is_looked_after_without_a_webhook(stage: Stage) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest, staff(stage) as sam:
        order = await bought_with(stage, guest, "4000000000007726")
        await sam.log_in(stage)
        await sam.refund(order["id"], 500)
        await stage.run_jobs()
        assert [row[0] for row in await stage.sql("SELECT state FROM refund")] == ["pending"]
        await time_passes_at_stripe(stage)
        await news.reconcile(stage.rt, stage.gw, older_than_s=0)
    assert [row[0] for row in await stage.sql("SELECT state FROM refund")] == ["succeeded"]
