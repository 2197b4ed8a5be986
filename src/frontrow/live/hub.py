"""Fan-out of one process: one subscription and one digest a performance, shared by all sockets that look at it."""

import asyncio
import contextlib
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from frontrow.core.broadcast import CANCELLED, SeatChange, channel
from frontrow.core.errors import NotFound
from frontrow.core.runtime import Runtime
from frontrow.live import queries
from frontrow.live.feed import Feed
from frontrow.live.mending import Told
from frontrow.seats import queries as seats
from frontrow.seats.queries import Snapshot

log = structlog.get_logger(__name__)

DIGEST_EVERY_S = 2.0
DIGESTS_AT_ONCE = 20
"""Performances a statement: 6–8 ms each with 50,000 seats, far from the statement's time limit."""
LINGER_S = 10.0
"""How long a performance that nobody looks at stays subscribed: pages are reloaded."""
SUBSCRIBE_WITHIN_S = 1.0
MOST_WAITING = 256
"""Frames that may wait for one socket. The texts are shared, so this bounds how old they get rather than memory."""
PER_SOCKET_S = 60e-6
"""What a frame costs for each socket, about. So long changes are gathered, lest fan-out take the whole process."""
LONGEST_GATHER_S = 0.5

TRY_AGAIN_LATER = 1013
SERVICE_RESTART = 1012


class _SeatsFrame(msgspec.Struct):
    changes: list[SeatChange]


def _seats_frame(changes: list[SeatChange]) -> str:
    return msgspec.json.encode({"type": "seats", "changes": changes}).decode()


class Watcher:
    """One socket: frames wait here until its peer takes them. A peer that is too slow is closed, never waited for."""

    __slots__ = ("_frames", "_wake", "close_code")

    def __init__(self) -> None:
        self._frames: deque[str] = deque()
        self._wake = asyncio.Event()
        self.close_code: int | None = None

    def push(self, frame: str) -> bool:
        """Let a frame wait. False: the peer is too slow, and what waited is dropped."""
        if len(self._frames) >= MOST_WAITING:
            self.close(TRY_AGAIN_LATER)
            return False
        self._frames.append(frame)
        self._wake.set()
        return True

    def close(self, code: int) -> None:
        """Drop what waits and close with this code as soon as the peer takes anything."""
        self._frames.clear()
        self.close_code = code
        self._wake.set()

    async def deliver(self, send: Callable[[str], Awaitable[None]]) -> int:
        """Send frames as they come; returns the code to close with. Raises what ``send`` raises."""
        while True:
            while self._frames:
                await send(self._frames.popleft())
            if self.close_code is not None:
                return self.close_code
            self._wake.clear()
            await self._wake.wait()


