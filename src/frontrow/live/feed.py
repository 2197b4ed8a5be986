"""One performance's channel, followed through whatever happens to Redis: any exception means "subscribe anew"."""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio.client import PubSub
from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from frontrow.core.redis import Redis

log = structlog.get_logger(__name__)

PING_EVERY_S = 1.0
"""A connection that is silent for so long is asked whether it lives; twice so long, and it counts as dead. While it is
half open, maps go by the heartbeat alone and are always a few seconds behind."""


class Feed:
    """A sharded subscription. Frames that are published while it isn't ``subscribed`` are lost."""

    def __init__(
        self, redis: Redis, channel: str, on_frame: Callable[[bytes], None], on_return: Callable[[], None]
    ) -> None:
        """``on_return`` is called when the subscription stands again after an interruption, so after lost frames."""
        self.subscribed = asyncio.Event()
        self.failing = False  # the last try came to nothing
        self._redis = redis
        self._channel = channel
        self._on_frame = on_frame
        self._on_return = on_return
        self._stood_before = False
        self._closed = False
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Unsubscribe."""
        # Both, because the client may swallow a cancellation; then it ends with its next word from the server.
        self._closed = True
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=1.0)

    async def _follow(self) -> None:
        pause = 0.05
        while not self._closed:
            try:
                await self._listen()
            except Exception as error:
                if self.subscribed.is_set():
                    log.warning("feed_interrupted", channel=self._channel, error=type(error).__name__)
            self.failing = not self.subscribed.is_set()
            pause = 0.05 if self.subscribed.is_set() else min(pause * 2, 1.0)
            self.subscribed.clear()
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        """Subscribe and hand on frames, until the slot moves (then it returns) or something breaks (then it raises)."""
        client = await self._redis.client()
        # A command about this key is what makes the client learn of a failover; pub/sub commands don't.
        await client.exists(self._channel)
        node = client.get_node_from_key(self._channel)
        if node is None:
            raise ConnectionError("no node owns the channel's slot")
        # A plain connection to that node: the cluster's own pub/sub reads its nodes in turn and so delays frames, and
        # a connection that reconnects by itself would go on asking a node that lost the slot.
        pool = ConnectionPool(
            connection_class=node.connection_class,
            **{**node.connection_kwargs, "retry": Retry(NoBackoff(), 0)},
        )
        pubsub = PubSub(pool)
        try:
            await pubsub.ssubscribe(self._channel)
            asked = False
            while not self._closed:
                message = await pubsub.get_message(timeout=PING_EVERY_S)
                if message is None:
                    if asked:
                        raise ConnectionError("the node fell silent")
                    await pubsub.ping()
                    asked = True
                    continue
                asked = False
                match message["type"]:
                    case "smessage":
                        self._on_frame(message["data"])
                    case "ssubscribe":
                        self._stands()
                    case "sunsubscribe":
                        return
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
            await pool.disconnect()

    def _stands(self) -> None:
        self.subscribed.set()
        self.failing = False
        if self._stood_before:
            self._on_return()
        self._stood_before = True
