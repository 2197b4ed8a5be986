"""Reads of orders, always on the primary: buyers read their own writes."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.log import bind_correlation
from frontrow.people.queries import ONE_PERSON


@dataclass(frozen=True)
class Viewer:
    """Who asks for an order: a browser, perhaps logged in, perhaps with the secret from the mail."""

    buyer_id: uuid.UUID | None
    user_id: uuid.UUID | None
    token: str | None


@dataclass(frozen=True)
class OrderView:
    """An order with its evening (``cancelled``: it won't take place; ``message``: what its organiser says about that).
    Money in minor units of ``currency``."""

    id: uuid.UUID
    code: str
    organiser_id: uuid.UUID
    performance_id: uuid.UUID
    hold_id: uuid.UUID
    buyer_id: uuid.UUID
    user_id: uuid.UUID | None
    email: str
    name: str
    locale: str
    token: str
    currency: str
    state: str
    subtotal: int
    discount: int
    fees: int
    tax: int
    added_tax: int
    total: int
    coupon_code: str | None
    created_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    event_slug: str
    event_title: str
    image_key: str | None
    cancelled: bool
    starts_at: datetime
    doors_at: datetime | None
    timezone: str
    venue_name: str
    venue_city: str
    venue_address: str
    message: str = ""


@dataclass(frozen=True)
class LineView:
    """A sold place. ``cancelled``: a reversing line took it back; its own figures stay as they were sold."""

    id: uuid.UUID
    seat_no: int
    section: str
    row: str
    label: str
    ticket_type_id: uuid.UUID
    ticket_type: str
    unit_price: int
    discount: int
    fee: int
    tax_bp: int
    tax: int
    added_tax: int
    cancelled: bool

    @property
    def total(self) -> int:
        """What the buyer pays for it, in minor units."""
        return self.unit_price - self.discount + self.fee + self.added_tax


OFFER = """
SELECT h.id AS hold_id, h.organiser_id, h.performance_id, p.event_id, h.state AS hold_state,
       h.expires_at < clock_timestamp() AS lapsed, h.expires_at AS hold_expires_at, clock_timestamp() AS now,
       e.state = 'published' AND p.state = 'scheduled'
         AND clock_timestamp() >= coalesce(p.sales_open_at, '-infinity')
         AND clock_timestamp() < coalesce(p.sales_close_at, p.starts_at) AS on_sale,
       p.max_per_account, e.currency, e.slug AS event_slug, e.title AS event_title, e.image_key, p.starts_at,
       p.doors_at, v.timezone, v.name AS venue_name, v.city AS venue_city, v.address AS venue_address,
       place.places,
       (SELECT json_agg(json_build_array(
                 t.id, t.category, t.name, pr.amount, pr.fee, pr.tax_bp, pr.tax_added, pr.total, t.min_per_order,
                 t.max_per_order,
                 clock_timestamp() >= coalesce(t.sales_open_at, '-infinity')
                   AND clock_timestamp() < coalesce(t.sales_close_at, 'infinity'),
                 h.created_at >= coalesce(t.sales_open_at, '-infinity')
                   AND h.created_at < coalesce(t.sales_close_at, 'infinity'))
               ORDER BY t.position, t.id)::text
          FROM ticket_type t CROSS JOIN LATERAL (
            SELECT * FROM price WHERE ticket_type_id = t.id AND version = h.price_version LIMIT 1) AS pr
         WHERE t.performance_id = p.id AND t.category = ANY (place.categories)) AS ticket_types
  FROM hold h
  JOIN performance p ON p.id = h.performance_id
  JOIN event e ON e.id = p.event_id
  JOIN venue v ON v.id = p.venue_id
 CROSS JOIN LATERAL (
       SELECT json_agg(json_build_array(sp.seat_no, sp.section, sp.row, sp.label, sp.category)
                       ORDER BY sp.seat_no)::text AS places, array_agg(sp.category) AS categories
         FROM seat_place sp WHERE sp.seat_map_id = p.seat_map_id AND sp.seat_no = ANY (h.seat_nos)) AS place
 WHERE h.id = :hold AND h.buyer_id = :buyer
"""
"""What a buyer's hold may become, at its price-list version. Read without a lock: all that could change meanwhile is
checked again by the statement that takes the hold. ``places`` and ``ticket_types`` (of the places' categories) are JSON
arrays of the fields of ``rules.Place`` and ``rules.TicketType``. Each price is looked for by its key: joined as a
whole, all prices that there are would be read.
"""


async def offer(tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> Any:
    """What a buyer's own hold may become: a row for :func:`frontrow.orders.rules.offer_of`. Raises NotFound."""
    row = (await tx.sql(OFFER, hold=hold_id, buyer=buyer_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def places_of_account(tx: Tx, performance_id: uuid.UUID, account: str) -> int:
    """How many places of a performance a person has, ordered or paid, and not cancelled: the account (or guest's
    address) with the address that it has proved (or the account that has proved it)."""
    found = await tx.sql(
        f"""SELECT count(*) FROM orders o JOIN order_line l ON l.order_id = o.id
            WHERE o.performance_id = :performance AND l.reverses_id IS NULL
              AND o.account = ANY (ARRAY(SELECT account FROM {ONE_PERSON} AS one))
              AND o.state IN ('pending', 'paying', 'capturing', 'expiring', 'paid')
              AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id)""",  # noqa: S608 -- of ours
        performance=performance_id,
        account=account,
    )
    return int(found.scalar_one())


ORDER = """
       o.id, o.code, o.organiser_id, o.performance_id, o.hold_id, o.buyer_id, o.user_id, o.email, o.name, o.locale,
       o.token, o.currency, o.state, o.subtotal, o.discount, o.fees, o.tax, o.added_tax, o.total, o.coupon_code,
       o.created_at, o.expires_at, o.paid_at, e.slug AS event_slug, e.title AS event_title, e.image_key,
       p.state = 'cancelled' AS cancelled, p.starts_at, p.doors_at, v.timezone, v.name AS venue_name,
       v.city AS venue_city, v.address AS venue_address,
       coalesce((SELECT c.message FROM performance_cancellation c WHERE c.performance_id = p.id), '') AS message
"""
"""The columns of an ``OrderView``, in its order."""

ORDER_TABLES = """
  FROM orders o
  JOIN performance p ON p.id = o.performance_id
  JOIN event e ON e.id = p.event_id
  JOIN venue v ON v.id = p.venue_id
"""
_ORDER = f"SELECT {ORDER} {ORDER_TABLES}"

_LINE = """l.id, l.seat_no, l.section, l.row, l.label, l.ticket_type_id, l.ticket_type, l.unit_price, l.discount, l.fee,
           l.tax_bp, l.tax, l.added_tax, r.id IS NOT NULL"""
_LINE_TABLES = "order_line l LEFT JOIN order_line r ON r.reverses_id = l.id"
LINES = f"""
       (SELECT json_agg(json_build_array({_LINE}) ORDER BY l.seat_no)::text FROM {_LINE_TABLES}
         WHERE l.order_id = o.id AND l.reverses_id IS NULL)"""  # noqa: S608 -- columns and tables of this file
"""A column with the lines of the order ``o``, for :func:`lines_from`."""

_lines = msgspec.json.Decoder(
    list[tuple[uuid.UUID, int, str, str, str, uuid.UUID, str, int, int, int, int, int, int, bool]]
)


async def order(tx: Tx, order_id: uuid.UUID) -> OrderView:
    """Any order by id, for the house's own use. Raises NotFound."""
    row = (await tx.sql(_ORDER + "WHERE o.id = :order", order=order_id)).one_or_none()
    if row is None:
        raise NotFound
    return OrderView(**row._mapping)


async def order_for(tx: Tx, order_id: uuid.UUID, viewer: Viewer) -> OrderView:
    """An order for somebody who may see it: the browser that placed it, its account, or the bearer of its token.

    Raises NotFound for everybody else.
    """
    found = await order(tx, order_id)
    check_viewer(found, viewer)
    return found


def check_viewer(found: Any, viewer: Viewer) -> None:
    """Raises NotFound unless ``viewer`` may see the order (a view, or a locked row)."""
    mine = viewer.buyer_id is not None and found.buyer_id == viewer.buyer_id
    account = viewer.user_id is not None and found.user_id == viewer.user_id
    bearer = viewer.token is not None and hmac.compare_digest(found.token.encode(), viewer.token.encode())
    if not (mine or account or bearer):
        raise NotFound


async def lines_of(tx: Tx, order_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[LineView]]:
    """The lines of several orders as they were sold, by seat number; reversing ones show as ``cancelled``."""
    found = await tx.sql(
        f"""SELECT l.order_id, {_LINE} FROM {_LINE_TABLES}
             WHERE l.order_id = ANY (CAST(:orders AS uuid[])) AND l.reverses_id IS NULL
             ORDER BY l.order_id, l.seat_no""",  # noqa: S608 -- columns and tables of this file
        orders=order_ids,
    )
    by_order: dict[uuid.UUID, list[LineView]] = {}
    for order_id, *values in found:
        by_order.setdefault(order_id, []).append(LineView(*values))
    return by_order


def lines_from(column: str | None) -> list[LineView]:
    """What the column ``LINES`` says."""
    return [LineView(*one) for one in _lines.decode(column or "[]")]


async def lines(tx: Tx, order_id: uuid.UUID) -> list[LineView]:
    """An order's lines, by seat number."""
    return (await lines_of(tx, [order_id])).get(order_id, [])


_MINE = f"""{_ORDER}
 WHERE o.id IN (
   SELECT id FROM (
     (SELECT id FROM orders WHERE user_id = :user AND (CAST(:before AS uuid) IS NULL OR id < :before)
       ORDER BY id DESC LIMIT :limit)
     UNION ALL
     (SELECT id FROM orders
       WHERE user_id IS NULL AND (CAST(:before AS uuid) IS NULL OR id < :before)
         AND account = (SELECT email FROM user_account WHERE id = :user AND email_verified_at IS NOT NULL)
       ORDER BY id DESC LIMIT :limit)) AS either)
 ORDER BY o.id DESC LIMIT :limit
"""  # noqa: S608 -- columns and tables of this file


async def orders_of_user(tx: Tx, user_id: uuid.UUID, before: uuid.UUID | None, limit: int) -> list[OrderView]:
    """A page of an account's orders, newest first; ``before`` is the last id of the page before.

    What a guest bought with the address that the account has proved is the account's, too: whenever it was bought.
    """
    found = await tx.sql(_MINE, user=user_id, before=before, limit=limit)
    return [OrderView(**row._mapping) for row in found]


LOCKED = """id, organiser_id, performance_id, hold_id, buyer_id, user_id, state, subtotal, discount, fees, total,
    currency, email, name, locale, token, code, coupon_id, account, expires_at, paid_at,
    expires_at < clock_timestamp() AS lapsed, correlation_id"""
"""The columns of a locked order's row."""


async def lock(tx: Tx, order_id: uuid.UUID) -> Any:
    """Lock an order's row; the first lock of every step. Raises NotFound.

    Whoever takes the step (a webhook, a timer, another tab), from here on its log lines, jobs and mails carry the id of
    the request that placed the order: one story, one id. The tenant is named by the same statement.
    """
    row = (
        await tx.sql(
            f"""SELECT {LOCKED}, set_config('frontrow.organiser_id', organiser_id::text, true)
                  FROM orders WHERE id = :order FOR NO KEY UPDATE""",  # noqa: S608 -- columns of this file
            order=order_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    bind_correlation(row.correlation_id)
    return row
