"""Holds: a cap for each buyer, best-available seats together, standing places.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Which places are neighbours, and how good they are, is known once the map is: a map never changes. A *run* is a
# stretch of a row in which nobody sits apart: consecutive places, none farther from the next than 1.4 times the row's
# closest pair nor than two seat pitches (an aisle is 2.6). A place's *cost* is how far it is from the middle of the
# stage's front edge, sideways counting double, in map units. Runs are numbered by their best place.
FILL_SPOTS = """
CREATE FUNCTION fill_seat_spots(p_map uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO seat_spot (seat_map_id, seat_no, organiser_id, access, run, at, cost)
  WITH place AS (
    SELECT * FROM seat_place WHERE seat_map_id = p_map AND kind = 'numbered'
      AND NOT EXISTS (SELECT FROM seat_spot WHERE seat_map_id = p_map)),
  stage AS (
    SELECT coalesce((m.layout->'stage'->>'x')::float8 + (m.layout->'stage'->>'width')::float8 / 2,
                    (SELECT (min(x) + max(x)) / 2 FROM place)) AS x,
           coalesce((m.layout->'stage'->>'y')::float8 + (m.layout->'stage'->>'height')::float8,
                    (SELECT min(y) FROM place)) AS y
      FROM seat_map m WHERE m.id = p_map),
  spaced AS (
    SELECT place.*, sqrt(power(2 * (place.x - stage.x), 2) + power(place.y - stage.y, 2)) AS cost,
           sqrt(power(place.x - lag(place.x) OVER (line), 2) + power(place.y - lag(place.y) OVER (line), 2)) AS gap
      FROM place CROSS JOIN stage
    WINDOW line AS (PARTITION BY place.section, place.row ORDER BY place.seat_no)),
  pitched AS (
    SELECT *, min(gap) OVER (PARTITION BY section, "row") AS pitch FROM spaced),
  parted AS (
    SELECT *, count(*) FILTER (WHERE gap > 1.4 * pitch OR gap > 20)
                OVER (PARTITION BY section, "row" ORDER BY seat_no) AS part
      FROM pitched),
  valued AS (
    SELECT *, min(cost) OVER (PARTITION BY section, "row", part) AS best,
           row_number() OVER (PARTITION BY section, "row", part ORDER BY seat_no) AS at
      FROM parted)
  SELECT seat_map_id, seat_no, organiser_id, access, dense_rank() OVER (ORDER BY best, section, "row", part), at, cost
    FROM valued
  ON CONFLICT DO NOTHING
$$
"""

# The best blocks of p_count neighbours that are free, best first, and when there is none, the size of the largest.
# A block that would leave a single seat alone comes after all that don't. Only as many runs are looked at as can hold
# the best block: no block beyond them can cost less than p_count times their next one's best place.
BEST_BLOCKS = """
CREATE FUNCTION best_blocks(
  p_performance uuid, p_map uuid, p_count int, p_category text, p_accessible boolean, p_without int[], p_runs int,
  OUT blocks int[], OUT more boolean, OUT largest int
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE v_to int := CASE WHEN p_accessible THEN 1000000 ELSE p_runs END; v_best float8; v_beyond float8;
BEGIN
  LOOP
    WITH free AS (
      SELECT t.run, t.at, t.seat_no, t.cost, t.access,
             t.at - row_number() OVER (PARTITION BY t.run ORDER BY t.at) AS island
        FROM seat_spot t JOIN seat s ON s.performance_id = p_performance AND s.seat_no = t.seat_no
       WHERE t.seat_map_id = p_map AND t.run <= v_to AND s.state = 'free'
         AND (p_category IS NULL OR s.category = p_category) AND (p_accessible OR t.access = '')
         AND s.seat_no <> ALL (p_without)),
    block AS (
      SELECT array_agg(seat_no) OVER ahead AS seats, sum(cost) OVER ahead AS cost, count(*) OVER ahead AS size,
             count(*) FILTER (WHERE access = 'wheelchair') OVER ahead AS wheelchairs,
             row_number() OVER stretch - 1 AS before, count(*) OVER (PARTITION BY run, island) AS length
        FROM free
      WINDOW stretch AS (PARTITION BY run, island ORDER BY at),
             ahead AS (PARTITION BY run, island ORDER BY at
                       ROWS BETWEEN CURRENT ROW AND p_count - 1 FOLLOWING)),
    best AS (
      SELECT seats, cost, wheelchairs, before = 1 OR length - before - p_count = 1 AS orphans
        FROM block WHERE size = p_count AND (NOT p_accessible OR wheelchairs > 0)
       ORDER BY orphans, wheelchairs, cost, seats LIMIT 100)
    SELECT array_agg(seats ORDER BY orphans, wheelchairs, cost, seats), min(cost) FILTER (WHERE NOT orphans)
      INTO blocks, v_best FROM best;
    SELECT min(t.cost) INTO v_beyond FROM seat_spot t WHERE t.seat_map_id = p_map AND t.run = v_to + 1;
    EXIT WHEN v_beyond IS NULL OR v_best <= p_count * v_beyond;
    v_to := v_to * 4;
  END LOOP;
  more := v_beyond IS NOT NULL;
  IF blocks IS NULL THEN
    SELECT coalesce(max(length), 0) INTO largest FROM (
      SELECT count(*) AS length FROM (
        SELECT t.run, t.access, t.at - row_number() OVER (PARTITION BY t.run ORDER BY t.at) AS island
          FROM seat_spot t JOIN seat s ON s.performance_id = p_performance AND s.seat_no = t.seat_no
         WHERE t.seat_map_id = p_map AND s.state = 'free' AND (p_category IS NULL OR s.category = p_category)
           AND (p_accessible OR t.access = '') AND s.seat_no <> ALL (p_without)) free
       GROUP BY run, island HAVING NOT p_accessible OR bool_or(access = 'wheelchair')) stretch;
  END IF;
END $$
"""

ANSWER = """
  OUT outcome text, OUT hold_id uuid, OUT seats int[], OUT fences bigint[],
  OUT created_at timestamptz, OUT expires_at timestamptz, OUT price_version int, OUT places text, OUT currency text,
  OUT figure int
"""

# What all three ways to hold begin with. The buyer's own holds of a performance follow one another (lock order: buyer
# cap before seats), so that the cap holds and the same key, sent twice at once, finds what the first made of it.
MAY_HOLD = """
  hold_id := p_hold;
  SELECT p.organiser_id, p.price_version, p.sales_open_at, p.sales_close_at, p.state, e.state, e.currency,
         p.seat_map_id
    INTO v_organiser, price_version, v_opens, v_closes, v_state, v_event, currency, v_map
    FROM performance p JOIN event e ON e.id = p.event_id WHERE p.id = p_performance;
  IF NOT FOUND OR v_event = 'draft' THEN outcome := 'not_found'; RETURN; END IF;
  PERFORM set_config('frontrow.organiser_id', v_organiser::text, true),
          pg_advisory_xact_lock(hashtextextended(p_buyer::text, hashtextextended(p_performance::text, 0)));

  SELECT i.request_hash, i.resource_id INTO v_known FROM idempotency i
    WHERE i.subject = p_buyer::text AND i.endpoint = 'hold' AND i.key = p_key;
  IF FOUND THEN
    hold_id := v_known.resource_id;
    outcome := CASE WHEN v_known.request_hash = p_hash THEN 'known' ELSE 'mismatch' END;
    RETURN;
  END IF;

  IF v_event <> 'published' OR v_state <> 'scheduled' OR v_now < v_opens OR v_now >= v_closes THEN
    outcome := 'sales_closed'; RETURN;
  END IF;
"""

# An unpaid order's seats count, too: else a house could be held by orders that nobody means to pay.
WITHIN_CAP = """
  SELECT sum(cardinality(h.seat_nos)) INTO figure FROM hold h
    WHERE h.buyer_id = p_buyer AND h.performance_id = p_performance AND h.state IN ('active', 'ordered')
      AND (h.state = 'ordered' OR h.expires_at > v_now);
  IF figure + {count} > p_max THEN outcome := 'too_many'; RETURN; END IF;
"""

# What all three end with, the rows being locked.
TAKE = """
  created_at := v_now;
  expires_at := v_now + make_interval(secs => p_hold_s);
  WITH taken AS (
    UPDATE seat s SET state = 'held', hold_id = p_hold, fence = s.fence + 1, expires_at = {function}.expires_at,
                      in_payment = false
      WHERE s.performance_id = p_performance AND s.seat_no = ANY ({seats})
      RETURNING s.seat_no, s.fence
  ) SELECT array_agg(t.seat_no ORDER BY t.seat_no), array_agg(t.fence ORDER BY t.seat_no)
    INTO seats, fences FROM taken t;
  IF coalesce(cardinality(seats), 0) <> cardinality({seats}) THEN
    RAISE EXCEPTION 'unknown seats' USING ERRCODE = 'FR422';
  END IF;
  INSERT INTO hold (id, organiser_id, performance_id, buyer_id, seat_nos, price_version, created_at, expires_at, cap_at)
    VALUES (p_hold, v_organiser, p_performance, p_buyer, seats, price_version, v_now, {function}.expires_at,
            v_now + make_interval(secs => p_cap_s));
  -- The same key for another performance, at the same moment: the primary key refuses the second.
  INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
    VALUES (p_buyer::text, 'hold', p_key, p_hash, p_hold);
  places := offered(p_performance, seats, price_version);
  outcome := 'held';
"""

VARIABLES = """
  v_organiser uuid; v_now timestamptz := clock_timestamp(); v_opens timestamptz; v_closes timestamptz;
  v_state text; v_known record; v_event text; v_map uuid;
"""

# Each statement in here has one good plan. Left to itself, PostgreSQL makes a new one for every call, because it thinks
# better of arrays whose length it knows; planning was more than half of a hold's time.
#
# T1. One statement, one transaction, one round trip. PL/pgSQL, because each statement inside takes its own snapshot:
# what is read after the row locks is what the winner before us committed.
HOLD_SEATS = f"""
CREATE FUNCTION hold_seats(
  p_hold uuid, p_performance uuid, p_buyer uuid, p_seats int[],
  p_hold_s int, p_cap_s int, p_max int, p_key text, p_hash bytea,
  {ANSWER.strip()}
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE{VARIABLES}BEGIN{MAY_HOLD}
  -- What is committed as taken needs no lock to be refused: on hot seats the losers leave at once.
  SELECT array_agg(s.seat_no ORDER BY s.seat_no) INTO seats FROM seat s
    WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
      AND NOT (s.state = 'free' OR (s.state = 'held' AND NOT s.in_payment AND s.expires_at < v_now));
  IF seats IS NOT NULL THEN outcome := 'taken'; RETURN; END IF;
{WITHIN_CAP.format(count="cardinality(p_seats)")}
  -- Blocking and in seat order, so there is no deadlock, and of two buyers one gets everything.
  PERFORM 1 FROM seat s WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
    ORDER BY s.seat_no FOR NO KEY UPDATE;
  v_now := clock_timestamp();
  SELECT array_agg(s.seat_no ORDER BY s.seat_no) INTO seats FROM seat s
    WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
      AND NOT (s.state = 'free' OR (s.state = 'held' AND NOT s.in_payment AND s.expires_at < v_now));
  IF seats IS NOT NULL THEN outcome := 'taken'; RETURN; END IF;
{TAKE.format(function="hold_seats", seats="p_seats")}END $$
"""

# Best-available. Whoever meets a rival at a block goes on to the next one, and leaves no lock behind (the inner block
# is a subtransaction). Only when every block that is free is in somebody's hands, one is waited for, with no seat
# locked meanwhile: what a rival gives up again must not be refused to the last buyer.
HOLD_BEST = f"""
CREATE FUNCTION hold_best(
  p_hold uuid, p_performance uuid, p_buyer uuid, p_count int, p_category text, p_accessible boolean, p_split boolean,
  p_hold_s int, p_cap_s int, p_max int, p_key text, p_hash bytea,
  {ANSWER.strip()}
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE{VARIABLES}
  v_seats int[] := '{{}}'; v_size int := p_count; v_blocks int[]; v_block int[]; v_largest int; v_locked int;
  v_runs int; v_more boolean; v_try_at int;
BEGIN{MAY_HOLD}{WITHIN_CAP.format(count="p_count")}
  WHILE cardinality(v_seats) < p_count LOOP
    v_size := least(v_size, p_count - cardinality(v_seats));
    v_runs := 16;
    FOR v_try IN 1..10 LOOP
      SELECT b.blocks, b.more, b.largest INTO v_blocks, v_more, v_largest FROM best_blocks(
        p_performance, v_map, v_size, p_category, p_accessible AND v_seats = '{{}}', v_seats, v_runs) b;
      EXIT WHEN v_blocks IS NULL;
      FOREACH v_block SLICE 1 IN ARRAY v_blocks LOOP
        BEGIN
          PERFORM 1 FROM seat s WHERE s.performance_id = p_performance AND s.seat_no = ANY (v_block)
            AND s.state = 'free' ORDER BY s.seat_no FOR NO KEY UPDATE SKIP LOCKED;
          GET DIAGNOSTICS v_locked = ROW_COUNT;
          IF v_locked < v_size THEN RAISE EXCEPTION 'others are at it' USING ERRCODE = 'FR409'; END IF;
        EXCEPTION WHEN SQLSTATE 'FR409' THEN NULL;
        END;
        EXIT WHEN v_locked = v_size;
      END LOOP;
      EXIT WHEN v_locked = v_size;
      IF v_more THEN
        v_runs := v_runs * 4;
      ELSIF v_seats = '{{}}' THEN
        -- Any one of them: else the whole crowd would wait for the same.
        v_try_at := 1 + floor(random() * array_length(v_blocks, 1))::int;
        v_block := ARRAY(SELECT unnest(v_blocks[v_try_at:v_try_at]));
        BEGIN
          PERFORM 1 FROM seat s WHERE s.performance_id = p_performance AND s.seat_no = ANY (v_block)
            AND s.state = 'free' ORDER BY s.seat_no FOR NO KEY UPDATE;
          GET DIAGNOSTICS v_locked = ROW_COUNT;
          IF v_locked < v_size THEN RAISE EXCEPTION 'others were at it' USING ERRCODE = 'FR409'; END IF;
        EXCEPTION WHEN SQLSTATE 'FR409' THEN NULL;
        END;
        EXIT WHEN v_locked = v_size;
      END IF;
    END LOOP;
    IF v_blocks IS NULL THEN
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
{TAKE.format(function="hold_best", seats="v_seats")}END $$
"""

# Standing places are rows, one a place, and any of them will do. From a random start with wrap-around, so that the
# crowd doesn't meet at the first free row. What a rival holds a lock on may come free again, so whoever finds too few
# looks once more, in order and waiting.
HOLD_STANDING = f"""
CREATE FUNCTION hold_standing(
  p_hold uuid, p_performance uuid, p_buyer uuid, p_section text, p_count int,
  p_hold_s int, p_cap_s int, p_max int, p_key text, p_hash bytea,
  {ANSWER.strip()}
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE{VARIABLES}
  v_seats int[]; v_first int; v_last int; v_start int; v_category text;
BEGIN{MAY_HOLD}{WITHIN_CAP.format(count="p_count")}
  SELECT min(sp.seat_no), max(sp.seat_no) INTO v_first, v_last FROM seat_place sp
    WHERE sp.seat_map_id = v_map AND sp.section = p_section AND sp.kind = 'standing';
  IF v_first IS NULL THEN outcome := 'unknown_section'; RETURN; END IF;
  SELECT sp.category INTO v_category FROM seat_place sp WHERE sp.seat_map_id = v_map AND sp.seat_no = v_first;
  v_start := v_first + floor(random() * (v_last - v_first + 1))::int;
  BEGIN
    SELECT coalesce(array_agg(q.seat_no), '{{}}') INTO v_seats FROM (
      SELECT s.seat_no FROM seat s WHERE s.performance_id = p_performance AND s.category = v_category
         AND s.state = 'free' AND s.seat_no BETWEEN v_start AND v_last
       ORDER BY s.seat_no LIMIT p_count FOR NO KEY UPDATE SKIP LOCKED) q;
    IF cardinality(v_seats) < p_count THEN
      SELECT v_seats || coalesce(array_agg(q.seat_no), '{{}}') INTO v_seats FROM (
        SELECT s.seat_no FROM seat s WHERE s.performance_id = p_performance AND s.category = v_category
           AND s.state = 'free' AND s.seat_no >= v_first AND s.seat_no < v_start
         ORDER BY s.seat_no LIMIT p_count - cardinality(v_seats) FOR NO KEY UPDATE SKIP LOCKED) q;
    END IF;
    IF cardinality(v_seats) < p_count THEN RAISE EXCEPTION 'others are at it' USING ERRCODE = 'FR409'; END IF;
  EXCEPTION WHEN SQLSTATE 'FR409' THEN
    SELECT coalesce(array_agg(q.seat_no), '{{}}') INTO v_seats FROM (
      SELECT s.seat_no FROM seat s WHERE s.performance_id = p_performance AND s.category = v_category
         AND s.state = 'free' AND s.seat_no BETWEEN v_first AND v_last
       ORDER BY s.seat_no LIMIT p_count FOR NO KEY UPDATE) q;
    IF cardinality(v_seats) < p_count THEN
      outcome := 'not_enough'; figure := cardinality(v_seats); RETURN;
    END IF;
  END;
  v_now := clock_timestamp();
{TAKE.format(function="hold_standing", seats="v_seats")}END $$
"""


def upgrade() -> None:
    op.create_table(
        "seat_spot",
        sa.Column("seat_map_id", sa.Uuid(), nullable=False),
        sa.Column("seat_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id", "seat_map_id"],
            ["seat_map.organiser_id", "seat_map.id"],
            name=op.f("fk_seat_spot_organiser_id_seat_map_id_seat_map"),
        ),
        sa.PrimaryKeyConstraint("seat_map_id", "seat_no", name=op.f("pk_seat_spot")),
    )
    op.create_index("ix_seat_spot_seat_map_id_run", "seat_spot", ["seat_map_id", "run"])
    # min() and max() of an area's numbers are one look each.
    op.create_index(
        "ix_seat_place_standing", "seat_place", ["seat_map_id", "section", "seat_no"],
        postgresql_where="kind = 'standing'",
    )  # fmt: skip
    op.drop_index("ix_hold_buyer_id_performance_id", "hold")
    op.create_index(
        "ix_hold_buyer_id_performance_id", "hold", ["buyer_id", "performance_id"],
        postgresql_where="state IN ('active', 'ordered')",
    )  # fmt: skip
    op.execute(FILL_SPOTS)
    op.execute("SELECT fill_seat_spots(id) FROM seat_map")
    op.execute("DROP FUNCTION hold_seats")
    for function in (BEST_BLOCKS, HOLD_SEATS, HOLD_BEST, HOLD_STANDING):
        op.execute(function)


def downgrade() -> None:
    for function in ("hold_standing", "hold_best", "hold_seats", "best_blocks", "fill_seat_spots"):
        op.execute(f"DROP FUNCTION {function}")
    script = op.get_context().script
    op.execute(script.get_revision("0002").module.HOLD_SEATS)
    op.drop_index("ix_hold_buyer_id_performance_id", "hold")
    op.create_index(
        "ix_hold_buyer_id_performance_id", "hold", ["buyer_id", "performance_id"], postgresql_where="state = 'active'"
    )
    op.drop_index("ix_seat_place_standing", "seat_place")
    op.drop_table("seat_spot")
