"""T2 in SQL: the key and the offer; the order; and, in the usual case, all that is written in one statement."""

from frontrow.orders import queries

_CLAIM = """
  INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
  VALUES (CAST(:subject AS text), 'order', CAST(:key AS text), CAST(:hash AS bytea), CAST(:id AS uuid))
  ON CONFLICT DO NOTHING RETURNING """

WRITTEN = """
placed AS (
  INSERT INTO orders (id, code, organiser_id, performance_id, hold_id, buyer_id, user_id, email, name, locale, token,
                      currency, state, subtotal, discount, fees, tax, added_tax, total, coupon_id, coupon_code,
                      account_cap, expires_at, correlation_id)
  SELECT CAST(:id AS uuid), CAST(:code AS text), CAST(:organiser AS uuid), CAST(:performance AS uuid),
         CAST(:hold AS uuid), CAST(:buyer AS uuid), CAST(:user AS uuid), CAST(:email AS text), CAST(:name AS text),
         CAST(:locale AS text), CAST(:token AS text), CAST(:currency AS text), '{state}', CAST(:subtotal AS int),
         CAST(:discount AS int), CAST(:fees AS int), CAST(:tax AS int), CAST(:added_tax AS int), CAST(:total AS int),
         CAST(:coupon AS uuid), CAST(:coupon_code AS text), CAST(:cap AS int), expires_at, CAST(:correlation AS text)
    FROM {taken}
  RETURNING id, created_at, expires_at
), lines AS (
  INSERT INTO order_line (organiser_id, order_id, performance_id, id, seat_no, ticket_type_id, ticket_type, section,
                          row, label, unit_price, discount, fee, tax_bp, tax, added_tax)
  SELECT CAST(:organiser AS uuid), CAST(:id AS uuid), CAST(:performance AS uuid), line.*
    FROM {taken} CROSS JOIN json_to_recordset(CAST(CAST(:lines AS text) AS json)) AS line (
           id uuid, seat_no int, ticket_type_id uuid, ticket_type text, section text, "row" text, label text,
           unit_price int, discount int, fee int, tax_bp int, tax int, added_tax int)
)"""
"""The order and its lines, in a state; the part ``taken`` has taken the hold, and has its ``expires_at``."""

# The hold is taken by the same statement that writes the order: it is still the buyer's, running and without an order,
# or no order is written at all. (``seats.tie_to_order`` says which of these it was.)
_PLACED = """
tied AS (
  UPDATE hold SET state = 'ordered'
   WHERE id = :hold AND buyer_id = :buyer AND state = 'active' AND expires_at > clock_timestamp(){only}
  RETURNING expires_at
), {written}, history AS (
  INSERT INTO order_step (organiser_id, order_id, to_state, why)
  SELECT CAST(:organiser AS uuid), placed.id, 'pending', 'placed' FROM {whose}
)
SELECT created_at, expires_at FROM placed
"""

CLAIM_AND_OFFER = f"""
WITH claimed AS ({_CLAIM} 1), offer AS ({queries.OFFER})
SELECT EXISTS (SELECT FROM claimed) AS claimed, offer.*,
       set_config('frontrow.organiser_id', offer.organiser_id::text, true)
  FROM (VALUES (1)) AS one LEFT JOIN offer ON true
"""  # noqa: S608 -- statements of this room
"""The first of a transaction's two statements. ``claimed`` is false when the key was used before."""

_PENDING = WRITTEN.format(state="pending", taken="tied").strip()

PLACE = "WITH" + _PLACED.format(only="", whose="placed", written=_PENDING)
"""The second. Returns no row unless the hold could be tied."""

# The key first, and only with it the hold. A step without an order is what its table refuses (NOT NULL), and the whole
# statement with it: so no key is ever claimed for an order that couldn't be placed.
PLACE_AT_ONCE = f"""
WITH claimed AS ({_CLAIM} set_config('frontrow.organiser_id', CAST(CAST(:organiser AS uuid) AS text), true)),
""" + _PLACED.format(
    only=" AND EXISTS (SELECT FROM claimed)", whose="claimed LEFT JOIN placed ON true", written=_PENDING
)
"""Both at once, for an offer that was read before. No row: the key was used before, and nothing was written.
Raises NotNullViolationError for a hold that couldn't be tied, and nothing was written."""
