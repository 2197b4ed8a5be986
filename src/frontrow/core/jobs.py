"""What a room's ``jobs.py`` offers: handlers of topics, and timers. How they are delivered is in ``broker``
and ``relay``."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

Handler = Callable[[dict[str, Any]], Awaitable[None]]
"""Takes an outbox row's payload (ids only). Must be safe to repeat: the same row may be delivered twice."""


@dataclass(frozen=True)
class Timer:
    """Work that every worker does again and again; it must be safe when several workers do it at once."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[None]]


def _nothing_around(_topic: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass
class Registry:
    """All handlers and timers of the house, filled by wiring."""

    handlers: dict[str, list[Handler]]
    timers: list[Timer]
    around: Callable[[str], AbstractContextManager[None]] = _nothing_around
    """Called with a topic, gives what its handlers run in: a span where there is tracing."""

    @classmethod
    def empty(cls, around: Callable[[str], AbstractContextManager[None]] = _nothing_around) -> "Registry":
        return cls({}, [], around)

    def add(self, handlers: dict[str, Handler], timers: list[Timer]) -> None:
        for topic, handler in handlers.items():
            self.handlers.setdefault(topic, []).append(handler)
        self.timers.extend(timers)

    async def deliver(self, topic: str, payload: dict[str, Any]) -> None:
        """Run every handler of a topic. Raises LookupError for a topic nobody handles: a typo must not look done."""
        handlers = self.handlers.get(topic)
        if not handlers:
            raise LookupError(f"no handler for the topic '{topic}'")
        with self.around(topic):
            for handler in handlers:
                await handler(payload)
