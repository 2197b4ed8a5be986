"""Seat rows and holds. The constraints here are the last word on who has a seat."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base


class Hold(Base):
    """A buyer's claim on seats of one performance, for a while. Ids are never used twice, so a seat that names a hold
    is that hold's, whatever happened in between."""

    __tablename__ = "hold"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        ForeignKeyConstraint(["organiser_id", "performance_id"], ["performance.organiser_id", "performance.id"]),
        CheckConstraint("state IN ('active', 'ordered', 'sold', 'released', 'expired')", name="state"),
        CheckConstraint("cardinality(seat_nos) > 0", name="seat_nos"),
        CheckConstraint("expires_at <= cap_at", name="cap"),
        Index("ix_hold_expires_at", "expires_at", postgresql_where="state = 'active'"),
        Index(
            "ix_hold_buyer_id_performance_id",
            "buyer_id",
            "performance_id",
            postgresql_where="state IN ('active', 'ordered')",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    performance_id: Mapped[uuid.UUID]
    buyer_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(Text, server_default="active")
    seat_nos: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    price_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    cap_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    leaves_single: Mapped[bool] = mapped_column(server_default="false")


class Seat(Base):
    """The state of one place of one performance. ``hold_id`` and ``order_id`` are plain ids; ``fence`` only rises."""

    __tablename__ = "seat"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "performance_id"], ["performance.organiser_id", "performance.id"]),
        CheckConstraint("kind IN ('numbered', 'standing')", name="kind"),
        CheckConstraint("state IN ('free', 'held', 'sold', 'blocked')", name="state"),
        CheckConstraint("(state = 'held') = (hold_id IS NOT NULL)", name="held"),
        CheckConstraint("(state = 'sold') = (order_id IS NOT NULL)", name="sold"),
        CheckConstraint("(state = 'held') = (expires_at IS NOT NULL)", name="expires"),
        CheckConstraint("state = 'held' OR NOT in_payment", name="in_payment"),
        Index("ix_seat_hold_id", "hold_id", postgresql_where="hold_id IS NOT NULL"),
        Index("ix_seat_order_id", "order_id", postgresql_where="order_id IS NOT NULL"),
        Index("ix_seat_free", "performance_id", "category", "seat_no", postgresql_where="state = 'free'"),
    )

    performance_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seat_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organiser_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(Text, server_default="free")
    hold_id: Mapped[uuid.UUID | None]
    order_id: Mapped[uuid.UUID | None]
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    in_payment: Mapped[bool] = mapped_column(server_default="false")


class SeatSpot(Base):
    """Where a numbered place of a map sits among its neighbours, and how good it is; made by ``find_spots`` alone.

    ``run`` numbers the stretches of neighbours of a map by their best place, ``at`` the places of a run. ``cost`` is
    the distance from the middle of the stage's front edge, sideways counting double, in map units.
    """

    __tablename__ = "seat_spot"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "seat_map_id"], ["seat_map.organiser_id", "seat_map.id"]),
        Index("ix_seat_spot_seat_map_id_run_at", "seat_map_id", "run", "at"),
    )

    seat_map_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seat_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organiser_id: Mapped[uuid.UUID]
    access: Mapped[str] = mapped_column(Text)
    run: Mapped[int]
    at: Mapped[int]
    cost: Mapped[float] = mapped_column(Float)


class SeatRun(Base):
    """A run of neighbours, once for each category in it: the places of that category lie between ``first_no`` and
    ``last_no``. A run that is sold out is so passed over with one look. ``best`` is the cost of the run's best place.
    """

    __tablename__ = "seat_run"
    __table_args__ = (ForeignKeyConstraint(["organiser_id", "seat_map_id"], ["seat_map.organiser_id", "seat_map.id"]),)

    seat_map_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    category: Mapped[str] = mapped_column(String(4), primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    section: Mapped[str] = mapped_column(Text)
    first_no: Mapped[int]
    last_no: Mapped[int]
    wheelchairs: Mapped[int]
    best: Mapped[float] = mapped_column(Float)
