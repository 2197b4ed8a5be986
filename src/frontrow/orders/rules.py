"""Pure decisions about orders: which step may follow which, and what a set of places costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from frontrow.core.money import included_tax

STEPS: dict[str | None, frozenset[str]] = {
    None: frozenset({"pending"}),
    "pending": frozenset({"paying", "expired", "cancelled", "paid"}),
    "paying": frozenset({"capturing", "expiring", "pending", "failed"}),
    "capturing": frozenset({"paid", "failed"}),
    "expiring": frozenset({"expired", "cancelled", "capturing", "paid"}),
    "expired": frozenset({"refund_due", "capturing"}),
    "cancelled": frozenset({"refund_due"}),
    "failed": frozenset({"refund_due"}),
    "refund_due": frozenset({"refunded"}),
    "paid": frozenset({"refunded", "cancelled"}),
    "refunded": frozenset(),
}
"""Every legal step of an order (protocol T2 to T14); the auditor holds the history to it."""

MOVING = frozenset({"paying", "capturing", "expiring"})


@dataclass(frozen=True)
class Place:
    """A held place with its price at the hold's price-list version, all minor units."""

    seat_no: int
    ticket_type_id: UUID
    ticket_type: str
    section: str
    row: str
    label: str
    amount: int
    fee: int
    tax_bp: int


@dataclass(frozen=True)
class Line:
    place: Place
    discount: int
    tax: int

    @property
    def total(self) -> int:
        return self.place.amount - self.discount + self.place.fee


@dataclass(frozen=True)
class Totals:
    """``total = subtotal - discount + fees``; ``tax`` is included in it."""

    subtotal: int
    discount: int
    fees: int
    tax: int
    total: int


def price(places: Sequence[Place]) -> tuple[list[Line], Totals]:
    """Price every place. Tax is the included part of what the buyer pays for the line, rounded half up a line."""
    lines = [Line(place, 0, included_tax(place.amount + place.fee, place.tax_bp)) for place in places]
    subtotal = sum(line.place.amount for line in lines)
    fees = sum(line.place.fee for line in lines)
    discount = sum(line.discount for line in lines)
    return lines, Totals(subtotal, discount, fees, sum(line.tax for line in lines), subtotal - discount + fees)
