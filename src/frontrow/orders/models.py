"""Orders, their lines, and each step they took."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base

STATES = (
    "pending",
    "paying",
    "capturing",
    "expiring",
    "paid",
    "failed",
    "expired",
    "cancelled",
    "refund_due",
    "refunded",
)


class Order(Base):
    """``total = subtotal - discount + fees + added_tax``; ``tax`` is the part of it that is tax, of which ``added_tax``
    came on top and the rest was in the prices. All in minor units, as placed: cancelled lines don't change them.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        UniqueConstraint("hold_id"),
        UniqueConstraint("code"),
        ForeignKeyConstraint(["organiser_id", "performance_id"], ["performance.organiser_id", "performance.id"]),
        ForeignKeyConstraint(["organiser_id", "hold_id"], ["hold.organiser_id", "hold.id"]),
        CheckConstraint("state IN ('" + "', '".join(STATES) + "')", name="state"),
        ForeignKeyConstraint(["organiser_id", "coupon_id"], ["coupon.organiser_id", "coupon.id"]),
        CheckConstraint(
            "total = subtotal - discount + fees + added_tax AND total >= 0 AND discount >= 0 AND added_tax >= 0",
            name="total",
        ),
        CheckConstraint("paid_at IS NOT NULL OR state <> 'paid'", name="paid_at"),
        Index("ix_orders_performance_id_account", "performance_id", "account"),
        Index("ix_orders_guest", "account", "id", postgresql_where="user_id IS NULL"),
        Index("ix_orders_user_id", "user_id", "id", postgresql_where="user_id IS NOT NULL"),
        Index(
            "ix_orders_moving",
            "state",
            "expires_at",
            postgresql_where="state IN ('pending', 'paying', 'capturing', 'expiring', 'refund_due')",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    organiser_id: Mapped[uuid.UUID]
    performance_id: Mapped[uuid.UUID]
    hold_id: Mapped[uuid.UUID]
    buyer_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID | None]
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text, server_default="en")
    token: Mapped[str] = mapped_column(Text)  # opens the order from the mail, without a log-in
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    subtotal: Mapped[int]
    discount: Mapped[int] = mapped_column(server_default="0")
    fees: Mapped[int] = mapped_column(server_default="0")
    tax: Mapped[int] = mapped_column(server_default="0")
    added_tax: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int]
    coupon_id: Mapped[uuid.UUID | None]  # stays when the coupon is given back: see coupon_redemption
    coupon_code: Mapped[str | None] = mapped_column(Text)
    # Whom the cap on places counts: an account, or a guest's address; see people.queries.ONE_PERSON.
    account: Mapped[str | None] = mapped_column(Text, Computed("coalesce(user_id::text, lower(email))", persisted=True))
    account_cap: Mapped[int | None]  # the cap that held when the seats were given to this order
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    paid_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    correlation_id: Mapped[str | None] = mapped_column(Text)  # of the request that placed it; see queries.lock


class OrderLine(Base):
    """One sold place. A sold line is never rewritten: a cancelled one gets a reversing line (``reverses_id``)."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        ForeignKeyConstraint(["organiser_id", "order_id"], ["orders.organiser_id", "orders.id"]),
        Index("ix_order_line_order_id", "order_id"),
        CheckConstraint(
            "CASE WHEN reverses_id IS NULL"
            " THEN discount >= 0 AND discount <= unit_price AND fee >= 0 AND added_tax >= 0 AND added_tax <= tax"
            " ELSE discount <= 0 AND discount >= unit_price AND fee <= 0 AND added_tax <= 0 AND added_tax >= tax END",
            name="amounts",
        ),
        Index("uq_order_line_reverses_id", "reverses_id", unique=True, postgresql_where="reverses_id IS NOT NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    performance_id: Mapped[uuid.UUID]
    seat_no: Mapped[int]
    ticket_type_id: Mapped[uuid.UUID]
    ticket_type: Mapped[str] = mapped_column(Text)
    section: Mapped[str] = mapped_column(Text)
    row: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    unit_price: Mapped[int]
    discount: Mapped[int] = mapped_column(server_default="0")
    fee: Mapped[int] = mapped_column(server_default="0")
    tax_bp: Mapped[int] = mapped_column(server_default="0")
    tax: Mapped[int] = mapped_column(server_default="0")
    added_tax: Mapped[int] = mapped_column(server_default="0")  # the part of ``tax`` that came on top of the price
    reverses_id: Mapped[uuid.UUID | None]


class OrderStep(Base):
    """Every step an order took, in order; the auditor checks that each was a legal one."""

    __tablename__ = "order_step"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "order_id"], ["orders.organiser_id", "orders.id"]),
        Index("ix_order_step_order_id", "order_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    from_state: Mapped[str | None] = mapped_column(Text)
    to_state: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, server_default="")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
