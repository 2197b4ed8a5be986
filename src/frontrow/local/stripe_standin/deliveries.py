"""Sends events to the webhook endpoint: signed, asynchronously, again and again until it says 2xx."""

import asyncio
import functools
import hmac
import logging
import random
import time
from dataclasses import dataclass

from frontrow.local.stripe_standin.faults import FaultBoard
from frontrow.local.stripe_standin.outbox import PendingEvent
from frontrow.local.stripe_standin.store import Store
from frontrow.local.stripe_standin.wire import Connection, Target

log = logging.getLogger("frontrow.stripe_standin")

_PATIENCE_SECONDS = 15
_LONGEST_PAUSE = 60.0
_GIVE_UP_AFTER = 200
_IDLE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.25


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """The ``Stripe-Signature`` header: HMAC-SHA256 of ``timestamp.body`` (docs.stripe.com/webhooks#verify-manually)."""
    mac = hmac.digest(secret.encode(), b"%d.%b" % (timestamp, body), "sha256")
    return f"t={timestamp},v1={mac.hex()}"


@dataclass(slots=True)
class _Quick:
    """An event that was posted over a kept connection, at ``since`` (seconds since 1970)."""

    event: PendingEvent
    connection: Connection
    since: float


class Deliverer:
    """Takes due events from the store and posts them over a bounded number of kept connections.

    What waits stays in the store, not in memory, so an endpoint that is down for an hour costs nothing but time. As at
    Stripe, events leave in the order in which they happened, but nothing holds a later one back for an earlier one.
    """

    def __init__(self, store: Store, board: FaultBoard, url: str, secret: str, concurrency: int) -> None:
        self._store = store
        self._board = board
        self._target = Target.parse(url) if url else None
        self._secret = secret
        self._concurrency = concurrency
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = False
        self._timer: asyncio.TimerHandle | None = None
        self._idle: list[Connection] = []
        self._under_way: dict[int, asyncio.Task[None] | _Quick] = {}
        self._closed_until = 0.0
        self._refusals = 0

    def wake(self) -> None:
        """Says that there is something new to send."""
        if self._loop is not None and not self._woken:
            self._woken = True
            # In the loop's next turn: the answer to the request that announced it goes first.
            self._loop.call_soon(self._step)

    async def run(self) -> None:
        """Works until cancelled."""
        self._loop = asyncio.get_running_loop()
        self.wake()
        try:
            await asyncio.Event().wait()
        finally:
            self._loop = None
            if self._timer is not None:
                self._timer.cancel()
            tasks = [sending for sending in self._under_way.values() if isinstance(sending, asyncio.Task)]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for sending in self._under_way.values():
                if isinstance(sending, _Quick):
                    sending.connection.close()
            for connection in self._idle:
                connection.close()

    def _step(self) -> None:
        """Starts what can be started, and sets the time for the next look."""
        self._woken = False
        if self._loop is None:
            return
        moment = time.time()
        pause = self._start_due(moment)
        if self._timer is None or self._timer.when() > self._loop.time() + pause:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_later(pause, self._rung)

    def _rung(self) -> None:
        self._timer = None
        late = time.time() - _PATIENCE_SECONDS
        for sending in list(self._under_way.values()):
            if isinstance(sending, _Quick) and sending.since < late:
                # Its future fails with that, and what comes of it is seen to there.
                sending.connection.give_up()
        self._step()

    def _start_due(self, moment: float) -> float:
        """Returns how long to sleep at most (seconds)."""
        mode = self._board.faults.webhooks
        if mode == "off" or self._target is None:
            self._store.drop_pending_events()
            return _IDLE_SECONDS
        if mode == "held":
            return _IDLE_SECONDS
        if moment < self._closed_until:
            return self._closed_until - moment
        free = self._concurrency - len(self._under_way)
        if free > 0:
            for event in self._store.outbox.take(moment, free, self._under_way):
                self._start(self._target, event, moment)
        if self._under_way:
            # Whatever hangs must be seen to.
            return _LOOK_AGAIN_SECONDS
        upcoming = self._store.outbox.next_at()
        return _IDLE_SECONDS if upcoming is None else min(_IDLE_SECONDS, max(0.001, upcoming - moment))

    def _start(self, target: Target, event: PendingEvent, moment: float) -> None:
        """Over a connection that stands there is nothing to wait for but the answer: it needs no task of its own."""
        while self._idle and not self._board.faults.duplicate:
            connection = self._idle.pop()
            if connection.usable:
                quick = self._under_way[event.seq] = _Quick(event, connection, moment)
                posted = connection.post(signature(self._secret, event.body, int(moment)), event.body)
                posted.add_done_callback(functools.partial(self._answered, quick, target))
                return
        self._under_way[event.seq] = asyncio.create_task(self._deliver(target, event))

    def _answered(self, quick: "_Quick", target: Target, posted: asyncio.Future[int]) -> None:
        if self._loop is None:
            return
        error = posted.exception()
        if isinstance(error, (OSError, EOFError)) and not isinstance(error, TimeoutError):
            # The endpoint had closed the kept connection; a fresh one tells whether it is really gone.
            quick.connection.close()
            self._under_way[quick.event.seq] = asyncio.create_task(self._deliver(target, quick.event))
            return
        if error is not None:
            quick.connection.close()
        else:
            self._keep(quick.connection)
        self._done(quick.event, 0 if error is not None else posted.result())

    async def _deliver(self, target: Target, event: PendingEvent) -> None:
        status = await self._attempt(target, event.body)
        for _ in range(self._board.copies() if 200 <= status < 300 else 0):
            await self._attempt(target, event.body)
        self._done(event, status)

    def _done(self, event: PendingEvent, status: int) -> None:
        again_at: float | None = None
        if not 200 <= status < 300:
            log.info("webhook %s: attempt %d answered %s", event.id, event.attempts + 1, status or "nothing")
            if event.attempts + 1 < _GIVE_UP_AFTER:
                again_at = time.time() + _pause(event.attempts)
        self._under_way.pop(event.seq, None)
        self._store.settle_event(event.seq, again_at)
        self.wake()

    def _keep(self, connection: Connection) -> None:
        self._refusals = 0
        if connection.usable:
            self._idle.append(connection)
        else:
            connection.close()

    async def _attempt(self, target: Target, body: bytes) -> int:
        """One POST; returns the status, or 0 when there was no answer."""
        signed = signature(self._secret, body, int(time.time()))
        connection: Connection | None = None
        kept = bool(self._idle)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                connection = self._idle.pop() if kept else await Connection.open(target)
                try:
                    status = await connection.post(signed, body)
                except (OSError, EOFError):
                    if not kept:
                        raise
                    # The endpoint had closed the kept connection; a fresh one tells whether it is really gone.
                    connection.close()
                    connection = await Connection.open(target)
                    status = await connection.post(signed, body)
        except (OSError, EOFError, ValueError, IndexError) as error:
            if connection is not None:
                connection.close()
            if isinstance(error, ConnectionRefusedError):
                # Nobody listens: trying every waiting event against a closed door would only burn the processor.
                self._refusals = min(self._refusals + 1, 6)
                self._closed_until = time.time() + min(3.0, 0.1 * 2**self._refusals)
            return 0
        self._keep(connection)
        return status


def _pause(attempts: int) -> float:
    """Seconds until the next attempt: doubling from half a second to a minute, spread by a fifth."""
    base: float = min(_LONGEST_PAUSE, 0.5 * 2 ** min(attempts, 10))
    return base * random.uniform(0.9, 1.1)  # noqa: S311
