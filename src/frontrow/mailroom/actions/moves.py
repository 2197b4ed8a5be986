"""A performance moved: everybody with a ticket is told, a few at a time.

An outbox row stands for each batch and each mail, added by the row before it in one transaction: a crash anywhere
leaves a row that goes on, and the keys see to it that nobody is told twice. A batch waits a little before the next, so
that captures and confirmations of those who are buying just now go first.
"""

import uuid
from datetime import timedelta

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.mailroom.messages import MOVED, MOVED_BATCH

BATCH = 50
PAUSE = timedelta(seconds=2)


async def tell_batch(rt: Runtime, performance_id: uuid.UUID, move_no: int, after: int = 0) -> int:
    """Add a mail for each order with a valid ticket among the next ``BATCH`` seats behind the seat number ``after``,
    and the next batch. Returns how many mails were added; an order that was added before isn't again."""

    async def work(tx: Tx) -> int:
        row = (
            await tx.sql(
                """WITH seats AS (
                     SELECT seat_no, order_id FROM ticket
                      WHERE performance_id = :performance AND state = 'valid' AND seat_no > :after
                      ORDER BY seat_no LIMIT :batch),
                   told AS (
                     INSERT INTO outbox (topic, dedupe_key, payload, correlation_id)
                     SELECT DISTINCT CAST(:topic AS text), :topic || ':' || s.order_id || ':' || CAST(:move_no AS int),
                            jsonb_build_object('order_id', s.order_id, 'move_no', CAST(:move_no AS int)),
                            o.correlation_id
                       FROM seats s JOIN orders o ON o.id = s.order_id
                     ON CONFLICT DO NOTHING RETURNING 1)
                   SELECT (SELECT count(*) FROM told) AS told, (SELECT max(seat_no) FROM seats) AS last""",
                performance=performance_id,
                after=after,
                batch=BATCH,
                topic=MOVED,
                move_no=move_no,
            )
        ).one()
        if row.last is not None:
            payload = {"performance_id": str(performance_id), "move_no": move_no, "after": row.last}
            key = f"{MOVED_BATCH}:{performance_id}:{move_no}:{row.last}"
            await outbox.add(tx, MOVED_BATCH, key, payload, delay=PAUSE)
        return int(row.told)

    return await rt.db.write(work)
