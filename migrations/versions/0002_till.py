"""The till's hot verb as one SQL function, and the triggers that have the last word.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What a place of a category is sold as unless the buyer chooses otherwise: the organiser's first ticket type of it.
USUAL = """
CREATE FUNCTION usual_ticket_type(p_performance uuid, p_category text) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT id FROM ticket_type WHERE performance_id = p_performance AND category = p_category
   ORDER BY position, id LIMIT 1
$$
"""

# The places of a hold in words and money, at the price list that the hold was stamped with; the browser gets this text.
OFFERED = """
CREATE FUNCTION offered(p_performance uuid, p_seats int[], p_version int) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT json_agg(json_build_object(
           'seat_no', sp.seat_no, 'section', sp.section, 'row', sp.row, 'label', sp.label, 'category', sp.category,
           'ticket_type_id', tt.id, 'amount', pr.amount, 'fee', pr.fee, 'total', pr.amount + pr.fee)
           ORDER BY sp.seat_no)::text
    FROM performance p
    JOIN seat_place sp ON sp.seat_map_id = p.seat_map_id AND sp.seat_no = ANY (p_seats)
    JOIN ticket_type tt ON tt.id = usual_ticket_type(p.id, sp.category)
    JOIN price pr ON pr.ticket_type_id = tt.id AND pr.version = p_version
   WHERE p.id = p_performance
$$
"""

# T1. One statement, one transaction, one round trip. PL/pgSQL, because each statement inside takes its own snapshot:
# what is read after the row locks is what the winner before us committed.
HOLD_SEATS = """
CREATE FUNCTION hold_seats(
  p_hold uuid, p_performance uuid, p_buyer uuid, p_seats int[],
  p_hold_s int, p_cap_s int, p_key text, p_hash bytea,
  OUT outcome text, OUT hold_id uuid, OUT seats int[], OUT fences bigint[],
  OUT created_at timestamptz, OUT expires_at timestamptz, OUT price_version int, OUT places text, OUT currency text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_organiser uuid; v_now timestamptz := clock_timestamp(); v_opens timestamptz; v_closes timestamptz;
  v_state text; v_known record; v_event text;
BEGIN
  hold_id := p_hold;
  SELECT p.organiser_id, p.price_version, p.sales_open_at, p.sales_close_at, p.state, e.state, e.currency
    INTO v_organiser, price_version, v_opens, v_closes, v_state, v_event, currency
    FROM performance p JOIN event e ON e.id = p.event_id WHERE p.id = p_performance;
  IF NOT FOUND OR v_event = 'draft' THEN outcome := 'not_found'; RETURN; END IF;
  PERFORM set_config('frontrow.organiser_id', v_organiser::text, true);

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

  -- What is committed as taken needs no lock to be refused: on hot seats the losers leave at once.
  SELECT array_agg(s.seat_no ORDER BY s.seat_no) INTO seats FROM seat s
    WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
      AND NOT (s.state = 'free' OR (s.state = 'held' AND NOT s.in_payment AND s.expires_at < v_now));
  IF seats IS NULL THEN
    -- Blocking and in seat order, so there is no deadlock, and of two buyers one gets everything.
    PERFORM 1 FROM seat s WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
      ORDER BY s.seat_no FOR NO KEY UPDATE;
    v_now := clock_timestamp();
    SELECT array_agg(s.seat_no ORDER BY s.seat_no) INTO seats FROM seat s
      WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
        AND NOT (s.state = 'free' OR (s.state = 'held' AND NOT s.in_payment AND s.expires_at < v_now));
  END IF;
  IF seats IS NOT NULL THEN
    -- The same key may have won these very seats while we waited for them.
    SELECT i.request_hash, i.resource_id INTO v_known FROM idempotency i
      WHERE i.subject = p_buyer::text AND i.endpoint = 'hold' AND i.key = p_key;
    IF FOUND AND v_known.request_hash = p_hash THEN
      hold_id := v_known.resource_id; outcome := 'known'; RETURN;
    END IF;
    outcome := 'taken'; RETURN;
  END IF;

  created_at := v_now;
  expires_at := v_now + make_interval(secs => p_hold_s);
  WITH taken AS (
    UPDATE seat s SET state = 'held', hold_id = p_hold, fence = s.fence + 1, expires_at = hold_seats.expires_at,
                      in_payment = false
      WHERE s.performance_id = p_performance AND s.seat_no = ANY (p_seats)
      RETURNING s.seat_no, s.fence
  ) SELECT array_agg(t.seat_no ORDER BY t.seat_no), array_agg(t.fence ORDER BY t.seat_no)
    INTO seats, fences FROM taken t;
  IF coalesce(cardinality(seats), 0) <> cardinality(p_seats) THEN
    RAISE EXCEPTION 'unknown seats' USING ERRCODE = 'FR422';
  END IF;
  INSERT INTO hold (id, organiser_id, performance_id, buyer_id, seat_nos, price_version, created_at, expires_at, cap_at)
    VALUES (p_hold, v_organiser, p_performance, p_buyer, seats, price_version, v_now, hold_seats.expires_at,
            v_now + make_interval(secs => p_cap_s));
  -- The same key with other seats, at the same moment: the primary key refuses the second.
  INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
    VALUES (p_buyer::text, 'hold', p_key, p_hash, p_hold);
  places := offered(p_performance, seats, price_version);
  outcome := 'held';
END $$
"""

# Invariant I8. The WHEN clause is checked without calling the function, so a lawful update pays next to nothing.
FENCE_RISES = (
    """CREATE FUNCTION refuse_falling_fence() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'the fence of seat % did not rise', OLD.seat_no USING ERRCODE = '23514'; END $$""",
    """CREATE TRIGGER seat_fence_rises BEFORE UPDATE ON seat FOR EACH ROW
       WHEN (NEW.fence <= OLD.fence) EXECUTE FUNCTION refuse_falling_fence()""",
)

LEDGER_BALANCES = (
    """CREATE FUNCTION check_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF (SELECT sum(amount) FROM ledger_entry WHERE transaction_id = NEW.transaction_id) <> 0 THEN
           RAISE EXCEPTION 'ledger transaction % is off', NEW.transaction_id USING ERRCODE = '23514';
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE CONSTRAINT TRIGGER ledger_balances AFTER INSERT OR UPDATE ON ledger_entry
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger()""",
)


def upgrade() -> None:
    # Seat rows are updated a few times each: room on the page keeps the new versions close.
    op.execute("ALTER TABLE seat SET (fillfactor = 70)")
    op.execute(USUAL)
    op.execute(OFFERED)
    op.execute(HOLD_SEATS)
    for statement in (*FENCE_RISES, *LEDGER_BALANCES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER ledger_balances ON ledger_entry")
    op.execute("DROP FUNCTION check_ledger()")
    op.execute("DROP TRIGGER seat_fence_rises ON seat")
    op.execute("DROP FUNCTION refuse_falling_fence()")
    op.execute("DROP FUNCTION hold_seats")
    op.execute("DROP FUNCTION offered")
    op.execute("DROP FUNCTION usual_ticket_type")
    op.execute("ALTER TABLE seat RESET (fillfactor)")
