"""The breaker's states, the single probe, sharing through Redis, and life without Redis."""

import asyncio
from pathlib import Path

import pytest

from frontrow.core.redis import Redis
from frontrow.core.runtime import Runtime
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import RedisSettings
from frontrow.gateways.breaker import Breaker, BreakerOpen
from frontrow.local.ports import free_ports
from tests.waiting import eventually


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


async def test_a_slow_call_is_cut_off_and_counts(rt: Runtime) -> None:
    breaker = make(rt.redis, slow_s=0.05)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await breaker.call(lambda: asyncio.Event().wait())
    assert await breaker.status() == "open"


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
