"""The breaker's states, the single probe, sharing through Redis, and life without Redis."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from frontrow.core.redis import Redis
from frontrow.core.runtime import Runtime
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import RedisSettings
from frontrow.gateways.breaker import Breaker, BreakerOpen
from frontrow.local.ports import free_ports
from tests.clusters import cluster, redis, redis_node, redis_settings
from tests.waiting import eventually

__all__ = ["cluster", "redis", "redis_node", "redis_settings"]  # fixtures


class Outage(Exception):
    pass


class Declined(Exception):
    pass


async def fail() -> str:
    raise Outage


async def work() -> str:
    return "done"


def make(redis: Redis, **options: float) -> Breaker:
    return Breaker(
        "stripe",
        redis,
        failures=3,
        slow_calls=int(options.get("slow_calls", 1)),
        open_s=options.get("open_s", 60.0),
        slow_s=options.get("slow_s", 5.0),
        is_answer=lambda error: isinstance(error, Declined),
    )


async def open_up(breaker: Breaker) -> None:
    for _ in range(3):
        with pytest.raises(Outage):
            await breaker.call(fail)


@pytest.fixture
def no_redis(tmp_path: Path) -> Redis:
    """A Redis that isn't there."""
    return Redis(RedisSettings(url=f"redis://127.0.0.1:{free_ports(1)[0]}"), FileSecrets(tmp_path / "none"))


async def test_failures_in_a_row_open_it_for_every_process(rt: Runtime) -> None:
    here, there = make(rt.redis), make(rt.redis)
    await open_up(here)
    assert await there.status() == "open"
    called = False

    async def never() -> None:
        nonlocal called
        called = True

    with pytest.raises(BreakerOpen) as refused:
        await there.call(never)
    assert not called
    assert 0 < refused.value.retry_after_s <= 60


async def test_a_success_between_failures_keeps_it_closed(rt: Runtime) -> None:
    breaker = make(rt.redis)
    for _ in range(4):
        with pytest.raises(Outage):
            await breaker.call(fail)
        assert await breaker.call(work) == "done"
    assert await breaker.status() == "closed"


async def test_an_answer_is_no_failure(rt: Runtime) -> None:
    async def decline() -> None:
        raise Declined

    breaker = make(rt.redis)
    for _ in range(10):
        with pytest.raises(Declined):
            await breaker.call(decline)
    assert await breaker.status() == "closed"


async def test_a_slow_call_is_cut_off_and_opens_it(rt: Runtime) -> None:
    breaker, other = make(rt.redis, slow_s=0.05), make(rt.redis)
    with pytest.raises(TimeoutError):
        await breaker.call(lambda: asyncio.Event().wait())
    assert await breaker.status() == "open"
    assert await other.status() == "open"


async def test_several_slow_calls_in_a_row_may_be_asked_for(rt: Runtime) -> None:
    breaker = make(rt.redis, slow_s=0.05, slow_calls=2)
    for seen in ("closed", "open"):
        with pytest.raises(TimeoutError):
            await breaker.call(lambda: asyncio.Event().wait())
        assert await breaker.status() == seen


async def test_failures_of_all_processes_count_together(rt: Runtime) -> None:
    breakers = [make(rt.redis) for _ in range(3)]
    for breaker in breakers:
        with pytest.raises(Outage):
            await breaker.call(fail)
    assert [await breaker.status() for breaker in breakers] == ["open"] * 3


async def test_anothers_success_ends_a_row_of_failures(rt: Runtime) -> None:
    here, there = make(rt.redis), make(rt.redis)
    for _ in range(4):
        with pytest.raises(Outage):
            await here.call(fail)
        await there.status()  # it looks, and learns that somebody counts failures
        assert await there.call(work) == "done"
        assert await here.call(work) == "done"
    assert await here.status() == "closed"


async def test_a_closed_circuit_asks_nobody(rt: Runtime) -> None:
    breaker = make(rt.redis)
    await breaker.call(work)
    client = await rt.redis.client()
    before = await commands(client)
    for _ in range(500):
        await breaker.call(work)
    # At most a look or two, however many calls.
    assert await commands(client) - before < 10


async def commands(client: Any) -> int:
    """How many commands the node has run so far."""
    told = await client.info("stats", target_nodes="all")
    first = told if "total_commands_processed" in told else next(iter(told.values()))
    return int(first["total_commands_processed"])


async def test_others_learn_of_it_while_they_work(rt: Runtime) -> None:
    here, there = make(rt.redis), make(rt.redis)
    await there.call(work)
    await open_up(here)

    async def refused() -> bool:
        try:
            await there.call(work)
        except BreakerOpen:
            return True
        return False

    await eventually(refused, within=2)


