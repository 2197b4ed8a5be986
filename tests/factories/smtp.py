"""A mail server that keeps what it gets, and can be told to be difficult."""

import asyncio
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from frontrow.local.ports import free_ports


class MailServer:
    """Real SMTP on loopback. ``letters`` holds what was taken, oldest first."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """With ``tls`` nothing is taken before STARTTLS."""
        self._tls = tls
        self.port = free_ports(1)[0]
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer_to_rcpt: str | None = None  # such as "550 no such mailbox"
        self.answer_to_data: str | None = None
        self.hang = False
        self.password: bytes | None = None  # when set, a log-in is asked for
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self) -> "MailServer":
        def session() -> SMTP:
            return SMTP(
                self,
                enable_SMTPUTF8=False,
                authenticator=self._authenticate,
                auth_require_tls=self._tls is not None,
                tls_context=self._tls,
                require_starttls=self._tls is not None,
                loop=asyncio.get_running_loop(),
            )

        self._server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", self.port)
        return self

    async def stop(self) -> None:
        """Nobody listens on the port any more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == self.password
        return AuthResult(success=good, handled=good)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.password is not None and not session.authenticated:
            return "530 log in first"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer_to_rcpt is not None:
            return self.answer_to_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer_to_data is not None:
            return self.answer_to_data
        if self.hang:
            self.arrived.set()
            await asyncio.Event().wait()
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        return "250 taken"
