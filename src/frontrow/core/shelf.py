"""Encoded pages of one process, kept for moments: in a rush a page is made once, not once a visitor."""

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """An encoded answer. ``zipped`` is there where zipping once pays for every later request."""

    body: bytes
    etag: str
    zipped: bytes | None = None


def page_of(body: bytes, *, zipped: bool = False) -> Page:
    return Page(body, hashlib.blake2b(body, digest_size=12).hexdigest(), gzip.compress(body, 9) if zipped else None)


class Shelf:
    """Encoded pages of one process, each for ``keep_s`` seconds; many who want a page wait for one making of it."""

    def __init__(self, keep_s: float, size: int) -> None:
        self._keep_s = keep_s
        self._size = size
        self._pages: OrderedDict[Hashable, tuple[float, Page]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Page]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Page]]) -> Page:
        """The page of ``key``, made by ``make`` unless a good one is here. What ``make`` raises, all who wait get."""
        kept = self._pages.get(key)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, make))
        # One visitor who leaves must not take the page away from the others.
        return await asyncio.shield(making)

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Page]]) -> Page:
        try:
            page = await make()
            self._pages[key] = (time.monotonic() + self._keep_s, page)
            self._pages.move_to_end(key)
            while len(self._pages) > self._size:
                self._pages.popitem(last=False)
            return page
        finally:
            self._making.pop(key, None)
