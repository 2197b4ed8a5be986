"""Questions 1 to 6, 18 and the fence of 20: seats, holds, and the tickets that stand for seats."""

from frontrow.auditor.queries.question import Question

SEATS = (
    Question(
        1,
        "seat_with_two_tickets",
        "a seat has more than one ticket that admits, or will once its money is captured",
        """SELECT performance_id, seat_no, count(*) AS tickets, array_agg(order_id) AS orders
             FROM ticket WHERE state IN ('inactive', 'valid')
            GROUP BY performance_id, seat_no HAVING count(*) > 1""",
    ),
    Question(
        1,
        "seat_in_two_orders",
        "a seat is on standing lines of more than one sold order",
        """SELECT l.performance_id, l.seat_no, count(*) AS lines, array_agg(o.code) AS orders
             FROM order_line l JOIN orders o ON o.id = l.order_id
            WHERE o.state IN ('capturing', 'paid') AND l.reverses_id IS NULL
              AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id)
            GROUP BY l.performance_id, l.seat_no HAVING count(*) > 1""",
    ),
    Question(
        2,
        "sold_seat_without_its_ticket",
        "a sold seat hasn't exactly one ticket of its order (an inactive one while the money is being captured)",
        """SELECT s.performance_id, s.seat_no, s.order_id, o.state AS order_state, count(t.id) AS tickets
             FROM seat s
             LEFT JOIN orders o ON o.id = s.order_id
             LEFT JOIN ticket t ON t.performance_id = s.performance_id AND t.seat_no = s.seat_no
                               AND t.order_id = s.order_id
                               AND (t.state = 'valid' OR (t.state = 'inactive' AND o.state = 'capturing'))
            WHERE s.state = 'sold'
            GROUP BY s.performance_id, s.seat_no, s.order_id, o.state HAVING count(t.id) <> 1""",
    ),
    Question(
        2,
        "seat_sold_to_an_unsold_order",
        "a seat is sold to an order that is missing or neither capturing nor paid",
        """SELECT s.performance_id, s.seat_no, s.order_id, o.state AS order_state
             FROM seat s LEFT JOIN orders o ON o.id = s.order_id AND o.performance_id = s.performance_id
            WHERE s.state = 'sold' AND coalesce(o.state, '') NOT IN ('capturing', 'paid')""",
    ),
    Question(
        2,
        "ticket_for_a_seat_of_others",
        "a valid ticket's seat isn't sold to its order",
        """SELECT t.id AS ticket_id, t.performance_id, t.seat_no, t.order_id, s.state, s.order_id AS sold_to
             FROM ticket t
             LEFT JOIN seat s ON s.performance_id = t.performance_id AND s.seat_no = t.seat_no
            WHERE t.state = 'valid' AND s.order_id IS DISTINCT FROM t.order_id""",
    ),
    Question(
        2,
        "paid_line_without_its_seat",
        "a standing line of a paid order has a seat that isn't sold to it",
        """SELECT o.code, l.performance_id, l.seat_no, s.state, s.order_id AS sold_to
             FROM orders o JOIN order_line l ON l.order_id = o.id
             LEFT JOIN seat s ON s.performance_id = l.performance_id AND s.seat_no = l.seat_no
            WHERE o.state = 'paid' AND l.reverses_id IS NULL AND s.order_id IS DISTINCT FROM o.id
              AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id)""",
    ),
    Question(
        3,
        "ticket_of_an_unpaid_order",
        "a valid ticket belongs to an order that isn't paid",
        """SELECT t.id AS ticket_id, o.code, o.state
             FROM ticket t JOIN orders o ON o.id = t.order_id WHERE t.state = 'valid' AND o.state <> 'paid'""",
    ),
    Question(
        4,
        "rows_differ_from_the_map",
        "a published performance's seats aren't those of its map (missing, extra, of another kind or category)",
        """SELECT coalesce(want.performance_id, have.performance_id) AS performance_id,
                  count(*) FILTER (WHERE have.seat_no IS NULL) AS missing,
                  count(*) FILTER (WHERE want.seat_no IS NULL) AS extra,
                  count(*) FILTER (WHERE want.seat_no = have.seat_no) AS different,
                  min(coalesce(want.seat_no, have.seat_no)) AS first_seat
             FROM (SELECT p.id AS performance_id, sp.seat_no, sp.kind, sp.category
                     FROM performance p JOIN event e ON e.id = p.event_id
                     JOIN seat_place sp ON sp.seat_map_id = p.seat_map_id
                    WHERE e.state <> 'draft') want
             FULL JOIN (SELECT s.performance_id, s.seat_no, s.kind, s.category
                          FROM seat s JOIN performance p ON p.id = s.performance_id
                          JOIN event e ON e.id = p.event_id WHERE e.state <> 'draft') have
               ON have.performance_id = want.performance_id AND have.seat_no = want.seat_no
            WHERE (want.kind, want.category) IS DISTINCT FROM (have.kind, have.category)
            GROUP BY 1""",
    ),
    Question(
        5,
        "held_seat_without_its_hold",
        "a held seat's hold is missing, has ended, or isn't about this seat",
        """SELECT s.performance_id, s.seat_no, s.hold_id, h.state AS hold_state
             FROM seat s LEFT JOIN hold h ON h.id = s.hold_id
            WHERE s.state = 'held'
              AND (h.id IS NULL OR h.state NOT IN ('active', 'ordered')
                   OR h.performance_id <> s.performance_id OR NOT s.seat_no = ANY (h.seat_nos))""",
    ),
    Question(
        5,
        "hold_that_lost_a_seat",
        "a running hold's seat isn't held by it",
        """SELECT h.id AS hold_id, n.seat_no, s.state, s.hold_id AS held_by
             FROM hold h CROSS JOIN LATERAL unnest(h.seat_nos) AS n (seat_no)
             LEFT JOIN seat s ON s.performance_id = h.performance_id AND s.seat_no = n.seat_no
            WHERE h.state IN ('active', 'ordered') AND h.expires_at > now() AND s.hold_id IS DISTINCT FROM h.id""",
    ),
    Question(
        6,
        "orphan_hold",
        "a hold without a live order is over for more than 2 minutes and nobody swept it",
        """SELECT h.id AS hold_id, h.state, h.expires_at, o.state AS order_state
             FROM hold h LEFT JOIN orders o ON o.hold_id = h.id
            WHERE h.expires_at < now() - interval '2 minutes'
              AND (h.state = 'active'
                   OR (h.state = 'ordered' AND coalesce(o.state, '') NOT IN ('paying', 'capturing', 'expiring')))""",
    ),
    Question(
        6,
        "in_payment_past_the_cap",
        "a seat is kept for a payment longer than its hold's cap and the time to cancel (5 minutes) allow",
        """SELECT s.performance_id, s.seat_no, s.hold_id, h.cap_at
             FROM seat s LEFT JOIN hold h ON h.id = s.hold_id
            WHERE s.in_payment AND (h.cap_at IS NULL OR h.cap_at < now() - interval '7 minutes')""",
    ),
    Question(
        6,
        "seat_held_too_long",
        "a seat outside any payment is held more than 2 minutes past its end",
        """SELECT performance_id, seat_no, hold_id, expires_at
             FROM seat WHERE state = 'held' AND NOT in_payment AND expires_at < now() - interval '2 minutes'""",
    ),
    Question(
        18,
        "two_orders_of_a_hold",
        "a hold became more than one order",
        "SELECT hold_id, count(*) AS orders, array_agg(code) AS codes FROM orders GROUP BY 1 HAVING count(*) > 1",
    ),
    Question(
        20,
        "fence_fell",
        "a seat's fence is lower than its history makes it: one for each hold, one more when the last of them ended",
        """SELECT s.performance_id, s.seat_no, s.state, s.fence, coalesce(p.holds, 0) AS holds
             FROM seat s
             LEFT JOIN (SELECT h.performance_id, n.seat_no, count(*) AS holds
                          FROM hold h CROSS JOIN LATERAL unnest(h.seat_nos) AS n (seat_no) GROUP BY 1, 2) p
               ON p.performance_id = s.performance_id AND p.seat_no = s.seat_no
            WHERE s.fence < coalesce(p.holds + CASE WHEN s.state = 'held' THEN 0 ELSE 1 END, 0)
               OR (s.state IN ('held', 'blocked') AND s.fence < 1) OR (s.state = 'sold' AND s.fence < 2)""",
    ),
)
