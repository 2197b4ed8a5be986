"""A circuit breaker for each outside service, shared by all processes through Redis and right without it.

After some failures in a row, or one call that took too long, the service is left alone for a while and callers are told
so at once; then one probe at a time goes through, and its outcome closes or re-opens the circuit.

While the circuit is closed a call costs nothing but a comparison: failures are reported when they happen, and what
others reported is looked up in the background twice a second while there are calls. So another process learns of an
opened circuit within half a second; it may make a few more calls until then, each of which can only fail.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from frontrow.core.redis import Redis
from frontrow.gateways.shared_circuit import Seen, SharedCircuit

T = TypeVar("T")
log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.5
STALE_S = 2.0
"""What was learned longer ago isn't acted on: the first call after a pause looks first."""
PROBE_AGAIN_S = 0.25


class BreakerOpen(Exception):
    """The service failed too often just now and wasn't called; in ``retry_after_s`` a probe will be let through."""

    def __init__(self, name: str, retry_after_s: float) -> None:
        super().__init__(f"{name} is being left alone for another {retry_after_s:.1f} s")
        self.name = name
        self.retry_after_s = retry_after_s


class Breaker:
    """Guards the calls to one service.

    ``failures`` in a row open it, for ``open_s`` seconds; so do ``slow_calls`` in a row that took longer than
    ``slow_s``, each of which is cancelled (TimeoutError). ``is_answer`` tells exceptions that are answers of a healthy
    service (a declined card, an unknown mailbox) from failures: they pass through and count as success.
    """

    def __init__(
        self,
        name: str,
        redis: Redis,
        *,
        failures: int = 5,
        slow_calls: int = 1,
        open_s: float = 10.0,
        slow_s: float = 5.0,
        is_answer: Callable[[Exception], bool] = lambda error: False,
    ) -> None:
        self.name = name
        self._failures = failures
        self._slow_calls = slow_calls
        self._open_s = open_s
        self._slow_s = slow_s
        self._is_answer = is_answer
        self._shared = SharedCircuit(redis, name)
        # This process's own view; without Redis it is the only one.
        self._tripped = False
        self._open_until = 0.0
        self._probing_until = 0.0
        self._failed = 0
        self._slow = 0
        self._others_fail = False
        self._looked_at = 0.0
        self._looking: asyncio.Task[None] | None = None
        # Changes of the own view: a look that began before one is out of date. And whether the others were told.
        self._changes = 0
        self._untold = False

    async def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run ``work()`` unless the circuit is open.

        Raises :class:`BreakerOpen` without having called anything, or whatever ``work`` raised, or TimeoutError.
        """
        began = time.monotonic()
        since = began - self._looked_at
        if since >= LOOK_EVERY_S:
            await self._look(wait=since >= STALE_S)
        if self._tripped and await self._take_turn():
            return await self._probe(work)
        try:
            async with asyncio.timeout(self._slow_s):
                result = await work()
        except Exception as error:
            await self._count(error, slow=time.monotonic() - began >= self._slow_s)
            raise
        if self._failed or self._others_fail:
            await self._well()
        return result

    async def status(self) -> str:
        """``closed`` (all well), ``open`` or ``half_open``, as all processes see it."""
        await self._look(wait=True)
        if not self._tripped:
            return "closed"
        return "open" if time.monotonic() < self._open_until else "half_open"

    async def close(self) -> None:
        """Wait a moment for what was reported."""
        await self._shared.settled()

    # -- closed ----------------------------------------------------------------------------------------------------

    async def _look(self, *, wait: bool) -> None:
        if self._looking is None or self._looking.done():
            self._looked_at = time.monotonic()
            self._looking = asyncio.create_task(self._learn())
        if wait:
            await asyncio.wait({self._looking})

    async def _learn(self) -> None:
        before = self._changes
        seen = await self._shared.look()
        if before == self._changes:
            self._believe(seen)

    def _believe(self, seen: Seen | None) -> None:
        """What all processes know is better than what this one knows; None: Redis didn't tell."""
        if seen is None:
            return
        self._others_fail = seen.failing
        if seen.tripped:
            self._untold = False
            self._open(seen.left_s, "told by another process")
        elif self._tripped and not self._untold:
            self._closed()

    async def _count(self, error: Exception, *, slow: bool) -> None:
        if self._is_answer(error):
            if self._failed or self._others_fail:
                await self._well()
            return
        if self._tripped:
            return  # a call that began before the circuit opened tells nothing new
        self._failed += 1
        self._slow = self._slow + 1 if slow else 0
        trip = self._failed >= self._failures or self._slow >= self._slow_calls
        if trip:
            self._untold = True
            self._open(self._open_s, type(error).__name__)
        seen = await self._shared.fail(self._failures, self._open_s, trip=trip)
        if seen is not None and (seen.tripped or not self._tripped):
            self._believe(seen)

    async def _well(self) -> None:
        self._failed = self._slow = 0
        if self._tripped:
            return  # only a probe closes
        self._others_fail = False
        await self._shared.well()

    # -- open, half open -------------------------------------------------------------------------------------------

    async def _take_turn(self) -> bool:
        """Whether this call is the probe; False: the circuit was closed meanwhile. Raises BreakerOpen."""
        now = time.monotonic()
        for until in (self._open_until, self._probing_until):
            if now < until:
                raise BreakerOpen(self.name, until - now)
        # This process's own lock, which also serves without Redis; a killed owner's lapses.
        self._probing_until = now + 2 * self._slow_s
        turn, left_s = await self._shared.take_turn(2 * self._slow_s) or ("probe", 0.0)
        if turn == "probe" or (turn == "closed" and self._untold):
            return True
        self._probing_until = 0.0
        if turn == "closed":
            self._closed()
            return False
        if turn == "open":
            self._open(left_s, "told by another process")
        else:
            # Somebody else probes. Nobody needs to ask again at every call.
            self._probing_until = time.monotonic() + min(PROBE_AGAIN_S, left_s)
        raise BreakerOpen(self.name, max(left_s, 0.05) if turn == "open" else PROBE_AGAIN_S)

    async def _probe(self, work: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(self._slow_s):
                result = await work()
        except Exception as error:
            self._probing_until = 0.0
            if self._is_answer(error):
                self._closed()
                await self._shared.close()
            else:
                self._untold = True
                self._open(self._open_s, type(error).__name__)
                self._untold = await self._shared.reopen(self._open_s) is None
            raise
        except BaseException:
            self._probing_until = 0.0
            await self._shared.let_go()
            raise
        self._probing_until = 0.0
        self._closed()
        await self._shared.close()
        return result

    def _open(self, left_s: float, why: str) -> None:
        self._changes += 1
        self._open_until = time.monotonic() + left_s
        if not self._tripped:
            self._tripped = True
            log.warning("breaker", service=self.name, was="closed", now="open", why=why, for_s=round(left_s, 1))
        self._failed = self._slow = 0

    def _closed(self) -> None:
        self._open_until = 0.0
        self._failed = self._slow = 0
        self._others_fail = self._untold = False
        self._changes += 1
        if self._tripped:
            self._tripped = False
            log.warning("breaker", service=self.name, was="half_open", now="closed")
