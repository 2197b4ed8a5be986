"""Reads of coupons, on the primary."""

import uuid
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound

_TERMS = """c.id, c.code, c.event_id, c.percent_bp, c.amount, c.currency, c.valid_from, c.valid_until, c.min_purchase,
            c.max_uses, c.per_account, c.ticket_types, c.enabled, c.used, c.revision"""


async def find(tx: Tx, organiser_id: uuid.UUID, code: str) -> Any:
    """An organiser's coupon by its code (as ``rules.normal_code`` gives it): a row for ``rules.terms_of``, or None."""
    return (
        await tx.sql(
            f"SELECT {_TERMS} FROM coupon c WHERE c.organiser_id = :organiser AND c.code = :code",  # noqa: S608
            organiser=organiser_id,
            code=code,
        )
    ).one_or_none()


async def used_by(tx: Tx, coupon_id: uuid.UUID, account: str) -> int:
    """How many live redemptions of a coupon an account (or guest's address) has."""
    found = await tx.sql(
        """SELECT count(*) FROM coupon_redemption
            WHERE coupon_id = :coupon AND account = :account AND given_back_at IS NULL""",
        coupon=coupon_id,
        account=account,
    )
    return int(found.scalar_one())


async def coupons_of(tx: Tx, organiser_id: uuid.UUID, before: uuid.UUID | None, limit: int) -> list[Any]:
    """A page of an organiser's coupons, newest first; ``before`` is the last id of the page before."""
    found = await tx.sql(
        f"""SELECT {_TERMS}, e.slug AS event_slug, c.created_at
              FROM coupon c LEFT JOIN event e ON e.id = c.event_id
             WHERE c.organiser_id = :organiser AND (CAST(:before AS uuid) IS NULL OR c.id < :before)
             ORDER BY c.id DESC LIMIT :limit""",  # noqa: S608 -- columns of this file
        organiser=organiser_id,
        before=before,
        limit=limit,
    )
    return list(found)


async def coupon(tx: Tx, organiser_id: uuid.UUID, coupon_id: uuid.UUID) -> Any:
    """One coupon of an organiser. Raises NotFound, also for another's."""
    row = (
        await tx.sql(
            f"""SELECT {_TERMS}, e.slug AS event_slug, c.created_at
                  FROM coupon c LEFT JOIN event e ON e.id = c.event_id
                 WHERE c.organiser_id = :organiser AND c.id = :coupon""",  # noqa: S608 -- columns of this file
            organiser=organiser_id,
            coupon=coupon_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row
