"""Faults of prices, coupons and caps to plant in the world; see ``plants``."""

from tests.auditor.plants import Fault, Plant

_REVERSE = """
INSERT INTO order_line (id, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type, section, row,
                        label, unit_price, discount, fee, tax_bp, tax, reverses_id)
SELECT {fresh}, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type, section, row, label,
       -unit_price, -discount, -fee, tax_bp, -tax, id FROM order_line WHERE seat_no = 1;
"""

LIMIT_PLANTS: dict[str, list[Fault]] = {
    "impossible_line": [
        Plant(
            """ALTER TABLE order_line DROP CONSTRAINT ck_order_line_amounts;
               UPDATE order_line SET discount = unit_price + 1 WHERE seat_no = 1""",
            *("lines_differ_from_order", "missing_guard"),
        ),
        Plant(
            """ALTER TABLE order_line DROP CONSTRAINT ck_order_line_amounts;
               UPDATE order_line SET discount = -1 WHERE seat_no = 1""",
            *("lines_differ_from_order", "missing_guard"),
        ),
        Plant("UPDATE order_line SET tax = tax + 1 WHERE seat_no = 1", "lines_differ_from_order"),
        Plant("UPDATE order_line SET added_tax = 1 WHERE seat_no = 1", "lines_differ_from_order"),
    ],
    "reversal_differs": [
        _REVERSE + "UPDATE order_line SET unit_price = unit_price - 1 WHERE id = {fresh}",
        _REVERSE + "UPDATE order_line SET seat_no = 2 WHERE id = {fresh}",
        _REVERSE + "UPDATE order_line SET order_id = {pending} WHERE id = {fresh}",
        _REVERSE + "UPDATE order_line SET reverses_id = id WHERE id = {fresh}",
    ],
    "cancelled_lines_differ_from_state": [
        Plant(
            "UPDATE orders SET state = 'cancelled' WHERE id = {paid}",
            *("seat_sold_to_an_unsold_order", "ticket_of_an_unpaid_order", "broken_history"),
        ),
        _REVERSE + _REVERSE.replace("{fresh}", "{other}").replace("seat_no = 1;", "seat_no = 2;"),
    ],
    "coupon_use_differs": [
        "UPDATE coupon SET used = 0",
        Plant("UPDATE coupon_redemption SET given_back_at = now()", "coupon_of_an_ended_order"),
        Plant("DELETE FROM coupon_redemption", "coupon_of_an_ended_order"),
        Plant("ALTER TABLE coupon DROP CONSTRAINT ck_coupon_used; UPDATE coupon SET used = 2", "missing_guard"),
        # Counted rightly, but one too many.
        Plant(
            """ALTER TABLE coupon DROP CONSTRAINT ck_coupon_used; UPDATE coupon SET used = 2;
               INSERT INTO coupon_redemption (organiser_id, coupon_id, order_id, account)
               VALUES ({organiser}, {coupon}, {paid}, 'somebody@else.example')""",
            "missing_guard",
        ),
    ],
    "coupon_above_its_limit_per_person": [
        """INSERT INTO coupon_redemption (organiser_id, coupon_id, order_id, account, per_account)
           SELECT organiser_id, coupon_id, {paid}, account, per_account FROM coupon_redemption;
           UPDATE coupon SET used = 2, max_uses = 2""",
    ],
    "coupon_of_an_ended_order": [
        Plant("UPDATE orders SET state = 'expired' WHERE id = {pending}", "broken_history"),
        Plant("UPDATE orders SET state = 'refund_due' WHERE id = {pending}", "broken_history"),
        Plant("DELETE FROM orders WHERE id = {pending}", "child_of_another_organiser"),
        "UPDATE coupon_redemption SET given_back_at = now(); UPDATE coupon SET used = 0",
        "DELETE FROM coupon_redemption; UPDATE coupon SET used = 0",
    ],
    "account_above_its_cap": [
        "UPDATE orders SET account_cap = 3",
        # The account, not the browser: it may write its address as it likes.
        """UPDATE orders SET account_cap = 2;
           UPDATE orders SET email = 'BEN@frontrow.example', account_cap = 3 WHERE id = {pending}""",
        Plant(
            """INSERT INTO order_line (id, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type,
                                       section, row, label, unit_price)
               SELECT {fresh}, organiser_id, order_id, performance_id, 9, ticket_type_id, ticket_type, section, row,
                      label, unit_price FROM order_line WHERE seat_no = 5""",
            "lines_differ_from_order",
        ),
    ],
}
