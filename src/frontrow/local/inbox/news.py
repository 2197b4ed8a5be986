"""Tells waiting requests that a mail came or went."""

import asyncio


class News:
    """A counter that can be waited on. ``version`` changes whenever the folder does."""

    def __init__(self) -> None:
        self.version = 0
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
