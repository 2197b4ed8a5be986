"""Reads of payments, on the primary."""

import uuid
from dataclasses import dataclass
from typing import Any

from frontrow.core.db import Tx


@dataclass(frozen=True)
class PaymentView:
    """A payment; ``amount`` in minor units of ``currency``."""

    id: uuid.UUID
    organiser_id: uuid.UUID
    order_id: uuid.UUID
    seq: int
    method: str
    state: str
    active: bool
    amount: int
    currency: str
    intent_id: str | None
    client_secret: str | None
    tries: int


_PAYMENT = """SELECT id, organiser_id, order_id, seq, method, state, active, amount, currency, intent_id, client_secret,
                     tries FROM payment """


async def payment(tx: Tx, payment_id: uuid.UUID) -> PaymentView | None:
    row = (await tx.sql(_PAYMENT + "WHERE id = :id", id=payment_id)).one_or_none()
    return PaymentView(**row._mapping) if row else None


async def active_payment(tx: Tx, order_id: uuid.UUID) -> PaymentView | None:
    """The one payment that may still pay the order, or has."""
    row = (await tx.sql(_PAYMENT + "WHERE order_id = :id AND active", id=order_id)).one_or_none()
    return PaymentView(**row._mapping) if row else None


async def by_intent(tx: Tx, intent_id: str) -> PaymentView | None:
    row = (await tx.sql(_PAYMENT + "WHERE intent_id = :id", id=intent_id)).one_or_none()
    return PaymentView(**row._mapping) if row else None


async def lock_payment(tx: Tx, payment_id: uuid.UUID) -> PaymentView:
    """Lock a payment's row; after its order's, always."""
    row = (await tx.sql(_PAYMENT + "WHERE id = :id FOR NO KEY UPDATE", id=payment_id)).one()
    return PaymentView(**row._mapping)


async def to_look_at(tx: Tx, older_than_s: float, limit: int = 200) -> list[PaymentView]:
    """T11: payments that aren't at rest and that nobody looked at for a while."""
    rows = await tx.sql(
        _PAYMENT
        + """WHERE state IN ('open', 'capturing', 'cancelling') AND intent_id IS NOT NULL
               AND coalesce(looked_at, created_at) < clock_timestamp() - make_interval(secs => :age)
             ORDER BY coalesce(looked_at, created_at) LIMIT :limit""",
        age=older_than_s,
        limit=limit,
    )
    return [PaymentView(**row._mapping) for row in rows]


async def inbox_item(tx: Tx, provider: str, event_id: str) -> Any:
    return (
        await tx.sql(
            """SELECT provider, event_id, kind, object_id, payload, handled_at, parked_at, received_at FROM inbox
                WHERE provider = :provider AND event_id = :event""",
            provider=provider,
            event=event_id,
        )
    ).one_or_none()
