"""What an order would cost, before it is one: the same rules as T2, and nothing is locked, redeemed or written."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontrow.core.db import Tx
from frontrow.core.errors import Refusal
from frontrow.core.settings import StripeSettings
from frontrow.coupons import queries as coupon_queries
from frontrow.coupons.errors import CouponRefused, CouponUnknown
from frontrow.coupons.rules import normal_code
from frontrow.orders import queries
from frontrow.orders.actions.place import check_total, coupon_discounts, find_terms
from frontrow.orders.errors import AccountLimit
from frontrow.orders.rules import (
    Choice,
    Line,
    Offer,
    TicketType,
    Totals,
    account_of,
    check_choices,
    choose,
    offer_of,
    price,
)
from frontrow.seats import queries as seat_queries
from frontrow.seats.errors import HoldExpired


@dataclass(frozen=True)
class Quoted:
    """Lines and totals as an order would have them, what it could be sold as, and why it would be refused.

    ``coupon`` is the code that was asked for; ``coupon_problem`` why it isn't in the lines.
    """

    offer: Offer
    lines: Sequence[Line]
    totals: Totals
    ticket_types: Sequence[TicketType]
    coupon: str | None
    coupon_problem: CouponRefused | None
    problems: Sequence[Refusal]


async def quote(
    tx: Tx,
    hold_id: uuid.UUID,
    buyer_id: uuid.UUID,
    user_id: uuid.UUID | None,
    wanted: Mapping[int, uuid.UUID],
    coupon: str | None,
    email: str | None,
    stripe: StripeSettings,
) -> Quoted:
    """What an order of this hold would be like, for whoever is logged in, or gives this address.

    Raises NotFound, HoldExpired (also when the hold has become an order), TicketTypeNotForSeat, PlaceWithoutPrice.
    """
    offer = offer_of(await queries.offer(tx, hold_id, buyer_id))
    if offer.hold_state != "active" or offer.lapsed:
        raise HoldExpired
    choices = choose(offer.places, offer.ticket_types, wanted)
    account = account_of(user_id, email or "") if user_id is not None or email is not None else None
    off, problem = None, None
    if coupon is not None:
        try:
            off = await _discounts(tx, offer, choices, coupon, account)
        except CouponRefused as refusal:
            problem = refusal
    lines, totals = price(choices, off)
    return Quoted(
        offer=offer,
        lines=lines,
        totals=totals,
        ticket_types=offer.ticket_types,
        coupon=None if coupon is None else normal_code(coupon) or coupon.strip(),
        coupon_problem=problem,
        problems=await _problems(tx, offer, choices, totals, account, stripe),
    )


async def _discounts(tx: Tx, offer: Offer, choices: Sequence[Choice], coupon: str, account: str | None) -> list[int]:
    terms = await find_terms(tx, offer.organiser_id, coupon)
    if terms is None:
        raise CouponUnknown
    used = 0
    if account is not None and terms.per_account is not None:
        used = await coupon_queries.used_by(tx, terms.id, account)
    return coupon_discounts(offer, choices, terms, used)


async def _problems(
    tx: Tx, offer: Offer, choices: Sequence[Choice], totals: Totals, account: str | None, stripe: StripeSettings
) -> list[Refusal]:
    """Everything that :func:`frontrow.orders.actions.place.place` would say no to, apart from the coupon."""
    found: list[Refusal] = []
    if not offer.on_sale:
        found.append(await seat_queries.closed(tx, offer.performance_id))
    try:
        check_choices(choices)
    except Refusal as refusal:
        found.append(refusal)
    try:
        check_total(totals, offer.currency, stripe)
    except Refusal as refusal:
        found.append(refusal)
    cap = offer.max_per_account
    if cap is not None:
        has = await queries.places_of_account(tx, offer.performance_id, account) if account else 0
        if len(offer.places) > cap - has:
            found.append(AccountLimit(limit=cap, left=max(cap - has, 0)))
    return found
