"""One run of something costly for all who ask at once, without giving anybody what is older than their question."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Together(Generic[K, T]):
    """As with trains: whoever comes while one is under way takes the next, with all who came meanwhile.

    So there is one run at a time for each key, and each answer was begun after it was asked for: what somebody has
    just written, or was told, is in it.
    """

    def __init__(self, make: Callable[[K], Awaitable[T]]) -> None:
        self._make = make
        self._under_way: dict[K, asyncio.Task[T]] = {}
        self._next: dict[K, asyncio.Task[T]] = {}

    async def ask(self, key: K) -> T:
        """What ``make(key)`` returns or raises, begun from now on."""
        following = self._next.get(key)
        if following is None:
            following = self._next[key] = asyncio.create_task(self._run(key, self._under_way.get(key)))
            # Everybody who asked may be gone by then.
            following.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Who leaves must not take the others' answer along.
        return await asyncio.shield(following)

    async def _run(self, key: K, before: "asyncio.Task[T] | None") -> T:
        if before is not None:
            await asyncio.wait({before})
        own = self._under_way[key] = self._next.pop(key)
        try:
            return await self._make(key)
        finally:
            if self._under_way.get(key) is own:
                del self._under_way[key]
