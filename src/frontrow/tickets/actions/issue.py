"""Issue with the sale, activate with the money, void. Each is one statement."""

import uuid
from typing import Any

from frontrow.core.db import Tx

ISSUE = """
INSERT INTO ticket (id, organiser_id, order_id, order_line_id, performance_id, seat_no, section, row, label,
                    holder_name, secret)
SELECT new_id(), l.organiser_id, l.order_id, l.id, l.performance_id, l.seat_no, l.section, l.row, l.label,
       o.name, ticket_secret()
  FROM orders o JOIN order_line l ON l.order_id = o.id
 WHERE o.id = :order AND l.reverses_id IS NULL
"""

_VOID = "UPDATE ticket SET state = 'void' WHERE order_id = :order AND state <> 'void'"


async def issue(tx: Tx, order: Any) -> int:
    """T4: one inactive ticket a line, in the transaction that sells the seats. Returns how many.

    ``order`` is the locked row. Ids and secrets are made by the database, whose ``gen_random_uuid`` draws from the
    operating system's generator, as ours does: see migration 0007.
    """
    return (await tx.sql(ISSUE, order=order.id)).rowcount


async def activate(tx: Tx, order_id: uuid.UUID) -> int:
    """T5: the money is there; the tickets admit. Returns how many."""
    done = await tx.sql(
        "UPDATE ticket SET state = 'valid' WHERE order_id = :order AND state = 'inactive'", order=order_id
    )
    return done.rowcount


async def void(tx: Tx, order_id: uuid.UUID, line_ids: list[uuid.UUID] | None = None) -> int:
    """The order (or these lines of it) failed or was cancelled: its tickets never admit again. Returns how many.

    Once this has run nobody is let in with them any more; who was let in before is told by ``queries.used_lines``.
    """
    if line_ids is None:
        return (await tx.sql(_VOID, order=order_id)).rowcount
    some = _VOID + " AND order_line_id = ANY (CAST(:lines AS uuid[]))"
    return (await tx.sql(some, order=order_id, lines=line_ids)).rowcount