async def test_one_probe_at_a_time_and_its_success_closes(rt: Runtime) -> None:
    here, there = make(rt.redis, open_s=0.2), make(rt.redis, open_s=0.2)
    await open_up(here)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def probe() -> str:
        started.set()
        await go_on.wait()
        return "back"

    async def let_through() -> asyncio.Task[str] | None:
        task = asyncio.create_task(here.call(probe))
        await asyncio.wait({task, waiting := asyncio.create_task(started.wait())}, return_when="FIRST_COMPLETED")
        waiting.cancel()
        if not task.done():
            return task
        assert isinstance(task.exception(), BreakerOpen)
        return None

    running = await eventually(let_through)
    assert running is not None
    for other in (here, there):
        with pytest.raises(BreakerOpen):
            await other.call(work)
    go_on.set()
    assert await running == "back"
    assert await there.status() == "closed"
    assert await there.call(work) == "done"


async def test_a_failed_probe_opens_it_again(rt: Runtime) -> None:
    breaker = make(rt.redis, open_s=0.2)
    await open_up(breaker)

    async def probed() -> bool:
        try:
            await breaker.call(fail)
        except BreakerOpen:
            return False
        except Outage:
            return True
        return False

    await eventually(probed)
    assert await breaker.status() == "open"


async def test_a_probe_whose_owner_was_killed_is_anothers_turn(rt: Runtime) -> None:
    here = make(rt.redis, open_s=0.1, slow_s=0.2)
    await open_up(here)
    command = (sys.executable, "-m", "tests.gateways.prober", rt.settings.model_dump_json())
    owner = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert owner.stdout is not None
        assert await owner.stdout.readuntil(b"probing\n")
        with pytest.raises(BreakerOpen):
            await here.call(work)
    finally:
        owner.kill()
        await owner.wait()

    async def healed() -> bool:
        try:
            return await here.call(work) == "done"
        except BreakerOpen:
            return False

    await eventually(healed, within=8)
    assert await here.status() == "closed"


async def test_a_cancelled_probe_is_no_verdict(rt: Runtime) -> None:
    here, there = make(rt.redis, open_s=0.05), make(rt.redis, open_s=0.05)
    await open_up(here)
    started = asyncio.Event()

    async def probe() -> None:
        started.set()
        await asyncio.Event().wait()

    async def begun() -> asyncio.Task[None] | None:
        task = asyncio.create_task(here.call(probe))
        done, _ = await asyncio.wait({task}, timeout=0.05)
        return None if done and task.exception() else task

    task = await eventually(begun)
    await started.wait()
    task.cancel()
    await asyncio.wait({task})
    assert await there.status() == "half_open"
    assert await there.call(work) == "done"
    assert await here.status() == "closed"


async def test_redis_lost_while_open_keeps_it_open_and_it_heals(rt: Runtime, no_redis: Redis) -> None:
    breaker = make(rt.redis, open_s=0.3)
    await open_up(breaker)
    breaker._shared._redis = no_redis
    with pytest.raises(BreakerOpen):
        await breaker.call(work)
    assert await breaker.status() == "open"

    async def healed() -> bool:
        try:
            return await breaker.call(work) == "done"
        except BreakerOpen:
            return False

    await eventually(healed)
    assert await breaker.status() == "closed"


async def test_a_returning_redis_that_forgot_does_not_close_what_is_open(rt: Runtime, no_redis: Redis) -> None:
    breaker = make(no_redis)
    await open_up(breaker)
    breaker._shared._redis = rt.redis
    assert await breaker.status() == "open"
    with pytest.raises(BreakerOpen):
        await breaker.call(work)


async def test_on_either_kind_of_cluster(redis: Redis) -> None:
    here, there = make(redis, open_s=0.2), make(redis, open_s=0.2)
    await open_up(here)
    assert await there.status() == "open"

    async def healed() -> bool:
        try:
            return await there.call(work) == "done"
        except BreakerOpen:
            return False

    await eventually(healed)
    assert await here.status() == "closed"


async def test_without_redis_each_process_counts_for_itself(no_redis: Redis) -> None:
    breaker, other = make(no_redis, open_s=0.2), make(no_redis)
    await open_up(breaker)
    assert await breaker.status() == "open"
    assert await other.status() == "closed"

    async def healed() -> bool:
        try:
            return await breaker.call(work) == "done"
        except BreakerOpen:
            return False

    await eventually(healed)
    assert await breaker.status() == "closed"
