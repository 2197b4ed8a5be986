"""Tickets' ids and secrets made by the database; scans that can be repeated; performances that move.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# A UUIDv7 (RFC 9562): 48 bits of milliseconds, the version, 74 bits from the operating system's generator.
# PostgreSQL 18 has uuidv7(), but we run on 17, too. Bits 52 and 53 turn the version 4 of gen_random_uuid() into 7.
NEW_ID = """
CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(set_bit(set_bit(
           overlay(uuid_send(gen_random_uuid()) PLACING
                   substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                   FROM 1 FOR 6),
           52, 1), 53, 1), 'hex')::uuid
$$
"""

# 72 bits in URL-safe base64 (12 characters). gen_random_uuid() takes them from pg_strong_random(); its version and
# variant are in the bytes 7 and 9, which are left out.
DRAW = """
CREATE FUNCTION ticket_secret() RETURNS text LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT translate(encode(substring(u FROM 1 FOR 6) || substring(u FROM 10 FOR 3), 'base64'), '+/', '-_')
    FROM uuid_send(gen_random_uuid()) AS u
$$
"""


def upgrade() -> None:
    op.execute(NEW_ID)
    op.execute(DRAW)
    op.add_column("performance", sa.Column("move_no", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "performance_move",
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("move_no", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doors_at_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("venue_id_before", sa.Uuid(), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "performance_id"],
            ["performance.organiser_id", "performance.id"],
            name=op.f("fk_performance_move_organiser_id_performance_id_performance"),
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id", "venue_id_before"],
            ["venue.organiser_id", "venue.id"],
            name=op.f("fk_performance_move_organiser_id_venue_id_before_venue"),
        ),
        sa.PrimaryKeyConstraint("performance_id", "move_no", name=op.f("pk_performance_move")),
    )
    op.add_column("checkin", sa.Column("scan_id", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_checkin_scan", "checkin", ["list_id", "scan_id"], unique=True, postgresql_where="scan_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("uq_checkin_scan", "checkin")
    op.drop_column("checkin", "scan_id")
    op.drop_table("performance_move")
    op.drop_column("performance", "move_no")
    op.execute("DROP FUNCTION ticket_secret()")
    op.execute("DROP FUNCTION new_id()")
