"""Tickets, check-in lists and what happened at the door."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base


class Ticket(Base):
    """Admission for one place. Inserted *inactive* with the sale, *valid* once the money is captured."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        ForeignKeyConstraint(["organiser_id", "order_id"], ["orders.organiser_id", "orders.id"]),
        CheckConstraint("state IN ('inactive', 'valid', 'void')", name="state"),
        Index("uq_ticket_live", "performance_id", "seat_no", unique=True, postgresql_where="state = 'valid'"),
        Index("ix_ticket_order_id", "order_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    order_line_id: Mapped[uuid.UUID]
    performance_id: Mapped[uuid.UUID]
    seat_no: Mapped[int]
    section: Mapped[str] = mapped_column(Text)
    row: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    holder_name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="inactive")
    secret: Mapped[str] = mapped_column(Text)  # in the signed code: a copy made before a transfer is told apart
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class CheckinList(Base):
    """Who is let in where; a performance starts with one list."""

    __tablename__ = "checkin_list"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        UniqueConstraint("performance_id", "name"),
        ForeignKeyConstraint(["organiser_id", "performance_id"], ["performance.organiser_id", "performance.id"]),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    performance_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Text, server_default="Main entrance")


class Checkin(Base):
    """One scan of a ticket of ours: who, when, where, and what was answered (``reason`` when it was no)."""

    __tablename__ = "checkin"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "ticket_id"], ["ticket.organiser_id", "ticket.id"]),
        ForeignKeyConstraint(["organiser_id", "list_id"], ["checkin_list.organiser_id", "checkin_list.id"]),
        CheckConstraint("kind IN ('entry', 'exit')", name="kind"),
        Index("uq_checkin_entry", "ticket_id", "list_id", unique=True, postgresql_where="kind = 'entry' AND ok"),
        Index("uq_checkin_scan", "list_id", "scan_id", unique=True, postgresql_where="scan_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    ticket_id: Mapped[uuid.UUID]
    list_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(Text, server_default="entry")
    ok: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, server_default="")
    gate: Mapped[str] = mapped_column(Text, server_default="")
    scanned_by: Mapped[uuid.UUID | None]
    scan_id: Mapped[uuid.UUID | None]  # the scanner's own, so that a scan sent twice gets one answer
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
