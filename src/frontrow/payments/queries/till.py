"""Reads of payments, on the primary."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.log import bind_correlation
from frontrow.orders.queries import LOCKED


@dataclass(frozen=True)
class PaymentView:
    """A payment; amounts in minor units of ``currency``. ``kind`` is Stripe's word for the buyer's way to pay."""

    id: uuid.UUID
    organiser_id: uuid.UUID
    order_id: uuid.UUID
    seq: int
    method: str
    kind: str
    state: str
    ends_as: str | None
    active: bool
    amount: int
    captured: int
    refunded: int
    currency: str
    intent_id: str | None
    client_secret: str | None
    tries: int


_COLUMNS = tuple(PaymentView.__dataclass_fields__)
_PAYMENT = f"SELECT {', '.join(_COLUMNS)} FROM payment "  # noqa: S608 -- names of the class above
_PREFIXED = ", ".join(f"p.{name} AS p_{name}" for name in _COLUMNS)

# The order first, then the payment: the second part can't begin before the first has its lock. Both are rows as they
# are once they are locked. The tenant is named by the same statement.
_LOCK_BOTH = f"""
WITH o AS MATERIALIZED (
  SELECT {LOCKED}, set_config('frontrow.organiser_id', organiser_id::text, true) AS tenant
    FROM orders WHERE id = (SELECT order_id FROM payment WHERE id = :payment) FOR NO KEY UPDATE
)
SELECT o.*, {_PREFIXED}
  FROM o JOIN payment p ON p.order_id = o.id WHERE p.id = :payment FOR NO KEY UPDATE OF p
"""  # noqa: S608 -- columns of the two rooms


def _of(row: Any) -> PaymentView:
    return PaymentView(**row._mapping)


def _prefixed(row: Any) -> PaymentView:
    return PaymentView(*(row[f"p_{name}"] for name in _COLUMNS))


async def payment(tx: Tx, payment_id: uuid.UUID) -> PaymentView | None:
    row = (await tx.sql(_PAYMENT + "WHERE id = :id", id=payment_id)).one_or_none()
    return _of(row) if row else None


async def active_payment(tx: Tx, order_id: uuid.UUID) -> PaymentView | None:
    """The one payment that may still pay the order, or has."""
    row = (await tx.sql(_PAYMENT + "WHERE order_id = :id AND active", id=order_id)).one_or_none()
    return _of(row) if row else None


async def lock_active(tx: Tx, order_id: uuid.UUID) -> PaymentView | None:
    """The active payment of an order that is locked already, locked too."""
    row = (await tx.sql(_PAYMENT + "WHERE order_id = :id AND active FOR NO KEY UPDATE", id=order_id)).one_or_none()
    return _of(row) if row else None


async def lock_captured(tx: Tx, order_id: uuid.UUID) -> PaymentView | None:
    """The payment whose money a locked order has, or had: the active one before those that came too late."""
    row = (
        await tx.sql(
            _PAYMENT
            + """WHERE order_id = :id AND state = 'captured' ORDER BY active DESC, seq DESC LIMIT 1
                   FOR NO KEY UPDATE""",
            id=order_id,
        )
    ).one_or_none()
    return _of(row) if row else None


async def by_intent(tx: Tx, intent_id: str) -> PaymentView | None:
    row = (await tx.sql(_PAYMENT + "WHERE intent_id = :id", id=intent_id)).one_or_none()
    return _of(row) if row else None


async def lock_both(tx: Tx, payment_id: uuid.UUID) -> tuple[Any, PaymentView]:
    """Lock a payment's order and then the payment, in one round trip. Raises NotFound.

    The order comes as a row with ``orders.queries.LOCKED``; log lines and jobs carry its story's id from here on.
    """
    row = (await tx.sql(_LOCK_BOTH, payment=payment_id)).one_or_none()
    if row is None:
        raise NotFound
    bind_correlation(row.correlation_id)
    return row, _prefixed(row)


@dataclass(frozen=True)
class ToCreate:
    """A payment whose intent is to be made, with what the intent says of its order. ``age_s`` is the payment's."""

    payment: PaymentView
    order_code: str
    email: str
    age_s: float


