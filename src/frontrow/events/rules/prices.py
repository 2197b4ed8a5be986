"""What a place costs, and whether a price list can be sold by."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from frontrow.core.errors import InvalidRequest
from frontrow.core.money import portion
from frontrow.events.errors import (
    PriceBelowMinimum,
    PricesIncomplete,
    SaleWindowEmpty,
    TicketTypeTwice,
    UnknownCategory,
)

MOST = 10_000_000
"""Minor units: the highest face value and fee we take, far from where integers of the tables end."""


@dataclass(frozen=True)
class PriceLine:
    """A ticket type of a category and what it costs: face value and fixed fee in minor units, a further fee of
    ``fee_bp`` basis points of the face value, tax of ``tax_bp`` basis points in them or, with ``tax_added``, on top.

    It is sold within its window, and so many of it in one order.
    """

    category: str
    name: str
    amount: int
    fee: int = 0
    tax_bp: int = 0
    fee_bp: int = 0
    tax_added: bool = False
    sales_open_at: datetime | None = None
    sales_close_at: datetime | None = None
    min_per_order: int = 1
    max_per_order: int | None = None

    @property
    def figures(self) -> tuple[Any, ...]:
        """What a version of the price list fixes; the rest counts as it is when an order is placed."""
        return (self.category, self.name, self.amount, self.fee, self.fee_bp, self.tax_bp, self.tax_added)

    @property
    def total(self) -> int:
        """What a buyer pays for such a ticket, as the column ``price.total`` has it."""
        net = self.amount + self.fee + portion(self.amount, self.fee_bp)
        return net + (portion(net, self.tax_bp) if self.tax_added else 0)


@dataclass(frozen=True)
class PriceList:
    """All that an organiser says about selling a performance: when, how many to a person, and as what."""

    sales_open_at: datetime | None
    sales_close_at: datetime
    max_per_account: int | None
    lines: tuple[PriceLine, ...]

    @property
    def etag(self) -> str:
        """The same for the same list, whoever reads it."""
        return hashlib.blake2b(repr(self).encode(), digest_size=12).hexdigest()


def price_list_of(performance: Any, rows: Iterable[Any]) -> PriceList:
    """From rows of ``queries.for_pricing`` and ``queries.price_lines``."""
    lines = (
        PriceLine(
            row.category,
            row.name,
            row.amount,
            row.fee - portion(row.amount, row.fee_bp),
            row.tax_bp,
            row.fee_bp,
            row.tax_added,
            _utc(row.sales_open_at),
            _utc(row.sales_close_at),
            row.min_per_order,
            row.max_per_order,
        )
        for row in rows
    )
    closes = (performance.sales_close_at or performance.starts_at).astimezone(UTC)
    return PriceList(_utc(performance.sales_open_at), closes, performance.max_per_account, tuple(lines))


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def check_price(line: PriceLine) -> None:
    """Raises InvalidRequest for figures out of range and windows or limits that nobody could meet."""
    where = f"category {line.category}, {line.name}"
    if not (0 <= line.amount <= MOST and 0 <= line.fee <= MOST):
        raise InvalidRequest(f"The price is out of range: {where}.")
    if not (0 <= line.tax_bp <= 10_000 and 0 <= line.fee_bp <= 10_000):
        raise InvalidRequest(f"A share of the price is out of range: {where}.")
    if not 1 <= line.min_per_order <= (line.max_per_order or line.min_per_order):
        raise InvalidRequest(f"An order can't have so few and so many tickets at once: {where}.")
    if line.sales_open_at and line.sales_close_at and line.sales_close_at <= line.sales_open_at:
        raise InvalidRequest(f"It would go off sale before it comes on sale: {where}.")


def check_lines(lines: Sequence[PriceLine], sold_as: set[str]) -> None:
    """Whether these lines price a map with the categories ``sold_as``.

    Raises InvalidRequest as :func:`check_price`, UnknownCategory, PricesIncomplete, TicketTypeTwice.
    """
    for line in lines:
        check_price(line)
    priced = {line.category for line in lines}
    if priced - sold_as:
        raise UnknownCategory(categories=sorted(priced - sold_as), known=sorted(sold_as))
    if sold_as - priced:
        raise PricesIncomplete(categories=sorted(sold_as - priced))
    named = [(line.category, line.name) for line in lines]
    twice = sorted({f"{category}: {name}" for category, name in named if named.count((category, name)) > 1})
    if twice:
        raise TicketTypeTwice(ticket_types=twice)


def check_price_list(wanted: PriceList, sold_as: set[str], minimum: int) -> None:
    """``minimum`` is the smallest amount above zero that can be paid, in minor units.

    Raises what :func:`check_lines` does, SaleWindowEmpty when the sale, or a ticket type within it, would never be
    open, PriceBelowMinimum for a ticket type whose smallest order couldn't be paid.
    """
    check_lines(wanted.lines, sold_as)
    opens, closes = wanted.sales_open_at, wanted.sales_close_at
    if opens is not None and closes <= opens:
        raise SaleWindowEmpty("The sale would end before it begins.", ticket_types=[])
    never = [
        line.name
        for line in wanted.lines
        if (line.sales_open_at and line.sales_open_at >= closes)
        or (line.sales_close_at and opens and line.sales_close_at <= opens)
    ]
    if never:
        raise SaleWindowEmpty(ticket_types=sorted(set(never)))
    cheap = sorted({line.name for line in wanted.lines if 0 < line.total * line.min_per_order < minimum})
    if cheap:
        raise PriceBelowMinimum(ticket_types=cheap, minimum=minimum)
