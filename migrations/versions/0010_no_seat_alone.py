"""Best-available leaves no seat alone while there is another choice, and a refusal says what would work.

A map's runs get a table of their own: a run that is sold out is one look at the index of free seats, instead of one for
each of its seats, so the best block of 50,000 seats is found as quickly in a full house as in an empty one.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A run may be of several categories: then it has a row for each, with the numbers between which its places of that
# category are. ``best`` is the cost of the run's best place.
FILL_RUNS = """
  INSERT INTO seat_run (seat_map_id, run, category, organiser_id, section, first_no, last_no, wheelchairs, best)
  SELECT p_map, t.run, p.category, min(t.organiser_id::text)::uuid, min(p.section), min(t.seat_no), max(t.seat_no),
         count(*) FILTER (WHERE t.access = 'wheelchair'), min(min(t.cost)) OVER (PARTITION BY t.run)
    FROM seat_spot t JOIN seat_place p ON p.seat_map_id = p_map AND p.seat_no = t.seat_no
   WHERE t.seat_map_id = p_map AND NOT EXISTS (SELECT FROM seat_run WHERE seat_map_id = p_map)
   GROUP BY t.run, p.category
  ON CONFLICT DO NOTHING;
"""

# Each step follows from the one before, and the planner is left no other order (OFFSET 0 is its fence): by guesses made
# when the house was empty it would join every run with every seat.
BY_INDEX = """
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
"""

# The free places that this wish may have a word in: wheelchairs' places are for who asks for them, and so keep nobody
# else company.
FREE = """
      SELECT r.run, t.at, t.cost, t.access, r.section, r.category
        FROM seat_run r
        CROSS JOIN LATERAL (
          SELECT s.seat_no FROM seat s
           WHERE s.performance_id = p_performance AND s.category = r.category AND s.state = 'free'
             AND s.seat_no BETWEEN r.first_no AND r.last_no AND s.seat_no <> ALL (p_without) OFFSET 0) s
        CROSS JOIN LATERAL (
          SELECT t.at, t.cost, t.access FROM seat_spot t
           WHERE t.seat_map_id = p_map AND t.seat_no = s.seat_no AND t.run = r.run
             AND (p_accessible OR t.access = '') OFFSET 0) t
       WHERE r.seat_map_id = p_map
"""

OF_THIS_WISH = """
r.seat_map_id = p_map AND (p_category IS NULL OR r.category = p_category) AND (NOT p_accessible OR r.wheelchairs > 0)
       AND EXISTS (SELECT FROM seat s
                    WHERE s.performance_id = p_performance AND s.category = r.category AND s.state = 'free'
                      AND s.seat_no BETWEEN r.first_no AND r.last_no OFFSET 0)
"""

# The best blocks of p_count neighbours that are free, best first: those that leave no single seat alone, of which there
# are ``sound``, and after them those that do. Alone is a free seat, of whatever category, that was a neighbour's
# neighbour before and has nobody beside it afterwards. Only as many runs with free seats are looked at as can hold the
# best block: none beyond them can cost less than p_count times their next one's best place. ``more``: there are others.
BEST_BLOCKS = f"""
CREATE FUNCTION best_blocks(
  p_performance uuid, p_map uuid, p_count int, p_category text, p_accessible boolean, p_without int[], p_runs int,
  OUT blocks int[], OUT sound int, OUT more boolean
) LANGUAGE plpgsql STABLE {BY_INDEX.strip()} AS $$
#variable_conflict use_column
DECLARE
  v_runs int := CASE WHEN p_accessible THEN 1000000 ELSE p_runs END; v_near int[]; v_best float8; v_beyond float8;
