"""Questions 7 to 10 and 12: what was asked, taken, booked and given back. 13 (coupons) comes with the coupons."""

from frontrow.auditor.queries.question import Question

MONEY = (
    Question(
        7,
        "lines_differ_from_order",
        "an order's sums aren't those of its lines as they were sold",
        """SELECT o.code, o.state, o.total, l.total AS lines_total, o.subtotal, l.subtotal AS lines_subtotal,
                  o.discount, l.discount AS lines_discount, o.fees, l.fees AS lines_fees, o.tax, l.tax AS lines_tax
             FROM orders o
             LEFT JOIN LATERAL (SELECT sum(unit_price) AS subtotal, sum(discount) AS discount, sum(fee) AS fees,
                                       sum(tax) AS tax, sum(unit_price - discount + fee) AS total
                                  FROM order_line WHERE order_id = o.id AND reverses_id IS NULL) l ON true
            WHERE (o.subtotal, o.discount, o.fees, o.tax, o.total)
                  IS DISTINCT FROM (l.subtotal, l.discount, l.fees, l.tax, l.total)
               OR o.total <> o.subtotal - o.discount + o.fees""",
    ),
    Question(
        7,
        "captured_differs_from_total",
        "a paid order's captured money isn't its total, or is of another currency",
        """SELECT o.code, o.state, o.total, o.currency, sum(p.captured) AS captured, min(p.currency) AS paid_in
             FROM orders o LEFT JOIN payment p ON p.order_id = o.id AND p.state = 'captured'
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
        "what the ledger says Stripe holds for a payment isn't what was captured less what was refunded",
        """SELECT p.id AS payment_id, p.captured, p.refunded, coalesce(sum(l.amount), 0) AS booked
             FROM payment p LEFT JOIN ledger_entry l ON l.payment_id = p.id AND l.account = 'stripe'
            WHERE p.method = 'stripe'
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
