"""T1: all or none, the same key again, what may not be held, and what expires."""

import asyncio
import uuid

import pytest

from frontrow.core.errors import IdempotencyMismatch, NotFound
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.errors import SalesClosed, SeatsTaken, UnknownSeats
from tests.factories.house import FEE, PRICE, House


async def hold(
    rt: Runtime, house: House, seats: list[int], buyer: uuid.UUID | None = None, key: str = "k"
) -> actions.Held:
    made = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer or new_id(), seats, key)
    assert isinstance(made, actions.Held)
    return made


async def test_a_hold_takes_all_seats_and_says_their_price(rt: Runtime, house: House) -> None:
    held = await hold(rt, house, [3, 5])
    assert held.seats == [3, 5]
    assert held.fences == [1, 1]
    assert f'"total" : {PRICE + FEE}' in held.places
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert seen.states[:6] == "ffhfhf"
    assert seen.digest == "2"


async def test_one_taken_seat_refuses_all(rt: Runtime, house: House) -> None:
    await hold(rt, house, [5])
    with pytest.raises(SeatsTaken) as refused:
        await hold(rt, house, [4, 5, 6])
    assert refused.value.extra == {"seats": [5]}
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert seen.states.count("h") == 1


async def test_the_same_key_returns_the_same_hold(rt: Runtime, house: House) -> None:
    buyer = new_id()
    first = await hold(rt, house, [1, 2], buyer, "once")
    again = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, [1, 2], "once")
    assert again == first.hold_id
    with pytest.raises(IdempotencyMismatch):
        await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, [7], "once")


async def test_the_same_key_twenty_times_at_once_makes_one_hold(rt: Runtime, house: House) -> None:
    buyer = new_id()
    answers = await asyncio.gather(
        *(actions.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, [1, 2], "once") for _ in range(20))
    )
    made = {answer.hold_id if isinstance(answer, actions.Held) else answer for answer in answers}
    assert len(made) == 1


async def test_what_is_not_there_or_not_on_sale(rt: Runtime, house: House) -> None:
    with pytest.raises(UnknownSeats):
        await hold(rt, house, [1, 999])
    with pytest.raises(NotFound):
        await actions.hold_seats(rt.db, rt.settings.till, new_id(), new_id(), [1], "k")
    await rt.db.write(lambda tx: tx.sql("UPDATE performance SET sales_close_at = now()"))
    with pytest.raises(SalesClosed):
        await hold(rt, house, [1])


async def test_a_lapsed_hold_can_be_taken_and_swept(rt: Runtime, house: House) -> None:
    first = await hold(rt, house, [1, 2])
    await hold(rt, house, [9])
    await rt.db.write(
        lambda tx: tx.sql("UPDATE hold SET expires_at = now() - interval '1 s' WHERE id = :h", h=first.hold_id)
    )
    await rt.db.write(
        lambda tx: tx.sql(
            "UPDATE seat SET expires_at = now() - interval '1 s', fence = fence + 1 WHERE hold_id = :h", h=first.hold_id
        )
    )
    taker = await hold(rt, house, [2])
    assert taker.fences == [3]
    assert await rt.db.write(actions.sweep) == 1
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert seen.states[:3] == "fhf"


async def test_release_is_for_the_owner(rt: Runtime, house: House) -> None:
    buyer = new_id()
    held = await hold(rt, house, [1], buyer)
    with pytest.raises(NotFound):
        await rt.db.write(lambda tx: actions.release_hold(tx, held.hold_id, new_id()))
    await rt.db.write(lambda tx: actions.release_hold(tx, held.hold_id, buyer))
    await rt.db.write(lambda tx: actions.release_hold(tx, held.hold_id, buyer))
    seen = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    assert "h" not in seen.states


async def test_a_fence_never_falls(rt: Runtime, house: House) -> None:
    with pytest.raises(Exception, match="did not rise"):
        await rt.db.write(lambda tx: tx.sql("UPDATE seat SET state = 'blocked' WHERE seat_no = 1"))
