"""Shapes of orders on the wire. The shape of a ticket is here, too, because an order
shows its own; ``tickets`` fills it."""

import unicodedata
import uuid
from datetime import datetime

from pydantic import BaseModel, EmailStr, Field, field_validator

from frontrow.core import clock
from frontrow.orders.queries import LineView, OrderView


class OrderRequest(BaseModel):
    """Who buys. No account is asked for; prices are never taken from here."""

    hold_id: uuid.UUID
    email: EmailStr = Field(max_length=254)
    name: str = Field(min_length=1, max_length=120)
    locale: str = Field(default="en", pattern=r"^[a-z]{2}(-[A-Z]{2})?$")

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        """Names go into mails, PDFs and logs: no control characters, no line breaks."""
        clean = "".join(letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cs"}).strip()
        if not clean:
            raise ValueError("a name has letters")
        return clean


class OrderLine(BaseModel):
    seat_no: int
    section: str
    row: str
    label: str
    ticket_type: str
    amount: int
    discount: int
    fee: int
    tax: int
    total: int


class Ticket(BaseModel):
    """``code`` is the text of the QR; ``qr_svg_url`` draws it."""

    id: uuid.UUID
    seat_no: int
    section: str
    row: str
    label: str
    state: str
    code: str
    qr_svg_url: str


class OrderEvent(BaseModel):
    slug: str
    title: str
    image_url: str | None


class OrderVenue(BaseModel):
    name: str
    city: str
    address: str


class OrderPerformance(BaseModel):
    id: uuid.UUID
    starts_at: datetime
    doors_at: datetime | None
    timezone: str
    venue: OrderVenue


class Order(BaseModel):
    """Money in minor units of ``currency``; ``tax`` is included in ``total``. ``token`` opens the order elsewhere.

    ``pdf_url``, ``ics_url`` are there once it is paid; ``can_resend``: its mail can be asked for once more.
    """

    id: uuid.UUID
    code: str
    state: str
    hold_id: uuid.UUID
    event: OrderEvent
    performance: OrderPerformance
    email: str
    name: str
    currency: str
    lines: list[OrderLine]
    subtotal: int
    discount: int
    fees: int
    tax: int
    total: int
    expires_at: datetime | None
    server_time: datetime
    created_at: datetime
    paid_at: datetime | None
    token: str
    tickets: list[Ticket]
    pdf_url: str | None
    ics_url: str | None = None
    can_resend: bool = False


class OrderPage(BaseModel):
    items: list[Order]
    next_cursor: str | None


def order_of(view: OrderView, lines: list[LineView], tickets: list[Ticket]) -> Order:
    """An order as its buyer sees it."""
    shown_expiry = view.expires_at if view.state in {"pending", "paying"} else None
    return Order(
        id=view.id,
        code=view.code,
        state=view.state,
        hold_id=view.hold_id,
        event=OrderEvent(
            slug=view.event_slug,
            title=view.event_title,
            image_url=f"/media/{view.image_key}" if view.image_key else None,
        ),
        performance=OrderPerformance(
            id=view.performance_id,
            starts_at=view.starts_at,
            doors_at=view.doors_at,
            timezone=view.timezone,
            venue=OrderVenue(name=view.venue_name, city=view.venue_city, address=view.venue_address),
        ),
        email=view.email,
        name=view.name,
        currency=view.currency,
        lines=[
            OrderLine(
                seat_no=line.seat_no,
                section=line.section,
                row=line.row,
                label=line.label,
                ticket_type=line.ticket_type,
                amount=line.unit_price,
                discount=line.discount,
                fee=line.fee,
                tax=line.tax,
                total=line.unit_price - line.discount + line.fee,
            )
            for line in lines
        ],
        subtotal=view.subtotal,
        discount=view.discount,
        fees=view.fees,
        tax=view.tax,
        total=view.total,
        expires_at=shown_expiry,
        server_time=clock.now(),
        created_at=view.created_at,
        paid_at=view.paid_at,
        token=view.token,
        tickets=tickets,
        pdf_url=f"/api/orders/{view.id}/tickets.pdf?token={view.token}" if tickets else None,
    )
