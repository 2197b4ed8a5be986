"""Questions 7 to 10 and 12: what was asked, taken, booked and given back."""

from frontrow.auditor.queries.question import Question

MONEY = (
    Question(
        7,
        "lines_differ_from_order",
        "an order's sums aren't those of its lines as they were sold",
        """SELECT o.code, o.state, o.total, l.total AS lines_total, o.subtotal, l.subtotal AS lines_subtotal,
                  o.discount, l.discount AS lines_discount, o.fees, l.fees AS lines_fees, o.tax, l.tax AS lines_tax,
                  o.added_tax, l.added_tax AS lines_added_tax
             FROM orders o
             LEFT JOIN LATERAL (SELECT sum(unit_price) AS subtotal, sum(discount) AS discount, sum(fee) AS fees,
                                       sum(tax) AS tax, sum(added_tax) AS added_tax,
                                       sum(unit_price - discount + fee + added_tax) AS total
                                  FROM order_line WHERE order_id = o.id AND reverses_id IS NULL) l ON true
            WHERE (o.subtotal, o.discount, o.fees, o.tax, o.added_tax, o.total)
                  IS DISTINCT FROM (l.subtotal, l.discount, l.fees, l.tax, l.added_tax, l.total)
               OR o.total <> o.subtotal - o.discount + o.fees + o.added_tax""",
    ),
    Question(
        7,
        "impossible_line",
        "a line's discount is more than its price or less than nothing, or its tax isn't that of its rate",
        """SELECT o.code, l.seat_no, l.unit_price, l.discount, l.fee, l.tax_bp, l.tax, l.added_tax
             FROM order_line l JOIN orders o ON o.id = l.order_id
            WHERE l.reverses_id IS NULL
              AND (l.discount NOT BETWEEN 0 AND l.unit_price OR l.fee < 0 OR l.added_tax NOT IN (0, l.tax)
                   -- Rounded half up: the rate is of what is left, or in it.
                   OR abs(l.tax - (l.unit_price - l.discount + l.fee) * l.tax_bp
                                  / CASE WHEN l.added_tax > 0 THEN 10000.0 ELSE 10000.0 + l.tax_bp END) > 0.5)""",
    ),
    Question(
        7,
        "reversal_differs",
        "a reversing line isn't its line's opposite, or reverses one of another order or a reversing one",
        """SELECT o.code, r.seat_no, r.id AS reversing, l.id AS reversed
             FROM order_line r JOIN orders o ON o.id = r.order_id LEFT JOIN order_line l ON l.id = r.reverses_id
            WHERE r.reverses_id IS NOT NULL
              AND (l.id IS NULL OR l.reverses_id IS NOT NULL
                   OR (r.order_id, r.seat_no, r.ticket_type_id, r.tax_bp)
                      IS DISTINCT FROM (l.order_id, l.seat_no, l.ticket_type_id, l.tax_bp)
                   OR (r.unit_price, r.discount, r.fee, r.tax, r.added_tax)
                      <> (-l.unit_price, -l.discount, -l.fee, -l.tax, -l.added_tax))""",
    ),
    Question(
        7,
        "cancelled_lines_differ_from_state",
        "an order was cancelled after it was paid and a line stands, or it is paid and none does",
        """SELECT o.code, o.state, count(l.id) AS standing FROM orders o
             LEFT JOIN order_line l ON l.order_id = o.id AND l.reverses_id IS NULL
                                   AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id)
            WHERE o.paid_at IS NOT NULL AND o.state IN ('paid', 'cancelled')
            GROUP BY o.id HAVING (o.state = 'paid') <> (count(l.id) > 0)""",
    ),
    Question(
        7,
        "captured_differs_from_total",
        "a paid order's captured money isn't its total, or is of another currency",
        """SELECT o.code, o.state, o.total, o.currency, sum(p.captured) AS captured, min(p.currency) AS paid_in
             FROM orders o
             LEFT JOIN payment p ON p.order_id = o.id AND p.state = 'captured'
                   -- A surplus that goes back is no part of what was paid: question 12 looks after it.
                   AND (p.active OR p.captured > (SELECT coalesce(sum(r.amount), 0) FROM refund r
                                                   WHERE r.payment_id = p.id AND r.state <> 'failed'))
            WHERE o.paid_at IS NOT NULL
            GROUP BY o.id
           HAVING sum(p.captured) IS DISTINCT FROM o.total OR bool_or(p.currency <> o.currency)""",
    ),
    Question(
        7,
        "paid_without_a_payment",
        "an order is paid and no active payment of it is captured, or it has no time of payment",
        """SELECT o.code, o.state, o.paid_at FROM orders o
            WHERE (o.state = 'paid' AND (o.paid_at IS NULL OR NOT EXISTS (
                     SELECT FROM payment p WHERE p.order_id = o.id AND p.state = 'captured' AND p.active)))""",
    ),
    Question(
        8,
        "ledger_off",
        "the entries of a ledger transaction don't add up to zero, or mix currencies or payments",
        """SELECT transaction_id, sum(amount) AS off_by, count(DISTINCT currency) AS currencies
             FROM ledger_entry GROUP BY 1
           HAVING sum(amount) <> 0 OR count(DISTINCT currency) > 1 OR count(DISTINCT payment_id) > 1""",
    ),
    Question(
        8,
        "ledger_differs_from_payment",
        "what the ledger says Stripe, the till or the terminal holds isn't what was captured less what was refunded",
        """SELECT p.id AS payment_id, p.method, p.captured, p.refunded, coalesce(sum(l.amount), 0) AS booked
             FROM payment p
             LEFT JOIN ledger_entry l ON l.payment_id = p.id AND l.account IN ('stripe', 'cash', 'terminal')
            GROUP BY p.id HAVING coalesce(sum(l.amount), 0) <> p.captured - p.refunded""",
    ),
    Question(
        9,
        "refunds_above_captured",
        "refunds that didn't fail (waiting ones count) are more than was captured, or those done aren't those recorded",
        """SELECT p.id AS payment_id, p.captured, p.refunded, r.asked, r.done
             FROM payment p
             LEFT JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE state <> 'failed'), 0) AS asked,
                                       coalesce(sum(amount) FILTER (WHERE state = 'succeeded'), 0) AS done
                                  FROM refund WHERE payment_id = p.id) r ON true
            WHERE r.asked > p.captured OR r.done <> p.refunded OR p.refunded > p.captured OR p.captured > p.amount""",
    ),
    Question(
        10,
        "captured_but_nothing_for_it",
        "money was captured more than 60 s ago for an order that was never paid, and isn't being refunded",
        """SELECT p.id AS payment_id, o.code, o.state, p.captured, p.captured_at
             FROM payment p JOIN orders o ON o.id = p.order_id
            WHERE p.captured > 0 AND coalesce(p.captured_at, p.created_at) < now() - interval '60 seconds'
              AND o.paid_at IS NULL
              AND p.captured > (SELECT coalesce(sum(r.amount), 0) FROM refund r
                                 WHERE r.payment_id = p.id AND r.state <> 'failed')""",
    ),
    Question(
        12,
        "two_active_payments",
        "an order has more than one payment that may still pay it",
        """SELECT order_id, count(*) AS payments FROM payment WHERE active
            GROUP BY 1 HAVING count(*) > 1""",
    ),
    Question(
        12,
        "two_captures",
        "an order was captured more than once and the surplus isn't being refunded",
        """SELECT p.order_id, count(*) AS captures, sum(p.captured) AS captured
             FROM payment p
            WHERE p.captured > (SELECT coalesce(sum(r.amount), 0) FROM refund r
                                 WHERE r.payment_id = p.id AND r.state <> 'failed')
            GROUP BY 1 HAVING count(*) > 1""",
    ),
)
