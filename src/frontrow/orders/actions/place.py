"""T2: a hold becomes an order. Three statements without a coupon or a cap: what is offered, the order, nothing else."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontrow.core import idempotency, ids
from frontrow.core.db import Tx
from frontrow.core.errors import Busy, NotFound
from frontrow.core.log import correlation_id
from frontrow.core.settings import StripeSettings
from frontrow.coupons import actions as coupons
from frontrow.coupons import queries as coupon_queries
from frontrow.coupons.errors import CouponUnknown
from frontrow.coupons.rules import Terms, discounts, normal_code, terms_of, why_not
from frontrow.orders import queries
from frontrow.orders.actions.rescue import lock_account
from frontrow.orders.errors import AccountLimit, TotalBelowMinimum
from frontrow.orders.queries import LineView, OrderView
from frontrow.orders.rules import (
    Choice,
    Line,
    Offer,
    Totals,
    account_of,
    basket,
    check_choices,
    choose,
    offer_of,
    price,
    smallest_charge,
)
from frontrow.seats import actions as seats
from frontrow.seats.errors import SalesClosed


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


async def place_order(
    tx: Tx, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, key: str, stripe: StripeSettings
) -> uuid.UUID:
    """As :func:`place`; returns the order's id."""
    return (await place(tx, wish, buyer_id, user_id, key, stripe)).order.id


async def place(
    tx: Tx, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, key: str, stripe: StripeSettings
) -> Placed:
    """T2: hold -> order *pending*, priced from the database at the version the hold was stamped with.

    Returns the order (the earlier one when the key was used before). Raises NotFound, HoldExpired, HoldInUse,
    SalesClosed, IdempotencyMismatch; what :func:`priced` raises; AccountLimit, TotalBelowMinimum; refusals of coupons.
    """
    order_id = ids.new_id()
    row = (
        await tx.sql(
            _CLAIM_AND_OFFER,
            hold=wish.hold_id,
            buyer=buyer_id,
            subject=str(buyer_id),
            key=key,
            hash=wish.hash(),
            resource=order_id,
        )
    ).one()
    if not row.claimed:
        known = await idempotency.claim(tx, str(buyer_id), "order", key, wish.hash(), order_id)
        return Placed(await queries.order(tx, known), await queries.lines(tx, known))
    if row.hold_id is None:
        raise NotFound
    offer = offer_of(row)
    if not offer.on_sale:
        raise SalesClosed
    terms = None
    if wish.coupon is not None:
        terms = await find_terms(tx, offer.organiser_id, wish.coupon)
        if terms is None:
            raise CouponUnknown
    lines, totals = priced(offer, wish.ticket_types, terms)
    check_total(totals, offer.currency, stripe)
    account = account_of(user_id, wish.email)
    if offer.max_per_account is not None:
        await _check_cap(tx, offer, account)
    order = await _insert(tx, order_id, wish, buyer_id, user_id, offer, lines, totals, terms)
    if terms is not None:
        await coupons.redeem(tx, terms, order_id, account)
    return order


def priced(offer: Offer, wanted: Mapping[int, uuid.UUID], terms: Terms | None) -> tuple[list[Line], Totals]:
    """The lines and totals of an order. Raises TicketTypeNotForSeat, PlaceWithoutPrice, TicketTypeNotOnSale,
    TicketTypeQuantity, and why the coupon doesn't apply."""
    choices = choose(offer.places, offer.ticket_types, wanted)
    check_choices(choices)
    return price(choices, coupon_discounts(offer, choices, terms) if terms else None)


def coupon_discounts(offer: Offer, choices: Sequence[Choice], terms: Terms, used: int = 0) -> list[int]:
    """What a coupon takes off each place; ``used``: how often this account has it. Raises why it doesn't apply."""
    against = basket(choices, offer.event_id, offer.currency)
    refusal = why_not(terms, against, offer.now, used)
    if refusal is not None:
        raise refusal
    return discounts(terms, against)


def check_total(totals: Totals, currency: str, stripe: StripeSettings) -> None:
    """Raises TotalBelowMinimum for what is neither free nor enough for a card payment."""
    minimum = smallest_charge(currency, stripe.minimum_amount)
    if 0 < totals.total < minimum:
        raise TotalBelowMinimum(minimum=minimum, currency=currency)


async def find_terms(tx: Tx, organiser_id: uuid.UUID, sent: str) -> Terms | None:
    """An organiser's coupon by a code as it was typed. What can't be a code is looked for all the same: how long the
    answer takes must not tell a wrong code from a badly written one."""
    return terms_of(await coupon_queries.find(tx, organiser_id, normal_code(sent) or ""))


async def _check_cap(tx: Tx, offer: Offer, account: str) -> None:
    """Raises AccountLimit. Counted in a statement of its own, after the lock: it sees what the one before committed."""
    assert offer.max_per_account is not None
    await lock_account(tx, offer.performance_id, account)
    left = offer.max_per_account - await queries.places_of_account(tx, offer.performance_id, account)
    if len(offer.places) > left:
        raise AccountLimit(limit=offer.max_per_account, left=max(left, 0))


_CLAIM_AND_OFFER = f"""
WITH claimed AS (
  INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
  VALUES (:subject, 'order', :key, :hash, :resource) ON CONFLICT DO NOTHING RETURNING 1
), offer AS ({queries.OFFER})
SELECT EXISTS (SELECT FROM claimed) AS claimed, offer.*,
       set_config('frontrow.organiser_id', offer.organiser_id::text, true)
  FROM (VALUES (1)) AS one LEFT JOIN offer ON true
"""  # noqa: S608 -- a statement of queries.py