BEGIN
  LOOP
    SELECT array_agg(run ORDER BY run) INTO v_near FROM (
      SELECT DISTINCT r.run FROM seat_run r WHERE {OF_THIS_WISH.strip()} ORDER BY r.run LIMIT v_runs) nearest;
    EXIT WHEN v_near IS NULL;
    WITH free AS ({FREE}         AND r.run = ANY (v_near)),
    beside AS (
      SELECT run, at, cost, access, category,
             coalesce(lag(at) OVER line = at - 1 AND lag(at, 2) OVER line IS DISTINCT FROM at - 2, false) AS before,
             coalesce(lead(at) OVER line = at + 1 AND lead(at, 2) OVER line IS DISTINCT FROM at + 2, false) AS after
        FROM free WINDOW line AS (PARTITION BY run ORDER BY at)),
    block AS (
      SELECT run, at, before OR lead(after, p_count - 1) OVER line AS single, sum(cost) OVER ahead AS cost,
             count(*) FILTER (WHERE access = 'wheelchair') OVER ahead AS wheelchairs,
             lead(at, p_count - 1) OVER line = at + p_count - 1 AS whole
        FROM beside WHERE p_category IS NULL OR category = p_category
      WINDOW line AS (PARTITION BY run ORDER BY at),
             ahead AS (PARTITION BY run ORDER BY at ROWS BETWEEN CURRENT ROW AND p_count - 1 FOLLOWING)),
    best AS (
      SELECT row_number() OVER (ORDER BY single, wheelchairs, cost, run, at) AS place, run, at, single, cost
        FROM block WHERE whole AND (NOT p_accessible OR wheelchairs > 0)
       ORDER BY place LIMIT 100)
    SELECT array_agg(seats ORDER BY place), count(*) FILTER (WHERE NOT single), min(cost) FILTER (WHERE NOT single)
      INTO blocks, sound, v_best
      FROM best CROSS JOIN LATERAL (
        SELECT array_agg(t.seat_no ORDER BY t.at) AS seats FROM seat_spot t
         WHERE t.seat_map_id = p_map AND t.run = best.run AND t.at BETWEEN best.at AND best.at + p_count - 1) of_best;
    SELECT r.best INTO v_beyond FROM seat_run r WHERE {OF_THIS_WISH.strip()} AND r.run > v_near[cardinality(v_near)]
     ORDER BY r.run LIMIT 1;
    EXIT WHEN v_beyond IS NULL OR v_best <= p_count * v_beyond;
    v_runs := v_runs * 16;
  END LOOP;
  more := v_beyond IS NOT NULL;
END $$
"""

# What a refusal says: how many are together at most, how many there are in all, and where something else would do,
# as JSON: at most six of [{{section, category, together}}, ...], first those that are large enough.
TOGETHER_LEFT = f"""
CREATE FUNCTION together_left(
  p_performance uuid, p_map uuid, p_count int, p_category text, p_accessible boolean, p_without int[],
  OUT largest int, OUT remaining int, OUT instead text
) LANGUAGE sql STABLE {BY_INDEX.strip()} AS $$
  WITH free AS ({FREE}),
  island AS (
    SELECT *, at - row_number() OVER (PARTITION BY run ORDER BY at) AS any_category,
           at - row_number() OVER (PARTITION BY run, category ORDER BY at) AS one_category
      FROM free),
  one AS (
    SELECT section, category, count(*) AS size, min(cost) AS cost FROM island
     GROUP BY run, one_category, section, category HAVING NOT p_accessible OR bool_or(access = 'wheelchair')),
  whole AS (
    SELECT count(*) AS size FROM island WHERE p_category IS NULL OR category = p_category
     GROUP BY run, CASE WHEN p_category IS NULL THEN any_category ELSE one_category END
    HAVING NOT p_accessible OR bool_or(access = 'wheelchair')),
  best AS (
    SELECT section, category, max(size) AS size FROM one GROUP BY section, category
     ORDER BY max(size) >= p_count DESC, category IS NOT DISTINCT FROM p_category DESC, max(size) DESC, min(cost)
     LIMIT 6)
  SELECT coalesce((SELECT max(size) FROM whole), 0), coalesce((SELECT sum(size) FROM whole), 0),
         coalesce((SELECT json_agg(json_build_object('section', section, 'category', category, 'together', size))
                     FROM best), '[]')::text
