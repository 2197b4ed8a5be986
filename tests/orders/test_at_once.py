"""T2 as one statement: in the usual case a reading goes before it, and in every other case it leaves nothing behind."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from frontrow.core.db import Tx
from frontrow.core.errors import IdempotencyMismatch, NotFound
from frontrow.core.ids import new_id
from frontrow.orders import queries
from frontrow.orders.actions.draft import Placed, Wish
from frontrow.orders.actions.place import place
from frontrow.seats.errors import HoldExpired, HoldInUse
from tests.factories.till import Held, Till
from tests.races.gate import somebody_waits_for_a_row

T = TypeVar("T")
ANN = "ann@example.com"
EXPIRE = "UPDATE hold SET expires_at = clock_timestamp() - interval '1 s' WHERE id = :hold"


class Undo(Exception):
    """What a transaction that must not last ends with."""


def trips(till: Till) -> list[str]:
    """Every statement and commit from now on; readings aren't among them."""
    seen: list[str] = []
    till.rt.db.boundary = seen.append
    return seen


async def left(till: Till) -> tuple[int, int]:
    """How many keys of orders there are, and how many orders."""
    [row] = await till.sql(
        """SELECT (SELECT count(*) FROM idempotency WHERE endpoint = 'order') AS keys,
                  (SELECT count(*) FROM orders) AS orders"""
    )
    keys, orders = row
    return keys, orders


async def while_another(
    till: Till, first: Callable[[Tx], Awaitable[Any]], then: Callable[[], Awaitable[T]], *, lasts: bool = True
) -> T | BaseException:
    """Do ``first``, and ``then`` beside it until it waits for what ``first`` has locked; then commit, or roll back."""
    waiting: list[asyncio.Future[T]] = []

    async def keep(tx: Tx) -> None:
        await first(tx)
        waiting.append(asyncio.ensure_future(then()))
        await somebody_waits_for_a_row(till.rt)
        if not lasts:
            raise Undo

    with contextlib.suppress(Undo):
        await till.rt.db.write(keep)
    return (await asyncio.gather(*waiting, return_exceptions=True))[0]


def rival(till: Till, held: Held, key: str) -> Callable[[Tx], Awaitable[Placed]]:
    """The same buyer, in another tab, in a transaction that is still open."""
    wish = Wish(held.hold_id, ANN, "Ben", "en")
    return lambda tx: place(tx, wish, held.buyer, None, key, till.rt.settings.stripe)


async def test_a_plain_order_is_a_reading_and_one_statement(till: Till) -> None:
    held = await till.hold(1, 2)
    seen = trips(till)
    made = await till.order(held)
    assert seen == ["sql:WITH claimed AS", "committed"]
    assert made.order == await till.rt.db.read(lambda tx: queries.order(tx, made.order.id))
    assert made.lines == await till.rt.db.read(lambda tx: queries.lines(tx, made.order.id))


async def test_a_key_that_was_used_before_names_its_order(till: Till) -> None:
    held = await till.hold(1)
    made = await till.order(held, key="k", email=ANN)
    assert await till.order(held, key="k", email=ANN) == made
    # With a new hold, too, the key goes before everything else.
    with pytest.raises(IdempotencyMismatch):
        await till.order(Held((await till.hold(2, buyer=held.buyer)).hold_id, held.buyer), key="k", email=ANN)
    assert await left(till) == (1, 1)


@pytest.mark.parametrize("lasts", [True, False], ids=["the first lasts", "the first is rolled back"])
async def test_the_same_key_at_the_same_moment_is_one_order(till: Till, lasts: bool) -> None:
    held = await till.hold(1, 2)
    made = await while_another(till, rival(till, held, "k"), lambda: till.order(held, key="k", email=ANN), lasts=lasts)
    assert isinstance(made, Placed)
    assert await left(till) == (1, 1)
    assert await till.order(held, key="k", email=ANN) == made


async def test_many_with_the_same_key_get_one_order(till: Till) -> None:
    held = await till.hold(1, 2)
    told = await asyncio.gather(*(till.order(held, key="k", email=ANN) for _ in range(8)))
    assert [one == told[0] for one in told] == [True] * 8
    assert await left(till) == (1, 1)


async def test_a_hold_is_ordered_once_whatever_the_keys(till: Till) -> None:
    held = await till.hold(1, 2)
    refused = await while_another(till, rival(till, held, "one"), lambda: till.order(held, key="two", email=ANN))
    assert isinstance(refused, HoldInUse)
    assert await left(till) == (1, 1)
    other = await till.hold(3)
    made = await while_another(
        till, rival(till, other, "three"), lambda: till.order(other, key="four", email=ANN), lasts=False
    )
    assert isinstance(made, Placed)
    assert await left(till) == (2, 2)


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
async def test_a_hold_that_ends_meanwhile_leaves_its_key_unclaimed(till: Till, guarded: bool) -> None:
    held = await till.hold(1)
    if not guarded:
        await till.sql("ALTER TABLE order_step ALTER order_id DROP NOT NULL")
    refused = await while_another(
        till, lambda tx: tx.sql(EXPIRE, hold=held.hold_id), lambda: till.order(held, key="k", email=ANN)
    )
    if guarded:
        assert isinstance(refused, HoldExpired)
        assert await left(till) == (0, 0)
        assert await till.order(await till.hold(2, buyer=held.buyer), key="k", email=ANN)
    else:
        assert await left(till) == (1, 0), "the key stands for nothing, and nobody can use it again"
        await till.sql("DELETE FROM order_step WHERE order_id IS NULL")


async def test_who_is_refused_leaves_nothing(till: Till) -> None:
    held = await till.hold(1)
    await till.order(held)
    with pytest.raises(HoldInUse):
        await till.order(held)
    with pytest.raises(NotFound):
        await till.order(Held(held.hold_id, new_id()))
    assert await left(till) == (1, 1)


async def test_a_cap_and_a_coupon_take_a_transaction(till: Till) -> None:
    await till.coupon()
    seen = trips(till)
    await till.order(await till.hold(1), coupon="save")
    assert seen.count("commit") == 1
    await till.sql("UPDATE performance SET max_per_account = 3")
    seen.clear()
    await till.order(await till.hold(2))
    assert seen.count("commit") == 1
