"""Sending: once a key, whatever crashes; again and again while the mail server is away; never twice on purpose."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from frontrow.core import clock, outbox
from frontrow.core.errors import Busy
from frontrow.core.log import correlation_id
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.mail import MailRefused
from frontrow.mailroom import queries, rules
from frontrow.mailroom.rules import Attachment
from frontrow.mailroom.templates import Rendered
from frontrow.orders.queries import OrderView
from frontrow.people.queries import Proof

log = structlog.get_logger(__name__)

LEASE_S = 60.0
"""Longer than a dialogue with the mail server can take, so that two workers never hold one at once."""


@dataclass(frozen=True)
class Mail:
    """A mail to an order's buyer, or to somebody with an account."""

    to: OrderView | Proof
    said: Rendered
    attachments: Sequence[Attachment] = field(default_factory=tuple)


async def send_once(rt: Runtime, gw: Gateways, key: str, write: Callable[[], Awaitable[Mail | None]]) -> None:
    """Write a mail and send it unless the effect ``key`` is done. A mail of None means "nothing to send".

    The effect is leased before the dialogue with the server and done after it. A crash between the server's "taken" and
    our commit sends the same Message-ID again, which is the honest limit of SMTP. An address that the server refuses
    for good is recorded and not tried again: the order page has the tickets, too.

    Raises Busy while another worker is at it, and whatever ``write`` or the gateway raises.
    """
    if not await outbox.lease_effect(rt.db, key, for_s=LEASE_S):
        if await rt.db.read(lambda tx: queries.effect_is_done(tx, key)):
            return
        # The other worker may die with it, so this job isn't done before the mail is.
        raise Busy("Another worker is sending this mail.")
    try:
        mail = await write()
        outcome = {"outcome": "nothing to send"} if mail is None else await _send(rt, gw, key, mail)
    except BaseException:
        # Also when this worker is told to stop: the next one needn't wait for the lease to lapse.
        await outbox.effect_failed(rt.db, key)
        raise
    await outbox.effect_done(rt.db, key, outcome)


async def _send(rt: Runtime, gw: Gateways, key: str, mail: Mail) -> dict[str, str]:
    refused = {"outcome": "refused", "to": mail.to.email}
    if isinstance(mail.to, OrderView):
        refused["order_id"] = str(mail.to.id)
    try:
        message = rules.envelope(
            mail.said,
            key=key,
            sender=rt.settings.mail.sender,
            to=mail.to.email,
            to_name=mail.to.name,
            now=clock.now(),
            correlation_id=correlation_id(),
            attachments=mail.attachments,
        )
    except ValueError as error:
        # An address that can't be one gets no better by waiting.
        log.error("mail_refused", key=key, said=str(error)[:200])
        return {**refused, "said": f"not an address: {error}"[:200]}
    try:
        said = await gw.mail.send(message)
    except MailRefused as refusal:
        log.error("mail_refused", key=key, code=refusal.code, said=refusal.said[:200])
        return {**refused, "said": f"{refusal.code} {refusal.said}"[:200]}
    return {"outcome": "sent", "message_id": str(message["Message-ID"]), "said": said[:200]}
