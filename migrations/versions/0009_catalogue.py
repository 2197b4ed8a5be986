"""The catalogue: what filters and search go by, kept beside each performance and event by the database itself.

A performance carries its day in the venue's own calendar, its city and category, and whether it is listed: a filter
then asks one table along one index. What a search looks through is text split into words, titles apart, and all words
that occur, for near misses. Triggers keep it, because whoever writes an event must not be able to forget it.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORDS = """
CREATE FUNCTION search_words_of(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN strip(to_tsvector('pg_catalog.simple'::regconfig, regexp_replace(search_fold(said), '[^[:alnum:]]+', ' ', 'g')))
"""

# The rows that are read here are locked, lightly, so that a publication at the same time comes before or after, not in
# between. Where there is no such venue or event, the foreign keys say so afterwards.
LISTING = """
CREATE FUNCTION performance_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.venue_id <> OLD.venue_id OR NEW.starts_at <> OLD.starts_at THEN
    SELECT v.city, (NEW.starts_at AT TIME ZONE v.timezone)::date INTO NEW.city, NEW.on_date
      FROM venue v WHERE v.id = NEW.venue_id FOR SHARE;
    NEW.city := coalesce(NEW.city, '');
    NEW.on_date := coalesce(NEW.on_date, (NEW.starts_at AT TIME ZONE 'UTC')::date);
  END IF;
  IF TG_OP = 'INSERT' OR NEW.state <> OLD.state THEN
    SELECT e.category, e.state = 'published' AND NEW.state = 'scheduled' INTO NEW.category, NEW.listed
      FROM event e WHERE e.id = NEW.event_id FOR NO KEY UPDATE;
    NEW.category := coalesce(NEW.category, 'other');
    NEW.listed := coalesce(NEW.listed, false);
  END IF;
  RETURN NEW;
END $$
"""

# The event's row is locked first: of two who change what its text is made of, the second sees what the first did.
TEXT = """
CREATE FUNCTION refresh_event_text(p_events uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM event WHERE id = ANY (p_events) ORDER BY id FOR NO KEY UPDATE;
  INSERT INTO event_text (event_id, organiser_id, title, words)
  SELECT e.id, e.organiser_id, search_words_of(e.title),
         search_words_of(concat_ws(' ', e.title, e.subtitle, e.description, o.name,
           (SELECT string_agg(DISTINCT v.name || ' ' || v.city, ' ')
              FROM performance p JOIN venue v ON v.id = p.venue_id
             WHERE p.event_id = e.id AND p.state = 'scheduled')))
    FROM event e JOIN organiser o ON o.id = e.organiser_id
   WHERE e.id = ANY (p_events)
   ORDER BY e.id
  ON CONFLICT (event_id) DO UPDATE SET title = EXCLUDED.title, words = EXCLUDED.words, learned = false
   WHERE (event_text.title, event_text.words) IS DISTINCT FROM (EXCLUDED.title, EXCLUDED.words);
END $$
"""

CHANGES = (
    """CREATE FUNCTION events_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'performance' THEN
    PERFORM refresh_event_text(ARRAY(SELECT DISTINCT event_id FROM fresh));
  ELSE
    PERFORM refresh_event_text(ARRAY(SELECT id FROM fresh));
  END IF;
  RETURN NULL;
END $$""",
    """CREATE FUNCTION event_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.title, NEW.subtitle, NEW.description) IS DISTINCT FROM (OLD.title, OLD.subtitle, OLD.description) THEN
    PERFORM refresh_event_text(ARRAY[NEW.id]);
  END IF;
  IF (NEW.state, NEW.category) IS DISTINCT FROM (OLD.state, OLD.category) THEN
    UPDATE performance SET category = NEW.category, listed = NEW.state = 'published' AND state = 'scheduled'
     WHERE event_id = NEW.id;
  END IF;
  RETURN NULL;
END $$""",
    """CREATE FUNCTION performance_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_event_text(ARRAY[NEW.event_id]);
  RETURN NULL;
END $$""",
    """CREATE FUNCTION venue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE performance SET city = NEW.city, on_date = (starts_at AT TIME ZONE NEW.timezone)::date
   WHERE venue_id = NEW.id;
  PERFORM refresh_event_text(ARRAY(SELECT DISTINCT event_id FROM performance WHERE venue_id = NEW.id));
  RETURN NULL;
END $$""",
    """CREATE FUNCTION organiser_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_event_text(ARRAY(SELECT id FROM event WHERE organiser_id = NEW.id));
  RETURN NULL;
END $$""",
)

TRIGGERS = """
CREATE TRIGGER listing BEFORE INSERT OR UPDATE OF venue_id, starts_at, state ON performance
  FOR EACH ROW EXECUTE FUNCTION performance_listing();
CREATE TRIGGER text_of_new AFTER INSERT ON performance
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION events_said();
CREATE TRIGGER text_of_changed AFTER UPDATE OF venue_id, state ON performance FOR EACH ROW
  WHEN (OLD.venue_id <> NEW.venue_id OR OLD.state <> NEW.state) EXECUTE FUNCTION performance_changed();
CREATE TRIGGER text_of_new AFTER INSERT ON event
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION events_said();
CREATE TRIGGER catalogue_of_changed AFTER UPDATE OF title, subtitle, description, state, category ON event
  FOR EACH ROW EXECUTE FUNCTION event_changed();
CREATE TRIGGER catalogue_of_changed AFTER UPDATE OF name, city, timezone ON venue FOR EACH ROW
  WHEN ((OLD.name, OLD.city, OLD.timezone) IS DISTINCT FROM (NEW.name, NEW.city, NEW.timezone))
  EXECUTE FUNCTION venue_changed();
CREATE TRIGGER text_of_changed AFTER UPDATE OF name ON organiser FOR EACH ROW
  WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION organiser_changed()
"""

BACKFILL = (
    """UPDATE performance p
          SET city = v.city, on_date = (p.starts_at AT TIME ZONE v.timezone)::date, category = e.category,
              listed = e.state = 'published' AND p.state = 'scheduled'
         FROM venue v, event e WHERE v.id = p.venue_id AND e.id = p.event_id""",
    "SELECT refresh_event_text(ARRAY(SELECT id FROM event))",
)

LISTED = (
    ("ix_performance_listed", ["starts_at", "id"], "listed"),
    ("ix_performance_city", ["city", "starts_at", "id"], "listed"),
    ("ix_performance_category", ["category", "starts_at", "id"], "listed"),
    ("ix_performance_organiser", ["organiser_id", "starts_at", "id"], "listed"),
    ("ix_performance_accessible", ["starts_at", "id"], "listed AND wheelchair_free > 0"),
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch SCHEMA public")
    op.execute(WORDS)
    op.add_column("performance", sa.Column("on_date", sa.Date(), nullable=True))
    op.add_column("performance", sa.Column("city", sa.Text(), server_default="", nullable=False))
    op.add_column("performance", sa.Column("category", sa.Text(), server_default="other", nullable=False))
    op.add_column("performance", sa.Column("listed", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("performance", sa.Column("wheelchair_free", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "venue",
        sa.Column("words", TSVECTOR(),
                  sa.Computed("search_words_of(name || ' ' || city)", persisted=True)),
    )  # fmt: skip
    op.create_table(
        "event_text",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("title", TSVECTOR(), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.Column("learned", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "event_id"], ["event.organiser_id", "event.id"],
            name=op.f("fk_event_text_organiser_id_event"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_text")),
    )  # fmt: skip
    # Found rows are counted and ranked by their titles; all their words are only needed by the index.
    op.execute("ALTER TABLE event_text SET (toast_tuple_target = 128)")
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    for part in (LISTING, TEXT, *CHANGES):
        op.execute(part)
    for part in BACKFILL:
        op.execute(part)
    op.alter_column("performance", "on_date", nullable=False)
    for part in TRIGGERS.split(";"):
        op.execute(part)
    for name, columns, where in LISTED:
        op.create_index(name, "performance", columns, postgresql_where=sa.text(where))
    op.create_index("ix_event_text_title", "event_text", ["title"], postgresql_using="gin")
    op.create_index("ix_event_text_words", "event_text", ["words"], postgresql_using="gin")
    op.create_index("ix_event_text_new", "event_text", ["event_id"], postgresql_where=sa.text("NOT learned"))
    op.create_index("ix_venue_words", "venue", ["words"], postgresql_using="gin")
    op.execute("CREATE INDEX ix_search_word_parts ON search_word USING gin (word gin_trgm_ops)")
    op.execute("CREATE INDEX ix_search_word_near ON search_word USING gist (word gist_trgm_ops)")
    op.create_index(
        "ix_seat_place_wheelchair", "seat_place", ["seat_map_id", "seat_no"],
        postgresql_where=sa.text("access = 'wheelchair'"),
    )  # fmt: skip
    op.drop_index("ix_event_search", "event")


def downgrade() -> None:
    op.execute(
        """CREATE INDEX ix_event_search ON event
           USING gin (search_fold(title || ' ' || subtitle || ' ' || description) gin_trgm_ops)"""
    )
    op.drop_index("ix_seat_place_wheelchair", "seat_place")
    for table, trigger in (
        ("performance", "listing"), ("performance", "text_of_new"), ("performance", "text_of_changed"),
        ("event", "text_of_new"), ("event", "catalogue_of_changed"), ("venue", "catalogue_of_changed"),
        ("organiser", "text_of_changed"),
    ):  # fmt: skip
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for function in ("organiser_changed", "venue_changed", "performance_changed", "event_changed", "events_said",
                     "performance_listing"):  # fmt: skip
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION refresh_event_text(uuid[])")
    op.drop_table("search_word")
    op.drop_table("event_text")
    op.drop_index("ix_venue_words", "venue")
    op.drop_column("venue", "words")
    for name, _, _ in LISTED:
        op.drop_index(name, "performance")
    for column in ("wheelchair_free", "listed", "category", "city", "on_date"):
        op.drop_column("performance", column)
    op.execute("DROP FUNCTION search_words_of(text)")
    op.execute("DROP EXTENSION fuzzystrmatch")
