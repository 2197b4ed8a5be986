"""The hot steps of the till, each one statement: what a purchase does together is asked for together.

A step is the order's state, its line of history, the payment, the tickets, the books and the outbox. Elsewhere these
are verbs of their rooms, one round trip each; on the way of every purchase the round trips are what it costs.

T3 and T4 are there twice, made of the same parts: whole, for the usual case, and as the last statement of a transaction
that can say why a case isn't the usual one. A whole one sees everything as it was when it began, even what is changed
while it waits for a lock: so what it decides by are rows that it has locked, and ``_AS_SEEN``.

Rows are looked for by one value, ``= (SELECT …)``, and states aren't compared with literals where there is an index of
the orders in such a state: plans are kept, and one that was made while few orders were moving would go through all of
them that move now.
"""

from frontrow.orders.actions.statements import WRITTEN
from frontrow.orders.queries import LOCKED
from frontrow.seats.actions.ordering import KEEP, SELL, TIE_AND_KEEP, in_order
from frontrow.tickets.actions.issue import ISSUE

# Whether the order's row is, now that it is locked, the very one that was seen when the statement began. Then nobody
# has taken a step of the order in between, and what was seen of its lines and payments is true, too. (A row that is
# changed goes to another place; one that is only locked doesn't.)
_AS_SEEN = "o.place = (SELECT seen.ctid FROM orders seen WHERE seen.id = o.id)"

_CLAIMED = """
claimed AS (
  INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
  SELECT CAST(:subject AS text), 'pay', CAST(:key AS text), CAST(:hash AS bytea), CAST(:payment AS uuid) {of}
  ON CONFLICT DO NOTHING RETURNING resource_id
)"""

# T3 begins: the idempotency key first, then the order's row. ``claimed`` is null when the key was used before.
CLAIMED = f"""
WITH {_CLAIMED.format(of="")},
o AS MATERIALIZED (
  SELECT {LOCKED}, set_config('frontrow.organiser_id', organiser_id::text, true) AS tenant
    FROM orders WHERE id = :order AND (SELECT count(*) FROM claimed) >= 0 FOR NO KEY UPDATE
)
SELECT o.*, (SELECT resource_id FROM claimed) AS claimed FROM o
"""  # noqa: S608 -- columns of orders

# T3, for the *pending* order of ``opening``, whose seats are kept until the time that it says. The outbox row is born
# leased to us, who call Stripe next.
_ASKED = """
pays AS (
  INSERT INTO payment (id, organiser_id, order_id, seq, method, kind, state, amount, currency)
  SELECT CAST(:payment AS uuid), organiser_id, id, {seq}, 'stripe', CAST(:kind AS text), 'creating', total, currency
    FROM moved
  RETURNING seq
), asked AS (
  INSERT INTO outbox (topic, dedupe_key, payload, correlation_id, lease_until)
  SELECT CAST(:topic AS text), CAST(:create_key AS text), CAST(:payload AS jsonb), correlation_id,
         clock_timestamp() + make_interval(secs => CAST(:leased AS float8)) FROM moved
  RETURNING id
)"""

_OPENED = f"""
moved AS (
  UPDATE orders SET state = 'paying', expires_at = opening.expires_at FROM opening
   WHERE orders.id = (SELECT order_id FROM opening) AND state = CAST(:before AS text)
  RETURNING orders.id, organiser_id, total, currency, correlation_id
), history AS (
  INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
  SELECT organiser_id, id, CAST(:before AS text), 'paying', 'payment started' FROM moved
), {_ASKED.format(seq="(SELECT count(*) + 1 FROM payment WHERE order_id = :order)").strip()}"""  # noqa: S608 -- parts of this file

# A part of a transaction that has the order and has kept its seats.
OPENED = f"""
WITH opening AS (SELECT CAST(:order AS uuid) AS order_id, CAST(:expires AS timestamptz) AS expires_at),
{_OPENED}
SELECT pays.seq, asked.id AS row_id FROM pays CROSS JOIN asked
"""  # noqa: S608 -- parts of this file

_PAYABLE = """
    FROM orders
   WHERE id = :order AND state = CAST(:before AS text) AND total > 0 AND expires_at > clock_timestamp()
     AND EXISTS (SELECT FROM performance p WHERE p.id = orders.performance_id AND p.state = 'scheduled')
     AND (buyer_id = :buyer OR user_id = :user)"""

