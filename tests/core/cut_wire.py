"""A wire between us and PostgreSQL that loses an answer: the server has done what it was asked, and nobody hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class CutWire:
    """``lose_answer_to``: the next message with these bytes is passed on, and its answer ends the connection.

    An empty text means whichever message comes next.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.lost = 0
        self._words: bytes | None = None

    def lose_answer_to(self, words: bytes = b"") -> None:
        self._words = words

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator["CutWire"]:
        """Listens on a port of its own for as long as the block lasts."""
        made = cls(0)
        server = await asyncio.start_server(lambda reader, writer: made._carry(reader, writer, port), "127.0.0.1", 0)
        made.port = server.sockets[0].getsockname()[1]
        try:
            yield made
        finally:
            server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        doomed = False

        async def there() -> None:
            nonlocal doomed
            while sent := await reader.read(65536):
                if self._words is not None and self._words in sent:
                    doomed, self._words = True, None
                far_writer.write(sent)
            far_writer.close()

        async def back() -> None:
            while answer := await far_reader.read(65536):
                if doomed:
                    # The server has spoken, so it has committed.
                    self.lost += 1
                    break
                writer.write(answer)
            writer.transport.abort()
            far_writer.transport.abort()

        await asyncio.gather(there(), back(), return_exceptions=True)
