"""The spots of a stadium are found in a second instead of in minutes.

``fill_seat_spots`` asked the map's layout for the stage once for each place, and unpacked all of it each time.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _function() -> str:
    """As revision 0010 left it."""
    script = op.get_context().script
    spots = str(script.get_revision("0004").module.FILL_SPOTS)
    runs = str(script.get_revision("0010").module.FILL_RUNS)
    both = spots.replace("ON CONFLICT DO NOTHING\n", f"ON CONFLICT DO NOTHING;\n{runs}")
    return both.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def upgrade() -> None:
    once = _function().replace("stage AS (", "stage AS MATERIALIZED (")
    assert once.count("MATERIALIZED") == 1
    op.execute(once)


def downgrade() -> None:
    op.execute(_function())
