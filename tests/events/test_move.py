"""A performance moves: what it was is kept, its end and its sales go along, and the fact is announced once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from frontrow.core.db import Tx
from frontrow.core.errors import InvalidRequest, NotFound
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.events.messages import PERFORMANCE_MOVED
from tests.factories.house import House, build_house

LATER = datetime(2027, 3, 5, 19, 0, tzinfo=UTC)


async def rows(rt: Runtime, statement: str, **values: object) -> list[Any]:
    async def look(tx: Tx) -> list[Any]:
        return list(await tx.sql(statement, **values))

    return await rt.db.read(look)


async def test_it_moves_once_and_remembers(rt: Runtime, house: House) -> None:
    await rt.db.write(
        lambda tx: tx.sql("UPDATE performance SET ends_at = starts_at + interval '2 h', sales_close_at = starts_at")
    )
    [before] = await rows(rt, "SELECT * FROM performance")
    doors = LATER - timedelta(hours=1)
    for _ in range(2):
        assert await rt.db.write(lambda tx: events.move_performance(tx, house.performance_id, LATER, doors)) == 1
    [after] = await rows(rt, "SELECT * FROM performance")
    assert (after.starts_at, after.doors_at, after.ends_at) == (LATER, doors, LATER + timedelta(hours=2))
    assert after.sales_close_at == LATER
    [move] = await rows(rt, "SELECT * FROM performance_move")
    assert (move.move_no, move.starts_at_before, move.venue_id_before) == (1, before.starts_at, before.venue_id)
    [fact] = await rows(rt, "SELECT payload FROM outbox WHERE topic = :topic", topic=PERFORMANCE_MOVED)
    assert fact.payload == {"performance_id": str(house.performance_id), "move_no": 1}


async def test_what_is_refused(rt: Runtime, house: House) -> None:
    async def refused(kind: type[Exception], *args: Any) -> None:
        with pytest.raises(kind):
            await rt.db.write(lambda tx: events.move_performance(tx, *args))

    other = await build_house(rt.db, slug="elsewhere")
    [foreign] = await rows(rt, "SELECT venue_id FROM performance WHERE id = :id", id=other.performance_id)
    await refused(NotFound, new_id(), LATER, None)
    await refused(NotFound, house.performance_id, LATER, None, foreign.venue_id)
    await refused(InvalidRequest, house.performance_id, LATER, LATER + timedelta(minutes=1))
    await refused(InvalidRequest, house.performance_id, LATER.replace(tzinfo=None), None)
    await rt.db.write(
        lambda tx: tx.sql("UPDATE performance SET state = 'cancelled' WHERE id = :id", id=house.performance_id)
    )
    await refused(InvalidRequest, house.performance_id, LATER, None)
    assert await rows(rt, "SELECT FROM performance_move") == []
