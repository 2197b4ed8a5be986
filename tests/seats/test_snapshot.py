"""The snapshot over HTTP: one question to the database for all who ask at once."""

import asyncio
from collections.abc import Callable

import httpx

from frontrow.core.runtime import Runtime
from frontrow.seats import queries
from tests.factories.house import House
from tests.waiting import eventually

WAITING = """SELECT count(*) FROM pg_stat_activity
              WHERE wait_event_type = 'Lock' AND query LIKE '%string_agg%' AND datname = current_database()"""


async def test_who_asks_at_once_is_one_question(
    rt: Runtime, house: House, browser: Callable[[], httpx.AsyncClient]
) -> None:
    page = browser()
    path = f"/api/performances/{house.performance_id}/seats"

    async def waiting() -> int:
        async with rt.db.primary.connect() as session:
            found = await session.ask(WAITING)
            return int(found.scalar_one())

    async with rt.db.primary.connect() as rival:
        await rival.execute("BEGIN; LOCK TABLE seat IN ACCESS EXCLUSIVE MODE")
        early = [asyncio.create_task(page.get(path)) for _ in range(40)]
        await eventually(waiting)
        late = [asyncio.create_task(page.get(path)) for _ in range(40)]
        await eventually(lambda: all(not task.done() for task in late))
        await rival.ask("UPDATE seat SET state = 'blocked', fence = 5 WHERE seat_no = 3")
        assert await waiting() == 1
        await rival.execute("COMMIT")
    answers = await asyncio.gather(*early, *late)
    assert {answer.status_code for answer in answers} == {200}
    fresh = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
    for answer in answers[40:]:
        assert answer.json()["states"] == fresh.states
        assert answer.json()["fences"] == fresh.fences
        assert answer.json()["digest"] == fresh.digest == "5"


async def test_no_such_map_is_said_to_all(house: House, browser: Callable[[], httpx.AsyncClient]) -> None:
    page = browser()
    answers = await asyncio.gather(*(page.get(f"/api/performances/{house.event_id}/seats") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {"not_found"}
