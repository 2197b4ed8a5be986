"""What the sockets ask the database: the primary, because a lagging replica's sum would make every page reload."""

import uuid
from collections.abc import Sequence

from frontrow.core.db import Tx


async def on_show(tx: Tx, performance_id: uuid.UUID) -> bool:
    """Whether there is such a performance, of an event that was published."""
    found = await tx.sql(
        """SELECT 1 FROM performance p JOIN event e ON e.id = p.event_id
            WHERE p.id = :performance AND e.state <> 'draft'""",
        performance=performance_id,
    )
    return found.first() is not None


async def digests(tx: Tx, performance_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The sum of fences of each performance that has seats, as a decimal string."""
    rows = await tx.sql(
        """SELECT performance_id, sum(fence)::text AS digest FROM seat
            WHERE performance_id = ANY(:performances) GROUP BY performance_id""",
        performances=list(performance_ids),
    )
    return {row.performance_id: row.digest for row in rows}


async def cancelled(tx: Tx, performance_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Which of them won't take place."""
    found = await tx.sql(
        """SELECT p.id FROM performance p JOIN event e ON e.id = p.event_id
            WHERE p.id = ANY(:performances) AND (p.state = 'cancelled' OR e.state = 'cancelled')""",
        performances=list(performance_ids),
    )
    return list(found.scalars())
