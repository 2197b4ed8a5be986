"""Coupons and what became of them."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base


class Coupon(Base):
    """A code that takes ``percent_bp`` basis points, or a fixed ``amount`` of minor units, off an order's lines.

    It is for the whole organiser, or one event; for every ticket type, or those of these names. ``used`` counts its
    live redemptions, and the constraint on it is the last word on ``max_uses``. ``revision`` rises with each change, so
    that nobody redeems at terms that they weren't shown.
    """

    __tablename__ = "coupon"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        UniqueConstraint("organiser_id", "code"),
        ForeignKeyConstraint(["organiser_id", "event_id"], ["event.organiser_id", "event.id"]),
        CheckConstraint("used >= 0 AND used <= max_uses", name="used"),
        CheckConstraint("max_uses > 0 AND per_account > 0 AND min_purchase >= 0", name="limits"),
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9_-]{2,39}$'", name="code"),
        CheckConstraint(
            "(percent_bp IS NULL) <> (amount IS NULL) AND (amount IS NULL) = (currency IS NULL)"
            " AND coalesce(percent_bp BETWEEN 1 AND 10000, amount > 0)",
            name="worth",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organiser.id"))
    event_id: Mapped[uuid.UUID | None]
    code: Mapped[str] = mapped_column(Text)
    percent_bp: Mapped[int | None]
    amount: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    valid_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    valid_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    min_purchase: Mapped[int] = mapped_column(server_default="0")  # of the lines it is for, before the discount
    max_uses: Mapped[int | None]
    per_account: Mapped[int | None]
    ticket_types: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    enabled: Mapped[bool] = mapped_column(server_default="true")
    used: Mapped[int] = mapped_column(server_default="0")
    revision: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class CouponRedemption(Base):
    """An order that has, or had, a coupon; live until ``given_back_at``. ``order_id`` is a plain id: orders are above.

    ``account`` is whom the limit per account counts: a user's id, or a guest's address in lower case.
    """

    __tablename__ = "coupon_redemption"
    __table_args__ = (
        UniqueConstraint("coupon_id", "order_id"),
        ForeignKeyConstraint(["organiser_id", "coupon_id"], ["coupon.organiser_id", "coupon.id"]),
        Index("uq_coupon_redemption_order_id", "order_id", unique=True),
        Index(
            "ix_coupon_redemption_coupon_id_account",
            "coupon_id",
            "account",
            postgresql_where="given_back_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    coupon_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    account: Mapped[str] = mapped_column(Text)
    per_account: Mapped[int | None]  # the limit that it met
    redeemed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    given_back_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
