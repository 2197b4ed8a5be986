"""The job queue on Redis: a taskiq broker over one stream, which loses no job when a worker or a shard dies.

A message is *pending* from the moment a worker reads it until it was run without an error. While it runs, the worker
says so (a heartbeat); a message whose worker fell silent is taken over by another; one that was delivered too often
goes to the dead-letter stream. What Redis itself forgets (FLUSHALL, a failover's last writes) is sent again by the
relay, because the outbox is the record and this is only its wake-up. All keys share a hash tag: a transaction over them
stays in one slot. Every command here is one that Redis 7.1 has.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import structlog
from redis.exceptions import ResponseError
from taskiq import AckableMessage, AsyncBroker, BrokerMessage
from taskiq.acks import AckController, AcknowledgeType
from taskiq.message import TaskiqMessage
from taskiq.receiver import Receiver
from taskiq.result import TaskiqResult

from frontrow.core.ids import secret_token
from frontrow.core.redis import Redis

log = structlog.get_logger(__name__)

STREAM = "{queue}:jobs"
DEAD = "{queue}:dead"
GROUP = "workers"
NOBODY = "nobody"
GONE_AFTER_MS = 3_600_000
MAX_LENGTH = 100_000
"""Messages that the stream holds at most, about: a wake-up that falls off is repeated by the relay."""

# Scripts rather than MULTI: as atomic, one round trip, and the client's transactions start a thread for every command.
_FINISH = """
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])
"""
_BURY = """
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'message', ARGV[3], 'id', ARGV[2], 'deliveries', ARGV[4])
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])
"""


class Delivery(AckableMessage):
    """A message in a worker's hands. ``ack`` when it was run; ``let_go`` in any case, so that heartbeats end."""

    let_go: Callable[[], None]


class QueueReceiver(Receiver):
    """taskiq's receiver, except that a task which raised isn't acknowledged: the queue delivers it again."""

    def __init__(self, broker: AsyncBroker, *, concurrency: int, drain_s: float) -> None:
        """Runs at most ``concurrency`` tasks at once and, when told to finish, waits ``drain_s`` seconds for them."""
        super().__init__(
            broker,
            max_async_tasks=concurrency,
            ack_type=AcknowledgeType.MANUAL,
            run_startup=False,
            wait_tasks_timeout=drain_s,
        )

    async def callback(self, message: bytes | AckableMessage, raise_err: bool = False) -> None:
        """Run one message and let it go."""
        try:
            await super().callback(message, raise_err)
        finally:
            if isinstance(message, Delivery):
                message.let_go()

    async def run_task(
        self,
        target: Callable[..., Any],
        message: TaskiqMessage,
        ack_controller: AckController | None = None,
    ) -> TaskiqResult[Any]:
        """Run the task and acknowledge its message if it didn't raise."""
        result = await super().run_task(target, message, ack_controller)
        if ack_controller is not None and not result.is_err:
            await ack_controller.ack()
        return result


