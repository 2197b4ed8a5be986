"""Payments: methods that are captured at once, refunds by people, cancelled lines, money taken at a desk.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ACCOUNTS = "account IN ('stripe', 'cash', 'terminal', 'sales', 'fees', 'refunds')"
ACCOUNTS_BEFORE = "account IN ('stripe', 'sales', 'fees', 'refunds')"
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.add_column("payment", sa.Column("kind", sa.Text(), server_default="card", nullable=False))
    op.add_column("payment", sa.Column("ends_as", sa.Text(), nullable=True))
    op.add_column("payment", sa.Column("taken_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f("ck_payment_ends_as"), "payment", "ends_as IN ('cancelled', 'expired', 'pending')")
    op.create_index("ix_payment_order_id", "payment", ["order_id"], unique=False)
    op.create_table(
        "cancellation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("seat_nos", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("amount >= 0 AND cardinality(line_ids) > 0", name=op.f("ck_cancellation_lines")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "order_id"],
            ["orders.organiser_id", "orders.id"],
            name=op.f("fk_cancellation_organiser_id_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation")),
    )
    op.create_index("ix_cancellation_order_id", "cancellation", ["order_id"], unique=False)
    op.add_column("refund", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("refund", sa.Column("failure", sa.Text(), nullable=True))
    op.add_column("refund", sa.Column("made_by", sa.Uuid(), nullable=True))
    op.add_column("refund", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("refund", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_refund_stripe_id"), "refund", ["stripe_id"])
    op.create_index("ix_refund_pending", "refund", ["created_at"], unique=False, postgresql_where="state = 'pending'")
    op.create_index("ix_inbox_object_id", "inbox", ["object_id"], unique=False, postgresql_where="handled_at IS NULL")
    op.drop_constraint(op.f("ck_ledger_entry_account"), "ledger_entry")
    op.create_check_constraint(op.f("ck_ledger_entry_account"), "ledger_entry", ACCOUNTS)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_ledger_entry_account"), "ledger_entry")
    op.create_check_constraint(op.f("ck_ledger_entry_account"), "ledger_entry", ACCOUNTS_BEFORE)
    op.drop_index("ix_inbox_object_id", "inbox")
    op.drop_index("ix_refund_pending", "refund")
    op.drop_constraint(op.f("uq_refund_stripe_id"), "refund")
    for column in ("looked_at", "done_at", "made_by", "failure", "tries"):
        op.drop_column("refund", column)
    op.drop_table("cancellation")
    op.drop_index("ix_payment_order_id", "payment")
    op.drop_constraint(op.f("ck_payment_ends_as"), "payment")
    for column in ("taken_by", "ends_as", "kind"):
        op.drop_column("payment", column)
