"""Shapes of orders on the wire. The shape of a ticket is here, too, because an order
shows its own; ``tickets`` fills it."""

import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, EmailStr, Field, StringConstraints, field_validator

from frontrow.core import clock
from frontrow.core.errors import Refusal
from frontrow.orders.actions.draft import Wish
from frontrow.orders.actions.quote import Quoted
from frontrow.orders.queries import LineView, OrderView

SeatNumber = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]
TicketTypes = Annotated[
    dict[SeatNumber, uuid.UUID],
    Field(default_factory=dict, max_length=50, description="Seat number to ticket type; others are sold as usual."),
]
CouponCode = Annotated[str, Field(min_length=1, max_length=60)]


class OrderRequest(BaseModel):
    """Who buys, and as what. No account is asked for; prices are never taken from here."""

    hold_id: uuid.UUID
    ticket_types: TicketTypes
    coupon: CouponCode | None = None
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

    def wish(self) -> Wish:
        return Wish(
            self.hold_id,
            self.email.lower(),
            self.name,
            self.locale,
            {int(seat_no): chosen for seat_no, chosen in self.ticket_types.items()},
            self.coupon,
        )


class QuoteRequest(BaseModel):
    """``email`` is asked for limits per person, when the page knows it."""

    ticket_types: TicketTypes
    coupon: CouponCode | None = None
    email: EmailStr | None = Field(default=None, max_length=254)


class PricedLine(BaseModel):
    """``total = amount - discount + fee + added_tax``; ``tax`` is part of it, and ``added_tax`` a part of ``tax``."""

    seat_no: int
    section: str
    row: str
    label: str
    ticket_type_id: uuid.UUID
    ticket_type: str
    amount: int
    discount: int
    fee: int
    tax_bp: int
    tax: int
    added_tax: int
    total: int


class OrderLine(PricedLine):
    """``cancelled``: it was taken back; its figures and those of the order stay as they were sold."""

    id: uuid.UUID
    cancelled: bool


class TaxLine(BaseModel):
    """The tax of one rate (basis points): what of it was in the prices (``included``) and what came on top."""

    tax_bp: int
    included: int
    added: int


class QuoteTicketType(BaseModel):
    """What a place of the category may be sold as; ``total`` is a ticket's price with fee and all tax."""

    id: uuid.UUID
    category: str
    name: str
    amount: int
    fee: int
    tax_bp: int
    tax_added: bool
    total: int
    min_per_order: int
    max_per_order: int | None
    on_sale: bool


class QuoteProblem(BaseModel):
    """Why the order (or its coupon) would be refused: ``code`` and ``facts`` are those that the refusal would have."""

    code: str
    title: str
    detail: str
    facts: dict[str, Any]


class QuoteCoupon(BaseModel):
    """``code`` as it is stored; ``problem`` says why it doesn't apply, and then ``discount`` is 0."""

    code: str
    discount: int
    problem: QuoteProblem | None


class Quote(BaseModel):
    """What the order would be like: its lines and totals, to the cent. Nothing is redeemed or kept.

    ``total = subtotal - discount + fees + added_tax``. ``problems`` has what else an order would be refused for.
    """

    hold_id: uuid.UUID
    currency: str
    lines: list[PricedLine]
    subtotal: int
    discount: int
    fees: int
    tax: int
    added_tax: int
    total: int
    tax_lines: list[TaxLine]
    coupon: QuoteCoupon | None
    problems: list[QuoteProblem]
    ticket_types: list[QuoteTicketType]
    max_per_account: int | None
    expires_at: datetime
    server_time: datetime


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
    """``cancelled``: it won't take place, and what was paid for it goes back. ``message``: what its organiser says to
    the buyers about that, if anything; plain text."""

    id: uuid.UUID
    cancelled: bool = False
    message: str = ""
    starts_at: datetime
    doors_at: datetime | None
    timezone: str
    venue: OrderVenue


