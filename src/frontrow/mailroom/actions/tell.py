"""What buyers are told, a verb a fact. Each sends once and does nothing when it was sent before.

All raise what the mail gateway raises while the server is away, and NotFound when there's no such thing.
"""

import uuid

import structlog

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.mailroom import queries, rules
from frontrow.mailroom.actions.send import Mail, send_once
from frontrow.mailroom.queries import Story
from frontrow.mailroom.rules import Attachment
from frontrow.orders import queries as orders
from frontrow.people import queries as people
from frontrow.people.rules import AccessKey, proof_token
from frontrow.tickets.actions.calendar import order_calendar
from frontrow.tickets.actions.draw import pdf

log = structlog.get_logger(__name__)


async def order_paid(rt: Runtime, gw: Gateways, order_id: uuid.UUID) -> None:
    """A paid order's confirmation, with its tickets."""
    key = rules.effect_key(rules.ORDER_PAID, order_id)
    await send_once(rt, gw, key, lambda: _tickets(rt, order_id))


async def resend(rt: Runtime, gw: Gateways, order_id: uuid.UUID, resend_id: uuid.UUID) -> None:
    """The same once more, because the buyer asked for it."""
    key = rules.effect_key(rules.RESEND, resend_id)
    await send_once(rt, gw, key, lambda: _tickets(rt, order_id))


async def _tickets(rt: Runtime, order_id: uuid.UUID) -> Mail | None:
    story = await rt.db.read(lambda tx: queries.story(tx, order_id))
    order = story.order
    if order.paid_at is None:
        log.error("mail_for_unpaid_order", order=str(order_id), state=order.state)
        return None
    if not story.valid:
        # Cancelled in the meantime; of that another mail tells.
        return None
    said = rules.confirmation(order, [rules.place_of(one) for one in story.valid], rt.settings.origin)
    drawn = Attachment(f"tickets-{order.code}.pdf", "application/pdf", await pdf(rt, order, story.valid))
    return Mail(order, said, [drawn, _calendar(rt, story)])


async def order_failed(rt: Runtime, gw: Gateways, order_id: uuid.UUID) -> None:
    """An order ended without its payment: what became of the seats and the money."""

    async def write() -> Mail | None:
        async def look(tx: Tx) -> tuple[orders.OrderView, int]:
            return await orders.order(tx, order_id), await queries.captured(tx, order_id)

        order, captured = await rt.db.read(look)
        if order.paid_at is not None or order.state in {"pending", "paying", "capturing"}:
            # Late money saved it: the confirmation says all there is to say.
            return None
        why = await rt.db.read(lambda tx: queries.called_off(tx, order_id))
        if why is not None:
            return Mail(order, rules.called_off(order, [], why.back, why.message, rt.settings.origin, method=None))
        return Mail(order, rules.failure(order, captured, rt.settings.origin))

    await send_once(rt, gw, rules.effect_key(rules.ORDER_FAILED, order_id), write)


async def refund_made(rt: Runtime, gw: Gateways, refund_id: uuid.UUID) -> None:
    """Money went back: how much, and when it arrives."""

    async def write() -> Mail | None:
        async def look(tx: Tx) -> tuple[queries.RefundStory, orders.OrderView]:
            refund = await queries.refund(tx, refund_id)
            return refund, await orders.order(tx, refund.order_id)

        refund, order = await rt.db.read(look)
        if refund.state != "succeeded":
            log.error("mail_for_unmade_refund", refund=str(refund_id), state=refund.state)
            return None
        if refund.called_off:
            return None
        by_card = refund.method == "stripe"
        said = rules.refund(order, refund.amount, refund.refunded, rt.settings.origin, by_card=by_card)
        return Mail(order, said)

    await send_once(rt, gw, rules.effect_key(rules.REFUND_MADE, refund_id), write)


async def lines_cancelled(rt: Runtime, gw: Gateways, cancellation_id: uuid.UUID) -> None:
    """Places were taken back: which, and what it means for tickets and money."""

    async def write() -> Mail | None:
        async def look(tx: Tx) -> tuple[queries.CancellationStory, Story]:
            cancelled = await queries.cancellation(tx, cancellation_id)
            return cancelled, await queries.story(tx, cancelled.order_id)

        cancelled, story = await rt.db.read(look)
        places = [rules.place_of(one) for one in story.tickets if one.order_line_id in cancelled.line_ids]
        said = rules.cancellation(story.order, places, cancelled.refund, rt.settings.origin, whole=cancelled.whole)
        return Mail(story.order, said, [_calendar(rt, story)])

    await send_once(rt, gw, rules.effect_key(rules.LINES_CANCELLED, cancellation_id), write)


async def called_off(rt: Runtime, gw: Gateways, order_id: uuid.UUID) -> None:
    """A paid order's evening was cancelled: what it means for tickets and money, in one mail."""

    async def write() -> Mail | None:
        async def look(tx: Tx) -> tuple[Story, queries.CalledOffStory | None]:
            return await queries.story(tx, order_id), await queries.called_off(tx, order_id)

        story, why = await rt.db.read(look)
        if why is None:
            log.error("mail_for_an_evening_that_takes_place", order=str(order_id))
            return None
        places = [rules.place_of(one) for one in story.tickets if one.order_line_id in why.line_ids]
        said = rules.called_off(
            story.order, places, why.back, why.message, rt.settings.origin, method=why.method or "free"
        )
        return Mail(story.order, said, [_calendar(rt, story)])

    await send_once(rt, gw, rules.effect_key(rules.CALLED_OFF, order_id), write)


async def moved(rt: Runtime, gw: Gateways, order_id: uuid.UUID, move_no: int) -> None:
    """One order's buyer is told that their evening has another time or place."""

    async def write() -> Mail | None:
        async def look(tx: Tx) -> tuple[Story, queries.WasView | None]:
            story = await queries.story(tx, order_id)
            return story, await queries.was(tx, story.order, move_no)

        story, was = await rt.db.read(look)
        if not story.valid or was is None or story.evening.move_no != move_no:
            # Nobody comes any more, nobody knew it otherwise, or it was moved again: then that mail tells all.
            return None
        places = [rules.place_of(one) for one in story.valid]
        said = rules.move(story.order, places, rules.Was(**vars(was)), rt.settings.origin)
        return Mail(story.order, said, [_calendar(rt, story)])

    await send_once(rt, gw, rules.effect_key(rules.MOVED, order_id, move_no), write)


async def email_proof(rt: Runtime, gw: Gateways, proof_id: uuid.UUID) -> None:
    """Somebody with an account is sent the link that proves their address."""

    async def write() -> Mail | None:
        proof = await rt.db.read(lambda tx: people.proof_to_mail(tx, proof_id))
        if proof is None:
            return None
        pepper = AccessKey.of(await rt.secrets.get("jwt_key")).pepper
        link = f"{rt.settings.origin}/account?confirm={proof_token(pepper, proof_id)}"
        return Mail(proof, rules.email_proof(proof.name, proof.locale, link, rt.settings.origin))

    await send_once(rt, gw, rules.effect_key(rules.EMAIL_PROOF, proof_id), write)


def _calendar(rt: Runtime, story: Story) -> Attachment:
    file = order_calendar(story.order, story.evening, story.tickets, rt.settings.origin)
    method = "PUBLISH" if story.valid else "CANCEL"
    return Attachment(f"{story.order.code}.ics", f"text/calendar; method={method}", file)
