"""Questions 19 and 21: whether rows lie with their own organiser, and the guards themselves are in place."""

from frontrow.auditor.queries.question import Question

PARENTS = (
    # child, its column, parent (by id). The composite foreign keys hold most of them; plain ids are held here alone.
    ("seat_map", "venue_id", "venue"),
    ("seat_place", "seat_map_id", "seat_map"),
    ("seat_spot", "seat_map_id", "seat_map"),
    ("seat_run", "seat_map_id", "seat_map"),
    ("performance", "event_id", "event"),
    ("performance", "venue_id", "venue"),
    ("performance", "seat_map_id", "seat_map"),
    ("performance_cancellation", "performance_id", "performance"),
    ("ticket_type", "performance_id", "performance"),
    ("price", "ticket_type_id", "ticket_type"),
    ("coupon", "event_id", "event"),
    ("coupon_redemption", "coupon_id", "coupon"),
    ("coupon_redemption", "order_id", "orders"),
    ("hold", "performance_id", "performance"),
    ("seat", "performance_id", "performance"),
    ("seat", "hold_id", "hold"),
    ("seat", "order_id", "orders"),
    ("orders", "performance_id", "performance"),
    ("orders", "hold_id", "hold"),
    ("orders", "coupon_id", "coupon"),
    ("order_line", "order_id", "orders"),
    ("order_line", "performance_id", "performance"),
    ("order_line", "ticket_type_id", "ticket_type"),
    ("order_line", "reverses_id", "order_line"),
    ("order_step", "order_id", "orders"),
    ("payment", "order_id", "orders"),
    ("refund", "payment_id", "payment"),
    ("ledger_entry", "payment_id", "payment"),
    ("ledger_entry", "order_id", "orders"),
    ("ticket", "order_id", "orders"),
    ("ticket", "order_line_id", "order_line"),
    ("ticket", "performance_id", "performance"),
    ("checkin_list", "performance_id", "performance"),
    ("checkin", "ticket_id", "ticket"),
    ("checkin", "list_id", "checkin_list"),
)

CONSTRAINTS = (
    *("pk_seat", "ck_seat_state", "ck_seat_held", "ck_seat_sold", "ck_seat_expires", "ck_seat_in_payment"),
    *("pk_hold", "ck_hold_state", "ck_hold_cap", "ck_hold_seat_nos"),
    *("pk_orders", "uq_orders_hold_id", "uq_orders_code", "ck_orders_state", "ck_orders_total", "ck_orders_paid_at"),
    *("pk_order_line", "ck_order_line_amounts"),
    *("ck_coupon_used", "uq_coupon_organiser_id_code", "uq_coupon_redemption_coupon_id_order_id"),
    *("pk_payment", "uq_payment_intent_id", "uq_payment_order_id_seq", "ck_payment_state", "ck_payment_amounts"),
    *("pk_refund", "uq_refund_payment_id_seq", "ck_refund_amount"),
    *("pk_ticket", "ck_ticket_state"),
    *("pk_idempotency", "pk_inbox", "pk_outbox", "uq_outbox_dedupe_key", "pk_effect"),
)
INDEXES = (
    *("uq_ticket_live", "uq_coupon_redemption_order_id", "uq_payment_active", "uq_checkin_entry"),
    "uq_order_line_reverses_id",
)
TRIGGERS = ("seat_fence_rises", "ledger_balances")


def _values(names: tuple[str, ...]) -> str:
    return ", ".join(f"('{name}')" for name in names)


_FOREIGN = "\nUNION ALL\n".join(
    f"""SELECT '{child}' AS child, '{column}' AS refers_by, c.{column}::text AS refers_to,
               c.organiser_id AS organiser, p.organiser_id AS of_parent
          FROM {child} c LEFT JOIN {parent} p ON p.id = c.{column}
         WHERE c.{column} IS NOT NULL AND p.organiser_id IS DISTINCT FROM c.organiser_id"""  # noqa: S608
    for child, column, parent in PARENTS
)

SCHEMA = (
    Question(
        19,
        "child_of_another_organiser",
        "a row belongs to another organiser than its parent, or its parent is missing",
        _FOREIGN,
    ),
    Question(
        19,
        "child_of_another_performance",
        "an order, its hold, its lines and its tickets aren't about one performance",
        """SELECT o.code, o.performance_id, h.performance_id AS held, l.performance_id AS line,
                  t.performance_id AS ticket
             FROM orders o
             LEFT JOIN hold h ON h.id = o.hold_id
             LEFT JOIN order_line l ON l.order_id = o.id
             LEFT JOIN ticket t ON t.order_line_id = l.id
            WHERE o.performance_id IS DISTINCT FROM h.performance_id OR l.performance_id <> o.performance_id
               OR t.performance_id <> o.performance_id OR t.seat_no <> l.seat_no""",
    ),
    Question(
        21,
        "missing_guard",
        "a constraint, index or trigger that the till rests on isn't there",
        f"""SELECT 'constraint' AS kind, want.name FROM (VALUES {_values(CONSTRAINTS)}) AS want (name)
             WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = want.name
                                  AND c.connamespace = current_schema()::regnamespace)
            UNION ALL
            SELECT 'index', want.name FROM (VALUES {_values(INDEXES)}) AS want (name)
             WHERE NOT EXISTS (SELECT FROM pg_class k JOIN pg_index i ON i.indexrelid = k.oid
                                WHERE k.relname = want.name AND i.indisunique
                                  AND k.relnamespace = current_schema()::regnamespace)
            UNION ALL
            SELECT 'trigger', want.name FROM (VALUES {_values(TRIGGERS)}) AS want (name)
             WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = want.name
                                  AND t.tgenabled IN ('O', 'A'))""",  # noqa: S608
    ),
    Question(
        21,
        "guard_asleep",
        "an index is invalid or a constraint isn't validated, so that it guards only some rows",
        """SELECT 'index' AS kind, i.indexrelid::regclass::text AS name
             FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid
            WHERE k.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)
            UNION ALL
           SELECT 'constraint', c.conname FROM pg_constraint c
            WHERE c.connamespace = current_schema()::regnamespace AND NOT c.convalidated""",
    ),
)
