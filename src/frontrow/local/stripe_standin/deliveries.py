"""Sends events to the webhook endpoint: signed, asynchronously, again and again until it says 2xx."""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import random
import time

from frontrow.local.stripe_standin.faults import FaultBoard
from frontrow.local.stripe_standin.store import PendingEvent, Store
from frontrow.local.stripe_standin.wire import Connection, Target

log = logging.getLogger("frontrow.stripe_standin")

_PATIENCE_SECONDS = 15
_LONGEST_PAUSE = 60.0
_GIVE_UP_AFTER = 200
_IDLE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.25
_RECORD_AT = 64
_RECORD_WITHIN = 0.05


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """The ``Stripe-Signature`` header: HMAC-SHA256 of ``timestamp.body`` (docs.stripe.com/webhooks#verify-manually)."""
    mac = hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"


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
        self._wake = asyncio.Event()
        self._idle: list[Connection] = []
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._outcomes: dict[int, float | None] = {}
        self._record_by = 0.0
        self._closed_until = 0.0
        self._refusals = 0

    def wake(self) -> None:
        """Says that there is something new to send."""
        self._wake.set()

    async def run(self) -> None:
        """Works until cancelled."""
        try:
            while True:
                self._wake.clear()
                pause = self._step()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)
        finally:
            tasks = list(self._under_way.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._record()
            for connection in self._idle:
                connection.close()

    def _step(self) -> float:
        """Starts what can be started; returns how long to sleep at most (seconds)."""
        moment = time.time()
        if len(self._outcomes) >= _RECORD_AT or (self._outcomes and moment >= self._record_by):
            self._record()
        return min(self._start_due(moment), max(0.0, self._record_by - moment) if self._outcomes else _IDLE_SECONDS)

    def _start_due(self, moment: float) -> float:
        mode = self._board.faults.webhooks
        if mode == "off" or self._target is None:
            self._store.drop_pending_events()
            return _IDLE_SECONDS
        if mode == "held":
            return _IDLE_SECONDS
        if moment < self._closed_until:
            return self._closed_until - moment
        free = self._concurrency - len(self._under_way)
        if free <= 0:
            return _IDLE_SECONDS
        for event in self._store.due_events(moment, free, (*self._under_way, *self._outcomes)):
            self._under_way[event.seq] = asyncio.create_task(self._deliver(self._target, event))
        if self._under_way or self._outcomes:
            # The next due time is hidden behind what is being sent, and a slow endpoint must not hide it for long.
            return _LOOK_AGAIN_SECONDS
        upcoming = self._store.next_due()
        return _IDLE_SECONDS if upcoming is None else min(_IDLE_SECONDS, max(0.001, upcoming - moment))

    def _record(self) -> None:
        """Writes finished attempts down in one transaction; a kill before it only makes their events come again."""
        if self._outcomes:
            self._store.settle_events([(again_at, seq) for seq, again_at in self._outcomes.items()])
            self._outcomes.clear()

    async def _deliver(self, target: Target, event: PendingEvent) -> None:
        status = await self._attempt(target, event.body)
        for _ in range(self._board.copies() if 200 <= status < 300 else 0):
            await self._attempt(target, event.body)
        again_at: float | None = None
        if not 200 <= status < 300:
            log.info("webhook %s: attempt %d answered %s", event.id, event.attempts + 1, status or "nothing")
            if event.attempts + 1 < _GIVE_UP_AFTER:
                again_at = time.time() + _pause(event.attempts)
        if not self._outcomes:
            self._record_by = time.time() + _RECORD_WITHIN
        self._outcomes[event.seq] = again_at
        self._under_way.pop(event.seq, None)
        self._wake.set()

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
        self._refusals = 0
        if connection.usable:
            self._idle.append(connection)
        else:
            connection.close()
        return status


def _pause(attempts: int) -> float:
    """Seconds until the next attempt: doubling from half a second to a minute, spread by a fifth."""
    base: float = min(_LONGEST_PAUSE, 0.5 * 2 ** min(attempts, 10))
    return base * random.uniform(0.9, 1.1)  # noqa: S311
