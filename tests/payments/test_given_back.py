"""When the last of an order's money has gone back, whatever went before it: it is over and its places are free."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from frontrow.gateways.stripe import RefundDone
from frontrow.payments.actions import refunds
from tests.factories.buyer import Buyer
from tests.factories.stack import Stage
from tests.payments.test_desk import Staff, let_in, lines_of, staff


@pytest.fixture
async def sam(stage: Stage) -> AsyncIterator[Staff]:
    async with staff(stage) as one:
        await one.log_in(stage)
        yield one


async def sold(stage: Stage, guest: Buyer, sam: Staff, seat_nos: list[int], method: str) -> dict[str, Any]:
    """An order that was paid by card, or at the desk."""
    if method == "stripe":
        return await guest.buy(stage.house.performance_id, seat_nos)
    order = await guest.order((await guest.hold(stage.house.performance_id, seat_nos))["id"])
    await sam.post(f"/api/orders/{order['id']}/payment/offline", {"method": method})
    return order


async def live_tickets(stage: Stage, order_id: str) -> int:
    found = await stage.sql("SELECT count(*) FROM ticket WHERE order_id = :id AND state <> 'void'", id=order_id)
    return int(found[0][0])


@pytest.mark.parametrize("method", ["stripe", "cash"])
@pytest.mark.parametrize("jobs_between", [True, False], ids=["one after the other", "both on their way"])
async def test_the_rest_after_a_cancelled_line_ends_the_order(
    stage: Stage, sam: Staff, method: str, jobs_between: bool
) -> None:
    async with stage.buyer() as guest, stage.buyer() as next_guest:
        order = await sold(stage, guest, sam, [1, 2], method)
        first, _ = await lines_of(stage, order["id"])
        await sam.cancel(order["id"], [first])
        if jobs_between:
            await stage.run_jobs()
        # The freed place is somebody else's by now, and stays theirs.
        other = await next_guest.buy(stage.house.performance_id, [1])
        await sam.refund(order["id"], None)
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "refunded"
        assert (await next_guest.see(other["id"]))["state"] == "paid"
    assert await live_tickets(stage, order["id"]) == 0
    assert (await stage.states())[:2] == "sf"
    [(captured, refunded)] = await stage.sql(
        "SELECT captured, refunded FROM payment WHERE order_id = :id", id=order["id"]
    )
    assert captured == refunded == order["total"]


async def test_a_line_whose_money_went_back_before_ends_with_the_rest(stage: Stage, sam: Staff) -> None:
    """More than the second place cost goes back first; cancelling the first one gives what is left, which is all."""
    async with stage.buyer() as guest:
        order = await sold(stage, guest, sam, [1, 2], "cash")
        await sam.refund(order["id"], order["total"] - 100)
        first, _ = await lines_of(stage, order["id"])
        made = await sam.cancel(order["id"], [first])
        assert made["refund"]["amount"] == 100
        assert (await guest.see(order["id"]))["state"] == "refunded"
    assert await live_tickets(stage, order["id"]) == 0


async def test_the_rest_given_back_in_stripes_dashboard_ends_the_order(stage: Stage, sam: Staff) -> None:
    async with stage.buyer() as guest:
        order = await guest.buy(stage.house.performance_id, [1, 2])
        first, _ = await lines_of(stage, order["id"])
        made = await sam.cancel(order["id"], [first])
        [(intent,)] = await stage.sql("SELECT intent_id FROM payment")
        rest = RefundDone("re_by_hand", "succeeded", order["total"] - made["amount"], "EUR", None, intent)
        # Heard of while ours is still on its way: what was given back isn't all yet.
        assert await refunds.heard(stage.rt, rest)
        assert (await guest.see(order["id"]))["state"] == "paid"
        await stage.run_jobs()
        assert (await guest.see(order["id"]))["state"] == "refunded"
    assert await live_tickets(stage, order["id"]) == 0


@pytest.mark.parametrize("whole", [False, True], ids=["one line", "all lines"])
@pytest.mark.parametrize("how", ["cancel", "cancel without money", "refund"])
async def test_a_used_ticket_taken_back_leaves_nothing_to_audit(
    stage: Stage, sam: Staff, how: str, whole: bool
) -> None:
    """The entry was lawful when it was made: the cancellation's record says so to the auditor, at the stage's end."""
    async with stage.buyer() as guest:
        order = await guest.buy(stage.house.performance_id, [1, 2])
        await let_in(stage, order["id"], 1)
        first, second = await lines_of(stage, order["id"])
        if how == "refund":
            if not whole:
                await sam.cancel(order["id"], [second])
                await stage.run_jobs()
            await sam.refund(order["id"], None, force=True)
        else:
            await sam.cancel(order["id"], None if whole else [first], force=True, refund=how == "cancel")
        await stage.run_jobs()
    assert await live_tickets(stage, order["id"]) == (0 if whole or how == "refund" else 1)
