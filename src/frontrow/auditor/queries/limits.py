"""Questions 13 and 14: whether anybody got more of a coupon, or more places, than there were for them."""

from frontrow.auditor.queries.question import Question

LIMITS = (
    Question(
        13,
        "coupon_use_differs",
        "a coupon's count of uses isn't that of its live redemptions, or is above its limit",
        """SELECT c.code, c.used, c.max_uses, r.live
             FROM coupon c
             LEFT JOIN LATERAL (SELECT count(*) AS live FROM coupon_redemption
                                 WHERE coupon_id = c.id AND given_back_at IS NULL) r ON true
            WHERE c.used <> r.live OR c.used > c.max_uses OR r.live > c.max_uses""",
    ),
    Question(
        13,
        "coupon_above_its_limit_per_person",
        "an account, or a guest's address, has a coupon more often than one may",
        # Each redemption carries the limit that it met: one that was lowered binds later ones only.
        """SELECT c.code, r.account, count(*) AS live, max(r.per_account) AS per_account
             FROM coupon c JOIN coupon_redemption r ON r.coupon_id = c.id AND r.given_back_at IS NULL
            GROUP BY c.id, r.account
           HAVING count(*) > max(r.per_account) AND (array_agg(r.per_account ORDER BY r.id DESC))[1] IS NOT NULL""",
    ),
    Question(
        13,
        "coupon_of_an_ended_order",
        "a live redemption's order ended unpaid or is missing, or an order that may still be paid has lost its coupon",
        """SELECT o.code AS order_code, o.state, r.order_id, o.coupon_id, r.coupon_id AS redeemed, r.given_back_at
             FROM orders o FULL JOIN coupon_redemption r ON r.order_id = o.id
            WHERE (r.given_back_at IS NULL AND r.id IS NOT NULL
                   AND coalesce(o.state, '') NOT IN ('pending', 'paying', 'capturing', 'expiring', 'paid', 'refunded'))
               OR (o.coupon_id IS NOT NULL AND o.state IN ('pending', 'paying', 'capturing', 'expiring', 'paid')
                   AND (r.id IS NULL OR r.given_back_at IS NOT NULL OR r.coupon_id <> o.coupon_id))""",
    ),
    Question(
        14,
        "account_above_its_cap",
        "a person has more places of a performance than the cap that their newest order met",
        # Each order carries the cap that it was placed under. A cap that was lifted again counts no more; one that was
        # lowered binds later orders only. A guest is the account that has proved the address; orders from before the
        # proof were counted without it.
        """SELECT performance_id, account, sum(places) AS places, max(account_cap) AS cap
             FROM (SELECT o.performance_id, o.account_cap, o.id,
                          coalesce((SELECT u.email FROM user_account u
                                     WHERE u.id = o.user_id AND u.email_verified_at < o.created_at), o.account)
                            AS account,
                          (SELECT count(*) FROM order_line l WHERE l.order_id = o.id AND l.reverses_id IS NULL
                              AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id)) AS places
                     FROM orders o
                    WHERE o.state IN ('pending', 'paying', 'capturing', 'expiring', 'paid')
                      AND o.performance_id IN (SELECT performance_id FROM orders WHERE account_cap IS NOT NULL)) has
            GROUP BY performance_id, account
           HAVING sum(places) > max(account_cap)
              AND (array_agg(account_cap ORDER BY id DESC))[1] IS NOT NULL""",
    ),
)
