"""Who gets a socket, and how it ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.live.hub import SERVICE_RESTART
from tests.factories.house import House, build_house
from tests.live.served import Server, page_on
from tests.waiting import eventually


@pytest.fixture
def server(settings: Settings, rt: Runtime, tmp_path: Path) -> Iterator[Server]:
    made = Server(settings, tmp_path)
    made.process.spawn()
    made.wait()
    yield made
    made.process.stop()


async def test_who_is_refused(rt: Runtime, house: House, server: Server) -> None:
    async def status(address: str, origin: str | None) -> int:
        try:
            async with connect(address, origin=origin):  # type: ignore[arg-type]
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    right = server.address(house.performance_id)
    assert await status(right, server.origin) == 101
    assert await status(right, None) == 101
    assert await status(right, "https://elsewhere.example") == 403
    assert await status(right, "null") == 403
    assert await status(f"{right}?token=abc", server.origin) == 403
    assert await status(server.address(new_id()), server.origin) == 404
    assert await status(server.address("1"), server.origin) == 404
    draft = await build_house(rt.db, slug="not-yet")
    await rt.db.write(lambda tx: tx.sql("UPDATE event SET state = 'draft' WHERE id = :id", id=draft.event_id))
    assert await status(server.address(draft.performance_id), server.origin) == 404


async def test_shutdown_says_come_back(house: House, server: Server) -> None:
    async with page_on(server, house.performance_id) as page:
        await eventually(lambda: page.greeted)
        server.process.ask_to_stop()
        await eventually(lambda: page.close_code is not None)
        assert page.close_code == SERVICE_RESTART
        server.process.wait(60)
    assert "Application shutdown complete" in server.process.said()


async def test_a_page_that_talks_is_shown_out(house: House, server: Server) -> None:
    async with page_on(server, house.performance_id) as page:
        await eventually(lambda: page.greeted)
        for _ in range(30):
            await page.socket.send("hello?")
        await eventually(lambda: page.close_code == 1008)