async def to_create(tx: Tx, payment_id: uuid.UUID) -> ToCreate | None:
    row = (
        await tx.sql(
            f"""SELECT {_PREFIXED}, o.code, o.email,
                       extract(epoch FROM clock_timestamp() - p.created_at)::float8 AS age_s
                  FROM payment p JOIN orders o ON o.id = p.order_id WHERE p.id = :payment""",  # noqa: S608
            payment=payment_id,
        )
    ).one_or_none()
    return ToCreate(_prefixed(row), row.code, row.email, row.age_s) if row else None


@dataclass(frozen=True)
class ToCheck:
    """What a waiting buyer's check needs to know: who may look, how the order stands, and which intent to read.

    ``told``: the intent itself, as it is in news of money that came and that nobody has acted on yet.
    """

    order_id: uuid.UUID
    state: str
    buyer_id: uuid.UUID
    user_id: uuid.UUID | None
    token: str
    payment_id: uuid.UUID | None
    payment_state: str | None
    intent_id: str | None
    told: dict[str, Any] | None


async def to_check(tx: Tx, order_id: uuid.UUID, kinds: Sequence[str]) -> ToCheck:
    """``kinds``: the news that are of use. Raises NotFound."""
    row = (
        await tx.sql(
            """SELECT o.id AS order_id, o.state, o.buyer_id, o.user_id, o.token, p.id AS payment_id,
                      p.state AS payment_state, p.intent_id,
                      (SELECT payload #> '{data,object}' FROM inbox
                        WHERE object_id = p.intent_id AND handled_at IS NULL AND kind = ANY (CAST(:kinds AS text[]))
                        ORDER BY received_at DESC LIMIT 1) AS told
                 FROM orders o LEFT JOIN payment p ON p.order_id = o.id AND p.active WHERE o.id = :order""",
            order=order_id,
            kinds=list(kinds),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return ToCheck(**row._mapping)


async def to_look_at(tx: Tx, older_than_s: float, limit: int) -> list[PaymentView]:
    """T11: payments that aren't at rest and that nobody looked at for a while, the longest unseen first."""
    rows = await tx.sql(
        _PAYMENT
        + """WHERE state IN ('open', 'capturing', 'cancelling') AND intent_id IS NOT NULL
               AND coalesce(looked_at, created_at) < clock_timestamp() - make_interval(secs => CAST(:age AS float8))
             ORDER BY coalesce(looked_at, created_at) LIMIT :limit""",
        age=older_than_s,
        limit=limit,
    )
    return [_of(row) for row in rows]


@dataclass(frozen=True)
class RefundView:
    """A refund; ``amount`` in minor units of ``currency``."""

    id: uuid.UUID
    payment_id: uuid.UUID
    seq: int
    amount: int
    state: str
    reason: str
    stripe_id: str | None
    tries: int
    created_at: datetime
    done_at: datetime | None
    order_id: uuid.UUID
    currency: str


_REFUND = """SELECT r.id, r.payment_id, r.seq, r.amount, r.state, r.reason, r.stripe_id, r.tries, r.created_at,
                    r.done_at, p.order_id, p.currency
               FROM refund r JOIN payment p ON p.id = r.payment_id """


async def refund(tx: Tx, refund_id: uuid.UUID) -> RefundView | None:
    row = (await tx.sql(_REFUND + "WHERE r.id = :id", id=refund_id)).one_or_none()
    return RefundView(**row._mapping) if row else None


async def refunds_of(tx: Tx, order_id: uuid.UUID) -> list[RefundView]:
    """All refunds of an order's payments, the oldest first."""
    rows = await tx.sql(_REFUND + "WHERE p.order_id = :order ORDER BY r.created_at, r.seq", order=order_id)
    return [RefundView(**row._mapping) for row in rows]


@dataclass(frozen=True)
class RefundToMake:
    refund: RefundView
    intent_id: str
    age_s: float


async def refund_to_make(tx: Tx, refund_id: uuid.UUID) -> RefundToMake | None:
    """A refund that Stripe is yet to be asked for; None when there is nothing to ask."""
    found = await refund(tx, refund_id)
    if found is None or found.state != "pending" or found.stripe_id is not None:
        return None
    row = (
        await tx.sql(
            """SELECT p.intent_id, extract(epoch FROM clock_timestamp() - r.created_at)::float8 AS age_s
                 FROM refund r JOIN payment p ON p.id = r.payment_id
                WHERE r.id = :refund AND p.intent_id IS NOT NULL""",
            refund=refund_id,
        )
    ).one_or_none()
    return RefundToMake(found, row.intent_id, row.age_s) if row else None


@dataclass(frozen=True)
class CancellationView:
    """Lines that were taken back; ``amount`` in minor units is what they had cost."""

    id: uuid.UUID
    order_id: uuid.UUID
    line_ids: list[uuid.UUID]
    seat_nos: list[int]
    amount: int
    whole: bool
    refund_id: uuid.UUID | None
    reason: str
    created_at: datetime


async def cancellation(tx: Tx, cancellation_id: uuid.UUID) -> CancellationView | None:
    row = (
        await tx.sql(
            """SELECT id, order_id, line_ids, seat_nos, amount, whole, refund_id, reason, created_at FROM cancellation
                WHERE id = :id""",
            id=cancellation_id,
        )
    ).one_or_none()
    return CancellationView(**row._mapping) if row else None


async def organiser_of(tx: Tx, order_id: uuid.UUID) -> uuid.UUID:
    """Whose staff decide about an order. Raises NotFound."""
    found: uuid.UUID | None = (
        await tx.sql("SELECT organiser_id FROM orders WHERE id = :order", order=order_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def refund_by_stripe_id(tx: Tx, stripe_id: str) -> RefundView | None:
    row = (await tx.sql(_REFUND + "WHERE r.stripe_id = :id", id=stripe_id)).one_or_none()
    return RefundView(**row._mapping) if row else None


async def refunds_to_look_at(tx: Tx, older_than_s: float, limit: int) -> list[RefundView]:
    """Refunds that Stripe took but hasn't finished, and that nobody looked at for a while."""
    rows = await tx.sql(
        _REFUND
        + """WHERE r.state = 'pending' AND r.stripe_id IS NOT NULL
               AND coalesce(r.looked_at, r.created_at)
                   < clock_timestamp() - make_interval(secs => CAST(:age AS float8))
             ORDER BY coalesce(r.looked_at, r.created_at) LIMIT :limit""",
        age=older_than_s,
        limit=limit,
    )
    return [RefundView(**row._mapping) for row in rows]


@dataclass(frozen=True)
class News:
    """An inbox item with the payment that it is about: the one that has its intent, or that its metadata names."""

    event_id: str
    kind: str
    payload: dict[str, Any]
    handled: bool
    payment_id: uuid.UUID | None
    payment_state: str | None
    order_state: str | None

    def is_past(self, status: str) -> bool:
        """Whether the payment is at or past what an intent of this status would bring about."""
        match status:
            case "requires_capture":
                return self.payment_state in {"capturing", "captured"}
            case "succeeded":
                return self.payment_state == "captured"
            case "canceled":
                return self.payment_state == "cancelled" and self.order_state not in {"paying", "expiring"}
        return False


async def news(tx: Tx, provider: str, event_id: str) -> News | None:
    """One read for all that an event's handler decides by."""
    row = (
        await tx.sql(
            """SELECT i.event_id, i.kind, i.payload, i.handled_at IS NOT NULL AS handled,
                      p.id AS payment_id, p.state AS payment_state, o.state AS order_state
                 FROM inbox i
                CROSS JOIN LATERAL (SELECT i.payload #>> '{data,object,metadata,payment_id}' AS id) named
                 LEFT JOIN LATERAL (
                   SELECT id, state, order_id FROM payment WHERE intent_id = i.object_id
                   UNION ALL
                   -- An intent that names our payment while the payment names another isn't ours to follow.
                   SELECT id, state, order_id FROM payment
                    WHERE id = CASE WHEN named.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                                    THEN CAST(named.id AS uuid) END
                      AND intent_id IS NULL
                    LIMIT 1) p ON true
                 LEFT JOIN orders o ON o.id = p.order_id
                WHERE i.provider = :provider AND i.event_id = :event""",
            provider=provider,
            event=event_id,
        )
    ).one_or_none()
    return News(**row._mapping) if row else None


async def parked(tx: Tx, provider: str, limit: int) -> list[str]:
    """News of the last day that fits nothing of ours so far. Any of it: what never fits must not keep the rest back."""
    rows = await tx.sql(
        """SELECT event_id FROM inbox WHERE provider = :provider AND handled_at IS NULL AND parked_at IS NOT NULL
            AND received_at > clock_timestamp() - interval '1 day' ORDER BY random() LIMIT :limit""",
        provider=provider,
        limit=limit,
    )
    return list(rows.scalars())
