"""The SMTP side: takes whatever it is given and keeps it."""

import asyncio
import logging
from collections.abc import Callable

from aiosmtpd.smtp import SMTP

from frontrow.local.inbox.folder import Folder

log = logging.getLogger("frontrow.inbox")

MOST_BYTES = 26_214_400


class Postman:
    """Keeps what arrives, then calls ``on_arrival``."""

    def __init__(self, folder: Folder, on_arrival: Callable[[], None]) -> None:
        self._folder = folder
        self._on_arrival = on_arrival

    def take(self, content: bytes, sender: str, recipients: list[str]) -> str:
        """The answer to a message; 250 only once it is a file."""
        try:
            self._folder.add(content, sender, recipients)
        except OSError:
            log.exception("a message could not be written")
            return "452 4.3.1 the message could not be stored, try again later"
        self._on_arrival()
        return "250 2.0.0 kept"


class Door(SMTP):
    """aiosmtpd's server, with a faster way of reading a message.

    The library takes a message line by line, which costs several milliseconds for one with a ticket attached; a bench
    that sells thousands of tickets a minute would mostly measure that. Everything else is the library's.
    """

    line_length_limit = 65_536

    def __init__(self, postman: Postman) -> None:
        super().__init__(
            postman,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            # Without a name aiosmtpd asks the resolver for ours, once a connection.
            hostname="frontrow-inbox",
            ident="Frontrow mail inbox",
            loop=asyncio.get_running_loop(),
        )
        self._postman = postman

    async def smtp_DATA(self, arg: str) -> None:
        """Takes one message."""
        if await self.check_helo_needed() or self.envelope is None:
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._read_message()
        if content is None:
            answer = "552 Error: Too much mail data"
        else:
            recipients = [str(address) for address in self.envelope.rcpt_tos]
            answer = self._postman.take(content, self.envelope.mail_from or "", recipients)
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(answer)

    async def _read_message(self) -> bytes | None:
        """The message without its final dot and with its doubled dots undone; None when it was too long."""
        blocks: list[bytes] = []
        size = 0
        before = b"\r\n"
        while True:
            try:
                # Only a line that ends in a dot stops the reader, and one that is nothing but a dot ends the message.
                block = await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as error:
                block = await self._reader.read(error.consumed)
            size += len(block)
            if size <= MOST_BYTES:
                blocks.append(block)
            else:
                blocks.clear()
            before = (before + block)[-5:]
            if before == b"\r\n.\r\n":
                break
        if size > MOST_BYTES:
            return None
        content = b"\r\n" + b"".join(blocks)[:-3]
        return content.replace(b"\r\n.", b"\r\n")[2:]


async def serve(host: str, port: int, postman: Postman) -> asyncio.Server:
    """Listens for SMTP. Messages above 25 MB are refused, because a message is in memory while it arrives."""
    return await asyncio.get_running_loop().create_server(lambda: Door(postman), host, port, backlog=512)
