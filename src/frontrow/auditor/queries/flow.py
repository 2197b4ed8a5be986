"""Questions 11, 15 to 17, 22 and the steps of 20: whether everything that was begun goes on, and in lawful order."""

from frontrow.auditor.queries.question import Question

LEGAL_STEPS: tuple[tuple[str | None, str], ...] = (
    (None, "pending"),  # T2
    ("pending", "paying"),  # T3
    ("pending", "paid"),  # T14
    ("pending", "expired"),  # T6
    ("pending", "cancelled"),  # the buyer gives it up
    ("paying", "capturing"),  # T4
    ("paying", "pending"),  # the buyer leaves the checkout
    ("paying", "expiring"),  # T7
    ("paying", "failed"),  # the intent was refused, or ended by itself
    ("capturing", "paid"),  # T5
    ("capturing", "failed"),  # T5, refused
    ("expiring", "expired"),  # T7
    ("expiring", "cancelled"),  # T7, begun by the buyer
    ("expiring", "pending"),  # T7, then pending again
    ("expiring", "capturing"),  # T7, captured already
    ("expiring", "paid"),
    ("expiring", "refund_due"),  # T8
    ("expired", "capturing"),  # T8, the seats were still ours
    ("expired", "paid"),
    ("expired", "refund_due"),
    ("cancelled", "refund_due"),
    ("failed", "refund_due"),
    ("refund_due", "refunded"),
    ("paid", "refunded"),  # T9
    ("paid", "cancelled"),  # T13
)
"""Written down from the protocol a second time, not imported from ``orders``: an auditor trusts no one's word."""

_LEGAL = ", ".join(f"('{before or ''}', '{after}')" for before, after in LEGAL_STEPS)

