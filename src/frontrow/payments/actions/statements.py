"""The hot steps of the till, each one statement: what a purchase does together is asked for together.

A step is the order's state, its line of history, the payment, the tickets, the books and the outbox. Elsewhere these
are verbs of their rooms, one round trip each; on the way of every purchase the round trips are what it costs.
"""

from typing import Any

from frontrow.core.db import Database
from frontrow.core.rows import numbered
from frontrow.orders.queries import LOCKED
from frontrow.tickets.actions.issue import ISSUE

# T3 begins: the idempotency key first, then the order's row. ``claimed`` is null when the key was used before.
CLAIMED = f"""
WITH claimed AS (
  INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
  VALUES (:subject, :endpoint, :key, :hash, :resource) ON CONFLICT DO NOTHING RETURNING resource_id
), o AS MATERIALIZED (
  SELECT {LOCKED}, set_config('frontrow.organiser_id', organiser_id::text, true) AS tenant
    FROM orders WHERE id = :order AND (SELECT count(*) FROM claimed) >= 0 FOR NO KEY UPDATE
)
SELECT o.*, (SELECT resource_id FROM claimed) AS claimed FROM o
"""  # noqa: S608 -- columns of orders

# T3. Runs on a locked *pending* order whose seats are kept. The outbox row is born leased to us, who call Stripe next.
OPENED = """
WITH moved AS (
  UPDATE orders SET state = 'paying', expires_at = CAST(:expires AS timestamptz)
   WHERE id = :order AND state = 'pending' RETURNING id, organiser_id
), history AS (
  INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
  SELECT organiser_id, id, 'pending', 'paying', 'payment started' FROM moved
), pays AS (
  INSERT INTO payment (id, organiser_id, order_id, seq, method, kind, state, amount, currency)
  SELECT CAST(:payment AS uuid), organiser_id, id, (SELECT count(*) + 1 FROM payment WHERE order_id = :order), 'stripe',
         CAST(:kind AS text), 'creating', CAST(:amount AS int), CAST(:currency AS text) FROM moved
  RETURNING seq
), asked AS (
  INSERT INTO outbox (topic, dedupe_key, payload, correlation_id, lease_until)
  SELECT CAST(:topic AS text), CAST(:key AS text), CAST(:payload AS jsonb), CAST(:correlation AS text),
         clock_timestamp() + make_interval(secs => CAST(:leased AS float8)) FROM moved
  RETURNING id
)
SELECT pays.seq, asked.id AS row_id FROM pays CROSS JOIN asked
"""

# T3, once Stripe has answered. A transaction of its own. The order may have ended meanwhile, or be paid by another
# payment: then nobody may pay this intent, and its cancellation is queued. A worker that slept may come when the money
# is being captured: its answer is old, and changes nothing.
MADE = """
WITH o AS MATERIALIZED (
  SELECT id, state FROM orders WHERE id = :order FOR NO KEY UPDATE
), made AS (
  UPDATE payment p SET intent_id = :intent, client_secret = :secret,
                       state = CASE WHEN p.state IN ('captured', 'capturing', 'cancelling') THEN p.state
                                    WHEN o.state = 'paying' AND p.active THEN 'open' ELSE 'cancelling' END,
                       active = p.active AND o.state IN ('paying', 'expiring', 'capturing', 'paid')
    FROM o WHERE p.id = :payment RETURNING p.state
), ended AS (
  UPDATE outbox SET done_at = clock_timestamp() FROM made WHERE dedupe_key = CAST(:key AS text) AND done_at IS NULL
), late AS (
  INSERT INTO outbox (topic, dedupe_key, payload, correlation_id)
  SELECT CAST(:cancel AS text), CAST(:cancel_key AS text), CAST(:payload AS jsonb), CAST(:correlation AS text)
    FROM made WHERE made.state = 'cancelling'
  ON CONFLICT DO NOTHING
)
SELECT made.state FROM made
"""

