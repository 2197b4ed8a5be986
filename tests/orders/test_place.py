"""T2 on a real database: what an order costs, and who may place it."""

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from frontrow.core.errors import IdempotencyMismatch, NotFound, Refusal
from frontrow.core.ids import new_id
from frontrow.events.errors import PerformanceOver
from frontrow.orders.actions import expire_pending
from frontrow.orders.actions.draft import Placed
from frontrow.orders.errors import (
    AccountLimit,
    TicketTypeNotForSeat,
    TicketTypeNotOnSale,
    TicketTypeQuantity,
    TotalBelowMinimum,
)
from frontrow.seats.errors import HoldExpired, HoldInUse, SalesClosed
from tests.factories.house import House
from tests.factories.till import ADULT, CHILD, LAST_ROW, LIST, REDUCED, Till

PAST = datetime.now(UTC) - timedelta(hours=1)
SOON = datetime.now(UTC) + timedelta(hours=1)


async def test_each_place_is_sold_as_its_buyer_chose(till: Till) -> None:
    types = await till.price(*LIST)
    made = await till.order(await till.hold(1, 2, 31), types={2: types["Child"]})
    assert [(line.ticket_type, line.total) for line in made.lines] == [
        ("Adult", 4250),
        ("Child", 2100),
        ("Last row", 1750),
    ]
    assert (made.order.subtotal, made.order.fees, made.order.total) == (7500, 600, 8100)


async def test_fees_of_a_share_and_tax_on_top(till: Till) -> None:
    await till.price(replace(ADULT, fee=100, fee_bp=250, tax_bp=1900, tax_added=True), LAST_ROW)
    made = await till.order(await till.hold(1))
    [line] = made.lines
    # 100 + 2.5 % of 4000 = 200 fee; 19 % of 4200 = 798 on top.
    assert (line.fee, line.tax, line.added_tax, line.total) == (200, 798, 798, 4998)
    assert (made.order.tax, made.order.added_tax, made.order.total) == (798, 798, 4998)


async def test_a_price_change_meanwhile_changes_nothing_for_those_who_hold(till: Till) -> None:
    await till.price(*LIST)
    held = await till.hold(1)
    before = await till.quote(held)
    types = await till.price(replace(ADULT, amount=9000), replace(CHILD, amount=8000), LAST_ROW)
    assert (await till.quote(held)).totals == before.totals
    # A ticket type that the new list hasn't is still there for this hold, at its old price.
    made = await till.order(held, types={1: types["Reduced"]})
    assert made.lines[0].unit_price == REDUCED.amount
    assert (await till.order(await till.hold(2))).order.total == 9250
    with pytest.raises(TicketTypeNotForSeat):
        await till.order(await till.hold(3), types={3: types["Reduced"]})


async def test_a_quote_is_the_order_to_the_cent(till: Till) -> None:
    types = await till.price(replace(ADULT, tax_added=True), CHILD, LAST_ROW)
    await till.coupon(percent_bp=1500)
    held = await till.hold(1, 2, 3)
    quoted = await till.quote(held, {2: types["Child"]}, " save ")
    made = await till.order(held, types={2: types["Child"]}, coupon=" save ")
    assert quoted.problems == []
    assert [line.total for line in quoted.lines] == [line.total for line in made.lines]
    for name, amount in vars(quoted.totals).items():
        assert getattr(made.order, name) == amount
    assert made.order.coupon_code == quoted.coupon == "SAVE"


async def test_a_quote_tells_what_an_order_would_be_refused_for(till: Till) -> None:
    types = await till.price(
        replace(ADULT, sales_close_at=PAST),
        replace(CHILD, min_per_order=2),
        replace(REDUCED, amount=30, fee=0),
        LAST_ROW,
    )
    held = await till.hold(1)
    refused = await till.quote(held, {1: types["Adult"]}, "nothing")
    assert [problem.code for problem in refused.problems] == ["ticket_type_not_on_sale"]
    assert refused.coupon_problem is not None
    assert refused.coupon_problem.code == "coupon_unknown"
    assert [p.code for p in (await till.quote(held, {1: types["Child"]})).problems] == ["ticket_type_quantity"]
    assert [p.code for p in (await till.quote(held, {1: types["Reduced"]})).problems] == ["total_below_minimum"]
    assert [(one.name, one.on_sale) for one in refused.ticket_types] == [
        ("Adult", False),
        ("Child", True),
        ("Reduced", True),
    ]
    # As usual it is sold as the first type that is on sale.
    assert [line.ticket_type.name for line in (await till.quote(held)).lines] == ["Child"]
    with pytest.raises(TicketTypeQuantity):
        await till.order(held, types={1: types["Child"]})
    with pytest.raises(TicketTypeNotOnSale):
        await till.order(held, types={1: types["Adult"]})
    with pytest.raises(TotalBelowMinimum) as below:
        await till.order(held, types={1: types["Reduced"]})
    assert below.value.extra == {"minimum": 50, "currency": "EUR"}