class Order(BaseModel):
    """Money in minor units of ``currency``: ``total = subtotal - discount + fees + added_tax``; ``tax`` is part of it.
    All as the order was placed; ``cancelled_total`` is what its cancelled lines had cost. ``token`` opens it elsewhere.

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
    added_tax: int
    tax_lines: list[TaxLine]
    total: int
    cancelled_total: int
    coupon_code: str | None
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


def tax_lines(taxes: Iterable[tuple[int, int, int]]) -> list[TaxLine]:
    """The taxes of an order by their rate, from (rate, tax, tax that was added) of its lines."""
    by_rate: dict[int, TaxLine] = {}
    for rate, tax, added in taxes:
        if tax:
            told = by_rate.setdefault(rate, TaxLine(tax_bp=rate, included=0, added=0))
            told.included += tax - added
            told.added += added
    return [by_rate[rate] for rate in sorted(by_rate)]


def problem_of(refusal: Refusal) -> QuoteProblem:
    return QuoteProblem(code=refusal.code, title=refusal.title, detail=refusal.detail, facts=refusal.extra)


def quote_of(found: Quoted) -> Quote:
    coupon = None
    if found.coupon is not None:
        problem = found.coupon_problem
        coupon = QuoteCoupon(
            code=found.coupon, discount=found.totals.discount, problem=problem_of(problem) if problem else None
        )
    return Quote(
        hold_id=found.offer.hold_id,
        currency=found.offer.currency,
        lines=[
            PricedLine(
                seat_no=line.place.seat_no,
                section=line.place.section,
                row=line.place.row,
                label=line.place.label,
                ticket_type_id=line.ticket_type.id,
                ticket_type=line.ticket_type.name,
                amount=line.ticket_type.amount,
                discount=line.discount,
                fee=line.fee,
                tax_bp=line.ticket_type.tax_bp,
                tax=line.tax,
                added_tax=line.added_tax,
                total=line.total,
            )
            for line in found.lines
        ],
        tax_lines=tax_lines((line.ticket_type.tax_bp, line.tax, line.added_tax) for line in found.lines),
        coupon=coupon,
        problems=[problem_of(refusal) for refusal in found.problems],
        ticket_types=[
            QuoteTicketType(**{name: getattr(one, name) for name in QuoteTicketType.model_fields})
            for one in found.ticket_types
        ],
        max_per_account=found.offer.max_per_account,
        expires_at=found.offer.hold_expires_at,
        server_time=clock.now(),
        **asdict(found.totals),
    )


def encode_order(view: OrderView, lines: Sequence[LineView], tickets: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """An order as its buyer sees it: the JSON of an :class:`Order`; ``tickets`` have the fields of :class:`Ticket`."""
    return msgspec.json.encode(_order(view, lines, tickets))


def encode_orders(orders: Iterable[tuple[OrderView, Sequence[LineView]]], next_cursor: str | None) -> bytes:
    """The JSON of an :class:`OrderPage`."""
    shown = [_order(view, lines, ()) for view, lines in orders]
    return msgspec.json.encode({"items": shown, "next_cursor": next_cursor})


def _order(view: OrderView, lines: Sequence[LineView], tickets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of :class:`Order`, all of them. They come from the database, so nothing is to be validated; and with
    every purchase an order is shown twice."""
    by_rate = tax_lines((line.tax_bp, line.tax, line.added_tax) for line in lines)
    return {
        "id": view.id,
        "code": view.code,
        "state": view.state,
        "hold_id": view.hold_id,
        "event": {
            "slug": view.event_slug,
            "title": view.event_title,
            "image_url": f"/media/{view.image_key}" if view.image_key else None,
        },
        "performance": {
            "id": view.performance_id,
            "cancelled": view.cancelled,
            "message": view.message,
            "starts_at": view.starts_at,
            "doors_at": view.doors_at,
            "timezone": view.timezone,
            "venue": {"name": view.venue_name, "city": view.venue_city, "address": view.venue_address},
        },
        "email": view.email,
        "name": view.name,
        "currency": view.currency,
        "lines": [
            {
                "seat_no": line.seat_no,
                "section": line.section,
                "row": line.row,
                "label": line.label,
                "ticket_type_id": line.ticket_type_id,
                "ticket_type": line.ticket_type,
                "amount": line.unit_price,
                "discount": line.discount,
                "fee": line.fee,
                "tax_bp": line.tax_bp,
                "tax": line.tax,
                "added_tax": line.added_tax,
                "total": line.total,
                "id": line.id,
                "cancelled": line.cancelled,
            }
            for line in lines
        ],
        "subtotal": view.subtotal,
        "discount": view.discount,
        "fees": view.fees,
        "tax": view.tax,
        "added_tax": view.added_tax,
        "tax_lines": [{"tax_bp": one.tax_bp, "included": one.included, "added": one.added} for one in by_rate],
        "total": view.total,
        "cancelled_total": sum([line.total for line in lines if line.cancelled]),
        "coupon_code": view.coupon_code,
        "expires_at": view.expires_at if view.state in {"pending", "paying"} else None,
        "server_time": clock.now(),
        "created_at": view.created_at,
        "paid_at": view.paid_at,
        "token": view.token,
        "tickets": tickets,
        "pdf_url": f"/api/orders/{view.id}/tickets.pdf?token={view.token}" if tickets else None,
        "ics_url": f"/api/orders/{view.id}/calendar.ics?token={view.token}" if tickets else None,
        "can_resend": bool(tickets) and view.state == "paid",
    }
