"""Reads of tickets and of the door."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import msgspec

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.orders.queries import LINES, ORDER, ORDER_TABLES, LineView, OrderView, lines_from


@dataclass(frozen=True)
class TicketView:
    """A ticket; ``paid`` is what its buyer paid for it, all-in, in minor units of the order's currency."""

    id: uuid.UUID
    organiser_id: uuid.UUID
    order_id: uuid.UUID
    order_line_id: uuid.UUID
    performance_id: uuid.UUID
    seat_no: int
    section: str
    row: str
    label: str
    holder_name: str
    state: str
    secret: str
    ticket_type: str
    paid: int


_TICKET = """
SELECT t.id, t.organiser_id, t.order_id, t.order_line_id, t.performance_id, t.seat_no, t.section, t.row, t.label,
       t.holder_name, t.state, t.secret, l.ticket_type, l.unit_price - l.discount + l.fee + l.added_tax AS paid
  FROM ticket t JOIN order_line l ON l.id = t.order_line_id
"""


async def tickets_of(tx: Tx, order_id: uuid.UUID) -> list[TicketView]:
    """All tickets of an order by seat number, void ones too."""
    rows = await tx.sql(_TICKET + "WHERE t.order_id = :order ORDER BY t.seat_no, t.id", order=order_id)
    return [TicketView(**row._mapping) for row in rows]


async def ticket(tx: Tx, ticket_id: uuid.UUID) -> TicketView | None:
    row = (await tx.sql(_TICKET + "WHERE t.id = :id", id=ticket_id)).one_or_none()
    return TicketView(**row._mapping) if row else None


@dataclass(frozen=True)
class ShownTicket:
    """What the page of an order shows of a ticket, and what its code is made of."""

    id: uuid.UUID
    performance_id: uuid.UUID
    seat_no: int
    section: str
    row: str
    label: str
    state: str
    secret: str


@dataclass(frozen=True)
class WholeOrder:
    """An order with its lines and, once it was paid, its tickets, void ones too; both by seat number."""

    order: OrderView
    lines: list[LineView]
    tickets: list[ShownTicket]


_WHOLE = f"""
SELECT {ORDER}, {LINES} AS lines,
       CASE WHEN o.paid_at IS NOT NULL THEN (
         SELECT json_agg(json_build_array(t.id, t.performance_id, t.seat_no, t.section, t.row, t.label, t.state,
                                          t.secret) ORDER BY t.seat_no, t.id)::text
           FROM ticket t WHERE t.order_id = o.id) END AS tickets
  {ORDER_TABLES} WHERE o.id = :order
"""  # noqa: S608 -- columns and tables of orders.queries
_tickets = msgspec.json.Decoder(list[tuple[uuid.UUID, uuid.UUID, int, str, str, str, str, str]])


async def whole_order(tx: Tx, order_id: uuid.UUID) -> WholeOrder:
    """All that the page of an order shows, in one reading. Raises NotFound."""
    row = (await tx.sql(_WHOLE, order=order_id)).one_or_none()
    if row is None:
        raise NotFound
    *order, lines, tickets = row
    return WholeOrder(
        OrderView(*order), lines_from(lines), [ShownTicket(*one) for one in _tickets.decode(tickets or "[]")]
    )


@dataclass(frozen=True)
class Evening:
    """What a calendar wants to know of a performance beside its start; ``move_no`` counts how often it was moved."""

    ends_at: datetime | None
    move_no: int


async def evening(tx: Tx, performance_id: uuid.UUID) -> Evening:
    row = (
        await tx.sql("SELECT ends_at, move_no FROM performance WHERE id = :performance", performance=performance_id)
    ).one()
    return Evening(row.ends_at, row.move_no)


async def used_lines(tx: Tx, order_id: uuid.UUID) -> list[uuid.UUID]:
    """The order lines with whose tickets somebody was let in. Asked after voiding, the answer can't change."""
    found = await tx.sql(
        """SELECT DISTINCT t.order_line_id FROM ticket t
             JOIN checkin c ON c.ticket_id = t.id AND c.kind = 'entry' AND c.ok
            WHERE t.order_id = :order""",
        order=order_id,
    )
    return list(found.scalars())


@dataclass(frozen=True)
class DoorPerformance:
    id: uuid.UUID
    event_title: str
    starts_at: datetime
    timezone: str
    venue_name: str
    admitted: int
    sold: int


async def door_performances(tx: Tx, user_id: uuid.UUID) -> list[DoorPerformance]:
    """What a member of staff may scan for: their organisers' performances from 12 hours ago on."""
    rows = await tx.sql(
        """SELECT p.id, e.title AS event_title, p.starts_at, v.timezone, v.name AS venue_name,
                  (SELECT count(*) FROM checkin c JOIN ticket t ON t.id = c.ticket_id
                    WHERE t.performance_id = p.id AND c.kind = 'entry' AND c.ok)::int AS admitted,
                  (SELECT count(*) FROM ticket t WHERE t.performance_id = p.id AND t.state = 'valid')::int AS sold
             FROM team_member m
             JOIN performance p ON p.organiser_id = m.organiser_id
             JOIN event e ON e.id = p.event_id
             JOIN venue v ON v.id = p.venue_id
            WHERE m.user_id = :user AND p.state = 'scheduled' AND p.starts_at > now() - interval '12 hours'
            ORDER BY p.starts_at LIMIT 100""",
        user=user_id,
    )
    return [DoorPerformance(**row._mapping) for row in rows]
