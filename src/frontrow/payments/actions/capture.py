"""T5: take the authorised money, with a key that Stripe answers once."""

import uuid

import structlog

from frontrow.core import outbox
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import Done, Refused, StripeUnreachable, Unknown
from frontrow.payments import queries
from frontrow.payments.actions.answers import act_on
from frontrow.payments.actions.settle import Sale
from frontrow.payments.errors import StripeUnavailable

log = structlog.get_logger(__name__)


async def capture_now(rt: Runtime, gw: Gateways, sale: Sale) -> None:
    """Run a capture that was just queued, because a buyer waits. Unknown: the relay goes on with it."""
    try:
        await _capture(rt, gw, sale.payment_id, sale.intent_id, sale.tries)
    except (StripeUnavailable, StripeUnreachable):
        await outbox.give_back(rt.db, sale.row_id)


async def capture(rt: Runtime, gw: Gateways, payment_id: uuid.UUID) -> None:
    """Capture and settle what Stripe answers. Safe to repeat. Raises StripeUnavailable when the outcome is unknown."""
    payment = await rt.db.read(lambda tx: queries.payment(tx, payment_id))
    if payment is None or payment.state != "capturing" or payment.intent_id is None:
        return
    await _capture(rt, gw, payment_id, payment.intent_id, payment.tries)


async def _capture(rt: Runtime, gw: Gateways, payment_id: uuid.UUID, intent_id: str, tries: int) -> None:
    # An old key does no harm here: Stripe captures an intent once, whatever the key.
    answer = await gw.stripe.capture(intent_id, f"cap:{payment_id}:{tries}")
    if isinstance(answer, Refused):
        # A refusal is a state of the intent: read it, and act on what it is.
        log.warning("capture_refused", code=answer.code, payment_id=str(payment_id))
        answer = await gw.stripe.retrieve(intent_id)
        if isinstance(answer, Done) and answer.intent.status == "requires_capture":
            answer = Unknown("refused_but_capturable", next_key=True)
        elif isinstance(answer, Done) and answer.intent.status == "requires_payment_method":
            # The bank took back what it had authorised. Another card could pay this intent, but nobody waits for one.
            answer = await gw.stripe.cancel(intent_id, f"cancel:{payment_id}:{tries}")
    await act_on(rt, payment_id, answer, "captured")
