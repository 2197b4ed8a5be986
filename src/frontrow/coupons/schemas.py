"""Shapes of coupons on an organiser's wire. Money in minor units, shares in basis points, times with their offset."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, StringConstraints, field_validator

from frontrow.coupons.errors import CouponInvalid
from frontrow.coupons.rules import normal_code

MOST = 10_000_000
"""Minor units: no coupon is worth more, and none asks for more."""

Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
TicketTypeName = Annotated[str, Field(min_length=1, max_length=80)]


class CouponTerms(BaseModel):
    """``percent_bp`` or ``amount`` with its ``currency``; ``null`` limits are none.

    ``ticket_types`` are names: a name stands for the ticket types so called in every category and performance.
    ``min_purchase`` is compared with the face values of the tickets that the coupon is for.
    """

    model_config = ConfigDict(extra="forbid")

    event_id: uuid.UUID | None = None
    percent_bp: Annotated[StrictInt, Field(ge=1, le=10_000)] | None = None
    amount: Annotated[StrictInt, Field(ge=1, le=MOST)] | None = None
    currency: Currency | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    min_purchase: Annotated[StrictInt, Field(ge=0, le=MOST)] = 0
    max_uses: Count | None = None
    per_account: Count | None = None
    ticket_types: Annotated[list[TicketTypeName], Field(min_length=1, max_length=50)] | None = None
    enabled: bool = True


class CouponRequest(CouponTerms):
    """A new coupon. Its code is kept in capitals: letters, digits, ``-`` and ``_``, 3 to 40 of them."""

    code: Annotated[str, Field(min_length=1, max_length=60)]

    @field_validator("code")
    @classmethod
    def _normal(cls, sent: str) -> str:
        code = normal_code(sent)
        if code is None:
            raise ValueError("a code is 3 to 40 letters A-Z, digits, dashes and underscores")
        return code


class CouponChange(CouponTerms):
    """What to change: only what is named changes, and ``null`` takes a limit away."""

    def applied_to(self, coupon: Any) -> CouponTerms:
        """The terms of a coupon's row with the change made. Raises CouponInvalid."""
        named = {name: getattr(self, name) for name in self.model_fields_set}
        if named.get("min_purchase", 0) is None or named.get("enabled", True) is None:
            raise CouponInvalid
        kept = {name: getattr(coupon, name) for name in CouponTerms.model_fields if name not in named}
        return CouponTerms.model_construct(**kept, **named)


class Coupon(BaseModel):
    """``used``: live redemptions, orders being paid included."""

    id: uuid.UUID
    code: str
    event_id: uuid.UUID | None
    event_slug: str | None
    percent_bp: int | None
    amount: int | None
    currency: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    min_purchase: int
    max_uses: int | None
    per_account: int | None
    ticket_types: list[str] | None
    enabled: bool
    used: int
    created_at: datetime


class CouponPage(BaseModel):
    items: list[Coupon]
    next_cursor: str | None


def coupon_of(row: Any) -> Coupon:
    """From a row of ``queries.coupon``."""
    return Coupon(**{name: getattr(row, name) for name in Coupon.model_fields})
