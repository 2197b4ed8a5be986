"""Sending: once a key, whatever crashes; again and again while the mail server is away; never twice on purpose."""

import uuid
from collections.abc import Awaitable, Callable
from email.message import EmailMessage

import structlog

from frontrow.core import clock, outbox
from frontrow.core.db import Tx
from frontrow.core.errors import Busy
from frontrow.core.log import correlation_id
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.mail import MailRefused
from frontrow.mailroom import queries, rules
from frontrow.orders import queries as orders
from frontrow.tickets.actions.draw import order_pdf

log = structlog.get_logger(__name__)

LEASE_S = 60.0
"""Longer than a dialogue with the mail server can take, so that two workers never hold one at once."""


async def send_order_paid(rt: Runtime, gw: Gateways, order_id: uuid.UUID) -> None:
    """Send a paid order's confirmation with its tickets. Does nothing when it was sent before.

    Raises what the mail gateway raises while the server is away; NotFound when there's no such order.
    """
    key = rules.effect_key(rules.ORDER_PAID, order_id)
    await send_once(rt, gw, key, lambda: _order_paid(rt, key, order_id))


async def send_once(rt: Runtime, gw: Gateways, key: str, write: Callable[[], Awaitable[EmailMessage | None]]) -> None:
    """Write a message and send it unless the effect ``key`` is done. A message of None means "nothing to send".

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
        message = await write()
        if message is None:
            await outbox.effect_done(rt.db, key, {"outcome": "nothing to send"})
            return
        try:
            said = await gw.mail.send(message)
            outcome = {"outcome": "sent", "message_id": str(message["Message-ID"]), "said": said[:200]}
        except MailRefused as refusal:
            log.error("mail_refused", key=key, code=refusal.code, said=refusal.said[:200])
            outcome = {"outcome": "refused", "said": f"{refusal.code} {refusal.said}"[:200]}
    except BaseException:
        # Also when this worker is told to stop: the next one needn't wait for the lease to lapse.
        await outbox.effect_failed(rt.db, key)
        raise
    await outbox.effect_done(rt.db, key, outcome)


async def _order_paid(rt: Runtime, key: str, order_id: uuid.UUID) -> EmailMessage | None:
    async def look(tx: Tx) -> tuple[orders.OrderView, list[orders.LineView]]:
        return await orders.order(tx, order_id), await orders.lines(tx, order_id)

    order, lines = await rt.db.read(look)
    if order.paid_at is None:
        log.error("mail_for_unpaid_order", order=str(order_id), state=order.state)
        return None
    return rules.envelope(
        rules.confirmation(order, lines, rt.settings.origin),
        key=key,
        sender=rt.settings.mail.sender,
        to=order.email,
        to_name=order.name,
        now=clock.now(),
        correlation_id=correlation_id(),
        pdf=await order_pdf(rt, order_id) if order.state == "paid" else None,
        pdf_name=f"tickets-{order.code}.pdf",
    )
