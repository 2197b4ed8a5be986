"""The list of prices: ``infra/prices.json``, with where each is from and when it was known."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).parent.parent / "prices.json"
HOURS = 730
"""Hours of a month, as AWS counts them: 8,760 / 12."""

Term = Literal["one_year", "three_years"]


class UnpricedError(Exception):
    """A template has something that no rule or no price speaks of. It costs what nobody knows, and that isn't 0."""


@dataclass(frozen=True)
class Price:
    """US dollars for a unit (``hour``, ``GB``, ``million``, …); so many units a month are ``free``."""

    usd: float
    unit: str
    what: str
    page: str
    known: str
    free: float = 0.0

    def of(self, quantity: float) -> float:
        """Dollars a month for a quantity a month; for what is paid by the hour, of things that are there all month."""
        return self.usd * (HOURS * quantity if self.unit.endswith("hour") else max(0.0, quantity - self.free))


@dataclass(frozen=True)
class PriceList:
    """All prices of one region at one time."""

    region: str
    known: str
    note: str
    fetched: bool
    prices: dict[str, Price]
    terms: dict[str, dict[str, float | str]]

    def __getitem__(self, key: str) -> Price:
        """Raises UnpricedError for what has no price, such as a size that nobody looked up."""
        if key not in self.prices:
            raise UnpricedError(f"infra/prices.json has no price for {key}")
        return self.prices[key]

    def discount(self, term: Term | None, kind: str | None) -> float:
        """The share that a term takes off a kind of line (``fargate``, ``rds``, ``cache``); 0 for all others."""
        return 0.0 if term is None or kind is None else float(self.terms[term][kind])


@cache
def price_list() -> PriceList:
    """The list as it lies in the repository."""
    found = json.loads(FILE.read_text())
    return PriceList(
        region=found["region"],
        known=found["known"],
        note=found["note"],
        fetched=found["fetched"],
        prices={key: Price(**one) for key, one in found["prices"].items()},
        terms={key: one for key, one in found["terms"].items() if isinstance(one, dict)},
    )
