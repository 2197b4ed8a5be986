"""T8: news that comes too late. An authorisation is voided; captured money that buys nothing any more goes back."""

from typing import Any

import structlog

from frontrow.core import ids, outbox
from frontrow.core.db import Tx
from frontrow.gateways.stripe import Intent
from frontrow.orders import actions as orders
from frontrow.payments.actions import books
from frontrow.payments.messages import CANCEL_INTENT, REFUND
from frontrow.payments.queries import PaymentView

log = structlog.get_logger(__name__)

ENDED = frozenset({"expired", "cancelled", "failed"})


async def void(tx: Tx, payment: PaymentView) -> None:
    """An authorisation that nobody waits for is cancelled, never captured."""
    await tx.sql(
        """UPDATE payment SET state = 'cancelling', active = false, looked_at = clock_timestamp()
            WHERE id = :id AND state <> 'captured'""",
        id=payment.id,
    )
    await outbox.add(tx, CANCEL_INTENT, f"cancel:{payment.id}:void", {"payment_id": str(payment.id)})


async def give_back(tx: Tx, order: Any, payment: PaymentView, intent: Intent, why: str) -> None:
    """Captured, and there is nothing to give for it. The order's state and the refund are one transaction, and final.

    An order that another payment paid, or may still pay, keeps its state: only the surplus goes back.
    """
    captured = min(intent.captured, payment.amount)
    await tx.sql(
        """UPDATE payment SET state = 'captured', active = false, captured = :captured,
                              captured_at = clock_timestamp(), looked_at = clock_timestamp() WHERE id = :id""",
        id=payment.id,
        captured=captured,
    )
    await outbox.done_by_key(tx, f"capture:{payment.id}")
    await books.book(tx, payment, {"stripe": captured, "refunds": -captured})
    refund_id = ids.new_id()
    await tx.sql(
        """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, reason)
           SELECT :id, :organiser, :payment, count(*) + 1, CAST(:amount AS int), 'paid too late'
             FROM refund WHERE payment_id = :payment""",
        id=refund_id,
        organiser=payment.organiser_id,
        payment=payment.id,
        amount=captured,
    )
    if order.state in ENDED:
        await orders.step(tx, order, "refund_due", why)
    else:
        log.error("surplus_given_back", payment_id=str(payment.id), order_state=order.state)
    await outbox.add(tx, REFUND, f"refund:{refund_id}", {"refund_id": str(refund_id)})
