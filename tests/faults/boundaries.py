"""The places where a process may die: before each statement, around each commit, before and after each word outside."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

KILLED = 9
"""What a process that died at its boundary leaves with; nothing of it is tidied up, as after a kill -9."""

ELSEWHERE = 8
"""What it leaves with when the boundary of that number isn't the one that was named."""


class Boundaries:
    """Counts the boundaries that a process passes, names them ``stage/what``, and ends it at one of them."""

    def __init__(self, kill_at: int | None = None, expected: str | None = None) -> None:
        self.stage = "start"
        self.passed: list[str] = []
        self._kill_at = kill_at
        self._expected = expected

    def __call__(self, what: str) -> None:
        name = f"{self.stage}/{what}"
        if len(self.passed) == self._kill_at:
            os._exit(KILLED if self._expected in {None, name} else ELSEWHERE)
        self.passed.append(name)


@asynccontextmanager
async def wire(to_port: int, name: str, boundary: Callable[[str], None]) -> AsyncIterator[int]:
    """Pass every byte on to ``to_port`` and back, with a boundary at each change of speaker. Yields where it listens.

    So a process can die after it asked and before it was heard, and after the other side acted and before it knows.
    """

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to_port)
        speaker = ""

        async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, sign: str) -> None:
            nonlocal speaker
            while words := await source.read(65536):
                if speaker != sign:
                    speaker = sign
                    boundary(f"{name}{sign} {_gist(words)}")
                target.write(words)
                await target.drain()
            target.close()

        await asyncio.gather(carry(reader, far_writer, ">"), carry(far_reader, writer, "<"), return_exceptions=True)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _gist(words: bytes) -> str:
    """The first two words without what differs each time: ``POST /v1/payment_intents/pi_…/capture``, ``250 taken``."""
    first = words.split(b"\r\n", 1)[0].decode(errors="replace").split()[:2]
    return re.sub(r"(pi|ch|re|evt)_\w+|\?.*|<.*", "…", " ".join(first))
