"""Two sets of books, ours and Stripe's, after purchases that went well, badly and in between: to the cent the same."""

import uuid
from typing import Any

import pytest

from frontrow.payments import queries
from frontrow.payments.actions import refunds
from tests.factories.house import House
from tests.factories.stack import Stage
from tests.waiting import eventually

MISHAPS: dict[str, dict[str, Any]] = {
    "none": {},
    "every answer to a capture is lost once": {"capture": {"reset_after_accept_rate": 1, "count": 1}},
    "captures say 500 though they are done": {"capture": {"error_after_rate": 1, "count": 2}},
    "refunds say 500 and are stored so": {"refund": {"error_rate": 1, "count": 1}},
}


@pytest.mark.parametrize("each", MISHAPS.values(), ids=MISHAPS.keys())
async def test_ours_and_stripes_agree(stage: Stage, house: House, each: dict[str, Any]) -> None:
    await stage.faults(each=each, duplicate=0.5, copies=3, shuffle=200)
    bought = []
    async with stage.buyer() as guest:
        for seats in ([1, 2], [3], [4]):
            hold = await guest.hold(house.performance_id, seats)
            order = await guest.order(hold["id"])
            payment = await guest.start_payment(order["id"])
            await guest.confirm(payment, "4000000000000002")
            await guest.confirm(payment)
            await guest.check(order["id"])
            bought.append(order["id"])

        async def all_paid() -> bool:
            await run(stage)
            return all([(await guest.see(order_id))["state"] == "paid" for order_id in bought])

        await eventually(all_paid, within=20)
    given = await refund(stage, bought[1], 500)

    async def refunded() -> bool:
        await run(stage)
        state = await stage.sql("SELECT state FROM refund WHERE id = :id", id=given)
        return bool(state[0].state == "succeeded")

    await eventually(refunded, within=20)
    ours = await stage.sql("SELECT id, intent_id, captured, refunded FROM payment WHERE captured > 0 ORDER BY id")
    assert len(ours) == 3
    theirs = await stage.ledger()
    intents = {item["id"]: item for item in theirs["intents"]}
    for row in ours:
        assert intents[row.intent_id]["metadata"]["payment_id"] == str(row.id)
        assert intents[row.intent_id]["amount_received"] == row.captured
        back = [item["amount"] for item in theirs["refunds"] if item["payment_intent"] == row.intent_id]
        assert sum(back) == row.refunded
    # Nothing was taken at Stripe for this database that isn't in its books.
    known = {str(row.id) for row in await stage.sql("SELECT id FROM payment")}
    mine = [item for item in theirs["intents"] if item["metadata"].get("payment_id") in known]
    booked = await stage.sql("SELECT coalesce(sum(amount), 0)::int AS net FROM ledger_entry WHERE account = 'stripe'")
    gone = sum(item["amount"] for item in theirs["refunds"] if item["payment_intent"] in {i["id"] for i in mine})
    assert abs(booked[0].net) == sum(item["amount_received"] for item in mine) - gone


async def run(stage: Stage) -> None:
    """Jobs as a worker does them: one that raises is tried again by the next round."""
    try:
        await stage.run_jobs()
    except Exception as error:
        if not isinstance(error, ConnectionError) and "unavailable" not in type(error).__name__.lower():
            raise


async def refund(stage: Stage, order_id: str, amount: int) -> uuid.UUID:
    async def ask(tx: Any) -> uuid.UUID:
        payment = await queries.lock_captured(tx, uuid.UUID(order_id))
        assert payment is not None
        return await refunds.ask(tx, payment, amount, "asked for", None)

    return await stage.rt.db.write(ask)
