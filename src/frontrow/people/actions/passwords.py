"""Password hashing with argon2id, off the event loop and never more at once than the machine can bear."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from frontrow.core.errors import Busy

T = TypeVar("T")

WAITING_MAX = 64
"""How many may queue for a thread; at about 0.1 s each, whoever came later would only time out."""


class Passwords:
    """The hashing pool of one process. ``hasher`` may be another one, of which hashes are then made and expected."""

    def __init__(self, hasher: PasswordHasher | None = None, threads: int | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPoolExecutor(threads or min(4, os.cpu_count() or 1), thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """A new hash. Raises Busy when too many are waiting."""
        return await self._run(partial(self._hasher.hash, _bytes(password)))

    async def check(self, stored: str | None, password: str) -> bool:
        """Whether the password fits. With nothing stored (no such account) the work is the same and the answer no."""
        if self._nobodys is None:
            self._nobodys = await self.hash("nobody's password")
        fits = await self._run(partial(self._verify, stored or self._nobodys, _bytes(password)))
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _bytes(password: str) -> bytes:
    return password.encode(errors="surrogatepass")