$$
"""

# Where there is room for people who stand, counted to 50.
STANDING_LEFT = """
CREATE FUNCTION standing_left(p_performance uuid, p_map uuid) RETURNS text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE area AS (
    SELECT min(section) AS section FROM seat_place WHERE seat_map_id = p_map AND kind = 'standing'
    UNION ALL
    SELECT (SELECT min(p.section) FROM seat_place p
             WHERE p.seat_map_id = p_map AND p.kind = 'standing' AND p.section > area.section)
      FROM area WHERE area.section IS NOT NULL),
  room AS (
    SELECT area.section, ends.category,
           (SELECT count(*) FROM (
              SELECT FROM seat s
               WHERE s.performance_id = p_performance AND s.category = ends.category AND s.state = 'free'
                 AND s.seat_no BETWEEN ends.first_no AND ends.last_no LIMIT 50) counted) AS size
      FROM area CROSS JOIN LATERAL (
        SELECT min(p.seat_no) AS first_no, max(p.seat_no) AS last_no, min(p.category) AS category FROM seat_place p
         WHERE p.seat_map_id = p_map AND p.kind = 'standing' AND p.section = area.section) ends
     WHERE area.section IS NOT NULL)
  SELECT coalesce((SELECT json_agg(json_build_object('section', section, 'category', category, 'together', size)
                                   ORDER BY size DESC, section)
                     FROM (SELECT * FROM room WHERE size > 0 ORDER BY size DESC, section LIMIT 6) most), '[]')::text
