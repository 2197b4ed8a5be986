"""Links that prove that an account's address is its owner's; a guest's orders are found by their address.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_email_proof_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_proof")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_proof_token_hash")),
    )
    op.create_index("ix_email_proof_user_id", "email_proof", ["user_id"])
    op.create_index("ix_orders_guest", "orders", ["account", "id"], postgresql_where="user_id IS NULL")


def downgrade() -> None:
    op.drop_index("ix_orders_guest", "orders")
    op.drop_table("email_proof")
