"""The stream broker on real Redis: nothing lost, nothing stuck, whatever dies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from frontrow.core.broker import DEAD, GROUP, STREAM, QueueReceiver, StreamBroker
from frontrow.core.redis import Redis
from frontrow.local.valkey import EmbeddedValkey, ValkeyCluster
from tests.clusters import opened, primary_killed
from tests.waiting import eventually

Work = Callable[[int], Coroutine[Any, Any, None]]


@asynccontextmanager
async def working(redis: Redis, work: Work, *, visibility_s: float = 0.3) -> AsyncIterator[StreamBroker]:
    """A broker whose messages are run by ``work`` until the end of the block; then it finishes as a worker does."""
    broker = StreamBroker(redis, visibility_s=visibility_s, max_deliveries=3)
    broker.register_task(work, task_name="work")
    finish = asyncio.Event()
    listening = asyncio.create_task(QueueReceiver(broker, concurrency=8, drain_s=2).listen(finish))
    try:
        yield broker
    finally:
        finish.set()
        await listening
        await broker.shutdown()


async def send(redis: Redis, number: int) -> None:
    broker = StreamBroker(redis)
    await broker.register_task(_nothing, task_name="work").kiq(number)


async def _nothing(number: int) -> None:
    raise AssertionError("a sender runs nothing")


async def length(redis: Redis, key: str = STREAM) -> int:
    return int(await (await redis.client()).xlen(key))


async def empty(redis: Redis) -> bool:
    return await length(redis) == 0


async def test_what_is_sent_is_run_once_and_leaves_nothing_behind(redis: Redis) -> None:
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)

    await send(redis, 0)  # before anybody made the group
    async with working(redis, work):
        for number in range(1, 50):
            await send(redis, number)
        await eventually(lambda: len(ran) == 50)
        await eventually(lambda: empty(redis))
    assert sorted(ran) == list(range(50))
    assert await (await redis.client()).xinfo_consumers(STREAM, GROUP) == []


async def test_a_job_that_raises_comes_again_and_ends_among_the_dead(redis: Redis) -> None:
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)
        raise ValueError("never works")

    async with working(redis, work):
        await send(redis, 7)
        await eventually(lambda: length(redis, DEAD))
    assert ran == [7, 7, 7]
    assert await empty(redis)
    entries: Any = await (await redis.client()).xrange(DEAD)
    ((_, dead),) = entries
    assert dead[b"deliveries"] == b"3"


async def test_a_long_job_is_not_taken_over_while_its_worker_lives(redis: Redis) -> None:
    begun: list[int] = []
    may_end = asyncio.Event()

    async def work(number: int) -> None:
        begun.append(number)
        if number == 0:
            await may_end.wait()

    # Long enough for a machine whose processes stand still for seconds: a heartbeat comes each third of it.
    async with working(redis, work, visibility_s=4), working(redis, work, visibility_s=4):
        await send(redis, 0)
        await eventually(lambda: begun)
        client = await redis.client()

        async def older_than_visibility() -> bool:
            pending: Any = await client.xpending_range(STREAM, GROUP, "-", "+", 10)
            (known,) = pending
            assert known["times_delivered"] == 1
            # The id of an entry begins with the time of its birth.
            (seconds, micros) = await client.time(target_nodes=client.get_node_from_key(STREAM))
            return bool(seconds * 1000 + micros // 1000 - int(known["message_id"].split(b"-")[0]) > 6000)

        await eventually(older_than_visibility, within=30)
        may_end.set()
        await eventually(lambda: empty(redis))
    assert begun == [0]


async def test_a_worker_that_falls_silent_is_replaced(redis: Redis, home: Path, redis_node: EmbeddedValkey) -> None:
    """The control of the heartbeat: without it, a message is taken over after the visibility time."""
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)

    await send(redis, 1)
    async with opened(redis_node.url, home) as other:
        silent = StreamBroker(other, visibility_s=60)
        silent.register_task(work, task_name="work")
        got = await anext(silent.listen())  # takes it, and never says a word again
        assert got
    async with working(redis, work):
        await eventually(lambda: ran == [1])
        await eventually(lambda: empty(redis))


async def test_flushall_is_survived(redis: Redis) -> None:
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)

    async with working(redis, work):
        await send(redis, 1)
        await eventually(lambda: ran == [1])
        await (await redis.client()).flushall()
        await send(redis, 2)
        await eventually(lambda: ran == [1, 2])


async def test_what_was_read_but_not_run_is_given_back_at_shutdown(redis: Redis) -> None:
    await send(redis, 1)
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)

    leaving = StreamBroker(redis, visibility_s=60)
    leaving.register_task(work, task_name="work")
    messages = leaving.listen()
    await anext(messages)
    await messages.aclose()
    await leaving.shutdown()

    # Long visibility: only because it was handed back is it there at once.
    async with working(redis, work, visibility_s=60):
        await eventually(lambda: ran == [1])


async def test_a_message_that_nobody_can_read_is_put_aside(redis: Redis) -> None:
    async def work(number: int) -> None:
        pass

    async with working(redis, work):
        await (await redis.client()).xadd(STREAM, {"message": b"not json"})
        await eventually(lambda: length(redis, DEAD))
        await eventually(lambda: empty(redis))


@pytest.mark.cluster
async def test_jobs_go_on_after_a_failover(cluster: ValkeyCluster, home: Path) -> None:
    ran: set[int] = set()

    async def work(number: int) -> None:
        ran.add(number)

    victim = cluster.master_of(STREAM)
    start = next(node for node in cluster.masters() if node is not victim)
    async with opened(start.url, home) as redis:
        await (await redis.client()).flushall()
        async with working(redis, work):
            await send(redis, 0)
            await eventually(lambda: 0 in ran)
            async with primary_killed(cluster, STREAM):
                sent = 0

                async def accepted() -> bool:
                    await send(redis, 1)
                    return True

                await eventually(accepted, within=15)
                for sent in range(2, 20):
                    await send(redis, sent)
                await eventually(lambda: ran >= set(range(20)), within=15)
