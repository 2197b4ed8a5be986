"""Jobs that the mailroom gives itself through the outbox. Payloads are ids."""

MOVED_BATCH = "mailroom.moved_batch"
"""{performance_id, move_no, after}: some of those who are to be told of a move, from behind the seat ``after``."""

MOVED = "mailroom.moved"
"""{order_id, move_no}: one of them."""

RESEND = "mailroom.resend"
"""{order_id, resend_id}: a buyer asked for their tickets once more."""
