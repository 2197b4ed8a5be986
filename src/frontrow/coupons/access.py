"""What doors ask for: this process's queue in front of coupons, and an organiser's staff."""

import uuid
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.web import runtime
from frontrow.coupons.actions.queue import CouponQueue
from frontrow.people.access import staff_of

MANAGERS = ("owner", "manager")


async def _queue(connection: HTTPConnection) -> CouponQueue:
    state, rt = connection.app.state, await runtime(connection)
    held: CouponQueue | None = getattr(state, "coupon_queue", None)
    if held is None:
        held = state.coupon_queue = CouponQueue(rt.redis)
    return held


CouponQueueDep = Annotated[CouponQueue, Depends(_queue)]


async def managed_organiser(tx: Tx, user_id: uuid.UUID, slug: str) -> uuid.UUID:
    """The organiser of this address, for somebody who manages it; names the tenant of the transaction.

    Raises NotFound for everybody else: who isn't in the team must not learn that there is one.
    """
    row = (await tx.sql("SELECT id FROM organiser WHERE slug = :slug", slug=slug)).one_or_none()
    if row is None:
        raise NotFound
    await staff_of(tx, user_id, row.id, MANAGERS)
    await tx.act_for(row.id)
    organiser_id: uuid.UUID = row.id
    return organiser_id
