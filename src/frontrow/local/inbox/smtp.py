"""The SMTP side: takes whatever it is given and keeps it."""

import asyncio
import logging
from collections.abc import Callable

from aiosmtpd.smtp import SMTP, Envelope, Session

from frontrow.local.inbox.folder import Folder

log = logging.getLogger("frontrow.inbox")

MOST_BYTES = 26_214_400


class Postman:
    """aiosmtpd's handler: every message goes to the folder, then ``on_arrival`` is called."""

    def __init__(self, folder: Folder, on_arrival: Callable[[], None]) -> None:
        self._folder = folder
        self._on_arrival = on_arrival

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answers 250 only once the message is a file."""
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 5.6.0 the message could not be read"
        try:
            self._folder.add(content, envelope.mail_from or "", [str(address) for address in envelope.rcpt_tos])
        except OSError:
            log.exception("a message could not be written")
            return "452 4.3.1 the message could not be stored, try again later"
        self._on_arrival()
        return "250 2.0.0 kept"


async def serve(host: str, port: int, postman: Postman) -> asyncio.Server:
    """Listens for SMTP. Messages above 25 MB are refused, because a message is in memory while it arrives."""
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            postman,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            # Without a name aiosmtpd asks the resolver for ours, once a connection.
            hostname="frontrow-inbox",
            ident="Frontrow mail inbox",
            loop=loop,
        )

    return await loop.create_server(protocol, host, port, backlog=512)
