"""Redeem, give back, take again. A coupon's row is locked last of all that a sale locks (seats before it, tickets after
it), and held until the commit."""

import uuid

from frontrow.core.db import Tx
from frontrow.coupons.errors import CouponChanged, CouponExpired, CouponRefused, CouponUsedByYou, CouponUsedUp
from frontrow.coupons.rules import Terms

_REFUSALS: dict[str, type[CouponRefused]] = {
    "changed": CouponChanged,
    "expired": CouponExpired,
    "used_up": CouponUsedUp,
    "used_by_you": CouponUsedByYou,
}


async def redeem(tx: Tx, terms: Terms, order_id: uuid.UUID, account: str) -> None:
    """T2: count one use of a coupon, at the terms that were priced, for an order.

    The conditional update decides, whoever else is at it. Raises CouponUsedUp, CouponUsedByYou, CouponChanged,
    CouponExpired; then the transaction must not be committed.
    """
    outcome = await _redeem(tx, terms.id, terms.revision, order_id, account)
    if outcome != "redeemed":
        raise _REFUSALS[outcome]


async def take_again(tx: Tx, order_id: uuid.UUID) -> bool:
    """T8: redeem again what an order had given back. True when it has its coupon (or never had one).

    False: the limits are reached. Then the caller rolls back to where it began.
    """
    row = (
        await tx.sql(
            "SELECT coupon_id, account, given_back_at FROM coupon_redemption WHERE order_id = :order", order=order_id
        )
    ).one_or_none()
    if row is None or row.given_back_at is None:
        return True
    return await _redeem(tx, row.coupon_id, None, order_id, row.account) == "redeemed"


async def _redeem(tx: Tx, coupon_id: uuid.UUID, revision: int | None, order_id: uuid.UUID, account: str) -> str:
    outcome = await tx.sql(
        "SELECT redeem_coupon(:coupon, CAST(:revision AS int), :order, :account)",
        coupon=coupon_id,
        revision=revision,
        order=order_id,
        account=account,
    )
    return str(outcome.scalar_one())


async def give_back(tx: Tx, order_id: uuid.UUID) -> None:
    """An order ended unpaid (or was cancelled whole): its coupon may be used by others. Safe to repeat."""
    await give_back_all(tx, [order_id])


async def give_back_all(tx: Tx, order_ids: list[uuid.UUID]) -> None:
    """As :func:`give_back` for many orders at once: the coupons' rows are locked in the order of their ids."""
    await tx.sql(
        """WITH back AS (UPDATE coupon_redemption SET given_back_at = clock_timestamp()
                          WHERE order_id = ANY (CAST(:orders AS uuid[])) AND given_back_at IS NULL
                         RETURNING coupon_id),
                counted AS (SELECT coupon_id, count(*)::int AS uses FROM back GROUP BY coupon_id),
                locked AS MATERIALIZED (SELECT c.id, n.uses FROM coupon c JOIN counted n ON n.coupon_id = c.id
                                         ORDER BY c.id FOR NO KEY UPDATE OF c)
           UPDATE coupon c SET used = c.used - l.uses FROM locked l WHERE c.id = l.id""",
        orders=order_ids,
    )
