"""A wish to order, and the order as it is about to be written."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from frontrow.core import idempotency, ids
from frontrow.core.log import correlation_id
from frontrow.coupons.rules import Terms, normal_code
from frontrow.orders.queries import LineView, OrderView
from frontrow.orders.rules import Line, Offer, Totals


@dataclass(frozen=True)
class Wish:
    """What a buyer sends to place an order; prices are never among it. ``ticket_types`` by seat number."""

    hold_id: uuid.UUID
    email: str
    name: str
    locale: str
    ticket_types: Mapping[int, uuid.UUID] = field(default_factory=dict)
    coupon: str | None = None

    def hash(self) -> bytes:
        """What an idempotency key stands for."""
        chosen = sorted((seat_no, str(chosen)) for seat_no, chosen in self.ticket_types.items())
        return idempotency.request_hash(
            [str(self.hold_id), self.email, self.name, self.locale, chosen, self.coupon and normal_code(self.coupon)]
        )


@dataclass(frozen=True)
class Placed:
    """An order as its buyer sees it."""

    order: OrderView
    lines: Sequence[LineView]


@dataclass(frozen=True)
class Draft:
    """An order that is about to be written: ``values`` for its statement, and what it will look like."""

    values: dict[str, Any]
    offer: Offer
    lines: Sequence[LineView]

    def placed(self, made: Any, state: str = "pending") -> Placed:
        """``made``: the row that the statement returned."""
        values, offer = self.values, self.offer
        view = OrderView(
            id=values["id"],
            code=values["code"],
            organiser_id=offer.organiser_id,
            performance_id=offer.performance_id,
            hold_id=offer.hold_id,
            buyer_id=values["buyer"],
            user_id=values["user"],
            email=values["email"],
            name=values["name"],
            locale=values["locale"],
            token=values["token"],
            currency=offer.currency,
            state=state,
            subtotal=values["subtotal"],
            discount=values["discount"],
            fees=values["fees"],
            tax=values["tax"],
            added_tax=values["added_tax"],
            total=values["total"],
            coupon_code=values["coupon_code"],
            created_at=made.created_at,
            expires_at=made.expires_at,
            paid_at=None,
            event_slug=offer.event_slug,
            event_title=offer.event_title,
            image_key=offer.image_key,
            cancelled=False,
            starts_at=offer.starts_at,
            doors_at=offer.doors_at,
            timezone=offer.timezone,
            venue_name=offer.venue_name,
            venue_city=offer.venue_city,
            venue_address=offer.venue_address,
        )
        return Placed(view, self.lines)


def draft_of(
    wish: Wish,
    buyer_id: uuid.UUID,
    user_id: uuid.UUID | None,
    offer: Offer,
    lines: Sequence[Line],
    totals: Totals,
    terms: Terms | None,
    order_id: uuid.UUID | None = None,
) -> Draft:
    views = [_line_view(ids.new_id(), line) for line in lines]
    values = {
        "id": order_id or ids.new_id(),
        "code": ids.order_code(),
        "organiser": offer.organiser_id,
        "performance": offer.performance_id,
        "hold": offer.hold_id,
        "buyer": buyer_id,
        "user": user_id,
        "email": wish.email,
        "name": wish.name,
        "locale": wish.locale,
        "token": ids.secret_token(),
        "currency": offer.currency,
        "subtotal": totals.subtotal,
        "discount": totals.discount,
        "fees": totals.fees,
        "tax": totals.tax,
        "added_tax": totals.added_tax,
        "total": totals.total,
        "coupon": terms.id if terms else None,
        "coupon_code": terms.code if terms else None,
        "cap": offer.max_per_account,
        "correlation": correlation_id(),
        "lines": msgspec.json.encode(views).decode(),
    }
    return Draft(values, offer, views)


def _line_view(line_id: uuid.UUID, line: Line) -> LineView:
    return LineView(
        line_id,
        line.place.seat_no,
        line.place.section,
        line.place.row,
        line.place.label,
        line.ticket_type.id,
        line.ticket_type.name,
        line.ticket_type.amount,
        line.discount,
        line.fee,
        line.ticket_type.tax_bp,
        line.tax,
        line.added_tax,
        cancelled=False,
    )
