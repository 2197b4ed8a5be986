"""What the sockets ask the database: the primary, because a lagging replica's sum would make every page reload."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from frontrow.core.db import Tx


async def on_show(tx: Tx, performance_id: uuid.UUID) -> bool:
    """Whether there is such a performance, of an event that was published."""
    found = await tx.sql(
        """SELECT 1 FROM performance p JOIN event e ON e.id = p.event_id
            WHERE p.id = :performance AND e.state <> 'draft'""",
        performance=performance_id,
    )
    return found.first() is not None


class Standing(NamedTuple):
    """``digest``: the sum of all fences as a decimal string, None without seats; ``cancelled``: it won't take place."""

    performance_id: uuid.UUID
    digest: str | None
    cancelled: bool


async def standings(tx: Tx, performance_ids: Sequence[uuid.UUID]) -> list[Standing]:
    """What the heartbeat tells of each performance there is."""
    rows = await tx.sql(
        """SELECT p.id, (SELECT sum(fence)::text FROM seat WHERE performance_id = p.id) AS digest,
                  'cancelled' IN (p.state, e.state) AS cancelled
             FROM performance p JOIN event e ON e.id = p.event_id WHERE p.id = ANY(:performances)""",
        performances=list(performance_ids),
    )
    return [Standing(row.id, row.digest, row.cancelled) for row in rows]
