"""A circuit breaker for each outside service, shared by all processes through Redis and right without it.

After some failures in a row the service is left alone for a while and callers are told so at once; then one probe at a
time goes through, and its outcome closes or re-opens the circuit. The state machine is asyncbreaker's; what is ours is
storage that outlives a lost Redis, a single probe, and a limit on how long a call may take.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import structlog
from asyncbreaker import (
    CircuitBreaker,
    CircuitError,
    CircuitState,
    CircuitStorage,
    Listener,
    MemoryStorage,
    RedisStorage,
)
from redis.asyncio import RedisCluster

from frontrow.core.redis import Redis

T = TypeVar("T")
log = structlog.get_logger(__name__)


class BreakerOpen(Exception):
    """The service failed too often just now and wasn't called; in ``retry_after_s`` a probe will be let through."""

    def __init__(self, name: str, retry_after_s: float) -> None:
        super().__init__(f"{name} is being left alone for another {retry_after_s:.0f} s")
        self.name = name
        self.retry_after_s = retry_after_s


class _SharedStorage(CircuitStorage):
    """The state in Redis; each write is made in memory, too, and while Redis is away memory is what is read."""

    def __init__(self, redis: Redis, name: str) -> None:
        super().__init__("shared")
        self._redis = redis
        self._namespace = f"{{breaker:{name}}}"
        self._memory = MemoryStorage()

    @property
    def constructor_state_hint(self) -> CircuitState:
        return CircuitState.CLOSED

    async def _both(
        self, local: Callable[[CircuitStorage], Awaitable[T]], shared: Callable[[CircuitStorage], Awaitable[T]]
    ) -> T:
        fallback = await local(self._memory)

        async def ask(client: RedisCluster) -> T:
            # The library means a plain client; what it uses of it, a cluster client has, too.
            return await shared(RedisStorage(redis=cast(Any, client), namespace=self._namespace))

        return await self._redis.attempt(ask, fallback)

    async def get_state(self) -> CircuitState:
        return await self._both(lambda s: s.get_state(), lambda s: s.get_state())

    async def get_counter(self) -> int:
        return await self._both(lambda s: s.get_counter(), lambda s: s.get_counter())

    async def get_opened_at(self) -> datetime | None:
        return await self._both(lambda s: s.get_opened_at(), lambda s: s.get_opened_at())

    async def increment_counter(self) -> None:
        await self._both(lambda s: s.increment_counter(), lambda s: s.increment_counter())

    async def reset_counter(self) -> None:
        await self._both(lambda s: s.reset_counter(), lambda s: s.reset_counter())

    async def open_circuit(self, opened_at: datetime) -> None:
        await self._both(lambda s: s.open_circuit(opened_at), lambda s: s.open_circuit(opened_at))

    async def half_open_circuit(self) -> None:
        await self._both(lambda s: s.half_open_circuit(), lambda s: s.half_open_circuit())

    async def close_circuit(self) -> None:
        await self._both(lambda s: s.close_circuit(), lambda s: s.close_circuit())

    async def take_probe(self, for_s: float) -> bool:
        """The right to be the one probe, for a time: whoever dies with it must not keep the circuit open."""

        async def ask(client: RedisCluster) -> bool:
            return bool(await client.set(f"{self._namespace}:probe", "1", nx=True, px=int(for_s * 1000)))

        return await self._redis.attempt(ask, True)

    async def give_probe_back(self) -> None:
        async def ask(client: RedisCluster) -> None:
            await client.delete(f"{self._namespace}:probe")

        await self._redis.attempt(ask, None)


class _Teller(Listener):
    async def state_change(self, breaker: CircuitBreaker, old: CircuitState, new: CircuitState) -> None:
        log.warning("breaker", service=breaker.name, was=str(old), now=str(new))


class Breaker:
    """Guards the calls to one service.

    ``failures`` in a row open it, for ``open_s`` seconds. A call that takes longer than ``slow_s`` is cancelled and
    counts as a failure (TimeoutError). ``is_answer`` tells exceptions that are answers of a healthy service (a
    declined card, an unknown mailbox) from failures: they pass through and count as success.
    """

    def __init__(
        self,
        name: str,
        redis: Redis,
        *,
        failures: int = 5,
        open_s: float = 10.0,
        slow_s: float = 5.0,
        is_answer: Callable[[Exception], bool] = lambda error: False,
    ) -> None:
        self.name = name
        self._slow_s = slow_s
        self._storage = _SharedStorage(redis, name)
        self._circuit = CircuitBreaker(
            fail_max=failures,
            timeout_duration=timedelta(seconds=open_s),
            exclude=[is_answer],
            listeners=[_Teller()],
            state_storage=self._storage,
            name=name,
        )
        self._probing_until = 0.0

    async def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run ``work()`` unless the circuit is open.

        Raises :class:`BreakerOpen` without having called anything, or whatever ``work`` raised, or TimeoutError.
        """
        probe = await self._circuit.get_current_state() is not CircuitState.CLOSED
        if probe:
            await self._become_probe()
        try:
            return await self._guarded(work)
        finally:
            if probe:
                self._probing_until = 0.0
                await self._storage.give_probe_back()

    async def _become_probe(self) -> None:
        wait = await self._circuit.get_time_until_open()
        if wait is not None:
            raise BreakerOpen(self.name, wait.total_seconds())
        # Two locks: this process's own, which also serves without Redis, and the one between processes.
        if time.monotonic() < self._probing_until:
            raise BreakerOpen(self.name, 1.0)
        self._probing_until = time.monotonic() + self._slow_s * 2
        if not await self._storage.take_probe(self._slow_s * 2):
            self._probing_until = 0.0
            raise BreakerOpen(self.name, 1.0)

    async def _guarded(self, work: Callable[[], Awaitable[T]]) -> T:
        async def timed() -> T:
            async with asyncio.timeout(self._slow_s):
                return await work()

        try:
            result: T = await self._circuit.call(timed)
        except CircuitError as error:
            if error.__cause__ is not None:
                # This call was the one that opened the circuit; its caller wants to know what happened to it.
                raise error.__cause__ from None
            raise BreakerOpen(self.name, error.retry_after) from None
        return result

    async def status(self) -> str:
        """``closed`` (all well), ``open`` or ``half_open``."""
        return str(await self._circuit.get_current_state())
