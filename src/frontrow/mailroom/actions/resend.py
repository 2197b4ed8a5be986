"""A buyer asks for their tickets once more: to the order's own address, not too often, once a request."""

import uuid

from frontrow.core import idempotency, ids, outbox
from frontrow.core.db import Tx
from frontrow.mailroom.errors import NothingToResend, ResentTooOften
from frontrow.mailroom.messages import RESEND
from frontrow.orders import queries as orders
from frontrow.orders.queries import Viewer

PER_MINUTE = 1
PER_DAY = 5


async def request_resend(tx: Tx, order_id: uuid.UUID, viewer: Viewer, key: str) -> None:
    """Ask for the mail of a paid order again. The same key asks once.

    Raises NotFound for who may not see the order, NothingToResend and ResentTooOften.
    """
    # Who may is asked first: a stranger's key must not be written down under somebody's order.
    orders.check_viewer(await orders.order(tx, order_id), viewer)
    resend_id = ids.new_id()
    body = idempotency.request_hash([str(order_id)])
    claimed = await idempotency.claim(tx, str(order_id), "resend", key, body, resend_id)
    if claimed != resend_id:
        return
    order = await orders.lock(tx, order_id)
    if order.state != "paid":
        raise NothingToResend
    # The keys are the record of who asked how often; the order's lock makes the count exact.
    asked = (
        await tx.sql(
            """SELECT count(*) FILTER (WHERE created_at > clock_timestamp() - interval '1 minute') AS minute,
                      count(*) FILTER (WHERE created_at > clock_timestamp() - interval '1 day') AS day
                 FROM idempotency WHERE subject = :order AND endpoint = 'resend'""",
            order=str(order_id),
        )
    ).one()
    if asked.minute > PER_MINUTE or asked.day > PER_DAY:
        raise ResentTooOften
    payload = {"order_id": str(order_id), "resend_id": str(resend_id)}
    await outbox.add(tx, RESEND, f"{RESEND}:{resend_id}", payload)
