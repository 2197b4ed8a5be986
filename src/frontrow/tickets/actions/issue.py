"""Issue with the sale, activate with the money, void."""

import uuid
from typing import Any

from frontrow.core import ids
from frontrow.core.db import Tx


async def issue(tx: Tx, order: Any) -> None:
    """T4: one inactive ticket a line, in the transaction that sells the seats. ``order`` is the locked row."""
    lines = await tx.sql(
        "SELECT id, seat_no, section, row, label FROM order_line WHERE order_id = :order AND reverses_id IS NULL",
        order=order.id,
    )
    rows = lines.all()
    await tx.sql(
        """INSERT INTO ticket (id, organiser_id, order_id, order_line_id, performance_id, seat_no, section, row, label,
                               holder_name, secret)
           SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:organisers AS uuid[]), CAST(:orders AS uuid[]),
                                CAST(:lines AS uuid[]), CAST(:performances AS uuid[]), CAST(:seats AS int[]),
                                CAST(:sections AS text[]), CAST(:rows AS text[]), CAST(:labels AS text[]),
                                CAST(:names AS text[]), CAST(:secrets AS text[]))""",
        ids=[ids.new_id() for _ in rows],
        organisers=[order.organiser_id] * len(rows),
        orders=[order.id] * len(rows),
        lines=[row.id for row in rows],
        performances=[order.performance_id] * len(rows),
        seats=[row.seat_no for row in rows],
        sections=[row.section for row in rows],
        rows=[row.row for row in rows],
        labels=[row.label for row in rows],
        names=[order.name] * len(rows),
        secrets=[ids.secret_token(9) for _ in rows],
    )


async def activate(tx: Tx, order_id: uuid.UUID) -> int:
    """T5: the money is there; the tickets admit. Returns how many."""
    done = await tx.sql(
        "UPDATE ticket SET state = 'valid' WHERE order_id = :order AND state = 'inactive'", order=order_id
    )
    return done.rowcount


async def void(tx: Tx, order_id: uuid.UUID) -> int:
    """The order failed or was cancelled: its tickets never admit again. Returns how many."""
    done = await tx.sql("UPDATE ticket SET state = 'void' WHERE order_id = :order AND state <> 'void'", order=order_id)
    return done.rowcount