$$
"""

# As before, but for this: blocks that leave a seat alone are only tried when no others are to be had, however far away
# and whoever is at them; and a refusal says more.
HOLD_BEST = """
CREATE FUNCTION hold_best(
  p_hold uuid, p_performance uuid, p_buyer uuid, p_count int, p_category text, p_accessible boolean, p_split boolean,
  p_hold_s int, p_cap_s int, p_max int, p_key text, p_hash bytea,
  {answer}, OUT leaves_single boolean, OUT remaining int, OUT instead text
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE{variables}
  v_seats int[] := '{{}}'; v_size int := p_count; v_blocks int[]; v_block int[]; v_locked int; v_runs int;
  v_more boolean; v_sound int; v_at int; v_wheels boolean; v_largest int;
BEGIN{may_hold}{within_cap}
  leaves_single := false;
  WHILE cardinality(v_seats) < p_count LOOP
    v_size := least(v_size, p_count - cardinality(v_seats));
    v_wheels := p_accessible AND v_seats = '{{}}';
    v_runs := 16;
    FOR v_try IN 1..10 LOOP
      SELECT b.blocks, b.more, b.sound INTO v_blocks, v_more, v_sound FROM best_blocks(
        p_performance, v_map, v_size, p_category, v_wheels, v_seats, v_runs) b;
      EXIT WHEN v_blocks IS NULL;
      v_locked := 0;
      FOR v_at IN 1..array_length(v_blocks, 1) LOOP
        EXIT WHEN v_more AND v_at > v_sound;
        v_block := ARRAY(SELECT unnest(v_blocks[v_at:v_at]));
        BEGIN
          PERFORM 1 FROM seat s WHERE s.performance_id = p_performance AND s.seat_no = ANY (v_block)
            AND s.state = 'free' ORDER BY s.seat_no FOR NO KEY UPDATE SKIP LOCKED;
          GET DIAGNOSTICS v_locked = ROW_COUNT;
          IF v_locked < v_size THEN RAISE EXCEPTION 'others are at it' USING ERRCODE = 'FR409'; END IF;
          leaves_single := leaves_single OR v_at > v_sound;
        EXCEPTION WHEN SQLSTATE 'FR409' THEN NULL;
        END;
        EXIT WHEN v_locked = v_size;
      END LOOP;
      EXIT WHEN v_locked = v_size;
      IF v_more THEN
        v_runs := v_runs * 8;
      ELSIF v_seats = '{{}}' THEN
        -- Any one of them: else the whole crowd would wait for the same.
        v_at := 1 + floor(random() * CASE WHEN v_sound > 0 THEN v_sound ELSE array_length(v_blocks, 1) END)::int;
        v_block := ARRAY(SELECT unnest(v_blocks[v_at:v_at]));
        BEGIN
          PERFORM 1 FROM seat s WHERE s.performance_id = p_performance AND s.seat_no = ANY (v_block)
            AND s.state = 'free' ORDER BY s.seat_no FOR NO KEY UPDATE;
          GET DIAGNOSTICS v_locked = ROW_COUNT;
          IF v_locked < v_size THEN RAISE EXCEPTION 'others were at it' USING ERRCODE = 'FR409'; END IF;
          leaves_single := leaves_single OR v_at > v_sound;
        EXCEPTION WHEN SQLSTATE 'FR409' THEN NULL;
        END;
        EXIT WHEN v_locked = v_size;
      END IF;
    END LOOP;
    IF v_blocks IS NULL THEN
      SELECT l.largest, l.remaining, l.instead INTO v_largest, remaining, instead FROM together_left(
        p_performance, v_map, v_size, p_category, v_wheels, v_seats) l;
      IF NOT p_split THEN outcome := 'not_together'; figure := v_largest; RETURN; END IF;
      IF v_largest = 0 THEN outcome := 'not_enough'; figure := cardinality(v_seats); RETURN; END IF;
      v_size := v_largest;
    ELSIF v_locked < v_size THEN
      RAISE EXCEPTION 'too many rivals' USING ERRCODE = 'lock_not_available';
    ELSE
      v_seats := v_seats || v_block;
    END IF;
  END LOOP;
  v_now := clock_timestamp();
{take}
  IF leaves_single THEN UPDATE hold SET leaves_single = true WHERE id = p_hold; END IF;
END $$
"""


def upgrade() -> None:
    before = op.get_context().script.get_revision("0004").module
    op.create_table(
        "seat_run",
        sa.Column("seat_map_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(4), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("first_no", sa.Integer(), nullable=False),
        sa.Column("last_no", sa.Integer(), nullable=False),
        sa.Column("wheelchairs", sa.Integer(), nullable=False),
        sa.Column("best", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "seat_map_id"], ["seat_map.organiser_id", "seat_map.id"],
            name=op.f("fk_seat_run_organiser_id_seat_map_id_seat_map"),
        ),
        sa.PrimaryKeyConstraint("seat_map_id", "run", "category", name=op.f("pk_seat_run")),
    )  # fmt: skip
    op.drop_index("ix_seat_spot_seat_map_id_run", "seat_spot")
    op.create_index("ix_seat_spot_seat_map_id_run_at", "seat_spot", ["seat_map_id", "run", "at"])
    op.add_column("hold", sa.Column("leaves_single", sa.Boolean(), server_default="false", nullable=False))
    op.execute("DROP FUNCTION fill_seat_spots")
    op.execute(before.FILL_SPOTS.replace("ON CONFLICT DO NOTHING\n", f"ON CONFLICT DO NOTHING;\n{FILL_RUNS}"))
    op.execute("SELECT fill_seat_spots(id) FROM seat_map")
    for function in ("hold_best", "hold_standing", "best_blocks"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute(BEST_BLOCKS)
    op.execute(TOGETHER_LEFT)
    op.execute(STANDING_LEFT)
    op.execute(
        HOLD_BEST.format(
            answer=before.ANSWER.strip(),
            variables=before.VARIABLES,
            may_hold=before.MAY_HOLD,
            within_cap=before.WITHIN_CAP.format(count="p_count"),
            take=before.TAKE.format(function="hold_best", seats="v_seats"),
        )
    )
    op.execute(_standing(before.HOLD_STANDING))


def _standing(before: str) -> str:
    """The same, but a refusal says where there is room."""
    refused = "outcome := 'not_enough'; figure := cardinality(v_seats);"
    says_where = before.replace("OUT figure int", "OUT figure int, OUT instead text").replace(
        refused, f"{refused} instead := standing_left(p_performance, v_map);"
    )
    assert says_where.count("instead") == 2
    return says_where


def downgrade() -> None:
    before = op.get_context().script.get_revision("0004").module
    for function in (
        "hold_standing", "hold_best", "standing_left", "together_left", "best_blocks", "fill_seat_spots",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("hold", "leaves_single")
    op.drop_index("ix_seat_spot_seat_map_id_run_at", "seat_spot")
    op.create_index("ix_seat_spot_seat_map_id_run", "seat_spot", ["seat_map_id", "run"])
    op.drop_table("seat_run")
    for function in (before.FILL_SPOTS, before.BEST_BLOCKS, before.HOLD_BEST, before.HOLD_STANDING):
        op.execute(function)
