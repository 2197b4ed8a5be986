"""Mail over SMTP. A message is taken, refused for good, or not taken yet: three answers, three ways to go on."""

from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import errors as smtp

from frontrow.core.secrets import Secrets
from frontrow.core.settings import MailSettings
from frontrow.gateways.breaker import Breaker, BreakerOpen


class MailRefused(Exception):
    """The server won't take this message, ever (an address that isn't there, say). Sending it again is pointless."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"{code} {said}")
        self.code = code
        self.said = said


class MailUnavailable(ConnectionError):
    """The message wasn't taken now (no server, "try later"), or nobody knows: send the same Message-ID again.

    A ConnectionError, because to the outbox it is an outage, which says nothing about the job.
    """


def is_for_good(code: int) -> bool:
    """Whether an SMTP reply code is a permanent refusal (RFC 5321, 4.2.1)."""
    return 500 <= code < 600


class MailGateway:
    """Hands messages to one SMTP server, a connection each."""

    def __init__(self, settings: MailSettings, secrets: Secrets, breaker: Breaker) -> None:
        self._settings = settings
        self._secrets = secrets
        self.breaker = breaker

    async def send(self, message: EmailMessage) -> str:
        """Send to the addresses of To, Cc and Bcc; returns what the server said when it took the message.

        Raises :class:`MailRefused` or :class:`MailUnavailable`.
        """
        try:
            return await self.breaker.call(lambda: self._dialogue(message))
        except (BreakerOpen, TimeoutError, OSError, smtp.SMTPException) as error:
            raise MailUnavailable(f"{type(error).__name__}: {error}") from error

    async def _dialogue(self, message: EmailMessage) -> str:
        set_up = self._settings
        password = await self._secrets.get("smtp_password") if set_up.username else None
        try:
            refused, said = await aiosmtplib.send(
                message,
                hostname=set_up.host,
                port=set_up.port,
                start_tls=set_up.start_tls,
                username=set_up.username,
                password=password,
                timeout=set_up.timeout_s,
            )
        except smtp.SMTPRecipientsRefused as error:
            raise _verdict(error.recipients) from error
        except smtp.SMTPAuthenticationError:
            if set_up.username:
                # The password may have been rotated; the next try uses what is there now.
                await self._secrets.reread("smtp_password")
            raise
        except smtp.SMTPResponseException as error:
            # A refused sender or an unusable message is final; a refused greeting or log-in is the server's trouble.
            if is_for_good(error.code) and isinstance(error, (smtp.SMTPDataError, smtp.SMTPSenderRefused)):
                raise MailRefused(error.code, error.message) from error
            raise
        if refused:
            # Of several recipients some got it. Ours have one; whoever adds more must send one message each.
            raise _verdict([smtp.SMTPRecipientRefused(code.code, code.message, to) for to, code in refused.items()])
        return str(said)


def _verdict(refusals: list[smtp.SMTPRecipientRefused]) -> Exception:
    last = refusals[-1]
    if all(is_for_good(refusal.code) for refusal in refusals):
        return MailRefused(last.code, last.message)
    return smtp.SMTPResponseException(last.code, last.message)


def is_answer(error: Exception) -> bool:
    """For the breaker: a refused message is the answer of a server in good health."""
    return isinstance(error, MailRefused)
