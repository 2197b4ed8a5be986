"""A hundred buyers for a coupon of ten, and what they give back; one person in many tabs. Each with a control."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from frontrow.auditor.main import audit
from frontrow.core.db import Tx
from frontrow.core.errors import Busy
from frontrow.core.runtime import Runtime
from frontrow.coupons.actions.queue import CouponQueue
from frontrow.coupons.errors import CouponUsedByYou, CouponUsedUp
from frontrow.orders import actions as orders
from frontrow.orders.actions.draft import Placed
from frontrow.orders.errors import AccountLimit
from tests.factories.house import House, build_house
from tests.factories.till import Held, Till
from tests.races.gate import WAIT, change_guard, closed_gate

T = TypeVar("T")

CROWD = 100
LIMIT = 10
MAX_USES = "(max_uses IS NULL OR used < max_uses)"
PER_ACCOUNT = "c.per_account <= ("
ANN = "ann@example.com"


@pytest.fixture
async def house(rt: Runtime) -> House:
    return await build_house(rt.db, seat_count=120)


@pytest.fixture
def till(rt: Runtime, house: House) -> Till:
    rt.settings.till.max_seats = 10
    return Till(rt, house)


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """As the page does: who is told that the house is busy asks again, with the same key."""
    while True:
        try:
            return await work()
        except Busy:
            continue


async def ask(till: Till, held: Held, *, email: str | None = None, coupon: str | None = "save") -> Placed | Exception:
    try:
        return await patiently(lambda: till.order(held, coupon=coupon, email=email, key="once"))
    except (CouponUsedUp, CouponUsedByYou, AccountLimit) as refused:
        return refused


async def crowd(
    till: Till, size: int = CROWD, email: str | None = None, **more: str | None
) -> list[Placed | Exception]:
    """Everybody holds a seat first; then all order at once."""
    held = [await till.hold(at + 1) for at in range(size)]
    return await asyncio.gather(*(ask(till, one, email=email, **more) for one in held))


async def put_gate(till: Till, before: str) -> None:
    """A gate inside the redemption, just before it counts."""
    await change_guard(till.rt, before, f"PERFORM {WAIT};\n  {before}", "redeem_coupon")


def placed(told: list[Placed | Exception]) -> list[uuid.UUID]:
    return [one.order.id for one in told if isinstance(one, Placed)]


async def live(till: Till) -> int:
    found = await till.sql("SELECT count(*) AS live FROM coupon_redemption WHERE given_back_at IS NULL")
    return int(found[0].live)


async def test_100_buyers_for_a_coupon_of_ten_and_100_ends(till: Till) -> None:
    """Attack 9."""
    await till.coupon(max_uses=LIMIT)
    told = await crowd(till)
    assert len(placed(told)) == LIMIT
    assert sum(isinstance(one, CouponUsedUp) for one in told) == CROWD - LIMIT
    assert (await till.used(), await live(till)) == (LIMIT, LIMIT)

    async def give_up(order_id: uuid.UUID) -> None:
        await patiently(lambda: till.rt.db.write(lambda tx: orders.cancel_pending(tx, order_id)))

    # Each is given up by ten at once.
    await asyncio.gather(*(give_up(order_id) for order_id in placed(told) * 10))
    assert (await till.used(), await live(till)) == (0, 0)
    assert await audit(till.rt.db) == []


async def test_100_redeem_and_100_unpaid_ends_give_back(till: Till) -> None:
    await till.coupon(max_uses=CROWD)
    told = await crowd(till)
    assert len(placed(told)) == await till.used() == CROWD
    await till.sql("UPDATE orders SET expires_at = now() - interval '1 s'")

    async def expire() -> None:
        while await patiently(lambda: till.rt.db.write(lambda tx: orders.expire_pending(tx, 7))):
            pass

    async def cancel(order_id: uuid.UUID) -> None:
        await patiently(lambda: till.rt.db.write(lambda tx: orders.cancel_pending(tx, order_id)))

    # Timers of several workers and the buyers themselves, all at once.
    await asyncio.gather(*(expire() for _ in range(4)), *(cancel(order_id) for order_id in placed(told)[:50]))
    assert (await till.used(), await live(till)) == (0, 0)
    assert await audit(till.rt.db) == []


async def test_control_without_the_condition_the_coupon_is_oversold(till: Till) -> None:
    """Nobody looks whether there is one left, and the table's own guard is off, too."""
    await till.coupon(max_uses=LIMIT)
    await till.sql("ALTER TABLE coupon DROP CONSTRAINT ck_coupon_used")
    await change_guard(till.rt, MAX_USES, "true", "redeem_coupon")
    await put_gate(till, "UPDATE coupon SET used = used + 1")
    held = [await till.hold(at + 1) for at in range(LIMIT + 5)]
    async with closed_gate(till.rt) as gate:
        asking = [asyncio.create_task(ask(till, one)) for one in held]
        await gate.come(LIMIT + 5)
        await gate.open()
        told = await asyncio.gather(*asking)
    assert len(placed(told)) == await till.used() == LIMIT + 5
    assert "coupon_use_differs" in {finding.name for finding in await audit(till.rt.db)}


