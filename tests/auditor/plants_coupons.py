"""Faults of prices, coupons and caps to plant in the world; see ``plants``."""

_REVERSE = """
INSERT INTO order_line (id, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type, section, row,
                        label, unit_price, discount, fee, tax_bp, tax, reverses_id)
SELECT {fresh}, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type, section, row, label,
       -unit_price, -discount, -fee, tax_bp, -tax, id FROM order_line WHERE seat_no = 1;
"""

LIMIT_PLANTS: dict[str, list[str]] = {
    "impossible_line": [
        """ALTER TABLE order_line DROP CONSTRAINT ck_order_line_amounts;
           UPDATE order_line SET discount = unit_price + 1 WHERE seat_no = 1""",
        """ALTER TABLE order_line DROP CONSTRAINT ck_order_line_amounts;
           UPDATE order_line SET discount = -1 WHERE seat_no = 1""",
        "UPDATE order_line SET tax = tax + 2 WHERE seat_no = 1",
        "UPDATE order_line SET added_tax = 1 WHERE seat_no = 1",
    ],
    "reversal_differs": [
        _REVERSE + "UPDATE order_line SET unit_price = unit_price - 1 WHERE id = {fresh}",
        _REVERSE + "UPDATE order_line SET seat_no = 2 WHERE id = {fresh}",
        _REVERSE + "UPDATE order_line SET order_id = {pending} WHERE id = {fresh}",
        _REVERSE + "UPDATE order_line SET reverses_id = id WHERE id = {fresh}",
    ],
    "cancelled_lines_differ_from_state": [
        "UPDATE orders SET state = 'cancelled' WHERE id = {paid}",
        _REVERSE + _REVERSE.replace("{fresh}", "{other}").replace("seat_no = 1;", "seat_no = 2;"),
    ],
    "coupon_use_differs": [
        "UPDATE coupon SET used = 0",
        "UPDATE coupon_redemption SET given_back_at = now()",
        "DELETE FROM coupon_redemption",
        "ALTER TABLE coupon DROP CONSTRAINT ck_coupon_used; UPDATE coupon SET used = 2",
        # Counted rightly, but one too many.
        """ALTER TABLE coupon DROP CONSTRAINT ck_coupon_used; UPDATE coupon SET used = 2;
           INSERT INTO coupon_redemption (organiser_id, coupon_id, order_id, account)
           VALUES ({organiser}, {coupon}, {paid}, 'somebody@else.example')""",
    ],
    "coupon_above_its_limit_per_person": [
        """INSERT INTO coupon_redemption (organiser_id, coupon_id, order_id, account, per_account)
           SELECT organiser_id, coupon_id, {paid}, account, per_account FROM coupon_redemption""",
    ],
    "coupon_of_an_ended_order": [
        "UPDATE orders SET state = 'expired' WHERE id = {pending}",
        "UPDATE orders SET state = 'refund_due' WHERE id = {pending}",
        "DELETE FROM orders WHERE id = {pending}",
        "UPDATE coupon_redemption SET given_back_at = now()",
        "DELETE FROM coupon_redemption",
    ],
    "account_above_its_cap": [
        "UPDATE orders SET account_cap = 3",
        # The account, not the browser: another address joins the first.
        """UPDATE orders SET account_cap = 2;
           UPDATE orders SET email = 'BEN@frontrow.example', account_cap = 3 WHERE id = {pending}""",
        """INSERT INTO order_line (id, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type,
                                   section, row, label, unit_price)
           SELECT {fresh}, organiser_id, order_id, performance_id, 9, ticket_type_id, ticket_type, section, row, label,
                  unit_price FROM order_line WHERE seat_no = 1""",
    ],
}
