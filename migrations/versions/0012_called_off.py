"""An evening can be cancelled: who did it, when, and what its buyers are told.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "performance_cancellation",
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "performance_id"], ["performance.organiser_id", "performance.id"],
            name=op.f("fk_performance_cancellation_performance"),
        ),
        sa.PrimaryKeyConstraint("performance_id", name=op.f("pk_performance_cancellation")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("performance_cancellation")
