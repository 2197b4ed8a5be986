"""The outbox through relay, queue and worker, with everything that can die dying."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from frontrow.core import outbox
from frontrow.core.broker import STREAM, StreamBroker
from frontrow.core.errors import Busy
from frontrow.core.jobs import Registry
from frontrow.core.log import bind_correlation, correlation_id
from frontrow.core.relay import Relay, backoff, purge
from frontrow.core.runtime import Runtime
from frontrow.core.settings import RedisSettings, Settings
from tests.core.relaying import add, count, relaying, row, undone
from tests.waiting import eventually


@pytest.fixture
def settings(settings: Settings, redis_settings: RedisSettings) -> Settings:
    """Those of every test, on either kind of cluster."""
    return settings.model_copy(update={"redis": redis_settings})


async def test_rows_are_run_once_with_their_correlation_id(rt: Runtime) -> None:
    seen: list[tuple[str, str | None]] = []

    async def note(payload: dict[str, Any]) -> None:
        seen.append((payload["key"], correlation_id()))

    async with relaying(rt, note):
        for number in range(30):
            bind_correlation(f"c{number}")
            await add(rt, str(number))
        bind_correlation(None)
        await eventually(undone(rt))
    assert sorted(seen) == sorted((str(number), f"c{number}") for number in range(30))


async def test_a_row_added_later_or_taken_by_its_committer_is_left_alone(rt: Runtime) -> None:
    seen: list[str] = []

    async def note(payload: dict[str, Any]) -> None:
        seen.append(payload["key"])

    later = await rt.db.write(lambda tx: outbox.add(tx, "note", "later", {"key": "later"}, delay=timedelta(hours=1)))
    assert later is not None
    mine = await add(rt, "mine")
    assert await outbox.lease(rt.db, mine)
    async with relaying(rt, note):
        await add(rt, "other")
        await eventually(lambda: seen == ["other"])
    assert (await row(rt, mine)).done_at is None
    assert (await row(rt, later)).attempts == 0


async def test_errors_are_recorded_and_end_in_death(rt: Runtime) -> None:
    async def note(payload: dict[str, Any]) -> None:
        raise ValueError("no such template")

    row_id = await add(rt, "k")
    async with relaying(rt, note, max_attempts=3):
        for attempt in (1, 2):

            async def failed(attempt: int = attempt) -> Any:
                now = await row(rt, row_id)
                return now if now.attempts == attempt and now.lease_until is None else None

            seen = await eventually(failed)
            assert seen.last_error == "ValueError: no such template"
            assert seen.due_at > seen.created_at + timedelta(seconds=4)
            await rt.db.write(lambda tx: tx.sql("UPDATE outbox SET due_at = now()"))

        async def dead() -> bool:
            return (await row(rt, row_id)).dead_at is not None

        await eventually(dead)
    assert (await row(rt, row_id)).attempts == 3


async def test_an_outage_costs_no_attempt(rt: Runtime) -> None:
    async def note(payload: dict[str, Any]) -> None:
        raise Busy

    row_id = await add(rt, "k")
    async with relaying(rt, note):

        async def resting() -> bool:
            seen = await row(rt, row_id)
            return seen.last_error is not None and seen.attempts == 0 and seen.due_at > seen.created_at

        await eventually(resting)


def test_backoff_grows_and_outages_are_asked_often() -> None:
    assert backoff(1, timedelta(0), outage=False) < backoff(2, timedelta(0), outage=False)
    assert backoff(9, timedelta(0), outage=False) <= timedelta(seconds=660)
    assert backoff(1, timedelta(seconds=1), outage=True) <= timedelta(seconds=1.1)
    assert backoff(1, timedelta(hours=2), outage=True) <= timedelta(seconds=66)


async def test_a_topic_that_nobody_handles_does_not_look_done(rt: Runtime) -> None:
    async def note(payload: dict[str, Any]) -> None: ...

    row_id = await add(rt, "k", topic="typo")
    async with relaying(rt, note):

        async def told() -> bool:
            return "no handler" in ((await row(rt, row_id)).last_error or "")

        await eventually(told)


async def test_copies_in_the_queue_run_once(rt: Runtime) -> None:
    ran: list[str] = []

    async def note(payload: dict[str, Any]) -> None:
        ran.append(payload["key"])
        await asyncio.sleep(0)

    broker = StreamBroker(rt.redis)
    registry = Registry.empty()
    registry.add({"note": note}, [])
    relay = Relay(rt.db, registry, broker)
    row_id = await add(rt, "k")
    await asyncio.gather(*(relay.deliver(row_id, 1) for _ in range(10)))
    await relay.deliver(row_id, 2)
    assert ran == ["k"]


async def test_a_relay_that_dies_between_lease_and_enqueue_is_made_up_for(rt: Runtime) -> None:
    ran: list[str] = []

    async def note(payload: dict[str, Any]) -> None:
        ran.append(payload["key"])

    row_id = await add(rt, "k")
    dying = Relay(rt.db, Registry.empty(), StreamBroker(rt.redis), lease_s=0.5)
    assert await rt.db.write(lambda tx: dying._lease(tx, 100)) == [(row_id, 1)]  # and never a word again
    async with relaying(rt, note):
        await eventually(lambda: ran == ["k"])


async def test_a_job_that_kills_its_workers_is_buried(rt: Runtime) -> None:
    row_id = await add(rt, "k")
    await rt.db.write(
        lambda tx: tx.sql("UPDATE outbox SET attempts = 3, lease_until = now() - interval '1 s', last_error = 'x'")
    )
    relay = Relay(rt.db, Registry.empty(), StreamBroker(rt.redis))
    assert await rt.db.write(lambda tx: relay._lease(tx, 100)) == []
    seen = await row(rt, row_id)
    assert seen.dead_at is not None
    assert seen.last_error == "no worker came back from it; before: x"


async def test_flushall_loses_nothing(rt: Runtime) -> None:
    ran: set[str] = set()

    async def note(payload: dict[str, Any]) -> None:
        ran.add(payload["key"])

    # They wait in the stream while nobody listens; then the stream is gone.
    registry = Registry.empty()
    sender = Relay(rt.db, registry, StreamBroker(rt.redis), lease_s=0.5)
    for number in range(20):
        await add(rt, str(number))
    assert await sender.tick() == 20
    client = await rt.redis.client()
    assert await client.xlen(STREAM) == 20
    await client.flushall()
    async with relaying(rt, note):
        await eventually(undone(rt))
        await client.flushall()
        await add(rt, "after")
        await eventually(undone(rt))
    assert ran == {str(number) for number in range(20)} | {"after"}


async def test_without_redis_the_relay_runs_rows_itself(settings: Settings, rt: Runtime) -> None:
    ran: list[str] = []

    async def note(payload: dict[str, Any]) -> None:
        ran.append(payload["key"])

    nowhere = Runtime.open(settings.model_copy(update={"redis": RedisSettings(url="redis://127.0.0.1:1")}))
    try:
        async with relaying(nowhere, note):
            for number in range(20):
                await add(rt, str(number))
            await eventually(undone(rt))
    finally:
        await nowhere.close()
    assert sorted(ran) == sorted(str(number) for number in range(20))


async def test_purge_forgets_only_what_is_old_and_done(rt: Runtime) -> None:
    for key, done in (("old", "now() - interval '40 days'"), ("new", "now()"), ("open", "NULL")):
        row_id = await add(rt, key)
        await rt.db.write(lambda tx, r=row_id, d=done: tx.sql(f"UPDATE outbox SET done_at = {d} WHERE id = {r}"))  # type: ignore[misc]
    assert await purge(rt.db, days=30) == 1
    assert await count(rt, "outbox") == 2
