"""T2: a hold becomes an order. Usually a reading, and one statement that does it all; a coupon, a cap, a refusal and a
key that was used before take a transaction."""

import uuid
from collections.abc import Mapping, Sequence

import asyncpg

from frontrow.core import idempotency, ids
from frontrow.core.db import Database, Tx
from frontrow.core.errors import Busy, NotFound, Refusal
from frontrow.core.settings import StripeSettings
from frontrow.coupons import actions as coupons
from frontrow.coupons import queries as coupon_queries
from frontrow.coupons.errors import CouponUnknown
from frontrow.coupons.rules import Terms, discounts, normal_code, terms_of, why_not
from frontrow.orders import queries
from frontrow.orders.actions import statements
from frontrow.orders.actions.draft import Draft, Placed, Wish, draft_of
from frontrow.orders.actions.rescue import lock_account
from frontrow.orders.errors import AccountLimit, TotalBelowMinimum
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
from frontrow.seats import queries as seat_queries


async def place_order(
    tx: Tx, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, key: str, stripe: StripeSettings
) -> uuid.UUID:
    """As :func:`place`; returns the order's id."""
    return (await place(tx, wish, buyer_id, user_id, key, stripe)).order.id


async def place_at_once(
    db: Database, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, key: str, stripe: StripeSettings
) -> Placed:
    """T2 in two round trips, or by :func:`place` where that won't do. Returns and raises as it does, or OutcomeUnknown.

    The offer is read without a lock. What could have changed until the order is written is looked at again by the
    statement that writes it.
    """
    placed = await _at_once(db, wish, buyer_id, user_id, key, stripe)
    if placed is not None:
        return placed
    return await db.write(lambda tx: place(tx, wish, buyer_id, user_id, key, stripe))


async def draft_at_once(
    db: Database, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, stripe: StripeSettings
) -> Draft | None:
    """The order that would be written, from one reading without a lock; None for whatever isn't as usual. (A key that
    was used before goes before any refusal, so it isn't for here to refuse.)"""
    if wish.coupon is not None:
        return None
    row = (await db.read(lambda tx: tx.sql(queries.OFFER, hold=wish.hold_id, buyer=buyer_id))).one_or_none()
    if row is None or row.hold_state != "active" or row.lapsed or not row.on_sale or row.max_per_account is not None:
        return None
    offer = offer_of(row)
    try:
        lines, totals = priced(offer, wish.ticket_types, None)
        check_total(totals, offer.currency, stripe)
    except Refusal:
        return None
    return draft_of(wish, buyer_id, user_id, offer, lines, totals, None)


async def _at_once(
    db: Database, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, key: str, stripe: StripeSettings
) -> Placed | None:
    """None, with nothing written, for whatever isn't as usual."""
    draft = await draft_at_once(db, wish, buyer_id, user_id, stripe)
    if draft is None:
        return None
    try:
        made = await db.once(statements.PLACE_AT_ONCE, **draft.values, subject=str(buyer_id), key=key, hash=wish.hash())
    except asyncpg.NotNullViolationError as error:
        if error.table_name != "order_step":
            raise
        return None
    return None if made is None else draft.placed(made)


async def place(
    tx: Tx, wish: Wish, buyer_id: uuid.UUID, user_id: uuid.UUID | None, key: str, stripe: StripeSettings
) -> Placed:
    """T2: hold -> order *pending*, priced from the database at the version the hold was stamped with.

    Returns the order (the earlier one when the key was used before). Raises NotFound, HoldExpired, HoldInUse,
    SalesClosed, PerformanceOver, IdempotencyMismatch; what :func:`priced` raises; AccountLimit, TotalBelowMinimum; and
    refusals of coupons.
    """
    order_id = ids.new_id()
    row = (
        await tx.sql(
            statements.CLAIM_AND_OFFER,
            hold=wish.hold_id,
            buyer=buyer_id,
            subject=str(buyer_id),
            key=key,
            hash=wish.hash(),
            id=order_id,
        )
    ).one()
    if not row.claimed:
        known = await idempotency.claim(tx, str(buyer_id), "order", key, wish.hash(), order_id)
        return Placed(await queries.order(tx, known), await queries.lines(tx, known))
    if row.hold_id is None:
        raise NotFound
    offer = offer_of(row)
    if not offer.on_sale:
        raise await seat_queries.closed(tx, offer.performance_id)
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
    draft = draft_of(wish, buyer_id, user_id, offer, lines, totals, terms, order_id)
    made = (await tx.sql(statements.PLACE, **draft.values)).one_or_none()
    if made is None:
        await seats.tie_to_order(tx, wish.hold_id, buyer_id)
        raise Busy
    if terms is not None:
        await coupons.redeem(tx, terms, order_id, account)
    return draft.placed(made)


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
