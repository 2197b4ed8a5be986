"""Faults to plant in the world, by the question that must find them. Each is planted in a transaction of its own.

They run as superuser with triggers and foreign keys asleep; what else would refuse a fault is dropped first. A fault
makes its own question answer and no other, unless it says so: :class:`Plant`.
"""

from typing import TypeAlias


class Plant:
    """A fault that other questions see, too: ``also``, by name."""

    def __init__(self, fault: str, *also: str) -> None:
        self.fault = fault
        self.also = frozenset(also)


Fault: TypeAlias = str | Plant

_COPY_TICKET = """
INSERT INTO ticket (id, organiser_id, order_id, order_line_id, performance_id, seat_no, section, row, label,
                    holder_name, state, secret)
SELECT {fresh}, organiser_id, order_id, order_line_id, performance_id, seat_no, section, row, label, holder_name, state,
       secret FROM ticket WHERE seat_no = 1
"""
_COPY_PAYMENT = """
INSERT INTO payment (id, organiser_id, order_id, seq, method, state, active, amount, captured, currency)
SELECT {fresh}, organiser_id, order_id, 2, method, state, %s, amount, %s, currency FROM payment
"""
_ENTRY = """
INSERT INTO checkin (organiser_id, ticket_id, list_id, ok)
SELECT organiser_id, ticket_id, list_id, true FROM checkin
"""
_FREE_SEAT_1 = "UPDATE seat SET state = 'free', order_id = NULL, fence = fence + 1 WHERE seat_no = 1"
_STEP = "INSERT INTO order_step (organiser_id, order_id, from_state, to_state, at) VALUES ({organiser}, {pending}, "


def _resting(state: str, before: str, minutes: int) -> str:
    return (
        f"UPDATE orders SET state = '{state}' WHERE id = {{pending}};"
        + _STEP
        + f"'{before}', '{state}', now() - interval '{minutes} minutes')"
    )


_CANCELLED = """
INSERT INTO performance_cancellation (performance_id, organiser_id, at)
VALUES ({performance}, {organiser}, now() - interval '10 minutes');
"""

