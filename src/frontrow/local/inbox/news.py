"""Tells waiting requests that a mail came or went."""

import asyncio
import time


class News:
    """A counter that can be waited on. ``version`` changes whenever the folder does."""

    def __init__(self) -> None:
        # It starts somewhere else each time, so that a page from before a restart notices the change.
        self.version = time.time_ns()
        self._changed = asyncio.Event()

    def tell(self) -> None:
        """Wakes everybody who waits."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Waits for the next change; False when ``seconds`` passed without one."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True
