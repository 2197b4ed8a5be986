"""Payments, refunds, the double-entry ledger, and the inbox of outside news."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
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
        ForeignKeyConstraint(["organiser_id", "order_id"], ["orders.organiser_id", "orders.id"]),
        CheckConstraint("method IN ('stripe', 'free', 'cash', 'terminal', 'complimentary')", name="method"),
        CheckConstraint("state IN ('" + "', '".join(STATES) + "')", name="state"),
        CheckConstraint("refunded <= captured AND captured <= amount AND refunded >= 0", name="amounts"),
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
    state: Mapped[str] = mapped_column(Text)
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


class Refund(Base):
    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("payment_id", "seq"),
        ForeignKeyConstraint(["organiser_id", "payment_id"], ["payment.organiser_id", "payment.id"]),
        CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    payment_id: Mapped[uuid.UUID]
    seq: Mapped[int]
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    reason: Mapped[str] = mapped_column(Text, server_default="")
    stripe_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class LedgerEntry(Base):
    """One side of a booking; the entries of a transaction add up to zero (a deferred trigger checks it)."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "payment_id"], ["payment.organiser_id", "payment.id"]),
        CheckConstraint("account IN ('stripe', 'sales', 'fees', 'refunds')", name="account"),
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
    __table_args__ = (Index("ix_inbox_open", "received_at", postgresql_where="handled_at IS NULL"),)

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    parked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str] = mapped_column(Text, server_default="")
