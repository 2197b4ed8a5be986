"""Reads of orders, always on the primary: buyers read their own writes."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.log import bind_correlation


@dataclass(frozen=True)
class Viewer:
    """Who asks for an order: a browser, perhaps logged in, perhaps with the secret from the mail."""

    buyer_id: uuid.UUID | None
    user_id: uuid.UUID | None
    token: str | None


@dataclass(frozen=True)
class OrderView:
    """An order with the evening it is for. Money in minor units of ``currency``."""

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
    total: int
    created_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    event_slug: str
    event_title: str
    image_key: str | None
    starts_at: datetime
    doors_at: datetime | None
    timezone: str
    venue_name: str
    venue_city: str
    venue_address: str


@dataclass(frozen=True)
class LineView:
    seat_no: int
    section: str
    row: str
    label: str
    ticket_type: str
    unit_price: int
    discount: int
    fee: int
    tax: int


_ORDER = """
SELECT o.id, o.code, o.organiser_id, o.performance_id, o.hold_id, o.buyer_id, o.user_id, o.email, o.name, o.locale,
       o.token, o.currency, o.state, o.subtotal, o.discount, o.fees, o.tax, o.total, o.created_at, o.expires_at,
       o.paid_at, e.slug AS event_slug, e.title AS event_title, e.image_key, p.starts_at, p.doors_at, v.timezone,
       v.name AS venue_name, v.city AS venue_city, v.address AS venue_address
  FROM orders o
  JOIN performance p ON p.id = o.performance_id
  JOIN event e ON e.id = p.event_id
  JOIN venue v ON v.id = p.venue_id
"""


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
    """The lines of several orders, by seat number."""
    found = await tx.sql(
        """SELECT order_id, seat_no, section, row, label, ticket_type, unit_price, discount, fee, tax
             FROM order_line WHERE order_id = ANY (:orders) AND reverses_id IS NULL ORDER BY order_id, seat_no""",
        orders=order_ids,
    )
    by_order: dict[uuid.UUID, list[LineView]] = {}
    for order_id, *values in found:
        by_order.setdefault(order_id, []).append(LineView(*values))
    return by_order


async def lines(tx: Tx, order_id: uuid.UUID) -> list[LineView]:
    """An order's lines, by seat number."""
    return (await lines_of(tx, [order_id])).get(order_id, [])


async def orders_of_user(tx: Tx, user_id: uuid.UUID, before: uuid.UUID | None, limit: int) -> list[OrderView]:
    """A page of an account's orders, newest first; ``before`` is the last id of the page before."""
    found = await tx.sql(
        _ORDER
        + """WHERE o.user_id = :user AND (CAST(:before AS uuid) IS NULL OR o.id < :before)
             ORDER BY o.id DESC LIMIT :limit""",
        user=user_id,
        before=before,
        limit=limit,
    )
    return [OrderView(**row._mapping) for row in found]


async def lock(tx: Tx, order_id: uuid.UUID) -> Any:
    """Lock an order's row; the first lock of every step. Raises NotFound.

    Whoever takes the step (a webhook, a timer, another tab), from here on its log lines, jobs and mails carry the id of
    the request that placed the order: one story, one id.
    """
    row = (
        await tx.sql(
            """SELECT id, organiser_id, performance_id, hold_id, buyer_id, user_id, state, total, currency, email,
                      name, locale, token, code, expires_at, expires_at < clock_timestamp() AS lapsed,
                      correlation_id
                 FROM orders WHERE id = :order FOR NO KEY UPDATE""",
            order=order_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    bind_correlation(row.correlation_id)
    await tx.act_for(row.organiser_id)
    return row
