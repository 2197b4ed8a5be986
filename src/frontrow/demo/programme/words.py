"""The words in which the programme is written: a house, an evening, a show. Amounts are minor units."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontrow.core.money import portion


@dataclass(frozen=True)
class Company:
    """An organiser, and the person who owns it."""

    slug: str
    name: str
    about: str
    currency: str
    owner: tuple[str, str]  # address and name


@dataclass(frozen=True)
class Hall:
    """A venue with one of its maps: ``plan`` is the map's name, for which it is found again without being drawn."""

    company: str
    venue: str
    address: str
    city: str
    country: str
    timezone: str
    tax_bp: int
    plan: str
    draw: Callable[[], dict[str, Any]]
    bands: Mapping[str, str]  # category -> the words on the ticket
    doors: int = 30  # minutes before the start


@dataclass(frozen=True)
class InDays:
    """So many days after the day of seeding, at a local time."""

    days: int
    hour: int
    minute: int = 0


@dataclass(frozen=True)
class OnWeekday:
    """A weekday (0 is Monday) of a week at a local time; week 0 begins on the Monday after the day of seeding."""

    week: int
    weekday: int
    hour: int
    minute: int = 0


Evening = InDays | OnWeekday
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


@dataclass(frozen=True)
class Show:
    """An event. ``sold``: for each evening the share of the house that is gone already, 1 is all of it."""

    slug: str
    title: str
    subtitle: str
    category: str
    poster: str
    hall: str
    minutes: int
    prices: Mapping[str, int]
    evenings: tuple[Evening, ...]
    text: str
    reductions: Mapping[str, int] = field(default_factory=lambda: {"Reduced": 7500})  # basis points of the price
    nearly_full: int | None = None  # index of the evening of which only a few seats are left
    sold: tuple[float, ...] = ()
    on_sale_in: int | None = None  # days from the day of seeding; None: now
    most: int | None = None  # places that one account may have


def reduced(amount: int, basis_points: int, currency: str = "EUR") -> int:
    """A reduced price, in whole half euros or whole tens of kronor."""
    step = 1000 if currency == "SEK" else 50
    return amount if basis_points == 10_000 else portion(amount, basis_points) // step * step


def fee_of(amount: int, currency: str = "EUR") -> int:
    """Our fee for a ticket of that face value: 1.50 to 4.50 euros, ten times that in kronor; nothing if free."""
    scale = 10 if currency == "SEK" else 1
    if amount == 0:
        return 0
    return scale * (150 if amount < 2500 * scale else 300 if amount < 8000 * scale else 450)
