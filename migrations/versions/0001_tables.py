"""Every table of the first purchase.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "effect",
        sa.Column("effect_key", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("effect_key", name=op.f("pk_effect")),
    )
    op.create_table(
        "idempotency",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("subject", "endpoint", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "inbox",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("provider", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_open", "inbox", ["received_at"], unique=False, postgresql_where="handled_at IS NULL")
    op.create_table(
        "organiser",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser")),
        sa.UniqueConstraint("slug", name=op.f("uq_organiser_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["due_at"], unique=False, postgresql_where="done_at IS NULL AND dead_at IS NULL"
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.Text(), server_default="other", nullable=False),
        sa.Column("image_key", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'cancelled')", name=op.f("ck_event_state")),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=op.f("fk_event_organiser_id_organiser")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_event_organiser_id_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
    )
    op.create_index(
        "ix_event_published", "event", ["state", "id"], unique=False, postgresql_where="state = 'published'"
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"], unique=False)
    op.create_table(
        "oauth_identity",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_oauth_identity_user_id_user_account")),
        sa.PrimaryKeyConstraint("provider", "subject", name=op.f("pk_oauth_identity")),
    )
    op.create_table(
        "team_member",
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'manager', 'door')", name=op.f("ck_team_member_role")),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=op.f("fk_team_member_organiser_id_organiser")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_team_member_user_id_user_account")),
        sa.PrimaryKeyConstraint("organiser_id", "user_id", name=op.f("pk_team_member")),
    )
    op.create_index(op.f("ix_team_member_user_id"), "team_member", ["user_id"], unique=False)
    op.create_table(
        "venue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=op.f("fk_venue_organiser_id_organiser")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_venue_organiser_id_id")),
    )
    op.create_table(
        "seat_map",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("layout", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seat_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("seat_count > 0", name=op.f("ck_seat_map_seat_count")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "venue_id"],
            ["venue.organiser_id", "venue.id"],
            name=op.f("fk_seat_map_organiser_id_venue_id_venue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_map")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_seat_map_organiser_id_id")),
        sa.UniqueConstraint(
            "organiser_id", "venue_id", "name", "version", name=op.f("uq_seat_map_organiser_id_venue_id_name_version")
        ),
    )
    op.create_table(
        "performance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("seat_map_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doors_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="scheduled", nullable=False),
        sa.Column("sales_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sales_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("seats_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seats_free", sa.Integer(), server_default="0", nullable=False),
        sa.Column("from_price", sa.Integer(), nullable=True),
        sa.Column("availability_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('scheduled', 'cancelled')", name=op.f("ck_performance_state")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "event_id"],
            ["event.organiser_id", "event.id"],
            name=op.f("fk_performance_organiser_id_event_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "seat_map_id"],
            ["seat_map.organiser_id", "seat_map.id"],
            name=op.f("fk_performance_organiser_id_seat_map_id_seat_map"),
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "venue_id"],
            ["venue.organiser_id", "venue.id"],
            name=op.f("fk_performance_organiser_id_venue_id_venue"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_performance_organiser_id_id")),
    )
    op.create_index("ix_performance_event_id_starts_at", "performance", ["event_id", "starts_at"], unique=False)
    op.create_index("ix_performance_starts_at", "performance", ["starts_at", "event_id"], unique=False)
    op.create_table(
        "seat_place",
        sa.Column("seat_map_id", sa.Uuid(), nullable=False),
        sa.Column("seat_no", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="numbered", nullable=False),
        sa.Column("access", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.String(length=4), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), server_default="", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.CheckConstraint("access IN ('', 'wheelchair', 'companion')", name=op.f("ck_seat_place_access")),
        sa.CheckConstraint("kind IN ('numbered', 'standing')", name=op.f("ck_seat_place_kind")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "seat_map_id"],
            ["seat_map.organiser_id", "seat_map.id"],
            name=op.f("fk_seat_place_organiser_id_seat_map_id_seat_map"),
        ),
        sa.PrimaryKeyConstraint("seat_map_id", "seat_no", name=op.f("pk_seat_place")),
    )
    op.create_table(
        "checkin_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), server_default="Main entrance", nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "performance_id"],
            ["performance.organiser_id", "performance.id"],
            name=op.f("fk_checkin_list_organiser_id_performance_id_performance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_list")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_checkin_list_organiser_id_id")),
        sa.UniqueConstraint("performance_id", "name", name=op.f("uq_checkin_list_performance_id_name")),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("seat_nos", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("price_version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cap_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'ordered', 'sold', 'released', 'expired')", name=op.f("ck_hold_state")),
        sa.CheckConstraint("cardinality(seat_nos) > 0", name=op.f("ck_hold_seat_nos")),
        sa.CheckConstraint("expires_at <= cap_at", name=op.f("ck_hold_cap")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "performance_id"],
            ["performance.organiser_id", "performance.id"],
            name=op.f("fk_hold_organiser_id_performance_id_performance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_hold_organiser_id_id")),
    )
    op.create_index(
        "ix_hold_buyer_id_performance_id",
        "hold",
        ["buyer_id", "performance_id"],
        unique=False,
        postgresql_where="state = 'active'",
    )
    op.create_index("ix_hold_expires_at", "hold", ["expires_at"], unique=False, postgresql_where="state = 'active'")
    op.create_table(
        "seat",
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("seat_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=4), nullable=False),
        sa.Column("state", sa.Text(), server_default="free", nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_payment", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("(state = 'held') = (expires_at IS NOT NULL)", name=op.f("ck_seat_expires")),
        sa.CheckConstraint("(state = 'held') = (hold_id IS NOT NULL)", name=op.f("ck_seat_held")),
        sa.CheckConstraint("(state = 'sold') = (order_id IS NOT NULL)", name=op.f("ck_seat_sold")),
        sa.CheckConstraint("kind IN ('numbered', 'standing')", name=op.f("ck_seat_kind")),
        sa.CheckConstraint("state = 'held' OR NOT in_payment", name=op.f("ck_seat_in_payment")),
        sa.CheckConstraint("state IN ('free', 'held', 'sold', 'blocked')", name=op.f("ck_seat_state")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "performance_id"],
            ["performance.organiser_id", "performance.id"],
            name=op.f("fk_seat_organiser_id_performance_id_performance"),
        ),
        sa.PrimaryKeyConstraint("performance_id", "seat_no", name=op.f("pk_seat")),
    )
    op.create_index(
        "ix_seat_free",
        "seat",
        ["performance_id", "category", "seat_no"],
        unique=False,
        postgresql_where="state = 'free'",
    )
    op.create_index("ix_seat_hold_id", "seat", ["hold_id"], unique=False, postgresql_where="hold_id IS NOT NULL")
    op.create_index("ix_seat_order_id", "seat", ["order_id"], unique=False, postgresql_where="order_id IS NOT NULL")
    op.create_table(
        "ticket_type",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=4), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "performance_id"],
            ["performance.organiser_id", "performance.id"],
            name=op.f("fk_ticket_type_organiser_id_performance_id_performance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_type")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_ticket_type_organiser_id_id")),
        sa.UniqueConstraint(
            "performance_id", "category", "name", name=op.f("uq_ticket_type_performance_id_category_name")
        ),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("subtotal", sa.Integer(), nullable=False),
        sa.Column("discount", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fees", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tax", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.CheckConstraint("paid_at IS NOT NULL OR state <> 'paid'", name=op.f("ck_orders_paid_at")),
        sa.CheckConstraint(
            "state IN ('pending', 'paying', 'capturing', 'expiring', 'paid', 'failed', 'expired', 'cancelled', 'refund_due', 'refunded')",  # noqa: E501
            name=op.f("ck_orders_state"),
        ),
        sa.CheckConstraint(
            "total = subtotal - discount + fees AND total >= 0 AND discount >= 0", name=op.f("ck_orders_total")
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "hold_id"],
            ["hold.organiser_id", "hold.id"],
            name=op.f("fk_orders_organiser_id_hold_id_hold"),
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "performance_id"],
            ["performance.organiser_id", "performance.id"],
            name=op.f("fk_orders_organiser_id_performance_id_performance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("code", name=op.f("uq_orders_code")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_orders_hold_id")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_orders_organiser_id_id")),
    )
    op.create_index(
        "ix_orders_moving",
        "orders",
        ["state", "expires_at"],
        unique=False,
        postgresql_where="state IN ('pending', 'paying', 'capturing', 'expiring', 'refund_due')",
    )
    op.create_index(
        "ix_orders_user_id", "orders", ["user_id", "id"], unique=False, postgresql_where="user_id IS NOT NULL"
    )
    op.create_table(
        "price",
        sa.Column("ticket_type_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tax_bp", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("amount >= 0 AND fee >= 0 AND tax_bp BETWEEN 0 AND 10000", name=op.f("ck_price_sane")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "ticket_type_id"],
            ["ticket_type.organiser_id", "ticket_type.id"],
            name=op.f("fk_price_organiser_id_ticket_type_id_ticket_type"),
        ),
        sa.PrimaryKeyConstraint("ticket_type_id", "version", name=op.f("pk_price")),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("seat_no", sa.Integer(), nullable=False),
        sa.Column("ticket_type_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_type", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("unit_price", sa.Integer(), nullable=False),
        sa.Column("discount", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fee", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tax_bp", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tax", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organiser_id", "order_id"],
            ["orders.organiser_id", "orders.id"],
            name=op.f("fk_order_line_organiser_id_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_order_line_organiser_id_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_order_line_reverses_id")),
    )
    op.create_index("ix_order_line_order_id", "order_line", ["order_id"], unique=False)
    op.create_table(
        "order_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "order_id"],
            ["orders.organiser_id", "orders.id"],
            name=op.f("fk_order_step_organiser_id_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_step")),
    )
    op.create_index("ix_order_step_order_id", "order_step", ["order_id", "id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), server_default="1", nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("captured", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refunded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=True),
        sa.Column("client_secret", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "method IN ('stripe', 'free', 'cash', 'terminal', 'complimentary')", name=op.f("ck_payment_method")
        ),
        sa.CheckConstraint(
            "state IN ('creating', 'open', 'capturing', 'captured', 'cancelling', 'cancelled', 'failed')",
            name=op.f("ck_payment_state"),
        ),
        sa.CheckConstraint(
            "refunded <= captured AND captured <= amount AND refunded >= 0", name=op.f("ck_payment_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "order_id"],
            ["orders.organiser_id", "orders.id"],
            name=op.f("fk_payment_organiser_id_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_payment_intent_id")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_payment_organiser_id_id")),
    )
    op.create_index(
        "ix_payment_moving",
        "payment",
        ["id"],
        unique=False,
        postgresql_where="state IN ('creating', 'open', 'capturing', 'cancelling')",
    )
    op.create_index("uq_payment_active", "payment", ["order_id"], unique=True, postgresql_where="active")
    op.create_table(
        "ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("seat_no", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="inactive", nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("state IN ('inactive', 'valid', 'void')", name=op.f("ck_ticket_state")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "order_id"],
            ["orders.organiser_id", "orders.id"],
            name=op.f("fk_ticket_organiser_id_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_ticket_organiser_id_id")),
    )
    op.create_index("ix_ticket_order_id", "ticket", ["order_id"], unique=False)
    op.create_index(
        "uq_ticket_live", "ticket", ["performance_id", "seat_no"], unique=True, postgresql_where="state = 'valid'"
    )
    op.create_table(
        "checkin",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="entry", nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("gate", sa.Text(), server_default="", nullable=False),
        sa.Column("scanned_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("kind IN ('entry', 'exit')", name=op.f("ck_checkin_kind")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "list_id"],
            ["checkin_list.organiser_id", "checkin_list.id"],
            name=op.f("fk_checkin_organiser_id_list_id_checkin_list"),
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "ticket_id"],
            ["ticket.organiser_id", "ticket.id"],
            name=op.f("fk_checkin_organiser_id_ticket_id_ticket"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
    )
    op.create_index(
        "uq_checkin_entry", "checkin", ["ticket_id", "list_id"], unique=True, postgresql_where="kind = 'entry' AND ok"
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("account IN ('stripe', 'sales', 'fees', 'refunds')", name=op.f("ck_ledger_entry_account")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "payment_id"],
            ["payment.organiser_id", "payment.id"],
            name=op.f("fk_ledger_entry_organiser_id_payment_id_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index("ix_ledger_entry_payment_id", "ledger_entry", ["payment_id"], unique=False)
    op.create_index("ix_ledger_entry_transaction_id", "ledger_entry", ["transaction_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name=op.f("ck_refund_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "payment_id"],
            ["payment.organiser_id", "payment.id"],
            name=op.f("fk_refund_organiser_id_payment_id_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("payment_id", "seq", name=op.f("uq_refund_payment_id_seq")),
    )


def downgrade() -> None:
    op.drop_table("refund")
    op.drop_table("ledger_entry")
    op.drop_table("checkin")
    op.drop_table("ticket")
    op.drop_table("payment")
    op.drop_table("order_step")
    op.drop_table("order_line")
    op.drop_table("price")
    op.drop_table("orders")
    op.drop_table("ticket_type")
    op.drop_table("seat")
    op.drop_table("hold")
    op.drop_table("checkin_list")
    op.drop_table("seat_place")
    op.drop_table("performance")
    op.drop_table("seat_map")
    op.drop_table("venue")
    op.drop_table("team_member")
    op.drop_table("oauth_identity")
    op.drop_table("login_session")
    op.drop_table("event")
    op.drop_table("user_account")
    op.drop_table("outbox")
    op.drop_table("organiser")
    op.drop_table("inbox")
    op.drop_table("idempotency")
    op.drop_table("effect")
