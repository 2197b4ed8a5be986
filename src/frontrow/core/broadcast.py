"""Seat changes, and a cancellation, to every process that shows a performance: Redis sharded pub/sub, at most once,
never the truth.

What gets lost here is found by the live room's heartbeat.
"""

import asyncio
import uuid
from collections.abc import Sequence

import msgspec
from redis.asyncio import RedisCluster

from frontrow.core.redis import Redis

GATHER_S = 0.02
"""How long changes are gathered: below what an eye sees, above what a rush sends."""

SeatChange = tuple[int, str, int]
"""(seat_no, wire state ``f|h|s|b``, fence)"""

CANCELLED = b'{"type":"cancelled"}'
"""The frame of a performance that won't take place."""


def channel(performance_id: uuid.UUID) -> str:
    """The sharded channel of a performance."""
    return f"{{performance:{performance_id}}}:seats"


class Broadcast:
    """Publishing only; subscribing is the live room's.

    Changes are gathered for a moment and go out as one frame a performance: in a rush, a frame a hold would be
    multiplied by every open map.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: dict[uuid.UUID, list[SeatChange]] = {}
        self._flushing: asyncio.Task[None] | None = None

    def seats_changed(self, performance_id: uuid.UUID, changes: Sequence[SeatChange]) -> None:
        """Tell of committed changes soon. Lost when Redis is away; the digest heals that."""
        if not changes:
            return
        self._waiting.setdefault(performance_id, []).extend(changes)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_soon())

    async def cancelled(self, performance_ids: Sequence[uuid.UUID]) -> None:
        """Tell that these won't take place, now. Lost when Redis is away; the heartbeat heals that, too."""
        for performance_id in performance_ids:
            await self._publish(performance_id, CANCELLED)

    async def _flush_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_S)
            await self.flush()

    async def flush(self) -> None:
        """Send what waits, now."""
        waiting, self._waiting = self._waiting, {}
        for performance_id, changes in waiting.items():
            frame = msgspec.json.encode({"type": "seats", "changes": changes})
            await self._publish(performance_id, frame)

    async def _publish(self, performance_id: uuid.UUID, frame: bytes) -> None:
        async def publish(client: RedisCluster) -> None:
            await client.spublish(channel(performance_id), frame)

        await self._redis.attempt(publish, None)
