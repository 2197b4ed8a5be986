"""A queue in front of a hot coupon, so that a crowd doesn't wait inside its transactions, each with a connection.

It is a courtesy, not a guard: who waited too long, or can't reach Redis, goes on without it, and the conditional update
on the coupon's row decides, as it does anyway. The lock may lapse while its owner sleeps; nothing rests on it.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from redis.asyncio import RedisCluster

from frontrow.core.ids import secret_token
from frontrow.core.redis import Redis
from frontrow.coupons.rules import normal_code

WAIT_S = 1.0
LEASE_MS = 3000
LOOK_AGAIN_S = 0.01

# Only who put the value there may take it away: after a lapse the key is somebody else's.
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


def lock_key(code: str) -> str:
    """The key of a coupon's lock; the hash tag keeps all that is about one code in one slot."""
    return f"{{coupon:{code}}}:lock"


class CouponQueue:
    """One process's queue: its own buyers first wait for each other here, and only one of them asks Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, sent: str | None) -> AsyncIterator[None]:
        """Hold the lock of a coupon (by its code as it was typed) meanwhile, if it can be had within ``WAIT_S``; an
        order without a coupon waits for nobody."""
        code = None if sent is None else normal_code(sent)
        if code is None:
            yield
            return
        give_up_at = time.monotonic() + WAIT_S
        here = self._here.get(code) or self._here.setdefault(code, asyncio.Lock())
        try:
            async with asyncio.timeout(WAIT_S):
                await here.acquire()
        except TimeoutError:
            yield
            return
        try:
            token = await self._take(code, give_up_at)
            try:
                yield
            finally:
                if token is not None:
                    await self._release(code, token)
        finally:
            here.release()

    async def _take(self, code: str, give_up_at: float) -> str | None:
        token = secret_token(12)

        async def put(client: RedisCluster) -> bool | None:
            return bool(await client.set(lock_key(code), token, nx=True, px=LEASE_MS))

        while True:
            taken = await self._redis.attempt(put, None)
            if taken:
                return token
            if taken is None or time.monotonic() > give_up_at:
                return None
            await asyncio.sleep(random.uniform(0.5, 1.5) * LOOK_AGAIN_S)  # noqa: S311

    async def _release(self, code: str, token: str) -> None:
        async def remove(client: RedisCluster) -> None:
            await client.eval(RELEASE, 1, lock_key(code), token)

        await self._redis.attempt(remove, None)