async def test_the_sale_ends_for_holds_too(till: Till) -> None:
    """Attack 8: a stale hold is no way around the window of sale."""
    held = await till.hold(1)
    await till.sql("UPDATE performance SET sales_close_at = now() - interval '1 second'")
    with pytest.raises(SalesClosed):
        await till.order(held)
    await till.sql("UPDATE performance SET sales_close_at = NULL, state = 'cancelled'")
    with pytest.raises(PerformanceOver):
        await till.order(held)
    assert [problem.code for problem in (await till.quote(held)).problems] == ["performance_cancelled"]


async def test_only_its_buyer_orders_a_running_hold_and_only_once(till: Till) -> None:
    """Attacks 12 and 15."""
    held = await till.hold(1)
    for nobody in (replace(held, buyer=new_id()), replace(held, hold_id=new_id())):
        with pytest.raises(NotFound):
            await till.order(nobody)
        with pytest.raises(NotFound):
            await till.quote(nobody)
    await till.order(held)
    with pytest.raises(HoldInUse):
        await till.order(held)
    with pytest.raises(HoldExpired):
        await till.quote(held)
    late = await till.hold(2)
    await till.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = :id", id=late.hold_id)
    with pytest.raises(HoldExpired):
        await till.order(late)


async def test_the_same_key_gives_the_same_order(till: Till) -> None:
    types = await till.price(*LIST)
    await till.coupon(max_uses=1)
    held = await till.hold(1)
    both = await asyncio.gather(*(till.order(held, key="k", coupon="save") for _ in range(2)))
    assert both[0].order.id == both[1].order.id
    assert both[0] == both[1]
    for changed in ({"types": {1: types["Child"]}}, {"coupon": "other"}, {"coupon": None}, {"email": "x@y.example"}):
        with pytest.raises(IdempotencyMismatch):
            await till.order(held, key="k", **({"coupon": "save"} | changed))
    assert await till.used() == 1


async def test_a_cap_is_of_the_account_whatever_it_is_split_over(till: Till) -> None:
    """Attack 7: parallel orders, other browsers, other letters in the address."""
    await till.sql("UPDATE performance SET max_per_account = 3")
    first = await till.order(await till.hold(1, 2), email="Ann@Example.com")
    for email in ("ann@example.com", "ANN@EXAMPLE.COM"):
        held = await till.hold(3, 4)
        quoted = await till.quote(held, email=email)
        assert [(problem.code, problem.extra) for problem in quoted.problems] == [
            ("account_limit", {"limit": 3, "left": 1})
        ]
        with pytest.raises(AccountLimit) as refused:
            await till.order(held, email=email)
        assert refused.value.extra == {"limit": 3, "left": 1}
        await till.sql("UPDATE hold SET expires_at = now() - interval '1 s' WHERE id = :id", id=held.hold_id)
        await till.sql("UPDATE seat SET expires_at = now() - interval '1 s', fence = fence + 1 WHERE seat_no IN (3, 4)")
    await till.order(await till.hold(3, 4), email="bob@example.com")
    # Somebody who logs in is another account; and what has expired counts no more.
    await till.order(await till.hold(5, 6, 7), email="ann@example.com", user=new_id())
    await till.sql("UPDATE orders SET expires_at = now() - interval '1 s' WHERE id = :id", id=first.order.id)
    assert await till.rt.db.write(expire_pending) == 1
    await till.order(await till.hold(8, 9, 10), email="ann@example.com")


async def test_pending_orders_expire_together(till: Till) -> None:
    await till.coupon("ONE", max_uses=10)
    await till.coupon("TWO", max_uses=10)
    placed: list[Placed] = []
    for at in range(6):
        placed.append(await till.order(await till.hold(at + 1), coupon=("one", "two")[at % 2]))
    await till.sql("UPDATE orders SET expires_at = now() - interval '1 s'")
    done = await asyncio.gather(*(till.rt.db.write(lambda tx: expire_pending(tx, 2)) for _ in range(4)))
    assert sum(done) == 6
    assert {await till.state(one.order.id) for one in placed} == {"expired"}
    assert (await till.used("ONE"), await till.used("TWO")) == (0, 0)
    assert [row.state for row in await till.sql("SELECT DISTINCT state FROM seat")] == ["free"]
    # Nobody had begun to pay: that is news to no one.
    assert await till.sql("SELECT 1 FROM outbox") == []


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE event SET state = 'cancelled'", PerformanceOver),
        ("UPDATE performance SET sales_open_at = now() + interval '1 hour'", SalesClosed),
        ("DELETE FROM price", Refusal),
    ],
)
async def test_what_can_no_longer_be_sold(till: Till, house: House, statement: str, refusal: type[Refusal]) -> None:
    held = await till.hold(1)
    await till.sql(statement)
    with pytest.raises(refusal):
        await till.order(held)
    assert (await till.sql("SELECT state FROM hold"))[0].state == "active"


async def test_an_unknown_ticket_type_names_the_seat(till: Till) -> None:
    types = await till.price(*LIST)
    held = await till.hold(1)
    for wrong in ({1: uuid.uuid4()}, {1: types["Last row"]}, {2: types["Child"]}):
        with pytest.raises(TicketTypeNotForSeat) as refused:
            await till.order(held, types=wrong)
        assert refused.value.extra == {"seats": list(wrong)}
