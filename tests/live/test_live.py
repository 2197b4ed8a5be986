"""Seat changes to sockets of several processes, and what heals when Redis is away."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from frontrow.core.broadcast import channel
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.settings import RedisSettings, Settings
from frontrow.live.hub import MOST_WAITING, TRY_AGAIN_LATER, Hub, Watcher
from frontrow.live.mending import Told
from frontrow.local.valkey import ValkeyCluster
from frontrow.seats import actions, queries
from frontrow.seats.queries import Snapshot
from tests.clusters import primary_killed
from tests.factories.house import House
from tests.live.served import Server, page_on, watching
from tests.waiting import eventually


@pytest.fixture
def settings(settings: Settings, redis_settings: RedisSettings) -> Settings:
    """Those of every test, on either kind of cluster."""
    return settings.model_copy(update={"redis": redis_settings})


@pytest.fixture
def servers(settings: Settings, rt: Runtime, tmp_path: Path) -> Iterator[list[Server]]:
    """Two app processes on one database and one Redis."""
    made = [Server(settings, tmp_path) for _ in range(2)]
    for server in made:
        server.process.spawn()
    for server in made:
        server.wait()
    yield made
    for server in made:
        server.process.stop()


async def hold(rt: Runtime, house: House, seats: list[int]) -> None:
    held = await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, new_id(), seats, str(new_id()))
    assert isinstance(held, actions.Held)
    rt.broadcast.seats_changed(house.performance_id, held.changes)


async def digest(rt: Runtime, performance_id: uuid.UUID) -> str | None:
    return await rt.db.read(lambda tx: queries.digest(tx, performance_id))


async def test_one_change_reaches_the_pages_of_all_processes(rt: Runtime, house: House, servers: list[Server]) -> None:
    async with AsyncExitStack() as open_pages:
        pages = [
            await open_pages.enter_async_context(page_on(server, house.performance_id))
            for server in servers
            for _ in range(3)
        ]
        await eventually(lambda: all(page.greeted for page in pages))
        await hold(rt, house, [3, 5])
        await eventually(lambda: all(page.seats == {3: ("h", 1), 5: ("h", 1)} for page in pages), within=2)
        # The heartbeat agrees with the database, whose sum is that of a page which had the snapshot.
        wanted = await digest(rt, house.performance_id)
        await eventually(lambda: all(page.digest == wanted for page in pages), within=4)


async def test_after_a_rush_pages_equal_a_fresh_snapshot(rt: Runtime, house: House, servers: list[Server]) -> None:
    async with page_on(servers[0], house.performance_id) as one, page_on(servers[1], house.performance_id) as two:
        await eventually(lambda: one.greeted and two.greeted)

        async def come_and_go(seat: int) -> None:
            buyer = new_id()
            for turn in range(5):
                held = await actions.hold_seats(
                    rt.db, rt.settings.till, house.performance_id, buyer, [seat], f"{seat}-{turn}"
                )
                assert isinstance(held, actions.Held)
                rt.broadcast.seats_changed(house.performance_id, held.changes)
                if turn < 4:
                    hold_id = held.hold_id
                    await rt.db.write(lambda tx, h=hold_id: actions.release_hold(tx, h, buyer))  # type: ignore[misc]

        await asyncio.gather(*(come_and_go(seat) for seat in range(1, 21)))
        fresh = await rt.db.read(lambda tx: queries.snapshot(tx, house.performance_id))
        wanted = {
            number: (state, fence)
            for number, (state, fence) in enumerate(zip(fresh.states, fresh.fences, strict=True), 1)
            if fence
        }
        await eventually(lambda: one.seats == two.seats == wanted, within=3)


async def test_without_redis_the_digest_shows_the_change(rt: Runtime, house: House, settings: Settings) -> None:
    nowhere = Runtime.open(settings.model_copy(update={"redis": RedisSettings(url="redis://127.0.0.1:1")}))
    hub = Hub(nowhere)
    try:
        async with watching(hub, house.performance_id) as page:
            await eventually(lambda: page.digest == "0")
            await hold(nowhere, house, [1])
            # 2 s, and a little for a machine that does other things, too.
            await eventually(lambda: page.digest == "1", within=3)
            # And nobody has to load the snapshot for it: the process tells what was lost.
            assert page.seats == {1: ("h", 1)}
    finally:
        await hub.close()
        await nowhere.close()


async def test_slow_readers_are_dropped_and_others_are_not(rt: Runtime, house: House) -> None:
    hub = Hub(rt)
    try:
        slow = await hub.join(house.performance_id)
        async with watching(hub, house.performance_id) as quick:
            client = await rt.redis.client()
            for number in range(MOST_WAITING + 50):
                frame = f'{{"type":"seats","changes":[[1,"h",{number + 1}]]}}'
                await client.spublish(channel(house.performance_id), frame)
                await eventually(lambda n=number: quick.seats.get(1) == ("h", n + 1))  # type: ignore[misc]
            assert slow.close_code == TRY_AGAIN_LATER
            assert hub.sockets == 1
            # Nothing waits for it any more: when it reads at last, it's told to come back.
            assert await slow.deliver(quick.take) == TRY_AGAIN_LATER
    finally:
        await hub.close()


async def test_what_comes_together_goes_out_together(rt: Runtime, house: House) -> None:
    hub = Hub(rt)
    try:
        async with watching(hub, house.performance_id) as page:
            audience = hub._audiences[house.performance_id]
            # As if thousands watched: frames that follow closely are gathered.
            crowd = [Watcher() for _ in range(2000)]
            audience.watchers.update(crowd)
            client = await rt.redis.client()
            for fence in range(1, 41):
                frame = f'{{"type":"seats","changes":[[1,"h",{fence}],[{fence},"s",{fence}]]}}'
                await client.spublish(channel(house.performance_id), frame)
            await client.spublish(channel(house.performance_id), b"not json")
            await eventually(lambda: page.seats.get(40) == ("s", 40) and page.seats.get(1) == ("h", 40))
            assert len(page.frames) < 10
    finally:
        await hub.close()


async def test_a_lost_frame_is_told_again(rt: Runtime, house: House) -> None:
    hub = Hub(rt)
    try:
        async with watching(hub, house.performance_id) as page:
            await eventually(lambda: page.digest == "0")
            await actions.hold_seats(rt.db, rt.settings.till, house.performance_id, new_id(), [4], "never told")
            await hold(rt, house, [7])
            await eventually(lambda: page.seats == {4: ("h", 1), 7: ("h", 1)}, within=5)
    finally:
        await hub.close()


def test_what_was_told_is_compared_with_what_there_is() -> None:
    def snapshot(states: str, fences: list[int]) -> Snapshot:
        return Snapshot(new_id(), states, fences, str(sum(fences)))

    told = Told()
    told.note([(1, "h", 9)])
    assert told.missing(snapshot("ffh", [0, 0, 1])) == []
    assert told.total == 1
    told.note([(1, "h", 5), (1, "f", 4), (9, "h", 1)])
    assert told.total == 6
    assert told.missing(snapshot("hsh", [5, 2, 1])) == [(2, "s", 2)]
    assert told.missing(snapshot("hsh", [4, 2, 1])) == []
    assert told.total == 8
    assert told.missing(snapshot("h" * 3, [100, 100, 100])) == [(n, "h", 100) for n in (1, 2, 3)]


@pytest.mark.cluster
async def test_the_subscription_goes_on_after_a_failover(
    settings: Settings, rt: Runtime, house: House, cluster: ValkeyCluster
) -> None:
    key = channel(house.performance_id)
    victim = cluster.master_of(key)
    start = next(node for node in cluster.masters() if node is not victim)
    here = Runtime.open(settings.model_copy(update={"redis": RedisSettings(url=start.url, auth=True, timeout_s=5.0)}))
    hub = Hub(here)
    try:
        async with watching(hub, house.performance_id) as page:
            await hold(here, house, [1])
            await eventually(lambda: page.seats.get(1) == ("h", 1))
            feed = hub._audiences[house.performance_id].feed
            async with primary_killed(cluster, key):
                # While there is no primary, the digest tells.
                await hold(here, house, [2])
                await eventually(lambda: page.digest == "2", within=4)
                await eventually(feed.subscribed.is_set, within=15)
                seats = iter(range(3, 40))

                async def arrives() -> bool:
                    seat = next(seats)
                    await hold(here, house, [seat])
                    await eventually(lambda: page.seats.get(seat) == ("h", 1), within=0.5)
                    return True

                await eventually(arrives, within=15)
    finally:
        await hub.close()
        await here.close()
