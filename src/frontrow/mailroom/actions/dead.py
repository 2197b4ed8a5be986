"""What didn't get out is taken up again by a person's word."""

from frontrow.core.db import Tx
from frontrow.events.messages import PERFORMANCE_MOVED
from frontrow.mailroom import rules
from frontrow.mailroom.messages import MOVED, MOVED_BATCH, RESEND
from frontrow.orders.messages import ORDER_FAILED, ORDER_PAID
from frontrow.payments.messages import CALLED_OFF, LINES_CANCELLED, REFUND_MADE
from frontrow.people.messages import EMAIL_PROOF_ASKED

KINDS = {
    rules.ORDER_PAID: ORDER_PAID,
    rules.ORDER_FAILED: ORDER_FAILED,
    rules.REFUND_MADE: REFUND_MADE,
    rules.LINES_CANCELLED: LINES_CANCELLED,
    rules.MOVED: MOVED,
    rules.CALLED_OFF: CALLED_OFF,
    rules.RESEND: RESEND,
    rules.EMAIL_PROOF: EMAIL_PROOF_ASKED,
}
"""The topic of each kind of mail."""

TOPICS = (*KINDS.values(), PERFORMANCE_MOVED, MOVED_BATCH)
"""The topics whose dead rows are mails that weren't sent."""


async def send_again(tx: Tx, undelivered_id: str) -> bool:
    """Let a dead row, or a mail that was refused for good, have all its tries again. The relay takes it at once.

    Returns False when there's nothing of that id to be sent: it went out meanwhile, or its row is gone.
    """
    if undelivered_id.isdecimal():
        return await _wake(tx, "CAST(id AS text) = :which AND dead_at IS NOT NULL AND done_at IS NULL", undelivered_id)
    _, _, rest = undelivered_id.partition("mail:")
    kind, _, of = rest.partition(":")
    if kind not in KINDS:
        return False
    opened = await tx.sql(
        """UPDATE effect SET done_at = NULL, lease_until = clock_timestamp(), detail = '{}'
            WHERE effect_key = :key AND done_at IS NOT NULL AND detail ->> 'outcome' = 'refused'""",
        key=undelivered_id,
    )
    if opened.rowcount == 0:
        return False
    return await _wake(tx, "dedupe_key = :which", f"{KINDS[kind]}:{of}")


async def _wake(tx: Tx, where: str, which: str) -> bool:
    woken = await tx.sql(
        f"""UPDATE outbox SET done_at = NULL, dead_at = NULL, attempts = 0, lease_until = NULL,
                              due_at = clock_timestamp() WHERE {where}""",  # noqa: S608 -- our own text
        which=which,
    )
    return woken.rowcount == 1