# T3 before Stripe, whole, for the usual case: a transaction of its own. No row comes back, and nothing was written,
# when the order isn't the viewer's, isn't *pending* or has lapsed, when its evening was cancelled, or when the key was
# used before. A key is claimed with all the rest or not at all: should anything else turn out once the locks are held,
# the division ends the statement. (Whose order it is never changes. A bearer's token is compared where that takes the
# same time for all of them: in the transaction.)
OPENED_AT_ONCE = f"""
WITH {_CLAIMED.format(of=_PAYABLE)},
o AS MATERIALIZED (
  SELECT id, organiser_id, hold_id, state, code, email, total, currency, correlation_id, ctid AS place,
         set_config('frontrow.organiser_id', organiser_id::text, true) AS tenant
    FROM orders WHERE id = :order AND (SELECT count(*) FROM claimed) = 1 FOR NO KEY UPDATE
), due AS MATERIALIZED (
  SELECT id AS order_id, hold_id FROM o WHERE state = CAST(:before AS text) AND {_AS_SEEN}
),
{KEEP},
opening AS (
  SELECT due.order_id, kept.expires_at FROM due CROSS JOIN kept WHERE kept.wanted = (SELECT count(*) FROM marked)
),
{_OPENED}
SELECT o.organiser_id, o.code, o.email, o.total, o.currency, o.correlation_id, kept.performance_id,
       {in_order("marked")}, pays.seq, asked.id AS row_id, 1 / (SELECT count(*) FROM pays) AS whole
  FROM claimed LEFT JOIN o ON true LEFT JOIN kept ON true LEFT JOIN pays ON true LEFT JOIN asked ON true
"""  # noqa: S608 -- parts of this file and of seats

# T2 and T3 before Stripe together, for an offer that was read before and a card: a transaction of its own. It claims
# the keys that placing the order and paying it would claim one after the other, so whoever comes again finds both. No
# row comes back, and nothing was written, when both were used before; should only one have been, or the hold not be the
# buyer's and whole, the division ends the statement.
CHECKED_OUT = f"""
WITH claimed AS (
  INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
  VALUES (CAST(:subject AS text), 'order', CAST(:key AS text), CAST(:hash AS bytea), CAST(:id AS uuid)),
         (CAST(:subject AS text), 'pay', CAST(:key AS text), CAST(:pay_hash AS bytea), CAST(:payment AS uuid))
  ON CONFLICT DO NOTHING
  RETURNING set_config('frontrow.organiser_id', CAST(CAST(:organiser AS uuid) AS text), true)
), due AS MATERIALIZED (
  SELECT CAST(:hold AS uuid) AS hold_id WHERE (SELECT count(*) FROM claimed) = 2
),
{TIE_AND_KEEP},
taken AS MATERIALIZED (
  SELECT kept.expires_at FROM kept WHERE kept.wanted = (SELECT count(*) FROM marked)
), {WRITTEN.format(state="paying", taken="taken").strip()}, moved AS MATERIALIZED (
  SELECT id, CAST(:organiser AS uuid) AS organiser_id, CAST(:total AS int) AS total,
         CAST(:currency AS text) AS currency, CAST(:correlation AS text) AS correlation_id FROM placed
), history AS (
  INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
  SELECT moved.organiser_id, moved.id, step.* FROM moved CROSS JOIN (
    VALUES (NULL, CAST(:before AS text), 'placed'), (CAST(:before AS text), 'paying', 'payment started')) AS step
), {_ASKED.format(seq="1").strip()}
SELECT placed.created_at, placed.expires_at, {in_order("marked")}, pays.seq, asked.id AS row_id,
       1 / (SELECT count(*) FROM pays) AS whole
  FROM (SELECT FROM claimed LIMIT 1) AS any_key
  LEFT JOIN placed ON true LEFT JOIN pays ON true LEFT JOIN asked ON true
"""  # noqa: S608 -- parts of this file, of orders and of seats

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

