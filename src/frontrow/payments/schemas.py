"""Shapes of payments on the wire. Amounts in minor units of ``currency``."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from frontrow.core.errors import Refusal
from frontrow.orders.schemas import Order, OrderRequest, QuoteProblem, problem_of
from frontrow.payments.queries import CancellationView, PaymentView, RefundView
from frontrow.payments.queries.evenings import CalledOffView

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")
]
MOST = 2**31 - 1


class Payment(BaseModel):
    """What the payment form needs. ``kind`` is the buyer's way to pay, in Stripe's word: ``card``, ``ideal``, …"""

    id: uuid.UUID
    order_id: uuid.UUID
    state: str
    method: str
    kind: str
    amount: int
    currency: str
    client_secret: str | None
    publishable_key: str


Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,30}$")]


class PaymentWish(BaseModel):
    """``kind``: ``card``, or one of the ways that are captured at once."""

    kind: Kind = "card"


class CheckoutRequest(OrderRequest):
    """Who buys, as what, and how it is to be paid: as ``PaymentWish.kind``."""

    payment_kind: Kind = "card"


class Checkout(BaseModel):
    """The order, and its payment. Without one, ``problem`` says why: the order stands, and can be paid later."""

    order: Order
    payment: Payment | None
    problem: QuoteProblem | None


class OfflineWish(BaseModel):
    method: Literal["cash", "terminal", "complimentary"]


class RefundWish(BaseModel):
    """``amount``: left out, all that can still be refunded. ``force``: although somebody was let in."""

    amount: int | None = Field(default=None, ge=1, le=MOST, strict=True)
    reason: Reason = ""
    force: bool = False


class CancellationWish(BaseModel):
    """``line_ids``: left out, all that are left. ``refund``: give back what they cost, as far as it is still there."""

    line_ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=100)] | None = None
    refund: bool = True
    reason: Reason = ""
    force: bool = False


class Refund(BaseModel):
    id: uuid.UUID
    order_id: uuid.UUID
    amount: int
    currency: str
    state: str
    reason: str
    created_at: datetime
    done_at: datetime | None


class OwnRefund(BaseModel):
    """A refund as its buyer sees it: without the staff's note. ``state`` is *pending*, *succeeded* or *failed*."""

    id: uuid.UUID
    amount: int
    currency: str
    state: str
    created_at: datetime
    done_at: datetime | None


class OwnRefunds(BaseModel):
    items: list[OwnRefund]


class Cancellation(BaseModel):
    """``amount`` is what the lines had cost; ``whole``: nothing of the order is left."""

    id: uuid.UUID
    order_id: uuid.UUID
    line_ids: list[uuid.UUID]
    seat_nos: list[int]
    amount: int
    whole: bool
    reason: str
    created_at: datetime
    refund: Refund | None


class CallOffWish(BaseModel):
    """``message``: what the organiser tells the buyers, in the mail and on their orders' pages."""

    model_config = ConfigDict(extra="forbid")

    message: Reason = ""


class CalledOff(BaseModel):
    """A cancelled performance: ``refunded`` of ``orders`` have their money back, ``waiting`` don't yet, ``failed`` need
    a person, ``at_desk`` were paid at a desk and are given back there. Amounts in minor units of ``currency``."""

    performance_id: uuid.UUID
    cancelled_at: datetime
    message: str
    currency: str
    orders: int
    refunded: int
    waiting: int
    failed: int
    at_desk: int
    amount: int
    amount_refunded: int

    @classmethod
    def of(cls, view: CalledOffView) -> "CalledOff":
        return cls(**vars(view))


class CalledOffEvent(BaseModel):
    performances: list[CalledOff]

    @classmethod
    def of(cls, views: list[CalledOffView]) -> "CalledOffEvent":
        return cls(performances=[CalledOff.of(view) for view in views])


def payment_of(view: PaymentView, publishable_key: str) -> Payment:
    return Payment(
        id=view.id,
        order_id=view.order_id,
        state=view.state,
        method=view.method,
        kind=view.kind,
        amount=view.amount,
        currency=view.currency,
        client_secret=view.client_secret,
        publishable_key=publishable_key,
    )


def encode_checkout(order: bytes, payment: PaymentView | None, problem: Refusal | None, publishable_key: str) -> bytes:
    """The JSON of a :class:`Checkout`; ``order`` is JSON already."""
    return msgspec.json.encode(
        {
            "order": msgspec.Raw(order),
            "payment": payment_of(payment, publishable_key).model_dump() if payment else None,
            "problem": problem_of(problem).model_dump() if problem else None,
        }
    )


def refund_of(view: RefundView) -> Refund:
    return Refund(
        id=view.id,
        order_id=view.order_id,
        amount=view.amount,
        currency=view.currency,
        state=view.state,
        reason=view.reason,
        created_at=view.created_at,
        done_at=view.done_at,
    )


def own_refunds_of(views: list[RefundView]) -> OwnRefunds:
    return OwnRefunds(
        items=[OwnRefund(**{name: getattr(view, name) for name in OwnRefund.model_fields}) for view in views]
    )


def cancellation_of(view: CancellationView, refund: RefundView | None) -> Cancellation:
    return Cancellation(
        id=view.id,
        order_id=view.order_id,
        line_ids=view.line_ids,
        seat_nos=view.seat_nos,
        amount=view.amount,
        whole=view.whole,
        reason=view.reason,
        created_at=view.created_at,
        refund=refund_of(refund) if refund else None,
    )
