"""Venues, seat maps, events, performances, ticket types and prices. Every child names its organiser in its key."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base


class Venue(Base):
    __tablename__ = "venue"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        Index("ix_venue_words", "words", postgresql_using="gin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organiser.id"))
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default="")
    city: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(Text)  # IANA zone
    words: Mapped[str | None] = mapped_column(
        TSVECTOR, Computed("search_words_of(name || ' ' || city)", persisted=True)
    )


class SeatMap(Base):
    """One immutable version of a venue's map. ``layout`` is what the browser draws (see docs/architecture.md)."""

    __tablename__ = "seat_map"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        UniqueConstraint("organiser_id", "venue_id", "name", "version"),
        ForeignKeyConstraint(["organiser_id", "venue_id"], ["venue.organiser_id", "venue.id"]),
        CheckConstraint("seat_count > 0", name="seat_count"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    venue_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default="1")
    layout: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seat_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class SeatPlace(Base):
    """A place of a seat map: number 1..seat_count without gaps, its words and its point (10 units = one seat pitch)."""

    __tablename__ = "seat_place"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "seat_map_id"], ["seat_map.organiser_id", "seat_map.id"]),
        CheckConstraint("kind IN ('numbered', 'standing')", name="kind"),
        CheckConstraint("access IN ('', 'wheelchair', 'companion')", name="access"),
        Index("ix_seat_place_standing", "seat_map_id", "section", "seat_no", postgresql_where="kind = 'standing'"),
        Index("ix_seat_place_wheelchair", "seat_map_id", "seat_no", postgresql_where="access = 'wheelchair'"),
    )

    seat_map_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seat_no: Mapped[int] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(Text, server_default="numbered")
    access: Mapped[str] = mapped_column(Text, server_default="")
    category: Mapped[str] = mapped_column(String(4))
    section: Mapped[str] = mapped_column(Text)
    row: Mapped[str] = mapped_column(Text, server_default="")
    label: Mapped[str] = mapped_column(Text, server_default="")
    x: Mapped[float] = mapped_column(Float)
    y: Mapped[float] = mapped_column(Float)