async def test_control_without_the_condition_the_table_still_refuses(till: Till) -> None:
    """The constraint is the last word: nobody oversells a coupon by forgetting the condition."""
    await till.coupon(max_uses=1)
    await change_guard(till.rt, MAX_USES, "true", "redeem_coupon")
    held = [await till.hold(at + 1) for at in range(5)]
    told = await asyncio.gather(*(till.order(one, coupon="save") for one in held), return_exceptions=True)
    assert sum(isinstance(one, Placed) for one in told) == await till.used() == 1


async def test_one_person_in_twenty_tabs_redeems_once(till: Till) -> None:
    await till.coupon(per_account=1)
    told = await crowd(till, 20, ANN)
    assert (len(placed(told)), await till.used()) == (1, 1)
    assert sum(isinstance(one, CouponUsedByYou) for one in told) == 19
    assert await audit(till.rt.db) == []


async def test_control_counted_before_the_coupons_row_is_locked_each_tab_is_the_first(till: Till) -> None:
    await till.coupon(per_account=1)
    # The count is made where no row is locked yet, and kept.
    await change_guard(
        till.rt,
        "v_now timestamptz := clock_timestamp();",
        "v_now timestamptz := clock_timestamp(); v_had int;",
        "redeem_coupon",
    )
    await change_guard(
        till.rt,
        "UPDATE coupon SET used = used + 1",
        f"""SELECT count(*) INTO v_had FROM coupon_redemption
             WHERE coupon_id = p_coupon AND account = p_account AND given_back_at IS NULL;
            PERFORM {WAIT};
            UPDATE coupon SET used = used + 1""",
        "redeem_coupon",
    )
    await change_guard(till.rt, PER_ACCOUNT, "c.per_account <= v_had AND 0 <= (", "redeem_coupon")
    held = [await till.hold(at + 1) for at in range(5)]
    async with closed_gate(till.rt) as gate:
        asking = [asyncio.create_task(ask(till, one, email=ANN)) for one in held]
        await gate.come(5)
        await gate.open()
        told = await asyncio.gather(*asking)
    assert len(placed(told)) == 5
    assert "coupon_above_its_limit_per_person" in {finding.name for finding in await audit(till.rt.db)}


async def test_one_person_in_twenty_tabs_has_no_more_places_than_the_cap(till: Till) -> None:
    """Attack 7: parallel orders."""
    await till.sql("UPDATE performance SET max_per_account = 4")
    told = await crowd(till, 20, ANN, coupon=None)
    assert len(placed(told)) == 4
    assert sum(isinstance(one, AccountLimit) for one in told) == 16
    # Others aren't held up by it.
    assert len(placed([await ask(till, await till.hold(50), coupon=None, email="bob@example.com")])) == 1
    assert await audit(till.rt.db) == []


async def test_control_without_the_accounts_lock_every_tab_sees_room(till: Till) -> None:
    """The lock is an advisory one; a function of the same name in front of it takes none, and waits at the gate."""
    await till.sql("UPDATE performance SET max_per_account = 4")

    async def blunt(tx: Tx) -> None:
        await tx.session.execute(
            """CREATE SCHEMA blunt;
               CREATE FUNCTION blunt.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS 'SELECT';
               CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(4711); RETURN NEW; END $$;
               CREATE TRIGGER gate BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION gate()"""
        )
        await tx.session.execute(
            "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
            " || ' SET search_path = blunt, pg_catalog, public'; END $$"
        )

    held = [await till.hold(at + 1) for at in range(8)]
    await till.rt.db.write(blunt)
    await till.rt.db.primary.expire()
    async with closed_gate(till.rt) as gate:
        asking = [asyncio.create_task(ask(till, one, email=ANN, coupon=None)) for one in held]
        await gate.come(8)
        await gate.open()
        told = await asyncio.gather(*asking)
    assert len(placed(told)) == 8
    assert "account_above_its_cap" in {finding.name for finding in await audit(till.rt.db)}


async def test_a_hot_coupon_through_the_door_waits_in_its_queue(till: Till) -> None:
    """The same crowd with the Redis lock in front, as the door does it: right all the same."""
    queue = CouponQueue(till.rt.redis)
    await till.coupon(max_uses=3)
    held = [await till.hold(at + 1) for at in range(30)]

    async def through(one: Held) -> Placed | Exception:
        async with queue.turn("save"):
            return await ask(till, one)

    told = await asyncio.gather(*(through(one) for one in held))
    assert (len(placed(told)), await till.used()) == (3, 3)
