"""Worker processes that are killed, asked to stop, or see a shard of Redis fail over."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontrow.core.broker import STREAM
from frontrow.core.runtime import Runtime
from frontrow.core.settings import RedisSettings, Settings
from frontrow.local.process import Process
from frontrow.local.valkey import ValkeyCluster
from tests.clusters import primary_killed
from tests.core.relaying import add, count, relaying, row, undone
from tests.waiting import eventually

Gate = Callable[[], Awaitable[Any]]


class Workers:
    """Worker processes on the test's database and Redis."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._folder = folder
        self._env = {
            **os.environ,
            "FRONTROW_ENVIRONMENT": "test",
            "FRONTROW_DATABASE__PRIMARY_URL": settings.database.primary_url,
            "FRONTROW_REDIS__URL": settings.redis.url,
            "FRONTROW_REDIS__AUTH": "true",
            "FRONTROW_SECRETS__FILE": str(settings.secrets.file),
            "FRONTROW_QUEUE__VISIBILITY_S": "1",
            "FRONTROW_QUEUE__MAX_RECEIVES": "5",
        }
        self.all: list[Process] = []

    def start(self) -> Process:
        process = Process(
            "worker",
            [sys.executable, "-m", "tests.core.worker_process"],
            log=self._folder / f"worker{len(self.all)}.log",
            env=self._env,
        )
        process.spawn()
        self.all.append(process)
        return process


@pytest.fixture
def workers(settings: Settings, tmp_path: Path) -> Iterator[Workers]:
    made = Workers(settings, tmp_path)
    yield made
    for process in made.all:
        process.kill()


@pytest.fixture
async def gate(rt: Runtime) -> Gate:
    """Opens the gate that the worker's jobs wait for."""
    for table in ("begun", "noted", "gate"):
        await rt.db.write(lambda tx, name=table: tx.sql(f"CREATE TABLE {name} (key text)"))  # type: ignore[misc]
    return lambda: rt.db.write(lambda tx: tx.sql("INSERT INTO gate VALUES ('open')"))


async def test_kill_9_in_the_middle_of_jobs_loses_none_and_doubles_none(
    rt: Runtime, workers: Workers, gate: Gate
) -> None:
    first = workers.start()
    for number in range(20):
        await add(rt, str(number))

    async def in_the_middle() -> bool:
        return await count(rt, "begun") >= 8

    await eventually(in_the_middle, within=60)
    first.kill()
    await gate()
    second = workers.start()
    await eventually(undone(rt), within=60)
    assert await count(rt, "noted WHERE key <> 'tick'") == 20
    assert await count(rt, "(SELECT key FROM noted WHERE key <> 'tick' GROUP BY key HAVING count(*) > 1) d") == 0
    # A timer that always fails has stopped neither the other timer nor the worker, which ends when asked to.
    assert await count(rt, "noted WHERE key = 'tick'") > 1
    assert "timer_failed" in second.said()
    second.ask_to_stop()
    assert second.wait(60) == 0


async def test_sigterm_lets_running_jobs_finish(rt: Runtime, workers: Workers, gate: Gate) -> None:
    worker = workers.start()
    row_id = await add(rt, "k")

    async def begun() -> bool:
        return await count(rt, "begun") == 1

    await eventually(begun, within=60)
    worker.ask_to_stop()
    await gate()
    assert worker.wait(60) == 0
    assert (await row(rt, row_id)).done_at is not None


@pytest.mark.cluster
async def test_a_failover_loses_nothing(settings: Settings, cluster: ValkeyCluster) -> None:
    victim = cluster.master_of(STREAM)
    start = next(node for node in cluster.masters() if node is not victim)
    rt = Runtime.open(settings.model_copy(update={"redis": RedisSettings(url=start.url, auth=True, timeout_s=5.0)}))
    ran: list[str] = []

    async def note(payload: dict[str, Any]) -> None:
        ran.append(payload["key"])

    try:
        async with relaying(rt, note):
            await add(rt, "before")
            await eventually(undone(rt))
            async with primary_killed(cluster, STREAM):
                for number in range(50):
                    await add(rt, str(number))
                await eventually(undone(rt), within=15)
                through_queue = await rt.redis.client()

                async def queue_again() -> bool:
                    return bool(await through_queue.xinfo_groups(STREAM))

                await eventually(queue_again, within=15)
                await add(rt, "after")
                await eventually(undone(rt), within=15)
    finally:
        await rt.close()
    assert len(ran) == len(set(ran)) == 52