class Event(Base):
    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        CheckConstraint("state IN ('draft', 'published', 'cancelled')", name="state"),
        Index("ix_event_published", "state", "id", postgresql_where="state = 'published'"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organiser.id"))
    slug: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    subtitle: Mapped[str] = mapped_column(Text, server_default="")
    description: Mapped[str] = mapped_column(Text, server_default="")
    category: Mapped[str] = mapped_column(Text, server_default="other")
    image_key: Mapped[str | None] = mapped_column(Text)  # object storage key
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Performance(Base):
    """One evening of an event. ``seats_free``, ``wheelchair_free``, ``from_price`` are a listing's hints, stored by a
    job of ``seats``; no sale is decided by them. What lists are narrowed down by (``on_date`` in the venue's own
    calendar, ``city``, ``category``, ``listed``) the database fills in itself, see migration 0009."""

    __tablename__ = "performance"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        ForeignKeyConstraint(["organiser_id", "event_id"], ["event.organiser_id", "event.id"]),
        ForeignKeyConstraint(["organiser_id", "venue_id"], ["venue.organiser_id", "venue.id"]),
        ForeignKeyConstraint(["organiser_id", "seat_map_id"], ["seat_map.organiser_id", "seat_map.id"]),
        CheckConstraint("state IN ('scheduled', 'cancelled')", name="state"),
        CheckConstraint("max_per_account > 0", name="max_per_account"),
        Index("ix_performance_event_id_starts_at", "event_id", "starts_at"),
        Index("ix_performance_starts_at", "starts_at", "event_id"),
        Index("ix_performance_listed", "starts_at", "id", postgresql_where="listed"),
        Index("ix_performance_city", "city", "starts_at", "id", postgresql_where="listed"),
        Index("ix_performance_category", "category", "starts_at", "id", postgresql_where="listed"),
        Index("ix_performance_organiser", "organiser_id", "starts_at", "id", postgresql_where="listed"),
        Index("ix_performance_accessible", "starts_at", "id", postgresql_where="listed AND wheelchair_free > 0"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    event_id: Mapped[uuid.UUID]
    venue_id: Mapped[uuid.UUID]
    seat_map_id: Mapped[uuid.UUID]
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    doors_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(Text, server_default="scheduled")
    sales_open_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sales_close_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    price_version: Mapped[int] = mapped_column(server_default="1")
    seats_total: Mapped[int] = mapped_column(server_default="0")
    seats_free: Mapped[int] = mapped_column(server_default="0")
    wheelchair_free: Mapped[int] = mapped_column(server_default="0")
    from_price: Mapped[int | None]
    availability_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    max_per_account: Mapped[int | None]  # places that one person may have
    move_no: Mapped[int] = mapped_column(server_default="0")  # how often it was moved; calendars go by it
    on_date: Mapped[date] = mapped_column(Date)
    city: Mapped[str] = mapped_column(Text, server_default="")
    category: Mapped[str] = mapped_column(Text, server_default="other")
    listed: Mapped[bool] = mapped_column(server_default="false")


class EventText(Base):
    """The words that an event is found by, kept by triggers. ``learned``: they are among ``SearchWord``."""

    __tablename__ = "event_text"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "event_id"], ["event.organiser_id", "event.id"], ondelete="CASCADE"),
        Index("ix_event_text_title", "title", postgresql_using="gin"),
        Index("ix_event_text_words", "words", postgresql_using="gin"),
        Index("ix_event_text_new", "event_id", postgresql_where="NOT learned"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    title: Mapped[str] = mapped_column(TSVECTOR)
    words: Mapped[str] = mapped_column(TSVECTOR)  # the title's, too
    learned: Mapped[bool] = mapped_column(server_default="false")


class SearchWord(Base):
    """A word that occurs anywhere: what a misspelt one is compared with. Learned by a job; only near misses need it."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_parts", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
        Index("ix_search_word_near", "word", postgresql_using="gist", postgresql_ops={"word": "gist_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


class PerformanceMove(Base):
    """What a performance's time and place were before its move of this number."""

    __tablename__ = "performance_move"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "performance_id"], ["performance.organiser_id", "performance.id"]),
        ForeignKeyConstraint(["organiser_id", "venue_id_before"], ["venue.organiser_id", "venue.id"]),
    )

    performance_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    move_no: Mapped[int] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    starts_at_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    doors_at_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    venue_id_before: Mapped[uuid.UUID]
    moved_by: Mapped[uuid.UUID | None]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class PerformanceCancellation(Base):
    """A performance that was cancelled: who did it, and what its buyers are told in the organiser's words."""

    __tablename__ = "performance_cancellation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organiser_id", "performance_id"],
            ["performance.organiser_id", "performance.id"],
            name="fk_performance_cancellation_performance",
        ),
    )

    performance_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    message: Mapped[str] = mapped_column(Text, server_default="")
    cancelled_by: Mapped[uuid.UUID | None]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class TicketType(Base):
    """What is sold for the places of one price category of a performance: adult, child, reduced.

    It is on sale within its window (and the performance's); an order has none of it, or ``min_per_order`` to
    ``max_per_order``. These rules aren't versioned, prices are.
    """

    __tablename__ = "ticket_type"
    __table_args__ = (
        UniqueConstraint("organiser_id", "id"),
        UniqueConstraint("performance_id", "category", "name"),
        ForeignKeyConstraint(["organiser_id", "performance_id"], ["performance.organiser_id", "performance.id"]),
        CheckConstraint("min_per_order >= 1 AND max_per_order >= min_per_order", name="per_order"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    performance_id: Mapped[uuid.UUID]
    category: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    sales_open_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sales_close_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    min_per_order: Mapped[int] = mapped_column(server_default="1")
    max_per_order: Mapped[int | None]


class Price(Base):
    """A ticket type's price in one version of a performance's price list; a hold is stamped with the version.

    ``amount`` is the face value and ``fee`` what is added for each ticket (its fixed part and ``fee_bp`` basis points
    of the face value, together), both in minor units. Tax of ``tax_bp`` basis points is included in them, or comes on
    top (``tax_added``). ``total`` is what a buyer pays without a coupon.
    """

    __tablename__ = "price"
    __table_args__ = (
        ForeignKeyConstraint(["organiser_id", "ticket_type_id"], ["ticket_type.organiser_id", "ticket_type.id"]),
        CheckConstraint("amount >= 0 AND fee >= 0 AND tax_bp BETWEEN 0 AND 10000", name="sane"),
        CheckConstraint("fee_bp BETWEEN 0 AND 10000", name="fee_bp"),
    )

    ticket_type_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    organiser_id: Mapped[uuid.UUID]
    amount: Mapped[int] = mapped_column(Integer)
    fee: Mapped[int] = mapped_column(Integer, server_default="0")
    tax_bp: Mapped[int] = mapped_column(Integer, server_default="0")
    fee_bp: Mapped[int] = mapped_column(Integer, server_default="0")
    tax_added: Mapped[bool] = mapped_column(server_default="false")
    total: Mapped[int | None] = mapped_column(
        Integer,
        Computed(
            "amount + fee + CASE WHEN tax_added"
            " THEN (((amount + fee)::bigint * tax_bp + 5000) / 10000)::integer ELSE 0 END",
            persisted=True,
        ),
    )
