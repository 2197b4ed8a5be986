"""Helpers of the relay's tests: add rows, look at them, and run relay and consumer in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from frontrow.core import outbox
from frontrow.core.broker import QueueReceiver, StreamBroker
from frontrow.core.db import Tx
from frontrow.core.jobs import Handler, Registry
from frontrow.core.relay import Relay
from frontrow.core.runtime import Runtime


async def add(rt: Runtime, key: str, topic: str = "note", **payload: Any) -> int:
    row_id = await rt.db.write(lambda tx: outbox.add(tx, topic, key, {"key": key, **payload}))
    assert row_id is not None
    return row_id


async def row(rt: Runtime, row_id: int) -> Any:
    async def look(tx: Tx) -> Any:
        return (await tx.sql("SELECT *, lease_until > now() AS leased FROM outbox WHERE id = :id", id=row_id)).one()

    return await rt.db.read(look)


async def count(rt: Runtime, what: str) -> int:
    async def look(tx: Tx) -> int:
        return int((await tx.sql(f"SELECT count(*) FROM {what}")).scalar_one())

    return await rt.db.read(look)


def undone(rt: Runtime) -> Callable[[], Any]:
    async def none_undone() -> bool:
        return await count(rt, "outbox WHERE done_at IS NULL") == 0

    return none_undone


@asynccontextmanager
async def relaying(rt: Runtime, handler: Handler, **options: Any) -> AsyncIterator[Relay]:
    """Relay and queue consumer in this process, with one handler for the topic ``note``."""
    broker = StreamBroker(rt.redis, visibility_s=0.5)
    registry = Registry.empty()
    registry.add({"note": handler}, [])
    relay = Relay(rt.db, registry, broker, **{"lease_s": 0.5, **options})
    stop = asyncio.Event()
    parts = [
        asyncio.create_task(relay.run(stop)),
        asyncio.create_task(QueueReceiver(broker, concurrency=8, drain_s=2).listen(stop)),
    ]
    try:
        yield relay
    finally:
        stop.set()
        await asyncio.gather(*parts)
        await broker.shutdown()
