"""How far the money of cancelled evenings has gone back."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound


@dataclass(frozen=True)
class CalledOffView:
    """A cancelled performance. ``orders`` were paid when it was cancelled, or just afterwards; ``refunded`` of them are
    done with, ``waiting`` aren't, ``failed`` need a person, and ``at_desk`` were paid at a desk and are given back
    there. Amounts in minor units of ``currency``."""

    performance_id: uuid.UUID
    cancelled_at: datetime
    message: str
    currency: str
    orders: int
    refunded: int
    waiting: int
    failed: int
    at_desk: int
    amount: int
    amount_refunded: int


# An order that is taken back after its evening was cancelled has a cancellation that says so by its time; one that is
# still paid, or about to be, will have one.
_CALLED_OFF = """
WITH due AS (
  SELECT o.id, o.state IN ('paid', 'capturing') AS open, least(c.amount, p.captured) AS amount,
         p.method IN ('cash', 'terminal') AS at_desk,
         coalesce((SELECT sum(r.amount) FROM refund r WHERE r.payment_id = p.id AND r.state = 'succeeded'
                      AND r.created_at >= x.at), 0)::int AS back,
         EXISTS (SELECT FROM refund r WHERE r.id = c.refund_id AND r.state = 'failed') AS failed
    FROM performance_cancellation x
    JOIN orders o ON o.performance_id = x.performance_id
    LEFT JOIN LATERAL (SELECT * FROM cancellation c WHERE c.order_id = o.id AND c.created_at >= x.at
                        ORDER BY c.created_at DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT * FROM payment p WHERE p.order_id = o.id AND p.active LIMIT 1) p ON true
   WHERE x.performance_id = :performance AND (o.state IN ('paid', 'capturing') OR c.id IS NOT NULL)),
judged AS (
  SELECT *, NOT open AND back >= amount AS done FROM due)
SELECT x.performance_id, x.at AS cancelled_at, x.message, e.currency, s.*
  FROM performance_cancellation x
  JOIN performance p ON p.id = x.performance_id JOIN event e ON e.id = p.event_id
 CROSS JOIN (
   SELECT count(*)::int AS orders, (count(*) FILTER (WHERE done))::int AS refunded,
          (count(*) FILTER (WHERE open OR NOT (done OR failed OR coalesce(at_desk, false))))::int AS waiting,
          (count(*) FILTER (WHERE failed AND NOT done))::int AS failed,
          (count(*) FILTER (WHERE at_desk AND NOT done AND NOT open))::int AS at_desk,
          coalesce(sum(amount), 0)::int AS amount, coalesce(sum(back), 0)::int AS amount_refunded
     FROM judged) s
 WHERE x.performance_id = :performance
"""


async def called_off(tx: Tx, performance_id: uuid.UUID) -> CalledOffView:
    """Raises NotFound for a performance that isn't cancelled."""
    row = (await tx.sql(_CALLED_OFF, performance=performance_id)).one_or_none()
    if row is None:
        raise NotFound
    return CalledOffView(**row._mapping)


async def event_at(tx: Tx, slug: str, event_slug: str) -> tuple[uuid.UUID, uuid.UUID]:
    """The organiser at ``slug`` and their event at ``event_slug``. Raises NotFound when it isn't theirs."""
    row = (
        await tx.sql(
            """SELECT e.organiser_id, e.id FROM event e JOIN organiser o ON o.id = e.organiser_id
                WHERE e.slug = :event AND o.slug = :slug""",
            event=event_slug,
            slug=slug,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.organiser_id, row.id


async def called_off_event(tx: Tx, event_id: uuid.UUID) -> list[CalledOffView]:
    """The cancelled performances of an event, by time."""
    found = await tx.sql(
        """SELECT x.performance_id FROM performance_cancellation x JOIN performance p ON p.id = x.performance_id
            WHERE p.event_id = :event ORDER BY p.starts_at, p.id""",
        event=event_id,
    )
    return [await called_off(tx, one) for one in found.scalars()]
