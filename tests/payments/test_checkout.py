"""An order and its payment begun by one request: what two requests would have made, and one of everything."""

import asyncio
import uuid
from typing import Any

import pytest

from frontrow.core.db import Tx
from frontrow.coupons import actions as coupons
from frontrow.coupons.actions import CouponWish
from frontrow.gateways.stripe import CARD
from frontrow.orders.actions.draft import Draft, Wish
from frontrow.orders.actions.place import draft_at_once
from frontrow.payments.actions import start, statements
from frontrow.payments.actions.intent import ask_stripe
from frontrow.people import rules
from tests.factories.buyer import Buyer
from tests.factories.stack import Stage
from tests.races.gate import somebody_waits_for_a_row

COUNTS = """SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM payment), (SELECT count(*) FROM idempotency
             WHERE endpoint IN ('order', 'pay')), (SELECT count(*) FROM outbox WHERE topic LIKE 'payments.create%')"""


async def counts(stage: Stage) -> list[int]:
    """Orders, payments, their keys, intents that were to be asked for."""
    [row] = await stage.sql(COUNTS)
    return list(row)


def wanted(hold: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"hold_id": hold["id"], "email": "guest@example.com", "name": "Guest", **more}


async def check_out(guest: Buyer, hold: dict[str, Any], key: str | None = None, **more: Any) -> dict[str, Any]:
    return await guest.post("/api/checkouts", wanted(hold, **more), key=key)


async def test_it_is_what_two_requests_would_have_made(stage: Stage) -> None:
    async with stage.buyer() as guest:
        one = await check_out(guest, await guest.hold(stage.house.performance_id, [1, 2]))
        order = await guest.order((await guest.hold(stage.house.performance_id, [3, 4]))["id"])
        payment = await guest.start_payment(order["id"])
        apart = await guest.see(order["id"])
        assert one["problem"] is None
        assert one["order"].keys() == apart.keys()
        assert one["payment"].keys() == payment.keys()
        same = (
            "state",
            "total",
            "subtotal",
            "fees",
            "tax",
            "tax_lines",
            "email",
            "name",
            "currency",
            "event",
            "tickets",
        )
        assert {name: one["order"][name] for name in same} == {name: apart[name] for name in same}
        assert [one["payment"][name] for name in ("state", "kind", "amount")] == ["open", "card", apart["total"]]
        shown = await guest.see(one["order"]["id"])
        assert {**shown, "server_time": ""} == {**one["order"], "server_time": ""}
        steps = "SELECT from_state, to_state, why FROM order_step WHERE order_id = :order ORDER BY id"
        assert await stage.sql(steps, order=uuid.UUID(one["order"]["id"])) == await stage.sql(
            steps, order=uuid.UUID(order["id"])
        )
        await guest.confirm(one["payment"])
        assert (await guest.check(one["order"]["id"]))["state"] == "paid"
        await guest.confirm(payment)
        assert (await guest.check(order["id"]))["state"] == "paid"
    assert await stage.states() == "ssss" + "f" * 36


async def test_it_is_one_statement_and_one_for_stripes_answer(stage: Stage) -> None:
    wish, [draft], buyer_id = await drafted(stage, [1])
    seen: list[str] = []
    stage.rt.db.boundary = seen.append
    made = await start.check_out_at_once(stage.rt, draft, str(buyer_id), "k", wish.hash())
    assert made is not None
    assert made[1].row_id is not None
    await ask_stripe(stage.rt, stage.gw, made[1].wanted, made[1].row_id)
    assert [place.partition(":")[0] for place in seen] == ["sql", "committed"] * 2
    # Nobody pays it: it lapses as any other.
    assert await start.check_out_at_once(stage.rt, draft, str(buyer_id), "k", wish.hash()) is None


async def test_the_same_key_finds_the_same_order_and_payment(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1, 2])
        told = await asyncio.gather(*(check_out(guest, hold, "k") for _ in range(6)))
        assert len({one["order"]["id"] for one in told}) == 1
        assert len({one["payment"]["id"] for one in told}) == 1
        assert len({one["payment"]["client_secret"] for one in told}) == 1
        assert await counts(stage) == [1, 1, 2, 1]
        again = await guest.post("/api/checkouts", wanted(hold, name="Another"), key="k", expect=422)
        assert again["code"] == "idempotency_mismatch"
        assert await counts(stage) == [1, 1, 2, 1]


async def test_a_key_that_only_placed_the_order_begins_its_payment(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        order = await guest.post("/api/orders", wanted(hold), key="k")
        made = await check_out(guest, hold, "k")
        assert made["order"]["id"] == order["id"] == made["payment"]["order_id"]
        assert await counts(stage) == [1, 1, 2, 1]


async def drafted(stage: Stage, seats: list[int], times: int = 1) -> tuple[Wish, list[Draft], uuid.UUID]:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, seats)
        buyer_id = rules.buyer_id(str(guest.http.cookies["fr_buyer"]))
    assert buyer_id is not None
    wish = Wish(uuid.UUID(hold["id"]), "guest@example.com", "Guest", "en")
    drafts = [await draft_at_once(stage.rt.db, wish, buyer_id, None, stage.settings.stripe) for _ in range(times)]
    return wish, [draft for draft in drafts if draft is not None], buyer_id