# T4. Runs on a locked order and payment whose seats have just been sold.
SOLD = f"""
WITH issued AS ({ISSUE}),
moved AS (
  UPDATE orders SET state = 'capturing' WHERE id = :order AND state = CAST(:before AS text)
  RETURNING id, organiser_id
), history AS (
  INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
  SELECT organiser_id, id, CAST(:before AS text), 'capturing', CAST(:why AS text) FROM moved
), pays AS (
  UPDATE payment SET state = 'capturing', looked_at = clock_timestamp(), active = true,
                     intent_id = coalesce(intent_id, CAST(:intent AS text)) WHERE id = :payment
)
INSERT INTO outbox (topic, dedupe_key, payload, correlation_id, lease_until)
SELECT CAST(:topic AS text), CAST(:key AS text), CAST(:payload AS jsonb), CAST(:correlation AS text),
       clock_timestamp() + make_interval(secs => CAST(:leased AS float8)) FROM moved
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608 -- a statement of tickets

# T5, locks and all: a transaction of its own, or part of one that has the locks. Nothing happens unless the order and
# the payment wait for just this; and unless the order was seen waiting when the statement began, because only then are
# its tickets seen, too. News of the intent that lies unread says nothing more, and is done with.
PAID = """
WITH o AS MATERIALIZED (
  SELECT id, organiser_id, state, fees, currency, correlation_id FROM orders
   WHERE id = (SELECT order_id FROM payment WHERE id = :payment) FOR NO KEY UPDATE
), p AS MATERIALIZED (
  SELECT p.id, p.state, p.amount, p.currency, p.intent_id FROM o JOIN payment p ON p.order_id = o.id
   WHERE p.id = :payment FOR NO KEY UPDATE OF p
), ready AS MATERIALIZED (
  SELECT o.*, p.intent_id FROM o CROSS JOIN p
   WHERE o.state = 'capturing' AND p.state = 'capturing' AND p.amount = CAST(:captured AS int)
     AND p.currency = CAST(:currency AS text)
     AND EXISTS (SELECT FROM orders seen WHERE seen.id = o.id AND seen.state = 'capturing')
), moved AS (
  UPDATE orders SET state = 'paid', paid_at = clock_timestamp() FROM ready WHERE orders.id = ready.id
), history AS (
  INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
  SELECT organiser_id, id, 'capturing', 'paid', CAST(:why AS text) FROM ready
), pays AS (
  UPDATE payment SET state = 'captured', captured = CAST(:captured AS int), captured_at = clock_timestamp(),
                     looked_at = clock_timestamp()
    FROM ready WHERE payment.id = :payment
), admitted AS (
  UPDATE ticket SET state = 'valid' FROM ready WHERE ticket.order_id = ready.id AND ticket.state = 'inactive'
), booked AS (
  INSERT INTO ledger_entry (transaction_id, organiser_id, payment_id, order_id, account, amount, currency)
  SELECT CAST(:transaction AS uuid), r.organiser_id, :payment, r.id, e.account, e.amount, r.currency
    FROM ready r CROSS JOIN LATERAL (VALUES ('stripe', CAST(:captured AS int)), ('fees', -r.fees),
                                            ('sales', r.fees - CAST(:captured AS int))) AS e (account, amount)
   WHERE e.amount <> 0
), fact AS (
  INSERT INTO outbox (topic, dedupe_key, payload, correlation_id)
  SELECT CAST(:fact AS text), CAST(:fact AS text) || ':' || id, jsonb_build_object('order_id', id), correlation_id
    FROM ready
  ON CONFLICT DO NOTHING
), unread AS (
  UPDATE inbox SET handled_at = clock_timestamp(), outcome = 'settled already' FROM ready
   WHERE inbox.object_id = ready.intent_id AND handled_at IS NULL AND kind LIKE 'payment_intent.%'
  RETURNING inbox.provider, inbox.event_id
), ended AS (
  UPDATE outbox SET done_at = clock_timestamp() FROM ready
   WHERE done_at IS NULL AND dedupe_key = ANY (
     array_append(ARRAY(SELECT 'inbox:' || provider || ':' || event_id FROM unread), CAST(:key AS text)))
)
SELECT o.state, p.state AS payment_state, EXISTS (SELECT FROM ready) AS now_paid FROM o CROSS JOIN p
"""

# T10. Once, and in one round trip with the job that it asks for. News that a payment is where it is already, and news
# that nobody needs, asks for none. The rest gives the buyer's own check a moment's start: it usually makes the job
# superfluous.
RECEIVED = """
WITH known AS (
  SELECT EXISTS (SELECT FROM payment p JOIN orders o ON o.id = p.order_id
                  WHERE p.intent_id = CAST(:object AS text) AND o.state = 'paid' AND p.state = 'captured'
                    AND CAST(:kind AS text) = ANY (CAST(:past_when_paid AS text[]))) AS past
), item AS (
  INSERT INTO inbox (provider, event_id, kind, object_id, payload, handled_at, outcome)
  SELECT CAST(:provider AS text), CAST(:event AS text), CAST(:kind AS text), CAST(:object AS text),
         CAST(CAST(:payload AS text) AS jsonb),
         CASE WHEN known.past OR NOT CAST(:wanted AS boolean) THEN clock_timestamp() END,
         CASE WHEN known.past THEN 'settled already' ELSE CAST(:outcome AS text) END
    FROM known
  ON CONFLICT DO NOTHING RETURNING handled_at
)
INSERT INTO outbox (topic, dedupe_key, payload, correlation_id, due_at)
SELECT CAST(:topic AS text), CAST(:key AS text), jsonb_build_object('event_id', CAST(:event AS text)),
       CAST(:correlation AS text), clock_timestamp() + make_interval(secs => CAST(:rest AS float8))
  FROM item WHERE handled_at IS NULL
ON CONFLICT DO NOTHING RETURNING id
"""


async def once(db: Database, statement: str, **values: Any) -> Any:
    """Run one of these as a transaction of its own, in one round trip; returns its first row, or None."""
    text, names = numbered(statement)
    return await db.call(text, *(values[name] for name in names))
