"""Seat changes to every process that shows a performance: Redis sharded pub/sub, at most once, never the truth.

What gets lost here is found by the live room's digest.
"""

import uuid
from collections.abc import Sequence

import msgspec
from redis.asyncio import RedisCluster

from frontrow.core.redis import Redis

SeatChange = tuple[int, str, int]
"""(seat_no, wire state ``f|h|s|b``, fence)"""


def channel(performance_id: uuid.UUID) -> str:
    """The sharded channel of a performance."""
    return f"{{performance:{performance_id}}}:seats"


class Broadcast:
    """Publishing only; subscribing is the live room's."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def seats_changed(self, performance_id: uuid.UUID, changes: Sequence[SeatChange]) -> None:
        """Tell of committed changes. Lost when Redis is away; the digest heals that."""
        if not changes:
            return
        frame = msgspec.json.encode({"type": "seats", "changes": changes})

        async def publish(client: RedisCluster) -> None:
            await client.spublish(channel(performance_id), frame)

        await self._redis.attempt(publish, None)
