"""Payments, refunds, the double-entry ledger, and the inbox of outside news."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base

STATES = ("creating", "open", "capturing", "captured", "cancelling", "cancelled", "failed")


class Payment(Base):
    """Money asked for an order. ``active`` is the one payment that may still pay it; amounts in minor units."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        UniqueConstraint("intent_id"),
        UniqueConstraint("order_id", "seq"),
        ForeignKeyConstraint(["organiser_id", "order_id"], ["orders.organiser_id", "orders.id"]),
        CheckConstraint("method IN ('stripe', 'free', 'cash', 'terminal', 'complimentary')", name="method"),
        CheckConstraint("state IN ('" + "', '".join(STATES) + "')", name="state"),
        CheckConstraint("refunded <= captured AND captured <= amount AND refunded >= 0", name="amounts"),
        CheckConstraint("ends_as IN ('cancelled', 'expired', 'pending')", name="ends_as"),
        Index("uq_payment_active", "order_id", unique=True, postgresql_where="active"),
        Index(
            "ix_payment_moving",
            "id",
            postgresql_where="state IN ('creating', 'open', 'capturing', 'cancelling')",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    seq: Mapped[int] = mapped_column(server_default="1")
    method: Mapped[str] = mapped_column(Text)
    # What Stripe calls the buyer's way to pay. Anything but a card is captured at once, without an authorisation.
    kind: Mapped[str] = mapped_column(Text, server_default="card")
    state: Mapped[str] = mapped_column(Text)
    # What its order becomes once Stripe has confirmed that this payment is cancelled.
    ends_as: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(server_default="true")
    amount: Mapped[int]
    captured: Mapped[int] = mapped_column(server_default="0")
    refunded: Mapped[int] = mapped_column(server_default="0")
    currency: Mapped[str] = mapped_column(String(3))
    intent_id: Mapped[str | None] = mapped_column(Text)
    client_secret: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(server_default="0")  # n of the next idempotency key
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    captured_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    looked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    taken_by: Mapped[uuid.UUID | None]  # the member of staff who took it at a desk


class Refund(Base):
    """T9: money that goes back. Pending ones count against what may still be refunded; failed ones don't."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("payment_id", "seq"),
        UniqueConstraint("stripe_id"),
        ForeignKeyConstraint(["organiser_id", "payment_id"], ["payment.organiser_id", "payment.id"]),
        CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refund_pending", "created_at", postgresql_where="state = 'pending'"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    payment_id: Mapped[uuid.UUID]
    seq: Mapped[int]
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    reason: Mapped[str] = mapped_column(Text, server_default="")
    stripe_id: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(server_default="0")  # n of the next idempotency key
    failure: Mapped[str | None] = mapped_column(Text)  # why it failed, in Stripe's word
    made_by: Mapped[uuid.UUID | None]  # None: the house itself, for money that came too late
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    looked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Cancellation(Base):
    """T13: lines of a paid order that were given back. ``amount`` is what they had cost, in minor units; ``refund_id``
    is the refund that went with them, if one did; ``whole``: nothing of the order was left."""

    __tablename__ = "cancellation"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "order_id"], ["orders.organiser_id", "orders.id"]),
        CheckConstraint("amount >= 0 AND cardinality(line_ids) > 0", name="lines"),
        Index("ix_cancellation_order_id", "order_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    line_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    seat_nos: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    amount: Mapped[int]
    whole: Mapped[bool]
    refund_id: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(Text, server_default="")
    made_by: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class LedgerEntry(Base):
    """One side of a booking; the entries of a transaction add up to zero (a deferred trigger checks it)."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "payment_id"], ["payment.organiser_id", "payment.id"]),
        CheckConstraint("account IN ('stripe', 'cash', 'terminal', 'sales', 'fees', 'refunds')", name="account"),
        Index("ix_ledger_entry_transaction_id", "transaction_id"),
        Index("ix_ledger_entry_payment_id", "payment_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    transaction_id: Mapped[uuid.UUID]
    organiser_id: Mapped[uuid.UUID]
    payment_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    account: Mapped[str] = mapped_column(Text)
    amount: Mapped[int]  # minor units; debit positive
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class InboxItem(Base):
    """Outside news, stored once before anything is done about it."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_open", "received_at", postgresql_where="handled_at IS NULL"),
        Index("ix_inbox_object_id", "object_id", postgresql_where="handled_at IS NULL"),
    )

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    parked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str] = mapped_column(Text, server_default="")
