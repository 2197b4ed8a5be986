"""The cap is a person's: of a guest and of the account that has proved the same address together."""

import asyncio
import uuid

import pytest

from frontrow.auditor.main import audit
from frontrow.core.errors import Busy
from frontrow.core.ids import new_id
from frontrow.orders.errors import AccountLimit
from tests.factories.till import Held, Placed, Till
from tests.orders.test_changes import expired, rescue

ANN = "ann@example.com"


async def account(till: Till, email: str = ANN, *, proved: bool = True) -> uuid.UUID:
    user = new_id()
    await till.sql(
        """INSERT INTO user_account (id, email, name, email_verified_at)
           VALUES (:id, :email, 'Ann', CASE WHEN :proved THEN clock_timestamp() END)""",
        id=user,
        email=email,
        proved=proved,
    )
    return user


@pytest.fixture(autouse=True)
async def capped(till: Till) -> None:
    await till.sql("UPDATE performance SET max_per_account = 3")


async def left(till: Till, held: Held, *, email: str | None = None, user: uuid.UUID | None = None) -> int | None:
    """What a quote and an order say of how many are left; None when both take it."""
    quoted = await till.quote(held, email=email, user=user)
    said = [problem.extra["left"] for problem in quoted.problems]
    try:
        await till.order(held, email=email, user=user)
        ordered = None
    except AccountLimit as refused:
        ordered = int(refused.extra["left"])
    assert said == ([] if ordered is None else [ordered])
    return ordered


async def test_an_account_and_a_guest_of_its_address_are_one(till: Till) -> None:
    ann = await account(till)
    assert await left(till, await till.hold(1, 2), user=ann, email="another@example.com") is None
    assert await left(till, await till.hold(3, 4), email="Ann@Example.com") == 1
    assert await left(till, await till.hold(5), email=ANN) is None
    assert await left(till, await till.hold(6), user=ann) == 0
    # What the account wrote into its order is nobody's proof; and others are others.
    assert await left(till, await till.hold(7, 8, 9), email="another@example.com") is None
    assert await left(till, await till.hold(10, 11, 12), user=await account(till, "bob@example.com")) is None


async def test_an_address_that_was_only_typed_into_a_sign_up_is_nobodys(till: Till) -> None:
    stranger = await account(till, proved=False)
    assert await left(till, await till.hold(1, 2, 3), user=stranger) is None
    assert await left(till, await till.hold(4, 5, 6), email=ANN) is None
    # Once it is proved, what there is counts together. Nobody is to blame for the time before.
    await till.sql("UPDATE user_account SET email_verified_at = clock_timestamp()")
    assert await left(till, await till.hold(7), email=ANN) == 0
    assert await left(till, await till.hold(8), user=stranger) == 0


async def test_late_money_meets_what_the_account_has_by_now(till: Till) -> None:
    ann = await account(till)
    late = await expired(till, email=ANN)
    assert await rescue(till, late)
    await till.order(await till.hold(5, 6), user=ann)
    assert not await rescue(till, late)


async def test_in_twenty_tabs_half_of_them_logged_in(till: Till) -> None:
    ann = await account(till)
    held = [await till.hold(at + 1) for at in range(20)]

    async def ask(at: int) -> Placed | AccountLimit:
        while True:
            try:
                return await till.order(held[at], email=ANN, user=ann if at % 2 else None, key="once")
            except AccountLimit as refused:
                return refused
            except Busy:
                continue

    told = await asyncio.gather(*(ask(at) for at in range(20)))
    assert sum(isinstance(one, Placed) for one in told) == 3


async def test_the_auditor_counts_them_together_too(till: Till) -> None:
    ann = await account(till)
    await till.order(await till.hold(1, 2), user=ann)
    other = await till.order(await till.hold(3, 4), email="bob@example.com")
    assert await audit(till.rt.db) == []
    await till.sql("UPDATE orders SET email = 'ANN@example.com' WHERE id = :id", id=other.order.id)
    assert [finding.name for finding in await audit(till.rt.db)] == ["account_above_its_cap"]
    await till.sql("UPDATE orders SET email = 'bob@example.com' WHERE id = :id", id=other.order.id)
