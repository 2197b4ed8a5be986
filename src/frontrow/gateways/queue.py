"""The job queue by settings: the stream on Redis, or SQS in the cloud. Both deliver again what raised or was left."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Any

import structlog
from taskiq import AckableMessage, AsyncBroker, BrokerMessage

from frontrow.core import aws
from frontrow.core.broker import Delivery, StreamBroker, readable
from frontrow.core.redis import Redis
from frontrow.core.settings import QueueSettings, Settings
from frontrow.gateways.breaker import Breaker

log = structlog.get_logger(__name__)

LONG_POLL_S = 20
AT_ONCE = 10
"""SQS hands out at most ten messages a call, and is paid by the call."""


def open_queue(settings: Settings, redis: Redis) -> AsyncBroker:
    """The broker that the settings choose. Nothing connects before it's used."""
    if settings.queue.kind == "sqs":
        return SqsBroker(settings.queue, breaker=Breaker("queue", redis))
    return StreamBroker(redis, visibility_s=settings.queue.visibility_s, max_deliveries=settings.queue.max_receives)


class SqsBroker(AsyncBroker):
    """A standard queue of SQS. Its redrive policy (set where the queue is made) moves a message to the dead-letter
    queue after as many receives as ``queue.max_receives`` says."""

    def __init__(
        self, settings: QueueSettings, *, long_poll_s: int = LONG_POLL_S, breaker: Breaker | None = None
    ) -> None:
        """Raises ValueError without a queue's address."""
        super().__init__()
        if not settings.sqs_url:
            raise ValueError("FRONTROW_QUEUE__SQS_URL is needed for a queue of kind 'sqs'.")
        self._url = settings.sqs_url
        self._settings = settings
        self._long_poll_s = long_poll_s
        self._breaker = breaker
        self._in_hand: dict[str, str] = {}  # message id -> receipt handle
        self._opened = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._client: Any = None

    async def kick(self, message: BrokerMessage) -> None:
        """Send a message. Raises what the client raises when SQS doesn't take it, or BreakerOpen."""
        client = await self._sqs()

        async def send() -> None:
            await client.send_message(QueueUrl=self._url, MessageBody=message.message.decode())

        await (send() if self._breaker is None else self._breaker.call(send))

    async def listen(self) -> AsyncGenerator[bytes | AckableMessage, None]:
        """Yield messages one by one; lives through whatever happens to SQS."""
        heartbeat = asyncio.create_task(self._heartbeat())
        trouble = 0
        try:
            while True:
                try:
                    found = await self._receive()
                    trouble = 0
                except Exception as error:
                    trouble += 1
                    log.warning("queue_unavailable", error=type(error).__name__)
                    await asyncio.sleep(min(0.2 * 2**trouble, 5.0))
                    continue
                # What nobody can read isn't deleted: SQS delivers it again and then puts it among the dead letters.
                found = [one for one in found if readable(self, one["Body"].encode())]
                self._in_hand.update({one["MessageId"]: one["ReceiptHandle"] for one in found})
                for one in found:
                    yield self._delivery(one)
        finally:
            heartbeat.cancel()

    async def shutdown(self) -> None:
        """Make visible at once what we received and didn't run, and close the client."""
        await super().shutdown()
        with contextlib.suppress(Exception):
            await self._prolong(0)
        await self._opened.aclose()
        self._client = None

    async def _receive(self) -> list[dict[str, str]]:
        answer = await (await self._sqs()).receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=AT_ONCE,
            WaitTimeSeconds=self._long_poll_s,
            VisibilityTimeout=self._settings.visibility_s,
        )
        found: list[dict[str, str]] = answer.get("Messages", [])
        return found

    def _delivery(self, message: dict[str, str]) -> Delivery:
        async def ack() -> None:
            try:
                await (await self._sqs()).delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            except Exception as error:
                # It comes once more then, and finds its work done.
                log.warning("ack_failed", error=type(error).__name__)

        def let_go() -> None:
            self._in_hand.pop(message["MessageId"], None)

        return Delivery(data=message["Body"].encode(), ack=ack, let_go=let_go)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(self._settings.visibility_s / 3)
            with contextlib.suppress(Exception):
                await self._prolong(self._settings.visibility_s)

    async def _prolong(self, seconds: int) -> None:
        """Keep the messages in our hands invisible for so long from now."""
        held = list(self._in_hand.items())
        for start in range(0, len(held), AT_ONCE):
            await (await self._sqs()).change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
                    for number, (_, receipt) in enumerate(held[start : start + AT_ONCE])
                ],
            )

    async def _sqs(self) -> Any:
        async with self._opening:
            if self._client is None:
                self._client = await self._opened.enter_async_context(
                    aws.client(
                        "sqs",
                        self._settings.region,
                        self._settings.sqs_endpoint,
                        # Reading must outlast a long poll; the retries are ours, in listen and in the relay.
                        read_timeout_s=self._long_poll_s + 10,
                        max_attempts=1,
                    )
                )
            return self._client


def redrive_policy(dead_letter_arn: str, max_receives: int) -> str:
    """The ``RedrivePolicy`` attribute of a queue."""
    return json.dumps({"deadLetterTargetArn": dead_letter_arn, "maxReceiveCount": max_receives})
