"""A reversing line's guard holds only such lines, and an order's payments are numbered once.

An index of all lines by ``reverses_id`` was nearly all nulls: it cost an entry a line, and what nulls there were misled
the planner into reading every sold line. A payment's number is part of the key that Stripe knows it by.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("uq_order_line_reverses_id"), "order_line")
    op.create_index(
        "uq_order_line_reverses_id", "order_line", ["reverses_id"], unique=True,
        postgresql_where="reverses_id IS NOT NULL",
    )  # fmt: skip
    op.drop_index("ix_payment_order_id", "payment")
    op.create_unique_constraint(op.f("uq_payment_order_id_seq"), "payment", ["order_id", "seq"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_payment_order_id_seq"), "payment")
    op.create_index("ix_payment_order_id", "payment", ["order_id"], unique=False)
    op.drop_index("uq_order_line_reverses_id", "order_line")
    op.create_unique_constraint(op.f("uq_order_line_reverses_id"), "order_line", ["reverses_id"])
