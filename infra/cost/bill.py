"""A bill: what each resource of the templates costs in a month, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass

from infra.cost.prices import PriceList, Term, price_list
from infra.cost.rules import FREE, RULES, Cost
from infra.cost.usage import QUIET, Usage
from infra.written import Resource, Written

__all__ = ["Bill", "Line", "UnknownTypeError", "bill"]


class UnknownTypeError(Exception):
    """A type of which nobody has said what it costs. Say it in ``infra/cost/rules.py``, and be it 0 with a reason."""


@dataclass(frozen=True)
class Line:
    """One line: ``quantity`` units of a price, for dollars a month."""

    group: str
    part: str
    id: str
    what: str
    price: str
    quantity: float
    unit: str
    usd: float


@dataclass(frozen=True)
class Bill:
    """A month's lines."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        return sum(line.usd for line in self.lines)

    def groups(self) -> dict[str, float]:
        """Dollars by service, the dearest first."""
        sums: dict[str, float] = {}
        for line in self.lines:
            sums[line.group] = sums.get(line.group, 0.0) + line.usd
        return dict(sorted(sums.items(), key=lambda pair: -pair[1]))


def bill(written: Written, usage: Usage = QUIET, term: Term | None = None, prices: PriceList | None = None) -> Bill:
    """The bill of a stage. Raises UnknownTypeError for a type without a rule, UnpricedError for one without a price."""
    known = prices or price_list()
    found = list(_priced(written, usage))
    unknown = sorted({one.type for one in written.every() if one.type not in RULES and one.type not in FREE})
    if unknown:
        raise UnknownTypeError(", ".join(unknown))
    return Bill(tuple(_line(known, term, resource, cost) for resource, cost in found))


def _priced(written: Written, usage: Usage) -> Iterable[tuple[Resource, Cost]]:
    for resource in written.every():
        if resource.type in RULES:
            for cost in RULES[resource.type](written, resource, usage):
                yield resource, cost


def _line(prices: PriceList, term: Term | None, resource: Resource, cost: Cost) -> Line:
    price = prices[cost.price]
    usd = price.of(cost.quantity) * (1 - prices.discount(term, cost.kind))
    return Line(cost.group, resource.part, resource.id, cost.what, cost.price, cost.quantity, price.unit, usd)
