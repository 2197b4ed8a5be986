"""What a process holds: settings, secrets, database, Redis. Made once in wiring, handed down, never global."""

from dataclasses import dataclass
from functools import cached_property

from frontrow.core.broadcast import Broadcast
from frontrow.core.cache import Cache
from frontrow.core.db import Database
from frontrow.core.redis import Redis
from frontrow.core.secrets import Secrets, open_secrets
from frontrow.core.settings import Settings


@dataclass(frozen=True)
class Runtime:
    settings: Settings
    secrets: Secrets
    db: Database
    redis: Redis
    broadcast: Broadcast

    @classmethod
    def open(cls, settings: Settings) -> "Runtime":
        """Open the pools lazily: nothing connects before it's used."""
        secrets = open_secrets(settings.secrets)
        redis = Redis(settings.redis, secrets)
        db = Database(settings.database, secrets)
        broadcast = Broadcast(redis)
        db.announce = broadcast.seats_changed
        db.announce_cancelled = broadcast.cancelled
        opened = cls(settings, secrets, db, redis, broadcast)
        db.outdate = opened.cache.outdate
        return opened

    @cached_property
    def cache(self) -> Cache:
        return Cache(self.redis)

    async def close(self) -> None:
        await self.broadcast.flush()
        await self.db.close()
        await self.redis.close()
