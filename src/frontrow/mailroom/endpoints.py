"""The HTTP door of the mailroom: a buyer asks for their tickets once more."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Response

from frontrow.core.errors import Busy, NotFound, OutcomeUnknown
from frontrow.core.idempotency import checked_key
from frontrow.core.web import RuntimeDep, refusals
from frontrow.mailroom.actions.resend import request_resend
from frontrow.mailroom.errors import NothingToResend, ResentTooOften
from frontrow.orders.queries import Viewer
from frontrow.people.access import BuyerDep

router = APIRouter(prefix="/api", tags=["mail"])


@router.post(
    "/orders/{order_id}/resend",
    status_code=202,
    response_class=Response,
    responses=refusals(NotFound, NothingToResend, ResentTooOften, Busy, OutcomeUnknown),
)
async def resend_tickets(
    order_id: uuid.UUID,
    buyer: BuyerDep,
    rt: RuntimeDep,
    token: str | None = None,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response:
    """Send a paid order's tickets again, to the address that the order was placed with. The same key sends once."""
    key = checked_key(idempotency_key)
    viewer = Viewer(buyer.id, buyer.user_id, token)
    await rt.db.write(lambda tx: request_resend(tx, order_id, viewer, key))
    return Response(status_code=202)
