"""Shapes of payments on the wire."""

import uuid

from pydantic import BaseModel

from frontrow.payments.queries import PaymentView


class Payment(BaseModel):
    """What the payment form needs; ``amount`` in minor units."""

    id: uuid.UUID
    order_id: uuid.UUID
    state: str
    method: str
    amount: int
    currency: str
    client_secret: str | None
    publishable_key: str


def payment_of(view: PaymentView, publishable_key: str) -> Payment:
    return Payment(
        id=view.id,
        order_id=view.order_id,
        state=view.state,
        method=view.method,
        amount=view.amount,
        currency=view.currency,
        client_secret=view.client_secret,
        publishable_key=publishable_key,
    )
