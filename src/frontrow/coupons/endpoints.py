"""The organiser's door of coupons: list, make, look at, change, switch off. Buyers use a coupon with their order."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from frontrow.core.db import Tx
from frontrow.core.errors import Busy, InvalidRequest, NotFound, NotLoggedIn
from frontrow.core.web import RuntimeDep, refusals
from frontrow.coupons import queries
from frontrow.coupons.access import managed_organiser
from frontrow.coupons.actions import CouponWish, change_coupon, create_coupon
from frontrow.coupons.errors import CouponExists, CouponInvalid, CouponLimitTooLow
from frontrow.coupons.schemas import Coupon, CouponChange, CouponPage, CouponRequest, coupon_of
from frontrow.people.access import LoggedInDep

router = APIRouter(prefix="/api/organisers/{slug}/coupons", tags=["coupons"])


@router.get("", responses=refusals(NotLoggedIn, NotFound))
async def list_coupons(
    slug: str,
    user: LoggedInDep,
    rt: RuntimeDep,
    cursor: uuid.UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> CouponPage:
    """All coupons of an organiser, newest first."""

    async def page(tx: Tx) -> CouponPage:
        organiser_id = await managed_organiser(tx, user.user_id, slug)
        found = await queries.coupons_of(tx, organiser_id, cursor, limit + 1)
        shown = found[:limit]
        return CouponPage(
            items=[coupon_of(row) for row in shown],
            next_cursor=str(shown[-1].id) if len(found) > limit else None,
        )

    return await rt.db.read(page)


@router.post(
    "", status_code=201, responses=refusals(NotLoggedIn, NotFound, CouponExists, CouponInvalid, InvalidRequest, Busy)
)
async def make_coupon(slug: str, wanted: CouponRequest, user: LoggedInDep, rt: RuntimeDep) -> Coupon:
    """A new coupon. Its code is unique with the organiser, so that a repeated request makes no second one."""

    async def make(tx: Tx) -> Coupon:
        organiser_id = await managed_organiser(tx, user.user_id, slug)
        coupon_id = await create_coupon(tx, organiser_id, CouponWish(**wanted.model_dump()))
        return coupon_of(await queries.coupon(tx, organiser_id, coupon_id))

    return await rt.db.write(make)


@router.get("/{coupon_id}", responses=refusals(NotLoggedIn, NotFound))
async def get_coupon(slug: str, coupon_id: uuid.UUID, user: LoggedInDep, rt: RuntimeDep) -> Coupon:
    """One coupon, with how often it is used."""

    async def look(tx: Tx) -> Coupon:
        return coupon_of(await queries.coupon(tx, await managed_organiser(tx, user.user_id, slug), coupon_id))

    return await rt.db.read(look)


@router.patch(
    "/{coupon_id}",
    responses=refusals(NotLoggedIn, NotFound, CouponLimitTooLow, CouponInvalid, InvalidRequest, Busy),
)
async def patch_coupon(
    slug: str, coupon_id: uuid.UUID, wanted: CouponChange, user: LoggedInDep, rt: RuntimeDep
) -> Coupon:
    """Change a coupon, or switch it off (``enabled: false``). Orders that have it keep what they were given."""

    async def change(tx: Tx) -> Coupon:
        organiser_id = await managed_organiser(tx, user.user_id, slug)
        known = await queries.coupon(tx, organiser_id, coupon_id)
        terms = wanted.applied_to(known)
        await change_coupon(tx, organiser_id, coupon_id, CouponWish(code=known.code, **terms.model_dump()))
        return coupon_of(await queries.coupon(tx, organiser_id, coupon_id))

    return await rt.db.write(change)