class Audience:
    """All sockets of this process that look at one performance."""

    def __init__(self, rt: Runtime, performance_id: uuid.UUID, on_return: Callable[[uuid.UUID], None]) -> None:
        self.performance_id = performance_id
        self.watchers: set[Watcher] = set()
        self.empty_since = time.monotonic()
        self._gathered: dict[int, SeatChange] = {}
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._told = Told()
        self._last_digest = 0
        self.cancelled = False
        self.feed = Feed(rt.redis, channel(performance_id), self._take, lambda: on_return(performance_id))

    def push(self, frame: str) -> None:
        """One text for all; those who are too slow drop out."""
        slow = [watcher for watcher in self.watchers if not watcher.push(frame)]
        if slow:
            log.info("slow_sockets_closed", count=len(slow), performance_id=str(self.performance_id))
            self.watchers.difference_update(slow)

    def cancel(self) -> None:
        """It won't take place: said once to all who look, and to everybody who comes (:meth:`Hub.join`)."""
        if not self.cancelled:
            self.cancelled = True
            self.push(CANCELLED.decode())

    def digest(self, digest: str) -> None:
        """The heartbeat: the sum of all fences that went out by now, so that a page which missed none has no less.

        The database's own sum would count changes that are still on their way, and in a rush some always are.
        """
        self.flush()
        told = digest if self._told.total is None else self._told.total
        self.push(f'{{"type":"digest","digest":"{told}"}}')

    def lacks(self, digest: str) -> bool:
        """Whether the database knows changes that didn't come here: lost, or on their way and soon told twice.

        To wait and see which, by the sums, is no use while others come. Fences only rise; a sum that fell is another
        history (the database was brought back from a copy), and what was told of the old one counts no more.
        """
        self.flush()
        if int(digest) < self._last_digest:
            self._told = Told()
        self._last_digest = int(digest)
        return self._told.total is None or self._told.total < self._last_digest

    def mend(self, snapshot: Snapshot) -> None:
        """Tell what was lost."""
        self.flush()
        if lost := self._told.missing(snapshot):
            log.info("changes_told_again", count=len(lost), performance_id=str(self.performance_id))
            self.push(_seats_frame(lost))

    def _take(self, frame: bytes) -> None:
        """Changes from Redis: the first goes out at once, those that follow closely go out together."""
        if frame == CANCELLED:
            self.cancel()
            return
        try:
            changes = msgspec.json.decode(frame, type=_SeatsFrame).changes
        except msgspec.MsgspecError:
            log.warning("frame_unreadable", performance_id=str(self.performance_id))
            return
        for change in changes:
            known = self._gathered.get(change[0])
            if known is None or known[2] < change[2]:
                self._gathered[change[0]] = change
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._next_at, loop.time()), self.flush)

    def flush(self) -> None:
        """Send what was gathered, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._gathered:
            return
        changes, self._gathered = list(self._gathered.values()), {}
        gather = min(len(self.watchers) * PER_SOCKET_S, LONGEST_GATHER_S)
        self._next_at = asyncio.get_running_loop().time() + gather
        self._told.note(changes)
        self.push(_seats_frame(changes))

    async def close(self, code: int) -> None:
        """End the subscription and all sockets."""
        if self._timer is not None:
            self._timer.cancel()
        for watcher in self.watchers:
            watcher.close(code)
        self.watchers.clear()
        await self.feed.close()


class Hub:
    """All audiences of one process."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._audiences: dict[uuid.UUID, Audience] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._returned: set[uuid.UUID] = set()
        self._hurry = asyncio.Event()

    @property
    def sockets(self) -> int:
        """How many sockets are open."""
        return sum(len(audience.watchers) for audience in self._audiences.values())

    async def on_show(self, performance_id: uuid.UUID) -> bool:
        """Whether such a performance can be watched. Raises Busy without a database, unless it is watched already."""
        if performance_id in self._audiences:
            return True
        return await self._rt.db.read(lambda tx: queries.on_show(tx, performance_id))

    async def join(self, performance_id: uuid.UUID) -> Watcher:
        """A new watcher, which misses nothing that is committed from now on (as long as Redis is there)."""
        audience = self._audiences.get(performance_id)
        if audience is None:
            audience = self._audiences[performance_id] = Audience(self._rt, performance_id, self._hurry_for)
            if self._ticker is None:
                self._ticker = asyncio.create_task(self._tick())
            # What was told is counted from here.
            self._hurry_for(performance_id)
        watcher = Watcher()
        # First among the watchers, then wait: a change between the two is delivered.
        audience.watchers.add(watcher)
        if audience.cancelled:
            watcher.push(CANCELLED.decode())
        try:
            # While Redis is away, the digest has to do.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0 if audience.feed.failing else SUBSCRIBE_WITHIN_S):
                    await audience.feed.subscribed.wait()
        except BaseException:
            self.leave(performance_id, watcher)
            raise
        return watcher

    def leave(self, performance_id: uuid.UUID, watcher: Watcher) -> None:
        """The socket is gone."""
        audience = self._audiences.get(performance_id)
        if audience is not None:
            audience.watchers.discard(watcher)
            audience.empty_since = time.monotonic()

    async def close(self) -> None:
        """Close every socket with 1012, "come back"."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.wait({self._ticker})
        audiences, self._audiences = list(self._audiences.values()), {}
        await asyncio.gather(*(audience.close(SERVICE_RESTART) for audience in audiences))

    def _hurry_for(self, performance_id: uuid.UUID) -> None:
        """Compare with the database at once: nothing was told yet, or frames were lost."""
        self._returned.add(performance_id)
        self._hurry.set()

    async def _tick(self) -> None:
        next_at = time.monotonic() + DIGEST_EVERY_S
        while True:
            try:
                async with asyncio.timeout(max(next_at - time.monotonic(), 0)):
                    await self._hurry.wait()
            except TimeoutError:
                next_at = time.monotonic() + DIGEST_EVERY_S
                wanted = [one.performance_id for one in self._audiences.values() if one.watchers]
            else:
                self._hurry.clear()
                wanted, self._returned = list(self._returned), set()
            try:
                await self._tell_digests(wanted)
                await self._forget_the_empty()
            except Exception as error:
                # The next heartbeat may go better; pages keep what they have.
                log.warning("digest_failed", error=type(error).__name__)

    async def _tell_digests(self, performance_ids: list[uuid.UUID]) -> None:
        for start in range(0, len(performance_ids), DIGESTS_AT_ONCE):
            some = performance_ids[start : start + DIGESTS_AT_ONCE]
            found = await self._rt.db.read(lambda tx, some=some: queries.standings(tx, some))  # type: ignore[misc]
            for performance_id, digest, cancelled in found:
                audience = self._audiences.get(performance_id)
                if audience is None:
                    continue
                if cancelled:
                    audience.cancel()
                if digest is None:
                    continue
                if audience.lacks(digest):
                    await self._mend(audience)
                audience.digest(digest)

    async def _mend(self, audience: Audience) -> None:
        """Compare all that was told with all there is."""
        try:
            snapshot = await self._rt.db.read(lambda tx: seats.snapshot(tx, audience.performance_id))
        except NotFound:
            return  # withdrawn from show meanwhile
        audience.mend(snapshot)

    async def _forget_the_empty(self) -> None:
        long_ago = time.monotonic() - LINGER_S
        for audience in list(self._audiences.values()):
            if not audience.watchers and audience.empty_since < long_ago:
                del self._audiences[audience.performance_id]
                await audience.close(SERVICE_RESTART)
