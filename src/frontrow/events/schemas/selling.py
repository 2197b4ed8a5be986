"""What organisers say about selling: when and where, and for how much."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from frontrow.events.queries import AnyRow
from frontrow.events.rules import MOST, PriceLine, PriceList


class MoveRequest(BaseModel):
    """Times with their distance from UTC. Without ``venue_id`` a performance stays where it is."""

    starts_at: AwareDatetime
    doors_at: AwareDatetime | None = None
    venue_id: uuid.UUID | None = None


class Moved(BaseModel):
    """``move_no``: how often the performance has been moved."""

    move_no: int


Amount = Annotated[StrictInt, Field(ge=0, le=MOST)]
BasisPoints = Annotated[StrictInt, Field(ge=0, le=10_000)]
Count = Annotated[StrictInt, Field(ge=1, le=100_000)]


class PriceListLine(BaseModel):
    """A ticket type of a category: face value ``amount``; a fee of ``fee`` and ``fee_bp`` basis points of the face
    value; tax of ``tax_bp`` basis points in them, or on top if ``tax_added``. ``null`` times are the sale's own."""

    model_config = ConfigDict(extra="forbid")

    category: Annotated[str, Field(min_length=1, max_length=4)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
    amount: Amount
    fee: Amount = 0
    fee_bp: BasisPoints = 0
    tax_bp: BasisPoints = 0
    tax_added: StrictBool = False
    sales_open_at: AwareDatetime | None = None
    sales_close_at: AwareDatetime | None = None
    min_per_order: Count = 1
    max_per_order: Count | None = None


class PriceListRequest(BaseModel):
    """The whole list, in the order in which ticket types are offered: what isn't named isn't sold any more.

    Without ``sales_close_at`` sales end with the start. ``max_per_account`` is how many places a person may have.
    """

    model_config = ConfigDict(extra="forbid")

    sales_open_at: AwareDatetime | None = None
    sales_close_at: AwareDatetime | None = None
    max_per_account: Count | None = None
    ticket_types: Annotated[list[PriceListLine], Field(min_length=1, max_length=100)]

    def price_list(self, starts_at: datetime) -> PriceList:
        """With all times in UTC, so that the same moment is the same."""
        lines = tuple(
            PriceLine(**line.model_dump() | {name: _utc(getattr(line, name)) for name in _TIMES})
            for line in self.ticket_types
        )
        closes = (self.sales_close_at or starts_at).astimezone(UTC)
        return PriceList(_utc(self.sales_open_at), closes, self.max_per_account, lines)


_TIMES = ("sales_open_at", "sales_close_at")


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None


class PerformancePrices(PriceListRequest):
    """How a performance is sold now. ``categories`` are those of its map: each needs a price. ``smallest_charge`` is
    the smallest amount above zero that can be paid. All in minor units of ``currency``."""

    ticket_types: list[PriceListLine]
    sales_close_at: datetime
    currency: str
    categories: list[str]
    smallest_charge: int
    price_version: int


def prices_of(performance: AnyRow, now: PriceList, smallest_charge: int) -> PerformancePrices:
    """From a row of ``queries.for_pricing`` and the list as it is."""
    return PerformancePrices(
        sales_open_at=now.sales_open_at,
        sales_close_at=now.sales_close_at,
        max_per_account=now.max_per_account,
        ticket_types=[PriceListLine.model_construct(**vars(line)) for line in now.lines],
        currency=performance.currency,
        categories=performance.categories,
        smallest_charge=smallest_charge,
        price_version=performance.price_version,
    )