PLANTS: dict[str, list[Fault]] = {
    "sold_for_a_cancelled_evening": [
        _CANCELLED
        + "UPDATE performance SET state = 'cancelled'; UPDATE orders SET created_at = now() - interval '20 minutes'"
    ],
    "cancelled_evening_kept_the_money": [
        _CANCELLED
        + """UPDATE performance SET state = 'cancelled';
             INSERT INTO cancellation (id, organiser_id, order_id, line_ids, seat_nos, amount, whole)
             SELECT {fresh}, {organiser}, {paid}, array_agg(id), array_agg(seat_no), 100, false
               FROM order_line WHERE order_id = {paid}"""
    ],
    "on_sale_though_cancelled": [_CANCELLED],
    "seat_with_two_tickets": [
        Plant("DROP INDEX uq_ticket_live;" + _COPY_TICKET, "sold_seat_without_its_ticket", "missing_guard")
    ],
    "seat_in_two_orders": [
        Plant(
            """UPDATE orders SET state = 'capturing' WHERE id = {pending};
           UPDATE order_line SET seat_no = 1 WHERE order_id = {pending} AND seat_no = 5""",
            "broken_history",
        )
    ],
    "sold_seat_without_its_ticket": [
        Plant("UPDATE ticket SET state = 'void' WHERE seat_no = 1", "entry_without_admission"),
        Plant("UPDATE ticket SET state = 'inactive' WHERE seat_no = 1", "entry_without_admission"),
        Plant("DROP INDEX uq_ticket_live;" + _COPY_TICKET, "seat_with_two_tickets", "missing_guard"),
    ],
    "seat_sold_to_an_unsold_order": [
        Plant("UPDATE orders SET state = 'failed' WHERE id = {paid}", "ticket_of_an_unpaid_order", "broken_history"),
        Plant(
            "UPDATE seat SET order_id = {fresh}, fence = fence + 1 WHERE seat_no = 1",
            "sold_seat_without_its_ticket",
            "ticket_for_a_seat_of_others",
            "paid_line_without_its_seat",
            "child_of_another_organiser",
        ),
    ],
    "ticket_for_a_seat_of_others": [
        Plant(_FREE_SEAT_1, "paid_line_without_its_seat"),
        Plant(
            "UPDATE seat SET order_id = {pending}, fence = fence + 1 WHERE seat_no = 1",
            "sold_seat_without_its_ticket",
            "seat_sold_to_an_unsold_order",
            "paid_line_without_its_seat",
        ),
        Plant("DELETE FROM seat WHERE seat_no = 1", "paid_line_without_its_seat", "rows_differ_from_the_map"),
    ],
    "paid_line_without_its_seat": [Plant(_FREE_SEAT_1, "ticket_for_a_seat_of_others")],
    "ticket_of_an_unpaid_order": [
        Plant(
            "UPDATE orders SET state = 'cancelled' WHERE id = {paid}",
            *("seat_sold_to_an_unsold_order", "broken_history", "cancelled_lines_differ_from_state"),
        ),
        Plant(
            "UPDATE orders SET state = 'refunded' WHERE id = {paid}", "seat_sold_to_an_unsold_order", "broken_history"
        ),
    ],
    "rows_differ_from_the_map": [
        "DELETE FROM seat WHERE seat_no = 20",
        "UPDATE seat SET seat_no = 99 WHERE seat_no = 20",
        "UPDATE seat SET kind = 'standing', fence = fence + 1 WHERE seat_no = 20",
        "UPDATE seat SET category = 'B', fence = fence + 1 WHERE seat_no = 20",
        Plant("DELETE FROM seat", "ticket_for_a_seat_of_others", "paid_line_without_its_seat", "hold_that_lost_a_seat"),
    ],
    "held_seat_without_its_hold": [
        "UPDATE hold SET state = 'expired' WHERE id = {hold}",
        "UPDATE hold SET state = 'sold' WHERE id = {hold}",
        Plant("DELETE FROM hold WHERE id = {hold}", "child_of_another_organiser"),
        Plant("UPDATE seat SET hold_id = {pending_hold}, fence = fence + 1 WHERE seat_no = 8", "hold_that_lost_a_seat"),
        Plant(
            "UPDATE hold SET performance_id = {fresh} WHERE id = {hold}",
            "hold_that_lost_a_seat",
            "child_of_another_organiser",
        ),
    ],
    "hold_that_lost_a_seat": [
        "UPDATE seat SET state = 'free', hold_id = NULL, expires_at = NULL, fence = fence + 1 WHERE seat_no = 8",
        Plant("UPDATE seat SET hold_id = {hold}, fence = fence + 1 WHERE seat_no = 5", "held_seat_without_its_hold"),
    ],
    "orphan_hold": [
        "UPDATE hold SET expires_at = now() - interval '121 seconds' WHERE id = {hold}",
        "UPDATE hold SET expires_at = now() - interval '121 seconds' WHERE id = {pending_hold}",
        Plant(
            """UPDATE hold SET expires_at = now() - interval '121 seconds' WHERE id = {pending_hold};
           DELETE FROM orders WHERE id = {pending}""",
            "child_of_another_organiser",
            "coupon_of_an_ended_order",
        ),
    ],
    "in_payment_past_the_cap": [
        Plant(
            """UPDATE hold SET expires_at = now() - interval '8 minutes', cap_at = now() - interval '8 minutes'
            WHERE id = {pending_hold};
           UPDATE seat SET in_payment = true, fence = fence + 1 WHERE hold_id = {pending_hold}""",
            "orphan_hold",
        )
    ],
    "seat_held_too_long": [
        "UPDATE seat SET expires_at = now() - interval '121 seconds', fence = fence + 1 WHERE seat_no = 8"
    ],
    "two_orders_of_a_hold": [
        Plant(
            """ALTER TABLE orders DROP CONSTRAINT uq_orders_hold_id;
           UPDATE orders SET hold_id = {paid_hold} WHERE id = {pending}""",
            "missing_guard",
        )
    ],
    "fence_fell": [
        "UPDATE seat SET fence = 1 WHERE seat_no = 1",
        "UPDATE seat SET fence = 0 WHERE seat_no = 8",
        "UPDATE seat SET state = 'blocked' WHERE seat_no = 20",
        "UPDATE seat SET fence = -1 WHERE seat_no = 20",
        Plant(
            "UPDATE seat SET state = 'free', hold_id = NULL, expires_at = NULL WHERE seat_no = 8",
            "hold_that_lost_a_seat",
        ),
    ],
    "lines_differ_from_order": [
        "UPDATE order_line SET fee = fee + 1 WHERE seat_no = 1",
        Plant("UPDATE order_line SET tax = tax - 1 WHERE seat_no = 1", "impossible_line"),
        "UPDATE order_line SET unit_price = unit_price + 1, discount = discount + 1 WHERE seat_no = 1",
        "DELETE FROM order_line WHERE order_id = {pending}",
        Plant(
            "ALTER TABLE orders DROP CONSTRAINT ck_orders_total; UPDATE orders SET total = total + 1 WHERE id = {paid}",
            "captured_differs_from_total",
            "missing_guard",
        ),
    ],
    "captured_differs_from_total": [
        Plant("UPDATE payment SET captured = captured - 1", "ledger_differs_from_payment"),
        "UPDATE payment SET currency = 'USD'",
        Plant("DELETE FROM payment", "paid_without_a_payment", "child_of_another_organiser"),
        Plant(_COPY_PAYMENT % ("false", "captured"), "ledger_differs_from_payment", "two_captures"),
    ],
    "paid_without_a_payment": [
        "UPDATE payment SET active = false",
        Plant("UPDATE payment SET state = 'open'", "captured_differs_from_total"),
        Plant(
            """ALTER TABLE orders DROP CONSTRAINT ck_orders_paid_at;
           UPDATE orders SET paid_at = NULL WHERE id = {paid}""",
            "mail_without_payment",
            "missing_guard",
        ),
    ],
    "ledger_off": [
        "UPDATE ledger_entry SET amount = amount + 1 WHERE account = 'sales'",
        "UPDATE ledger_entry SET currency = 'USD' WHERE account = 'sales'",
        Plant("UPDATE ledger_entry SET payment_id = {fresh} WHERE account = 'sales'", "child_of_another_organiser"),
    ],
    "ledger_differs_from_payment": [
        "DELETE FROM ledger_entry",
        Plant("UPDATE payment SET refunded = 1", "refunds_above_captured"),
        """INSERT INTO ledger_entry (transaction_id, organiser_id, payment_id, order_id, account, amount, currency)
           SELECT {fresh}, organiser_id, payment_id, order_id, account, amount, currency FROM ledger_entry""",
    ],
    "refunds_above_captured": [
        """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, state)
           SELECT {fresh}, organiser_id, id, 2, captured + 1, 'pending' FROM payment""",
        """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, state)
           SELECT {fresh}, organiser_id, id, 2, 1, 'succeeded' FROM payment""",
        Plant(
            "ALTER TABLE payment DROP CONSTRAINT ck_payment_amounts; UPDATE payment SET captured = amount + 1",
            "captured_differs_from_total",
            "ledger_differs_from_payment",
            "missing_guard",
        ),
    ],
    "captured_but_nothing_for_it": [
        Plant(
            """UPDATE orders SET state = 'expired', paid_at = NULL WHERE id = {paid};
           UPDATE payment SET captured_at = now() - interval '61 seconds'""",
            "seat_sold_to_an_unsold_order",
            "ticket_of_an_unpaid_order",
            "mail_without_payment",
            "broken_history",
        ),
        # A refund that failed isn't one.
        Plant(
            """UPDATE orders SET state = 'refund_due', paid_at = NULL WHERE id = {paid};
           UPDATE payment SET captured_at = now() - interval '61 seconds';
           UPDATE refund SET amount = 8500, state = 'failed'""",
            "seat_sold_to_an_unsold_order",
            "ticket_of_an_unpaid_order",
            "mail_without_payment",
            "broken_history",
        ),
    ],
    "two_active_payments": [Plant("DROP INDEX uq_payment_active;" + _COPY_PAYMENT % ("true", "0"), "missing_guard")],
    "two_captures": [
        Plant(_COPY_PAYMENT % ("false", "captured"), "captured_differs_from_total", "ledger_differs_from_payment")
    ],
    "order_at_rest": [
        Plant(_resting("capturing", "paying", 6), "broken_history"),
        Plant(_resting("expiring", "paying", 6), "broken_history"),
        Plant(_resting("refund_due", "expired", 6), "broken_history", "coupon_of_an_ended_order"),
        Plant(
            """UPDATE orders SET state = 'capturing', created_at = now() - interval '6 minutes' WHERE id = {pending};
           DELETE FROM order_step WHERE order_id = {pending}""",
            "broken_history",
        ),
    ],
    "order_that_should_be_over": [
        "UPDATE orders SET expires_at = now() - interval '6 minutes' WHERE id = {pending}",
        Plant(
            "UPDATE orders SET expires_at = now() - interval '6 minutes', state = 'paying' WHERE id = {pending}",
            "broken_history",
        ),
    ],
    "paid_without_mail": [
        "UPDATE orders SET paid_at = now() - interval '121 seconds' WHERE id = {paid}; DELETE FROM effect",
        "UPDATE orders SET paid_at = now() - interval '121 seconds' WHERE id = {paid};UPDATE effect SET done_at = NULL",
    ],
    "mail_without_payment": [
        """INSERT INTO effect (effect_key, done_at, detail)
           VALUES ('mail:order_paid:' || {pending}::text, now(), '{{"outcome": "sent"}}')""",
        "INSERT INTO effect (effect_key, done_at) VALUES ('mail:order_paid:nobody', now())",
        """INSERT INTO effect (effect_key, done_at, detail)
           VALUES ('mail:moved:' || {pending}::text || ':1', now(), '{{"outcome": "sent"}}')""",
    ],
    "mail_without_refund": [
        """INSERT INTO effect (effect_key, done_at, detail)
           VALUES ('mail:refund_made:' || {fresh}::text, now(), '{{"outcome": "sent"}}')"""
    ],
    "two_mails_alike": [
        """INSERT INTO effect (effect_key, done_at, detail)
           SELECT 'mail:other:1', done_at, detail FROM effect"""
    ],
    "outbox_late": [
        """INSERT INTO outbox (topic, dedupe_key, payload, due_at)
           VALUES ('t', 'k', '{{}}', now() - interval '61 seconds')"""
    ],
    "dead_letter": ["INSERT INTO outbox (topic, dedupe_key, payload, dead_at) VALUES ('t', 'k', '{{}}', now())"],
    "inbox_late": [
        """INSERT INTO inbox (provider, event_id, kind, object_id, payload, received_at)
           VALUES ('stripe', 'evt_1', 'k', 'pi_1', '{{}}', now() - interval '61 seconds')"""
    ],
    "parked_too_long": [
        """INSERT INTO inbox (provider, event_id, kind, object_id, payload, received_at, parked_at)
           VALUES ('stripe', 'evt_1', 'k', 'pi_1', '{{}}', now(), now() - interval '11 minutes')"""
    ],
    "two_entries": [Plant("DROP INDEX uq_checkin_entry;" + _ENTRY, "missing_guard")],
    "entry_without_admission": [
        Plant("UPDATE ticket SET state = 'void' WHERE seat_no = 1", "sold_seat_without_its_ticket"),
        Plant("UPDATE ticket SET state = 'inactive' WHERE seat_no = 1", "sold_seat_without_its_ticket"),
        Plant("UPDATE checkin_list SET performance_id = {fresh}", "child_of_another_organiser"),
    ],
    "illegal_step": [
        Plant(_STEP + "'pending', 'refunded', now())", "broken_history"),
        Plant(_STEP + "NULL, 'paid', now())", "broken_history"),
        Plant(_STEP + "'refund_due', 'paid', now())", "broken_history"),
    ],
    "broken_history": [
        "DELETE FROM order_step WHERE order_id = {paid}",
        "DELETE FROM order_step WHERE order_id = {paid} AND to_state = 'capturing'",
        "DELETE FROM order_step WHERE order_id = {paid} AND from_state IS NULL",
        "UPDATE orders SET state = 'paying' WHERE id = {pending}",
    ],
    "child_of_another_performance": [
        Plant(
            "UPDATE hold SET performance_id = {fresh} WHERE id = {pending_hold}",
            "held_seat_without_its_hold",
            "hold_that_lost_a_seat",
            "child_of_another_organiser",
        ),
        Plant(
            "UPDATE order_line SET performance_id = {fresh} WHERE order_id = {pending}", "child_of_another_organiser"
        ),
        Plant(
            "UPDATE ticket SET performance_id = {fresh} WHERE seat_no = 1",
            "sold_seat_without_its_ticket",
            "ticket_for_a_seat_of_others",
            "entry_without_admission",
            "child_of_another_organiser",
        ),
        Plant(
            "UPDATE ticket SET seat_no = 30 WHERE seat_no = 1",
            "sold_seat_without_its_ticket",
            "ticket_for_a_seat_of_others",
        ),
    ],
    "missing_guard": [
        "DROP INDEX uq_ticket_live",
        # There, but no longer unique.
        "DROP INDEX uq_payment_active; CREATE INDEX uq_payment_active ON payment (order_id) WHERE active",
        "DROP TRIGGER seat_fence_rises ON seat",
        "ALTER TABLE seat DISABLE TRIGGER seat_fence_rises",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_balances",
    ],
    "guard_asleep": [
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'uq_ticket_live'::regclass",
        "ALTER TABLE seat ADD CONSTRAINT half CHECK (fence >= 0) NOT VALID",
    ],
}
