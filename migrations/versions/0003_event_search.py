"""Search of events: folded text (no accents, no case) under a trigram index, for parts of words and near misses.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for extension in ("pg_trgm", "unaccent"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
    # unaccent() is only STABLE, because its dictionary could be changed; ours isn't, and an index needs IMMUTABLE.
    # A page of text takes it a tenth of a millisecond, which the planner must know, or it folds every event's text
    # where it could have used the index.
    op.execute(
        """CREATE FUNCTION search_fold(words text) RETURNS text
           LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
           RETURN lower(public.unaccent('public.unaccent'::regdictionary, words))"""
    )
    op.execute(
        """CREATE INDEX ix_event_search ON event
           USING gin (search_fold(title || ' ' || subtitle || ' ' || description) gin_trgm_ops)"""
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_event_search")
    op.execute("DROP FUNCTION search_fold(text)")
