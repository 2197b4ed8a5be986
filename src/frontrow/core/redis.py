"""Redis in cluster mode. It may be lost at any time: every use here says what happens without it.

Keys and channels carry a hash tag (``{performance:…}``), so that no command ever crosses a slot.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from redis.asyncio import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff

from frontrow.core.secrets import Secrets
from frontrow.core.settings import RedisSettings

T = TypeVar("T")
log = structlog.get_logger(__name__)

QUIET_S = 1.0
"""After a failure, how long Redis is left alone: a dead cluster must not cost every request its time-out."""


class Redis:
    """One cluster client and the knowledge whether it answers."""

    def __init__(self, settings: RedisSettings, secrets: Secrets) -> None:
        self.settings = settings
        self._secrets = secrets
        self._client: RedisCluster | None = None
        self._opening = asyncio.Lock()
        self._quiet_until = 0.0

    async def client(self) -> RedisCluster:
        """The initialised client. Raises whatever the client raises when no node answers."""
        if self._client is not None:
            return self._client
        async with self._opening:
            if self._client is None:
                self._client = await self._open()
            return self._client

    async def _open(self) -> RedisCluster:
        fresh = RedisCluster.from_url(
            self.settings.url.replace("redis://", "rediss://") if self.settings.tls else self.settings.url,
            username=self.settings.username,
            password=await self._secrets.get("redis_auth") if self.settings.auth else None,
            max_connections=self.settings.max_connections,
            socket_timeout=self.settings.timeout_s,
            socket_connect_timeout=self.settings.timeout_s,
            # In the cloud the start address is a DNS name that always leads to live nodes; the addresses that
            # nodes announce may be gone after a failover.
            dynamic_startup_nodes=False,
            retry=Retry(ExponentialWithJitterBackoff(cap=0.2, base=0.02), 2),
            **({"ssl_ca_certs": str(self.settings.tls_ca)} if self.settings.tls_ca else {}),
        )
        await fresh.initialize()
        return fresh

    async def attempt(self, use: Callable[[RedisCluster], Awaitable[T]], otherwise: T) -> T:
        """Run ``use(client)``; on any exception at all, log once and return ``otherwise``."""
        if time.monotonic() < self._quiet_until:
            return otherwise
        try:
            return await use(await self.client())
        except Exception as error:
            self._quiet_until = time.monotonic() + QUIET_S
            log.warning("redis_unavailable", error=type(error).__name__)
            return otherwise

    async def answers(self) -> bool:
        """Whether a PING comes back."""

        async def ping(client: RedisCluster) -> bool:
            return bool(await client.ping())

        return await self.attempt(ping, False)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None
