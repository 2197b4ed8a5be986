"""What all processes know of one service's circuit: a few keys in Redis, changed by scripts that each take one trip.

``tripped`` is there as long as the circuit isn't closed; ``open`` lapses by itself, and then it is time to probe;
``probe`` is the right to be the one that probes, and lapses too, because its owner may be killed with it; ``failures``
counts those in a row. Redis' own clock decides. Each method answers None when Redis doesn't.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Literal, NamedTuple, TypeVar

from redis.asyncio import RedisCluster

from frontrow.core.ids import secret_token
from frontrow.core.redis import Redis

T = TypeVar("T")

COUNT_S = 60
"""Failures that lie further apart aren't in a row."""
FORGET_S = 3600
"""A circuit that nobody probed for so long is closed again: nobody called, either."""
PATIENCE_S = 0.25
"""How long a caller waits for Redis. What was asked goes on without it."""

_LOOK = "return {redis.call('EXISTS', KEYS[1]), redis.call('PTTL', KEYS[2]), redis.call('EXISTS', KEYS[4])}"
_FAIL = """
if redis.call('EXISTS', KEYS[1]) == 0 then
  local seen = redis.call('INCR', KEYS[4])
  redis.call('PEXPIRE', KEYS[4], ARGV[3])
  if seen < tonumber(ARGV[1]) and ARGV[5] == '0' then return {0, -2, 1} end
end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[4])
if redis.call('PTTL', KEYS[2]) < 0 then redis.call('SET', KEYS[2], '1', 'PX', ARGV[2]) end
redis.call('DEL', KEYS[4])
return {1, redis.call('PTTL', KEYS[2]), 0}
"""
_TAKE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return {'closed', 0} end
local left = redis.call('PTTL', KEYS[2])
if left > 0 then return {'open', left} end
if redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'probe', 0} end
return {'busy', redis.call('PTTL', KEYS[3])}
"""
_WELL = "if redis.call('EXISTS', KEYS[1]) == 0 then return redis.call('DEL', KEYS[4]) end return 0"
_CLOSE = "return redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])"
_REOPEN = """
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
return 1
"""
_LET_GO = "if redis.call('GET', KEYS[3]) == ARGV[1] then return redis.call('DEL', KEYS[3]) end return 0"


class Seen(NamedTuple):
    """``left_s``: how long the circuit stays open, 0: it is time to probe. ``failing``: somebody counts failures."""

    tripped: bool
    left_s: float
    failing: bool


Turn = tuple[Literal["closed", "open", "probe", "busy"], float]


class SharedCircuit:
    """One service's keys. Hash-tagged: they lie in one slot of the cluster."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._keys = [f"{{breaker:{name}}}:{part}" for part in ("tripped", "open", "probe", "failures")]
        self._token = secret_token(8)
        self._asked: set[asyncio.Task[Any]] = set()

    async def look(self) -> Seen | None:
        answer = await self._run(_LOOK)
        return None if answer is None else _seen(answer)

    async def fail(self, most: int, open_s: float, *, trip: bool) -> Seen | None:
        """Count a failure; at ``most`` in a row, or with ``trip`` at once, the circuit opens for ``open_s``."""
        answer = await self._run(_FAIL, most, _ms(open_s), _ms(COUNT_S), _ms(FORGET_S), int(trip))
        return None if answer is None else _seen(answer)

    async def take_turn(self, for_s: float) -> Turn | None:
        """Ask to probe. Whoever gets ``probe`` has the right for ``for_s``; with the others it says for how long."""
        answer = await self._run(_TAKE, self._token, _ms(for_s))
        return None if answer is None else (answer[0].decode(), max(0, answer[1]) / 1000)

    async def well(self) -> None:
        """A call went well: failures aren't in a row any more. An open circuit stays as it is."""
        await self._run(_WELL)

    async def close(self) -> None:
        """The probe went well: closed, for everybody."""
        await self._run(_CLOSE)

    async def reopen(self, open_s: float) -> Seen | None:
        """The probe failed."""
        told = await self._run(_REOPEN, self._token, _ms(open_s), _ms(FORGET_S))
        return None if told is None else Seen(True, open_s, False)

    async def let_go(self) -> None:
        """The probe ended without a verdict."""
        await self._run(_LET_GO, self._token)

    async def _run(self, script: str, *arguments: str | int) -> Any:
        async def ask(client: RedisCluster) -> Any:
            return await client.eval(script, len(self._keys), *self._keys, *arguments)

        # In a task of its own: a slow Redis must not keep the caller, and its client must not be cancelled midway.
        task = asyncio.create_task(self._attempt(ask))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
        return task.result() if done else None

    async def _attempt(self, ask: Callable[[RedisCluster], Awaitable[T]]) -> T | None:
        return await self._redis.attempt(ask, None)

    async def settled(self) -> None:
        """Wait for what was asked and not waited for."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*self._asked, return_exceptions=True)


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))


def _seen(answer: Any) -> Seen:
    return Seen(bool(answer[0]), max(0, answer[1]) / 1000, bool(answer[2]))
