"""What an organiser does with coupons: make them, change them, switch them off."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from frontrow.core import ids
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.coupons.errors import CouponExists, CouponInvalid, CouponLimitTooLow


@dataclass(frozen=True)
class CouponWish:
    """A coupon as an organiser wants it; see :class:`frontrow.coupons.models.Coupon` for what the figures mean."""

    code: str
    event_id: uuid.UUID | None = None
    percent_bp: int | None = None
    amount: int | None = None
    currency: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    min_purchase: int = 0
    max_uses: int | None = None
    per_account: int | None = None
    ticket_types: list[str] | None = None
    enabled: bool = True


async def create_coupon(tx: Tx, organiser_id: uuid.UUID, wish: CouponWish) -> uuid.UUID:
    """``wish.code`` is as ``rules.normal_code`` gives it. Returns its id. Raises CouponExists, CouponInvalid."""
    await _check(tx, organiser_id, wish)
    coupon_id = ids.new_id()
    row = await tx.sql(
        """INSERT INTO coupon (id, organiser_id, code, event_id, percent_bp, amount, currency, valid_from, valid_until,
                               min_purchase, max_uses, per_account, ticket_types, enabled)
           VALUES (:id, :organiser, :code, :event_id, :percent_bp, :amount, :currency, :valid_from, :valid_until,
                   :min_purchase, :max_uses, :per_account, :ticket_types, :enabled)
           ON CONFLICT (organiser_id, code) DO NOTHING RETURNING id""",
        id=coupon_id,
        organiser=organiser_id,
        **_columns(wish),
    )
    if row.scalar_one_or_none() is None:
        raise CouponExists
    return coupon_id


async def change_coupon(tx: Tx, organiser_id: uuid.UUID, coupon_id: uuid.UUID, wish: CouponWish) -> None:
    """Put new terms in the place of the old; the code stays. Orders that have the coupon keep what they were given.

    Raises NotFound, CouponInvalid, CouponLimitTooLow when more were redeemed already than ``max_uses`` allows.
    """
    await _check(tx, organiser_id, wish)
    row = (
        await tx.sql(
            "SELECT used FROM coupon WHERE organiser_id = :organiser AND id = :coupon FOR NO KEY UPDATE",
            organiser=organiser_id,
            coupon=coupon_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if wish.max_uses is not None and wish.max_uses < row.used:
        raise CouponLimitTooLow(used=row.used)
    columns = _columns(wish)
    del columns["code"]
    await tx.sql(
        """UPDATE coupon SET event_id = :event_id, percent_bp = :percent_bp, amount = :amount, currency = :currency,
                             valid_from = :valid_from, valid_until = :valid_until, min_purchase = :min_purchase,
                             max_uses = :max_uses, per_account = :per_account, ticket_types = :ticket_types,
                             enabled = :enabled, revision = revision + 1
            WHERE id = :coupon""",
        coupon=coupon_id,
        **columns,
    )


def _columns(wish: CouponWish) -> dict[str, Any]:
    return {field.name: getattr(wish, field.name) for field in fields(wish)}


async def _check(tx: Tx, organiser_id: uuid.UUID, wish: CouponWish) -> None:
    """What the table's constraints would refuse without words, and an event that isn't the organiser's."""
    if (wish.percent_bp is None) == (wish.amount is None):
        raise CouponInvalid("A coupon takes either a share or an amount off.")
    if (wish.amount is None) != (wish.currency is None):
        raise CouponInvalid("An amount has a currency, a share has none.")
    if wish.valid_from is not None and wish.valid_until is not None and wish.valid_until <= wish.valid_from:
        raise CouponInvalid("The coupon would end before it begins.")
    if wish.event_id is None:
        return
    found = (
        await tx.sql(
            "SELECT currency FROM event WHERE organiser_id = :organiser AND id = :event",
            organiser=organiser_id,
            event=wish.event_id,
        )
    ).one_or_none()
    if found is None:
        raise CouponInvalid("You have no such event.")
    if wish.currency is not None and wish.currency != found.currency:
        raise CouponInvalid(f"This event is sold in {found.currency}.")
