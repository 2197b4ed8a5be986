"""TLS for PostgreSQL's own tools: the ones from the wheel are built without it, and the cloud's database asks for it.

A tool connects to a socket in a folder that is its user's alone; from there a connection with TLS leads on.
"""

import asyncio
import contextlib
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
"""How a client asks PostgreSQL for TLS; the answer is ``S`` or ``N``."""


class NoTlsError(ConnectionError):
    """The server speaks no TLS, and the settings ask for it."""


@asynccontextmanager
async def bridge(host: str, port: int, tls: Literal["disable", "require", "verify-full"]) -> AsyncIterator[Path]:
    """Gives the folder to name as ``PGHOST``; the port stays the server's. ``require`` encrypts and checks no name."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A server that isn't there shows as a closed connection, which the tool tells of.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            inner, outer = await _connect(host, port, tls)
            with contextlib.closing(outer):
                # Each side may end first: the tool when it's done, the server when it refuses.
                async with asyncio.TaskGroup() as both:
                    both.create_task(_pass_on(reader, outer))
                    both.create_task(_pass_on(inner, writer))

    with tempfile.TemporaryDirectory(prefix="bridge-") as folder:
        server = await asyncio.start_unix_server(serve, Path(folder) / f".s.PGSQL.{port}")
        try:
            yield Path(folder)
        finally:
            server.close()


async def _connect(host: str, port: int, tls: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(host, port)
    if tls == "disable":
        return reader, writer
    try:
        writer.write(SSL_REQUEST)
        if await reader.readexactly(1) != b"S":
            raise NoTlsError("the database speaks no TLS")
        context = ssl.create_default_context()
        if tls == "require":
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        await writer.start_tls(context, server_hostname=host)
    except BaseException:
        writer.close()
        raise
    return reader, writer


async def _pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    """Until either side ends; then the other is ended, too."""
    with contextlib.suppress(OSError):
        while heard := await source.read(1 << 16):
            to.write(heard)
            await to.drain()
    to.close()
