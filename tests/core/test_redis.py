"""The client on either kind of cluster: used, unreachable, quiet after a failure, failed over; and its news."""

import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import RedisCluster

from frontrow.core.broadcast import Broadcast, channel
from frontrow.core.redis import Redis
from frontrow.live.feed import Feed
from frontrow.local.valkey import ValkeyCluster
from tests.clusters import opened, primary_killed
from tests.waiting import eventually


async def test_it_answers_and_keeps_what_it_is_told(redis: Redis) -> None:
    assert await redis.answers()

    async def use(client: RedisCluster) -> list[Any]:
        for number in range(50):
            await client.set(f"{{performance:{number}}}:x", number)
        return [await client.get(f"{{performance:{number}}}:x") for number in range(50)]

    nothing: list[Any] = []
    assert await redis.attempt(use, nothing) == [str(number).encode() for number in range(50)]


async def test_any_failure_means_unavailable_and_then_quiet(home: Path) -> None:
    asked = 0

    async def use(client: RedisCluster) -> str:
        nonlocal asked
        asked += 1
        return "used"

    async with opened("redis://127.0.0.1:1", home) as redis:
        assert await redis.attempt(use, "without") == "without"
        assert not await redis.answers()
    assert asked == 0


async def test_an_error_of_the_use_is_unavailability_too(redis: Redis) -> None:
    asked = 0

    async def use(client: RedisCluster) -> None:
        nonlocal asked
        asked += 1
        await client.execute_command("NOSUCHCOMMAND", "k")

    await redis.attempt(use, None)
    await redis.attempt(use, None)
    assert asked == 1  # the second found it quiet


async def test_what_is_broadcast_arrives_in_one_frame(redis: Redis) -> None:
    performance = uuid.uuid4()
    frames: list[bytes] = []
    feed = Feed(redis, channel(performance), frames.append, lambda: None)
    try:
        await eventually(feed.subscribed.is_set)
        news = Broadcast(redis)
        news.seats_changed(performance, [(1, "h", 1), (2, "h", 1)])
        news.seats_changed(performance, [(3, "s", 7)])
        news.seats_changed(uuid.uuid4(), [(9, "f", 9)])
        await eventually(lambda: frames)
    finally:
        await feed.close()
    assert msgspec.json.decode(frames[0]) == {"type": "seats", "changes": [[1, "h", 1], [2, "h", 1], [3, "s", 7]]}
    assert len(frames) == 1


@pytest.mark.cluster
async def test_it_finds_the_new_primary(cluster: ValkeyCluster, home: Path) -> None:
    key = "{performance:1}:x"
    victim = cluster.master_of(key)
    start = next(node for node in cluster.masters() if node is not victim)
    async with opened(start.url, home) as redis:
        await (await redis.client()).set(key, "before")
        async with primary_killed(cluster, key):

            async def written(client: RedisCluster) -> bool:
                return bool(await client.set(key, "after"))

            await eventually(lambda: redis.attempt(written, False), within=15)
            assert await (await redis.client()).get(key) == b"after"
