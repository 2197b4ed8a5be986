"""An evening is cancelled: off sale at once, every paid order given back once, whatever dies on the way."""

import itertools
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from frontrow.core.db import Tx
from frontrow.payments.actions.call_off import BATCH, call_off, call_off_batch
from tests.factories.stack import Stage
from tests.payments.test_desk import Staff, let_in, staff


class Killed(BaseException):
    """What a process has no say in."""


@pytest.fixture
async def sam(stage: Stage) -> AsyncIterator[Staff]:
    async with staff(stage) as manager:
        await manager.log_in(stage)
        yield manager


async def slug(stage: Stage) -> str:
    [[found]] = await stage.sql("SELECT slug FROM organiser WHERE id = :id", id=stage.house.organiser_id)
    return str(found)


async def door(stage: Stage) -> str:
    return f"/api/organisers/{await slug(stage)}/performances/{stage.house.performance_id}/cancellation"


async def progress(who: Staff, path: str) -> dict[str, Any]:
    answer = await who.http.get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_everybody_gets_their_money_back_and_nobody_a_seat(stage: Stage, sam: Staff) -> None:
    path = await door(stage)
    async with stage.buyer() as ben, stage.buyer() as mia, stage.buyer() as late:
        first = await ben.buy(stage.house.performance_id, [1, 2])
        second = await mia.buy(stage.house.performance_id, [3])
        pending = await late.order((await late.hold(stage.house.performance_id, [5]))["id"])
        await late.hold(stage.house.performance_id, [6])
        assert (await sam.http.get(path)).status_code == 404, "it isn't cancelled"
        key = str(uuid.uuid4())
        told = await sam.post(path, {"message": "The singer is ill."}, key=key, expect=202)
        assert (told["orders"], told["refunded"], told["waiting"]) == (2, 0, 2)
        again = await sam.post(path, {"message": "The singer is ill."}, key=key, expect=202)
        assert again == told
        assert (await sam.post(path, {}, expect=409))["code"] == "already_cancelled"
        assert (await sam.post(path, {}, key=key, expect=422))["code"] == "idempotency_mismatch"

        # Nothing has been worked on yet, and yet it is off sale.
        for refused in (
            await late.hold(stage.house.performance_id, [7], expect=409),
            await late.start_payment(pending["id"], expect=409),
        ):
            assert refused["code"] == "performance_cancelled"

        await stage.run_jobs()
        assert set(await stage.states()) == {"f"}
        for buyer, order in ((ben, first), (mia, second)):
            seen = await buyer.see(order["id"])
            assert (seen["state"], seen["performance"]["cancelled"]) == ("cancelled", True)
            assert seen["performance"]["message"] == "The singer is ill."
            assert {ticket["state"] for ticket in seen["tickets"]} == {"void"}
        assert (await late.see(pending["id"]))["state"] == "cancelled"
        done = await progress(sam, path)
        assert (done["orders"], done["refunded"], done["waiting"], done["failed"]) == (2, 2, 0, 0)
        assert done["amount"] == done["amount_refunded"] == first["total"] + second["total"]
        assert done["message"] == "The singer is ill."
    refunds = [one["amount"] for one in (await stage.ledger())["refunds"]]
    assert {first["total"], second["total"]} <= set(refunds)
    assert len(await stage.sql("SELECT 1 FROM outbox WHERE topic = 'payments.called_off'")) == 2


async def test_a_payment_under_way_is_stopped_and_nothing_is_charged(stage: Stage, sam: Staff) -> None:
    async with stage.buyer() as ben:
        hold = await ben.hold(stage.house.performance_id, [1])
        order = await ben.order(hold["id"])
        payment = await ben.start_payment(order["id"])
        await sam.post(await door(stage), {}, expect=202)
        # Authorised at the bank just now: the money isn't taken, and the buyer is told so.
        await ben.confirm(payment)
        seen = await ben.check(order["id"])
        assert (seen["state"], seen["performance"]["cancelled"]) == ("failed", True)
        await stage.run_jobs()
    assert set(await stage.states()) == {"f"}
    assert await stage.sql("SELECT 1 FROM refund") == []
    assert [tuple(row) for row in await stage.sql("SELECT state, captured FROM payment")] == [("cancelled", 0)]


async def test_money_that_is_being_taken_goes_back_as_soon_as_it_is_there(stage: Stage, sam: Staff) -> None:
    async with stage.buyer() as ben:
        hold = await ben.hold(stage.house.performance_id, [1])
        order = await ben.order(hold["id"])
        payment = await ben.start_payment(order["id"])
        # The seats are sold, and Stripe doesn't say yet whether it has taken the money.
        await stage.faults(each={"capture": {"error_rate": 1.0, "status": 503}}, webhooks="off")
        await ben.confirm(payment)
        assert (await ben.check(order["id"]))["state"] == "capturing"
        await sam.post(await door(stage), {}, expect=202)
        assert await call_off_batch(stage.rt, stage.house.performance_id) == 1
        await call_off(stage.rt, order["id"])
        assert (await ben.see(order["id"]))["state"] == "capturing"
        await stage.faults(each={})
        await stage.run_jobs()
        seen = await ben.see(order["id"])
        assert (seen["state"], seen["paid_at"] is None) == ("cancelled", False)
    assert [row[0] for row in await stage.sql("SELECT captured - refunded FROM payment")] == [0]


