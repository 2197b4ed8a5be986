"""What the mailroom needs to know before it writes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.orders import queries as orders
from frontrow.orders.queries import OrderView
from frontrow.payments.messages import CALLED_OFF
from frontrow.tickets import queries as tickets
from frontrow.tickets.queries import Evening, TicketView


async def effect_is_done(tx: Tx, key: str) -> bool:
    """Whether this mail went out already."""
    row = await tx.sql("SELECT FROM effect WHERE effect_key = :key AND done_at IS NOT NULL", key=key)
    return row.first() is not None


@dataclass(frozen=True)
class Story:
    """An order with its evening and all its tickets, void ones too."""

    order: OrderView
    evening: Evening
    tickets: list[TicketView]

    @property
    def valid(self) -> list[TicketView]:
        return [one for one in self.tickets if one.state == "valid"]


async def story(tx: Tx, order_id: uuid.UUID) -> Story:
    """Raises NotFound."""
    order = await orders.order(tx, order_id)
    return Story(order, await tickets.evening(tx, order.performance_id), await tickets.tickets_of(tx, order_id))


async def captured(tx: Tx, order_id: uuid.UUID) -> int:
    """What was taken for an order, in minor units."""
    found = await tx.sql("SELECT coalesce(sum(captured), 0) FROM payment WHERE order_id = :order", order=order_id)
    return int(found.scalar_one())


@dataclass(frozen=True)
class RefundStory:
    """``refunded`` is all that went back of this payment so far. ``called_off``: because the evening was cancelled, of
    which another mail has told."""

    order_id: uuid.UUID
    amount: int
    state: str
    method: str
    refunded: int
    called_off: bool


async def refund(tx: Tx, refund_id: uuid.UUID) -> RefundStory:
    """Raises NotFound."""
    row = (
        await tx.sql(
            """SELECT p.order_id, r.amount, r.state, p.method, p.refunded,
                      EXISTS (SELECT FROM outbox b JOIN cancellation c ON c.order_id = p.order_id
                               WHERE b.dedupe_key = :told || p.order_id AND c.refund_id = r.id) AS called_off
                 FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.id = :refund""",
            refund=refund_id,
            told=f"{CALLED_OFF}:",
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return RefundStory(**row._mapping)


@dataclass(frozen=True)
class CancellationStory:
    """``refund`` is what goes back with it, in minor units; 0: nothing."""

    order_id: uuid.UUID
    line_ids: list[uuid.UUID]
    whole: bool
    refund: int


async def cancellation(tx: Tx, cancellation_id: uuid.UUID) -> CancellationStory:
    """Raises NotFound."""
    row = (
        await tx.sql(
            """SELECT c.order_id, c.line_ids, c.whole, coalesce(r.amount, 0) AS refund
                 FROM cancellation c LEFT JOIN refund r ON r.id = c.refund_id WHERE c.id = :cancellation""",
            cancellation=cancellation_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return CancellationStory(**row._mapping)


@dataclass(frozen=True)
class CalledOffStory:
    """Why an order's evening won't take place, in the organiser's words, and what that means for the order: what it was
    paid with (None: it wasn't), what goes back (minor units), and the lines that were taken back with it."""

    message: str
    method: str | None
    back: int
    line_ids: list[uuid.UUID]


async def called_off(tx: Tx, order_id: uuid.UUID) -> CalledOffStory | None:
    """None unless the order's evening was cancelled."""
    row = (
        await tx.sql(
            """SELECT x.message, p.method, coalesce(c.line_ids, '{}') AS line_ids,
                      coalesce(r.amount, late.amount,
                               CASE WHEN p.method IN ('cash', 'terminal') THEN c.amount END, 0)::int AS back
                 FROM orders o JOIN performance_cancellation x ON x.performance_id = o.performance_id
                 LEFT JOIN LATERAL (SELECT * FROM cancellation WHERE order_id = o.id AND created_at >= x.at
                                     ORDER BY created_at DESC LIMIT 1) c ON true
                 LEFT JOIN refund r ON r.id = c.refund_id
                 LEFT JOIN LATERAL (SELECT method FROM payment WHERE order_id = o.id AND active LIMIT 1) p ON true
                 -- Money of an order that wasn't paid came, and went back, by a payment that is over.
                 LEFT JOIN LATERAL (SELECT sum(f.amount) AS amount FROM refund f JOIN payment y ON y.id = f.payment_id
                                     WHERE y.order_id = o.id AND o.paid_at IS NULL AND f.state <> 'failed') late ON true
                WHERE o.id = :order""",
            order=order_id,
        )
    ).one_or_none()
    return CalledOffStory(**row._mapping) if row else None


@dataclass(frozen=True)
class WasView:
    starts_at: datetime
    timezone: str
    venue_name: str
    venue_city: str


async def was(tx: Tx, order: OrderView, move_no: int) -> WasView | None:
    """When and where the order's buyer believes it is: as it was when they ordered, or as our last mail told them.

    None when they know the newest already, having ordered after this move.
    """
    row = (
        await tx.sql(
            """SELECT m.starts_at_before AS starts_at, v.timezone, v.name AS venue_name, v.city AS venue_city
                 FROM performance_move m JOIN venue v ON v.id = m.venue_id_before
                WHERE m.performance_id = :performance AND m.move_no <= :move_no AND m.at > :ordered
                  AND m.move_no > coalesce((
                        SELECT max(told.move_no) FROM performance_move told
                          JOIN effect e ON e.effect_key = 'mail:moved:' || CAST(:order AS uuid) || ':' || told.move_no
                         WHERE told.performance_id = :performance AND e.detail ->> 'outcome' = 'sent'), 0)
                ORDER BY m.move_no LIMIT 1""",
            performance=order.performance_id,
            move_no=move_no,
            ordered=order.created_at,
            order=order.id,
        )
    ).one_or_none()
    return WasView(**row._mapping) if row else None


@dataclass(frozen=True)
class Undelivered:
    """A row of the outbox that died (``id`` is its number), or a mail refused for good (``id`` is its effect's key).

    ``payload`` and ``story`` (the correlation id) are there for a row only.
    """

    id: str
    state: str
    topic: str
    order_code: str | None
    email: str | None
    at: datetime | None
    attempts: int
    said: str
    payload: dict[str, Any] | None
    story: str | None


_DEAD = """
SELECT b.id::text AS id, 'dead' AS state, b.topic, o.code AS order_code, o.email, b.dead_at AS at, b.attempts,
       coalesce(b.last_error, '') AS said, b.payload, b.correlation_id AS story
  FROM outbox b
  LEFT JOIN cancellation c ON c.id = CAST(b.payload ->> 'cancellation_id' AS uuid)
  LEFT JOIN refund r ON r.id = CAST(b.payload ->> 'refund_id' AS uuid)
  LEFT JOIN payment p ON p.id = r.payment_id
  LEFT JOIN orders o ON o.id = coalesce(CAST(b.payload ->> 'order_id' AS uuid), c.order_id, p.order_id)
 WHERE b.dead_at IS NOT NULL AND b.done_at IS NULL
"""

_REFUSED = """
SELECT e.effect_key AS id, 'refused' AS state, split_part(e.effect_key, ':', 2) AS topic, o.code AS order_code,
       coalesce(e.detail ->> 'to', o.email) AS email, e.done_at AS at, e.attempts, e.detail ->> 'said' AS said,
       NULL::jsonb AS payload, NULL::text AS story
  FROM effect e
  LEFT JOIN orders o ON o.id = CAST(e.detail ->> 'order_id' AS uuid)
 WHERE e.effect_key LIKE 'mail:%' AND e.done_at IS NOT NULL AND e.detail ->> 'outcome' = 'refused'
"""


async def undelivered(tx: Tx, topics: Sequence[str] | None) -> list[Undelivered]:
    """What didn't get out, oldest first: dead rows of these topics (None: of all), and mails refused for good."""
    found = await tx.sql(
        f"""SELECT * FROM ({_DEAD} AND (CAST(:topics AS text[]) IS NULL OR b.topic = ANY (CAST(:topics AS text[])))
             UNION ALL {_REFUSED}) u ORDER BY at, id""",  # noqa: S608 -- our own text
        topics=list(topics) if topics is not None else None,
    )
    return [Undelivered(**row._mapping) for row in found]