# The hold is taken by the same statement that writes the order: it is still the buyer's, running and without an order,
# or nothing is written at all. (``seats.tie_to_order`` says which of these it was.)
_PLACE = """
WITH tied AS (
  UPDATE hold SET state = 'ordered'
   WHERE id = :hold AND buyer_id = :buyer AND state = 'active' AND expires_at > clock_timestamp()
  RETURNING expires_at
), placed AS (
  INSERT INTO orders (id, code, organiser_id, performance_id, hold_id, buyer_id, user_id, email, name, locale, token,
                      currency, state, subtotal, discount, fees, tax, added_tax, total, coupon_id, coupon_code,
                      account_cap, expires_at, correlation_id)
  SELECT CAST(:id AS uuid), CAST(:code AS text), CAST(:organiser AS uuid), CAST(:performance AS uuid),
         CAST(:hold AS uuid), CAST(:buyer AS uuid), CAST(:user AS uuid), CAST(:email AS text), CAST(:name AS text),
         CAST(:locale AS text), CAST(:token AS text), CAST(:currency AS text), 'pending', CAST(:subtotal AS int),
         CAST(:discount AS int), CAST(:fees AS int), CAST(:tax AS int), CAST(:added_tax AS int), CAST(:total AS int),
         CAST(:coupon AS uuid), CAST(:coupon_code AS text), CAST(:cap AS int), expires_at, CAST(:correlation AS text)
    FROM tied
  RETURNING created_at, expires_at
), history AS (
  INSERT INTO order_step (organiser_id, order_id, to_state, why)
  SELECT CAST(:organiser AS uuid), CAST(:id AS uuid), 'pending', 'placed' FROM tied
), lines AS (
  INSERT INTO order_line (organiser_id, order_id, performance_id, id, seat_no, ticket_type_id, ticket_type, section,
                          row, label, unit_price, discount, fee, tax_bp, tax, added_tax)
  SELECT CAST(:organiser AS uuid), CAST(:id AS uuid), CAST(:performance AS uuid), line.*
    FROM tied CROSS JOIN
         unnest(CAST(:ids AS uuid[]), CAST(:seat_nos AS int[]), CAST(:types AS uuid[]), CAST(:type_names AS text[]),
                CAST(:sections AS text[]), CAST(:rows AS text[]), CAST(:labels AS text[]), CAST(:prices AS int[]),
                CAST(:discounts AS int[]), CAST(:line_fees AS int[]), CAST(:rates AS int[]), CAST(:taxes AS int[]),
                CAST(:added AS int[])) AS line
)
SELECT created_at, expires_at FROM placed
"""


async def _insert(
    tx: Tx,
    order_id: uuid.UUID,
    wish: Wish,
    buyer_id: uuid.UUID,
    user_id: uuid.UUID | None,
    offer: Offer,
    lines: Sequence[Line],
    totals: Totals,
    terms: Terms | None,
) -> Placed:
    line_ids = [ids.new_id() for _ in lines]
    code, token = ids.order_code(), ids.secret_token()
    columns: dict[str, list[Any]] = {
        "ids": line_ids,
        "seat_nos": [line.place.seat_no for line in lines],
        "types": [line.ticket_type.id for line in lines],
        "type_names": [line.ticket_type.name for line in lines],
        "sections": [line.place.section for line in lines],
        "rows": [line.place.row for line in lines],
        "labels": [line.place.label for line in lines],
        "prices": [line.ticket_type.amount for line in lines],
        "discounts": [line.discount for line in lines],
        "line_fees": [line.fee for line in lines],
        "rates": [line.ticket_type.tax_bp for line in lines],
        "taxes": [line.tax for line in lines],
        "added": [line.added_tax for line in lines],
    }
    made = (
        await tx.sql(
            _PLACE,
            id=order_id,
            code=code,
            organiser=offer.organiser_id,
            performance=offer.performance_id,
            hold=offer.hold_id,
            buyer=buyer_id,
            user=user_id,
            email=wish.email,
            name=wish.name,
            locale=wish.locale,
            token=token,
            currency=offer.currency,
            subtotal=totals.subtotal,
            discount=totals.discount,
            fees=totals.fees,
            tax=totals.tax,
            added_tax=totals.added_tax,
            total=totals.total,
            coupon=terms.id if terms else None,
            coupon_code=terms.code if terms else None,
            cap=offer.max_per_account,
            correlation=correlation_id(),
            **columns,
        )
    ).one_or_none()
    if made is None:
        await seats.tie_to_order(tx, wish.hold_id, buyer_id)
        raise Busy
    view = OrderView(
        id=order_id,
        code=code,
        organiser_id=offer.organiser_id,
        performance_id=offer.performance_id,
        hold_id=offer.hold_id,
        buyer_id=buyer_id,
        user_id=user_id,
        email=wish.email,
        name=wish.name,
        locale=wish.locale,
        token=token,
        currency=offer.currency,
        state="pending",
        subtotal=totals.subtotal,
        discount=totals.discount,
        fees=totals.fees,
        tax=totals.tax,
        added_tax=totals.added_tax,
        total=totals.total,
        coupon_code=terms.code if terms else None,
        created_at=made.created_at,
        expires_at=made.expires_at,
        paid_at=None,
        event_slug=offer.event_slug,
        event_title=offer.event_title,
        image_key=offer.image_key,
        starts_at=offer.starts_at,
        doors_at=offer.doors_at,
        timezone=offer.timezone,
        venue_name=offer.venue_name,
        venue_city=offer.venue_city,
        venue_address=offer.venue_address,
    )
    return Placed(view, [_line_view(line_id, line) for line_id, line in zip(line_ids, lines, strict=True)])


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