async def test_who_may_not_cancel_finds_nothing(stage: Stage) -> None:
    path = await door(stage)
    async with stage.buyer() as guest, staff(stage) as stranger, staff(stage) as doorman:
        await stranger.log_in(stage, None)
        await doorman.log_in(stage, "door")
        for who in (stranger, doorman):
            await who.post(path, {}, expect=404)
            assert (await who.http.get(path)).status_code == 404
        await guest.post(path, {}, expect=401)
    assert await stage.sql("SELECT 1 FROM performance WHERE state = 'cancelled'") == []


async def test_what_is_over_stays(stage: Stage, sam: Staff) -> None:
    await stage.sql("UPDATE performance SET starts_at = now() - interval '3 h', ends_at = now() - interval '1 h'")
    path = await door(stage)
    event = path.split("/performances/")[0] + "/events/evening/cancellation"
    [[name]] = await stage.sql("SELECT slug FROM event")
    event = event.replace("/evening/", f"/{name}/")
    for one in (path, event):
        assert (await sam.post(one, {}, expect=409))["code"] == "already_over"
    # Broken off halfway: it can still be cancelled.
    await stage.sql("UPDATE performance SET ends_at = now() + interval '1 h'")
    await sam.post(event, {}, expect=202)
    assert (await sam.post(event, {}, expect=409))["code"] == "already_cancelled"
    assert [row[0] for row in await stage.sql("SELECT state FROM event")] == ["cancelled"]


async def test_used_tickets_and_money_from_the_desk(stage: Stage, sam: Staff) -> None:
    path = await door(stage)
    async with stage.buyer() as ben, stage.buyer() as mia:
        used = await ben.buy(stage.house.performance_id, [1])
        await let_in(stage, used["id"], 1)
        cash = await mia.order((await mia.hold(stage.house.performance_id, [2]))["id"])
        await sam.post(f"/api/orders/{cash['id']}/payment/offline", {"method": "cash"})
        await sam.post(path, {}, expect=202)
        await stage.run_jobs()
        done = await progress(sam, path)
        assert (done["orders"], done["refunded"], done["at_desk"]) == (2, 1, 1)
        await sam.refund(cash["id"], None)
        assert (await progress(sam, path))["refunded"] == 2


@pytest.mark.parametrize("place", ["commit", "committed"])
async def test_killed_again_and_again_each_order_is_refunded_once(stage: Stage, sam: Staff, place: str) -> None:
    async with stage.buyer() as ben:
        orders = [await ben.buy(stage.house.performance_id, [seat]) for seat in (1, 2, 3)]
    await sam.post(await door(stage), {}, expect=202)
    deaths = 0
    for at in itertools.count(1):
        reached = 0

        def die(where: str, at: int = at) -> None:
            nonlocal reached
            reached += where == place
            if reached == at:
                raise Killed

        stage.rt.db.boundary = die
        try:
            await stage.run_jobs()
            break
        except Killed:
            deaths += 1
        finally:
            stage.rt.db.boundary = None
    await stage.run_jobs()
    assert deaths > 3
    for order in orders:
        rows = await stage.sql(
            """SELECT o.state, p.refunded FROM orders o JOIN payment p ON p.order_id = o.id WHERE o.id = :order""",
            order=order["id"],
        )
        assert [tuple(row) for row in rows] == [("cancelled", order["total"])]
    assert len(await stage.sql("SELECT 1 FROM refund")) == len(orders)
    [intents] = [[row[0] for row in await stage.sql("SELECT intent_id FROM payment")]]
    at_stripe = [one for one in (await stage.ledger())["refunds"] if one["payment_intent"] in intents]
    assert len(at_stripe) == len(orders)


async def test_a_batch_twice_asks_once_and_goes_on_where_it_ended(stage: Stage, sam: Staff) -> None:
    async with stage.buyer() as ben:
        for seat in (1, 2):
            await ben.order((await ben.hold(stage.house.performance_id, [seat]))["id"], f"ben{seat}@example.com")
    await sam.post(await door(stage), {}, expect=202)
    assert BATCH > 2
    assert await call_off_batch(stage.rt, stage.house.performance_id) == 2
    assert await call_off_batch(stage.rt, stage.house.performance_id) == 0
    [[last]] = await stage.sql("SELECT payload ->> 'after' FROM outbox WHERE topic = 'payments.call_off_batch'")
    assert await call_off_batch(stage.rt, stage.house.performance_id, uuid.UUID(last)) == 0

    async def ids(tx: Tx) -> list[uuid.UUID]:
        return list((await tx.sql("SELECT id FROM orders")).scalars())

    for order_id in await stage.rt.db.read(ids):
        await call_off(stage.rt, order_id)
        await call_off(stage.rt, order_id)
    await stage.run_jobs()
    assert set(await stage.states()) == {"f"}