class StreamBroker(AsyncBroker):
    """One stream, one consumer group, one consumer a process."""

    def __init__(
        self,
        redis: Redis,
        *,
        visibility_s: float = 30.0,
        max_deliveries: int = 3,
        stream: str = STREAM,
        dead: str = DEAD,
    ) -> None:
        """``visibility_s``: after so long without a heartbeat a message counts as abandoned."""
        super().__init__()
        self.stream = stream
        self.dead = dead
        self._redis = redis
        self._visibility_s = visibility_s
        self._max_deliveries = max_deliveries
        self._consumer = f"{socket.gethostname()}-{os.getpid()}-{secret_token(4)}"
        self._in_hand: set[bytes] = set()

    async def kick(self, message: BrokerMessage) -> None:
        """Append a message. Raises what the client raises when Redis doesn't take it."""
        client = await self._redis.client()
        await client.xadd(self.stream, {"message": message.message}, maxlen=MAX_LENGTH, approximate=True)

    async def listen(self) -> AsyncGenerator[bytes | AckableMessage, None]:
        """Yield messages one by one, abandoned ones included; lives through whatever happens to Redis."""
        heartbeat = asyncio.create_task(self._heartbeat())
        with contextlib.suppress(Exception):
            await self._forget_the_gone()
        claim_at = 0.0
        trouble = 0
        finding: asyncio.Task[list[tuple[bytes, bytes]]] | None = None
        try:
            while True:
                if time.monotonic() >= claim_at:
                    claim_at = time.monotonic() + self._visibility_s / 2
                    finding = asyncio.create_task(self._take_abandoned())
                else:
                    finding = asyncio.create_task(self._read())
                # We may be cancelled here at any moment; the client must not be, for it can swallow a cancellation.
                await asyncio.wait({finding})
                if error := finding.exception():
                    if "NOGROUP" in str(error):
                        await self._make_group()
                        continue
                    trouble += 1
                    if trouble == 1:
                        log.warning("queue_unavailable", error=type(error).__name__)
                    await asyncio.sleep(min(0.05 * 2**trouble, 1.0))
                    continue
                trouble = 0
                # What nobody can read is left alone: it isn't acknowledged, and so ends among the dead.
                found = [(message_id, data) for message_id, data in finding.result() if readable(self, data)]
                # In our hands are all of them from now on, also those that wait for a free place: heartbeats for all.
                self._in_hand.update(message_id for message_id, _ in found)
                for message_id, data in found:
                    yield self._delivery(message_id, data)
        finally:
            heartbeat.cancel()
            if finding is not None:
                # What it finds now is given back by shutdown.
                await asyncio.wait({finding}, timeout=self._redis.settings.timeout_s)
                if finding.done() and (error := finding.exception()):
                    log.debug("queue_unavailable", error=type(error).__name__)

    async def shutdown(self) -> None:
        """Give back at once what we didn't run, and leave no consumer behind."""
        await super().shutdown()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._leave(), 2.0)

    async def _read(self) -> list[tuple[bytes, bytes]]:
        # One at a time: what a worker reads ahead waits for its slowest job while others are idle.
        client = await self._redis.client()
        answer = await client.xreadgroup(
            GROUP,
            self._consumer,
            {self.stream: ">"},
            count=1,
            # Well below the socket's time-out, or a quiet queue would look like a dead one.
            block=int(self._redis.settings.timeout_s * 500),
        )
        streams = answer.values() if isinstance(answer, dict) else [entries for _, entries in answer or ()]
        return [
            (message_id, fields[b"message"]) for entries in streams for message_id, fields in _flat(entries) if fields
        ]

    async def _take_abandoned(self) -> list[tuple[bytes, bytes]]:
        """Take over messages without a heartbeat; bury those that were delivered too often already."""
        client = await self._redis.client()
        _, entries, *_ = await client.xautoclaim(
            self.stream, GROUP, self._consumer, int(self._visibility_s * 1000), start_id="0-0", count=16
        )
        kept = []
        for message_id, fields in entries:
            if not fields:
                continue
            (known,) = await client.xpending_range(self.stream, GROUP, message_id, message_id, 1) or ({},)
            deliveries = int(known.get("times_delivered", 0))
            if deliveries > self._max_deliveries:
                await self._bury(message_id, fields[b"message"], deliveries - 1)
            else:
                log.info("job_taken_over", message_id=message_id.decode(), delivery=deliveries)
                kept.append((message_id, fields[b"message"]))
        return kept

    async def _bury(self, message_id: bytes, data: bytes, deliveries: int) -> None:
        client = await self._redis.client()
        await client.eval(_BURY, 2, self.stream, self.dead, GROUP, message_id, data, deliveries, MAX_LENGTH)
        log.error("job_dead", message_id=message_id.decode(), deliveries=deliveries)

    def _delivery(self, message_id: bytes, data: bytes) -> Delivery:
        async def ack() -> None:
            try:
                client = await self._redis.client()
                await client.eval(_FINISH, 1, self.stream, GROUP, message_id)
            except Exception as error:
                # It comes once more then, and finds its work done.
                log.warning("ack_failed", error=type(error).__name__)

        return Delivery(data=data, ack=ack, let_go=lambda: self._in_hand.discard(message_id))

    async def _heartbeat(self) -> None:
        """Keep what we hold from looking abandoned. JUSTID leaves the count of deliveries alone."""
        while True:
            await asyncio.sleep(self._visibility_s / 3)
            held: list[Any] = list(self._in_hand)
            with contextlib.suppress(Exception):
                if held:
                    client = await self._redis.client()
                    await client.xclaim(self.stream, GROUP, self._consumer, 0, held, justid=True)

    async def _make_group(self) -> None:
        """From the stream's first message on: what was sent before the group existed counts, too."""
        try:
            client = await self._redis.client()
            await client.xgroup_create(self.stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                log.warning("queue_unavailable", error=type(error).__name__)
        except Exception as error:
            log.warning("queue_unavailable", error=type(error).__name__)
            await asyncio.sleep(0.1)

    async def _forget_the_gone(self) -> None:
        """Delete the names of workers killed long ago. Empty ones only: a name takes its pending messages along."""
        client = await self._redis.client()
        for consumer in await client.xinfo_consumers(self.stream, GROUP):
            if consumer["pending"] == 0 and consumer["idle"] > GONE_AFTER_MS:
                await client.xgroup_delconsumer(self.stream, GROUP, consumer["name"])

    async def _leave(self) -> None:
        client = await self._redis.client()
        ours = await client.xpending_range(self.stream, GROUP, "-", "+", 1000, self._consumer)
        if ours:
            # Owned by nobody and long idle, they are the next thing that any other worker takes over. A consumer must
            # not be deleted before: its pending messages would be deleted with it.
            await client.xclaim(
                self.stream,
                GROUP,
                NOBODY,
                0,
                [entry["message_id"] for entry in ours],
                idle=int(self._visibility_s * 1000),
                justid=True,
            )
        await client.xgroup_delconsumer(self.stream, GROUP, self._consumer)


def readable(broker: AsyncBroker, data: bytes) -> bool:
    """Whether a message is one of taskiq's, naming a task that we know. taskiq itself would acknowledge any other."""
    try:
        return broker.find_task(broker.formatter.loads(data).task_name) is not None
    except Exception:
        log.warning("message_unreadable", size=len(data))
        return False


def _flat(entries: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Entries of one stream; RESP3 wraps them in one more list than RESP2 does."""
    if entries and isinstance(entries[0], list) and entries[0] and isinstance(entries[0][0], (list, tuple)):
        return [entry for part in entries for entry in part]
    return list(entries)
