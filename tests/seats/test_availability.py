"""What listings show: right after each look, and nothing is written where nothing changed."""

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions
from tests.factories.house import FEE, LAST_ROW_PRICE, House
from tests.seats.halls import build_hall


async def listed(rt: Runtime, performance: object) -> tuple[int, int, int | None]:
    found = await rt.db.read(
        lambda tx: tx.sql("SELECT seats_total, seats_free, from_price FROM performance WHERE id = :p", p=performance)
    )
    total, free, price = found.one()
    return total, free, price


async def test_only_what_changed_is_written(rt: Runtime, house: House) -> None:
    hall = await build_hall(rt, house, ["aab"], {"Floor": 4})
    assert await listed(rt, house.performance_id) == (40, 40, LAST_ROW_PRICE + FEE)
    assert await listed(rt, hall) == (7, 7, 1000)
    assert await rt.db.write(actions.refresh_availability) == 0
    await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, new_id(), [1, 2], "k")
    assert await rt.db.write(actions.refresh_availability) == 1
    assert await listed(rt, house.performance_id) == (40, 38, LAST_ROW_PRICE + FEE)
    assert await listed(rt, hall) == (7, 7, 1000)
    assert await rt.db.write(actions.refresh_availability) == 0


async def test_the_timer_needs_no_row_of_the_seats(rt: Runtime, house: House) -> None:
    """It was counting every row of the house every two seconds; now it asks the index of what is free."""
    async with rt.db.primary.connect() as session:
        await session.execute("VACUUM ANALYZE seat")
        await session.execute("SET enable_seqscan = off")
        found = await session.ask(
            f"EXPLAIN SELECT count(*) FROM seat WHERE performance_id = '{house.performance_id}' AND state = 'free'"
        )
        await session.execute("RESET enable_seqscan")
    assert "Index Only Scan using ix_seat_free" in "\n".join(row[0] for row in found)
