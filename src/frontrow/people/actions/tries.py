"""Counting tries: in Redis for all processes together, and in this process alone while Redis is away."""

from typing import Any, cast

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisClusterStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import RedisCluster

from frontrow.core.redis import Redis


class _OnOurClient(RedisClusterStorage):
    """Limits' own storage on the client that we have, with its TLS, password, time-outs and view of the cluster."""

    def __init__(self, client: RedisCluster) -> None:
        self._client = client
        super().__init__("async+redis+cluster://given:1", implementation="redispy", key_prefix="tries")

    def configure_bridge(self) -> None:
        bridge = cast(RedispyBridge, self.bridge)
        bridge.storage = self._client
        bridge.connection_getter = lambda _: cast(Any, self._client)


class Tries:
    """The counters of one process."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._shared: tuple[RedisCluster, MovingWindowRateLimiter] | None = None

    async def spend(self, limit: RateLimitItem, *who: str) -> bool:
        """Count a try by ``who``; False when the limit is used up."""

        async def shared(client: RedisCluster) -> bool:
            return await self._limiter(client).hit(limit, *who)

        counted = await self._redis.attempt(shared, None)
        return await self._local.hit(limit, *who) if counted is None else counted

    async def forgive(self, limit: RateLimitItem, *who: str) -> None:
        """Forget the tries by ``who``: it was the right person after all."""

        async def shared(client: RedisCluster) -> None:
            await self._limiter(client).clear(limit, *who)

        await self._redis.attempt(shared, None)
        await self._local.clear(limit, *who)

    def _limiter(self, client: RedisCluster) -> MovingWindowRateLimiter:
        if self._shared is None or self._shared[0] is not client:
            self._shared = (client, MovingWindowRateLimiter(_OnOurClient(client)))
        return self._shared[1]