async def two_tabs(stage: Stage) -> list[Any]:
    """One hold and two keys: both statements find the hold locked, and go on at the same moment."""
    wish, drafts, buyer_id = await drafted(stage, [1, 2], times=2)

    async def keeper(tx: Tx) -> list[asyncio.Task[Any]]:
        await tx.sql("SELECT 1 FROM hold FOR NO KEY UPDATE")
        tasks = [
            asyncio.create_task(start.check_out_at_once(stage.rt, each, str(buyer_id), f"tab {n}", wish.hash()))
            for n, each in enumerate(drafts)
        ]
        await somebody_waits_for_a_row(stage.rt, 2)
        return tasks

    return list(await asyncio.gather(*await stage.rt.db.write(keeper)))


async def test_of_two_tabs_with_keys_of_their_own_one_gets_the_order(stage: Stage) -> None:
    assert sorted(made is not None for made in await two_tabs(stage)) == [False, True]
    assert await counts(stage) == [1, 1, 2, 1]


async def test_control_without_the_holds_state_both_get_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    loose = statements.CHECKED_OUT.replace("state = 'active' AND buyer_id", "buyer_id")
    assert loose != statements.CHECKED_OUT
    monkeypatch.setattr(statements, "CHECKED_OUT", loose)
    await stage.sql("ALTER TABLE orders DROP CONSTRAINT uq_orders_hold_id")
    made = await two_tabs(stage)
    assert None not in made
    assert (await counts(stage))[:2] == [2, 2], "two orders for the same seats"
    # The books needn't stay like this.
    second = made[1][0].order.id
    for table, column in (
        ("order_step", "order_id"),
        ("order_line", "order_id"),
        ("payment", "order_id"),
        ("orders", "id"),
    ):
        await stage.sql(f"DELETE FROM {table} WHERE {column} = :id", id=second)
    await stage.sql("DELETE FROM outbox WHERE payload->>'payment_id' = :id", id=str(made[1][1].payment.id))
    await stage.sql("ALTER TABLE orders ADD CONSTRAINT uq_orders_hold_id UNIQUE (hold_id)")


async def test_a_hold_that_has_lost_a_seat_makes_no_order(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1, 2])
        await stage.sql("UPDATE hold SET expires_at = clock_timestamp() - interval '1 s' WHERE id = :id", id=hold["id"])
        refused = await guest.post("/api/checkouts", wanted(hold), expect=410)
        assert refused["code"] == "hold_expired"
        assert await counts(stage) == [0, 0, 0, 0]
    async with stage.buyer() as stranger:
        assert (await stranger.post("/api/checkouts", wanted(hold), expect=404))["code"] == "not_found"
    assert await counts(stage) == [0, 0, 0, 0]


async def test_a_coupon_and_a_free_order_go_the_longer_way(stage: Stage) -> None:
    await stage.rt.db.write(
        lambda tx: coupons.create_coupon(tx, stage.house.organiser_id, CouponWish("GIFT", percent_bp=10_000))
    )
    await stage.sql("UPDATE price SET fee = 0")
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        made = await check_out(guest, hold, "k", coupon="gift")
        assert made["order"]["state"] == "paid"
        assert made["order"]["total"] == 0
        assert len(made["order"]["tickets"]) == 1
        assert made["payment"]["state"] == "captured"
        assert (await check_out(guest, hold, "k", coupon="gift"))["order"]["id"] == made["order"]["id"]


async def test_with_stripe_silent_the_order_stands_and_is_paid_later(stage: Stage) -> None:
    await stage.faults(reset_rate=1.0)
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        made = await check_out(guest, hold, "k")
        assert made["payment"] is None
        assert made["problem"]["code"] == "stripe_unavailable"
        assert made["order"]["state"] == "paying"
        await stage.faults(reset_rate=0.0)
        await stage.run_jobs()
        again = await check_out(guest, hold, "k")
        assert again["order"]["id"] == made["order"]["id"]
        assert again["problem"] is None
        assert again["payment"]["state"] == "open"
    asked = [one for one in (await stage.ledger())["intents"] if one["metadata"]["order_code"] == made["order"]["code"]]
    assert len(asked) == 1


async def test_a_way_to_pay_that_is_not_offered_leaves_the_order(stage: Stage) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        made = await check_out(guest, hold, payment_kind="paypal")
        assert made["payment"] is None
        assert made["problem"]["code"] == "invalid_request"
        assert made["order"]["state"] == "pending"
        assert (await guest.start_payment(made["order"]["id"]))["kind"] == CARD