FLOW = (
    Question(
        11,
        "order_at_rest",
        "an order rests in a passing state for more than 5 minutes",
        """SELECT o.code, o.state, coalesce(max(s.at), o.created_at) AS since
             FROM orders o LEFT JOIN order_step s ON s.order_id = o.id AND s.to_state = o.state
            WHERE o.state IN ('capturing', 'expiring', 'refund_due')
            GROUP BY o.id
           HAVING coalesce(max(s.at), o.created_at) < now() - CASE o.state
                    -- Five minutes are what Stripe gets to confirm; then a timer has to come round.
                    WHEN 'expiring' THEN interval '330 seconds' ELSE interval '5 minutes' END""",
    ),
    Question(
        11,
        "order_that_should_be_over",
        "an unpaid order's time ran out more than 5 minutes ago and nobody ended it",
        """SELECT code, state, expires_at FROM orders
            WHERE state IN ('pending', 'paying') AND expires_at < now() - interval '5 minutes'""",
    ),
    Question(
        15,
        "paid_without_mail",
        "an order was paid more than 2 minutes ago and its confirmation wasn't sent",
        """SELECT o.code, o.paid_at FROM orders o
            WHERE o.paid_at < now() - interval '2 minutes'
              AND NOT EXISTS (SELECT FROM effect e
                               WHERE e.effect_key = 'mail:order_paid:' || o.id AND e.done_at IS NOT NULL)""",
    ),
    Question(
        15,
        "mail_without_payment",
        "a confirmation, or the news of a move, was sent for an order that was never paid",
        """SELECT e.effect_key, e.done_at FROM effect e
            WHERE (e.effect_key LIKE 'mail:order\\_paid:%' OR e.effect_key LIKE 'mail:moved:%')
              AND e.done_at IS NOT NULL AND coalesce(e.detail ->> 'outcome', '') <> 'nothing to send'
              AND NOT EXISTS (SELECT FROM orders o
                               WHERE CAST(o.id AS text) = split_part(e.effect_key, ':', 3)
                                 AND o.paid_at IS NOT NULL)""",
    ),
    Question(
        15,
        "mail_without_refund",
        "a buyer was told of a refund that wasn't made",
        """SELECT e.effect_key, e.done_at FROM effect e
            WHERE e.effect_key LIKE 'mail:refund\\_made:%' AND e.done_at IS NOT NULL
              AND coalesce(e.detail ->> 'outcome', '') <> 'nothing to send'
              AND NOT EXISTS (SELECT FROM refund r
                               WHERE CAST(r.id AS text) = split_part(e.effect_key, ':', 3)
                                 AND r.state = 'succeeded')""",
    ),
    Question(
        15,
        "two_mails_alike",
        "two mails were sent under the same Message-ID, so one of them was for something else",
        """SELECT detail ->> 'message_id' AS message_id, count(*) AS mails, array_agg(effect_key) AS effects
             FROM effect WHERE done_at IS NOT NULL AND detail ? 'message_id' GROUP BY 1 HAVING count(*) > 1""",
    ),
    Question(
        16,
        "outbox_late",
        "an outbox row is due for more than 60 s",
        """SELECT id, topic, due_at, attempts, last_error FROM outbox
            WHERE done_at IS NULL AND dead_at IS NULL AND due_at < now() - interval '60 seconds'""",
    ),
    Question(
        16,
        "dead_letter",
        "an outbox row failed too often and waits for a person",
        "SELECT id, topic, dead_at, last_error FROM outbox WHERE done_at IS NULL AND dead_at IS NOT NULL",
    ),
    Question(
        16,
        "inbox_late",
        "outside news lies unread for more than 60 s",
        """SELECT provider, event_id, kind, received_at FROM inbox
            WHERE handled_at IS NULL AND parked_at IS NULL AND received_at < now() - interval '60 seconds'""",
    ),
    Question(
        16,
        "parked_too_long",
        "outside news that fits nothing of ours is parked for more than 10 minutes",
        """SELECT provider, event_id, kind, object_id, parked_at FROM inbox
            WHERE handled_at IS NULL AND parked_at < now() - interval '10 minutes'""",
    ),
    Question(
        17,
        "two_entries",
        "a ticket let two people in by the same list",
        """SELECT ticket_id, list_id, count(*) AS entries FROM checkin WHERE kind = 'entry' AND ok
            GROUP BY 1, 2 HAVING count(*) > 1""",
    ),
    Question(
        17,
        "entry_without_admission",
        "somebody was let in with a ticket that isn't valid, or with one of another performance",
        """SELECT c.id AS checkin_id, c.ticket_id, t.state, c.at
             FROM checkin c JOIN ticket t ON t.id = c.ticket_id JOIN checkin_list l ON l.id = c.list_id
            WHERE c.kind = 'entry' AND c.ok AND (l.performance_id <> t.performance_id OR (t.state <> 'valid'
              -- Staff may take back even a used ticket; until then it was good.
              AND NOT EXISTS (SELECT FROM cancellation x WHERE x.order_id = t.order_id AND x.created_at >= c.at
                                                           AND t.order_line_id = ANY (x.line_ids))))""",
    ),
    Question(
        20,
        "illegal_step",
        "an order took a step that the protocol doesn't know",
        f"""SELECT o.code, s.from_state, s.to_state, s.why, s.at FROM order_step s JOIN orders o ON o.id = s.order_id
             WHERE (coalesce(s.from_state, ''), s.to_state) NOT IN ({_LEGAL})""",  # noqa: S608 -- constants above
    ),
    Question(
        20,
        "broken_history",
        "an order's steps don't follow one another, or don't end where the order is",
        """SELECT o.code, o.state, s.from_state, s.to_state, s.before, s.last
             FROM orders o
             LEFT JOIN (SELECT order_id, from_state, to_state,
                               lag(to_state) OVER (PARTITION BY order_id ORDER BY id) AS before,
                               lead(id) OVER (PARTITION BY order_id ORDER BY id) IS NULL AS last
                          FROM order_step) s ON s.order_id = o.id
            WHERE s.order_id IS NULL OR s.from_state IS DISTINCT FROM s.before OR (s.last AND s.to_state <> o.state)""",
    ),
    Question(
        22,
        "sold_for_a_cancelled_evening",
        "an evening was cancelled more than 5 minutes ago, and an order for it is still paid, or may still be",
        """SELECT o.code, o.state, x.at AS cancelled_at
             FROM performance_cancellation x JOIN orders o ON o.performance_id = x.performance_id
            WHERE x.at < now() - interval '5 minutes' AND o.state IN ('pending', 'paying', 'capturing', 'paid')
              AND o.created_at < now() - interval '5 minutes'""",
    ),
    Question(
        22,
        "cancelled_evening_kept_the_money",
        "a card order was taken back with its cancelled evening, and no refund was asked for",
        """SELECT o.code, p.captured, p.refunded, c.created_at
             FROM performance_cancellation x
             JOIN orders o ON o.performance_id = x.performance_id
             JOIN cancellation c ON c.order_id = o.id AND c.created_at >= x.at AND c.made_by IS NULL
             JOIN payment p ON p.order_id = o.id AND p.active AND p.method = 'stripe' AND p.captured > 0
            WHERE c.refund_id IS NULL AND c.amount > 0
              AND p.captured > coalesce((SELECT sum(r.amount) FROM refund r
                                          WHERE r.payment_id = p.id AND r.state <> 'failed'), 0)""",
    ),
    Question(
        22,
        "on_sale_though_cancelled",
        "a performance whose buyers were told that it is cancelled is on sale again",
        """SELECT p.id, p.state, x.at FROM performance p JOIN performance_cancellation x ON x.performance_id = p.id
            WHERE p.state <> 'cancelled'""",
    ),
)