# T4, for the order of ``sale``, whose seats have just been sold; ``:before`` is the state that it was in.
_SOLD = f"""
moved AS (
  UPDATE orders SET state = 'capturing'
   WHERE orders.id = (SELECT order_id FROM sale) AND state = CAST(:before AS text)
  RETURNING id, organiser_id, correlation_id
), issued AS ({ISSUE.replace(":order", "(SELECT id FROM moved)")}
), history AS (
  INSERT INTO order_step (organiser_id, order_id, from_state, to_state, why)
  SELECT organiser_id, id, CAST(:before AS text), 'capturing', CAST(:why AS text) FROM moved
), pays AS (
  UPDATE payment SET state = 'capturing', looked_at = clock_timestamp(), active = true,
                     intent_id = coalesce(intent_id, CAST(:intent AS text))
    FROM moved WHERE payment.id = :payment
), asked AS (
  INSERT INTO outbox (topic, dedupe_key, payload, correlation_id, lease_until)
  SELECT CAST(:topic AS text), CAST(:key AS text), CAST(:payload AS jsonb), correlation_id,
         clock_timestamp() + make_interval(secs => CAST(:leased AS float8)) FROM moved
  ON CONFLICT DO NOTHING RETURNING id
)"""  # noqa: S608 -- a statement of tickets

# A part of a transaction that has the order and the payment and has sold the seats.
SOLD = f"""
WITH sale AS (SELECT CAST(:order AS uuid) AS order_id),
{_SOLD}
SELECT id FROM asked
"""  # noqa: S608 -- parts of this file

# The order first, then its payment, both as they are once they are locked.
_BOTH = """
o AS MATERIALIZED (
  SELECT id, organiser_id, hold_id, state, fees, currency, correlation_id, ctid AS place FROM orders
   WHERE id = (SELECT order_id FROM payment WHERE id = :payment) FOR NO KEY UPDATE
), p AS MATERIALIZED (
  SELECT p.id, p.state, p.active, p.amount, p.currency, p.intent_id, p.tries FROM o JOIN payment p ON p.order_id = o.id
   WHERE p.id = :payment FOR NO KEY UPDATE OF p
)"""

# T4 whole, for the usual case: a transaction of its own. Nothing happens unless the order and the payment wait for just
# this authorisation, and the seats are all there; ``performance_id`` says whether it has happened.
AUTHORISED = f"""
WITH {_BOTH},
due AS MATERIALIZED (
  SELECT o.id AS order_id, o.hold_id FROM o CROSS JOIN p
   WHERE o.state = CAST(:before AS text) AND p.state = 'open' AND p.active AND p.intent_id = CAST(:intent AS text)
     AND p.amount = CAST(:amount AS int) AND p.currency = CAST(:currency AS text) AND {_AS_SEEN}
),
{SELL},
sale AS (SELECT due.order_id FROM due CROSS JOIN whole),
{_SOLD}
SELECT o.correlation_id, p.tries, whole.performance_id, {in_order("sold")}, asked.id AS row_id
  FROM o CROSS JOIN p LEFT JOIN whole ON true LEFT JOIN asked ON true
"""  # noqa: S608 -- parts of this file and of seats

# T5, locks and all: a transaction of its own, or part of one that has the locks. Nothing happens unless the order and
# the payment wait for just this; and unless the order was seen as it is when the statement began, because only then are
# its tickets seen, too. News of the intent that lies unread says nothing more, and is done with.
PAID = f"""
WITH {_BOTH},
ready AS MATERIALIZED (
  SELECT o.*, p.intent_id FROM o CROSS JOIN p
   WHERE o.state = 'capturing' AND p.state = 'capturing' AND p.amount = CAST(:captured AS int)
     AND p.currency = CAST(:currency AS text) AND {_AS_SEEN}
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
  UPDATE inbox SET handled_at = clock_timestamp(), outcome = 'settled already'
   WHERE object_id = (SELECT intent_id FROM ready) AND handled_at IS NULL AND kind LIKE 'payment_intent.%'
  RETURNING inbox.provider, inbox.event_id
), ended AS (
  UPDATE outbox SET done_at = clock_timestamp() FROM ready
   WHERE done_at IS NULL AND dedupe_key = ANY (
     array_append(ARRAY(SELECT 'inbox:' || provider || ':' || event_id FROM unread), CAST(:key AS text)))
)
SELECT o.state, p.state AS payment_state, EXISTS (SELECT FROM ready) AS now_paid FROM o CROSS JOIN p
"""  # noqa: S608 -- parts of this file

# T10. Once, and in one round trip with the job that it asks for. News that a payment is where it is already, and news
# that nobody needs, asks for none. The rest gives the buyer's own check a moment's start: it usually makes the job
# superfluous.
RECEIVED = """
WITH known AS MATERIALIZED (
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
