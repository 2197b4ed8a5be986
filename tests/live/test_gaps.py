"""After any gap a map equals the database within five seconds, while people go on holding seats.

The line between a page and the app, and the one between the app and Redis, are cut, left half open, slowed down, and
made to drop, double and shuffle whole messages. The control switches the digest off, and the map stays wrong.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.local.valkey import EmbeddedValkey
from frontrow.seats import actions, queries
from tests.factories.house import House
from tests.live.client import SILENCE_S, Map, open_map
from tests.live.lines import Line, bad_line, doubling, dropping, shuffling
from tests.live.served import Server
from tests.waiting import eventually

WITHIN_S = 5.0
MEDDLED = 8
"""So many messages a fault must have hit before it's over."""
DURING, AFTERWARDS = range(1, 21), range(21, 41)
"""Seats: what was lost must not come right because the same seat changes again."""


class Scene:
    """A page on a line to an app, which is on a line to Redis; and buyers who know nothing of either."""

    def __init__(self, rt: Runtime, house: House, page: Map, to_page: Line, to_redis: Line) -> None:
        self.rt = rt
        self.house = house
        self.page = page
        self.to_page = to_page
        self.to_redis = to_redis
        self.dice = random.Random(1)

    async def equal(self) -> bool:
        fresh = await self.rt.db.read(lambda tx: queries.snapshot(tx, self.house.performance_id))
        return (self.page.states, self.page.fences) == (fresh.states, fresh.fences)

    @asynccontextmanager
    async def buyers(self, seats: range) -> AsyncIterator[None]:
        """Some seat of these is taken or let go some thirty times a second."""
        closing = asyncio.Event()
        buying = asyncio.create_task(self._buy(seats, closing))
        try:
            yield
        finally:
            closing.set()
            await buying

    async def _buy(self, seats: range, closing: asyncio.Event) -> None:
        rt, performance = self.rt, self.house.performance_id
        while not closing.is_set():
            buyer, wanted = new_id(), sorted(self.dice.sample(seats, 2))
            held = await actions.hold_seats(rt.db, rt.settings.till, performance, buyer, wanted, "k")
            assert isinstance(held, actions.Held)
            rt.broadcast.seats_changed(performance, held.changes)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.03):
                    await closing.wait()
            hold_id = held.hold_id
            await rt.db.write(lambda tx, h=hold_id, b=buyer: actions.release_hold(tx, h, b))  # type: ignore[misc]

    async def changed(self, by: int) -> None:
        """Until the seats were changed so many times more."""

        async def digest() -> int:
            return int(await self.rt.db.read(lambda tx: queries.digest(tx, self.house.performance_id)) or 0)

        before = await digest()

        async def enough() -> bool:
            return await digest() >= before + by

        await eventually(enough, within=20)

    async def suffer(self, line: Line, fault: str) -> None:
        """A fault, while seats change, until it has done enough harm."""
        line.meddled, connections = 0, self.page.connections
        faults = {"drops": dropping(self.dice), "doubles": doubling(self.dice), "shuffles": shuffling(self.dice)}
        async with self.buyers(DURING):
            match fault:
                case "cut":
                    line.refusing = True
                    line.cut()
                    await self.changed(30)
                    line.refusing = False
                case "half open":
                    line.half_open()
                    await self.changed(30)
                    if line is self.to_page:
                        # Until it is given up, nobody could tell the page anything.
                        await eventually(lambda: self.page.connections > connections, within=SILENCE_S + 2)
                case "slow":
                    line.delay_s = 1.0
                    await eventually(lambda: line.meddled >= MEDDLED, within=20)
                    line.delay_s = 0.0
                case name:
                    line.fault = faults[name]
                    await eventually(lambda: line.meddled >= MEDDLED, within=20)
                    line.fault = None


FAULTS = ("cut", "half open", "slow", "drops", "doubles", "shuffles")


@asynccontextmanager
async def scene(
    rt: Runtime, house: House, settings: Settings, valkey: EmbeddedValkey, folder: Path, *, digests: bool = True
) -> AsyncIterator[Scene]:
    async with bad_line(valkey.port, redis=True) as to_redis:
        # Whoever asks this cluster for its nodes is told the line's address. (This process has asked already.)
        valkey.call("CONFIG", "SET", "cluster-announce-port", to_redis.port)
        behind = settings.model_copy(
            update={"redis": settings.redis.model_copy(update={"url": f"redis://127.0.0.1:{to_redis.port}"})}
        )
        server = Server(behind, folder, digests=digests)
        server.process.spawn()
        try:
            server.wait()
            async with (
                bad_line(server.port) as to_page,
                open_map(to_page.port, house.performance_id, random.Random(2)) as page,
            ):
                made = Scene(rt, house, page, to_page, to_redis)
                await eventually(made.equal)
                yield made
        finally:
            valkey.call("CONFIG", "SET", "cluster-announce-port", 0)
            server.process.stop()


@pytest.mark.parametrize("where", ["to the page", "to Redis"])
async def test_after_any_gap_the_map_equals_the_database(
    rt: Runtime, house: House, settings: Settings, valkey: EmbeddedValkey, tmp_path: Path, where: str
) -> None:
    async with scene(rt, house, settings, valkey, tmp_path) as made:
        for fault in FAULTS:
            await made.suffer(made.to_page if where == "to the page" else made.to_redis, fault)
            async with made.buyers(AFTERWARDS):
                try:
                    await eventually(made.equal, within=WITHIN_S)
                except AssertionError as late:
                    raise AssertionError(f"after the line {fault}: {late}") from late


@pytest.mark.parametrize("where", ["to the page", "to Redis"])
async def test_control_without_the_digest_it_stays_wrong(
    rt: Runtime, house: House, settings: Settings, valkey: EmbeddedValkey, tmp_path: Path, where: str
) -> None:
    async with scene(rt, house, settings, valkey, tmp_path, digests=False) as made:
        await made.suffer(made.to_page if where == "to the page" else made.to_redis, "drops")
        async with made.buyers(AFTERWARDS):
            with pytest.raises(AssertionError, match="equal wasn't so"):
                await eventually(made.equal, within=WITHIN_S)
        assert made.page.snapshots == 1
