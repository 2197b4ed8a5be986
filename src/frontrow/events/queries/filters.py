"""A wish as conditions on performances. Everything that lists are narrowed down by stands in that one table."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from frontrow.events.queries.words import Question

FOUND = """found AS MATERIALIZED (
  SELECT t.event_id FROM event_text t WHERE t.words @@ CAST(:every AS tsquery))"""
"""Events in whose text all words are."""

LAST_ID = uuid.UUID(int=2**128 - 1)
FARTHEST_ZONE = timedelta(hours=14)
FACETS = ("city", "category", "price", "accessible")


@dataclass(frozen=True)
class Wish:
    """Filters of the catalogue. Dates are days of the venue's own calendar, both inclusive; ``max_price`` is in minor
    units, all-in. Of several cities or categories any will do."""

    words: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    cities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    max_price: int | None = None
    accessible: bool = False
    organiser: str | None = None


@dataclass(frozen=True)
class After:
    """Where a list goes on. ``as_of`` is the moment its first page was of: an evening that begins while somebody turns
    pages neither hides its event nor shows it twice. ``rank``: how well it fits the words, 0 best."""

    as_of: datetime
    rank: int
    starts_at: datetime
    id: uuid.UUID


class Filters:
    """The conditions of a wish and their values."""

    def __init__(self, wish: Wish, question: Question | None, now: datetime) -> None:
        self._wish = wish
        self.searching = bool(wish.words)
        self.values: dict[str, Any] = {"now": now}
        if self.searching:
            self.values |= {"every": question.every if question else "", "some": question.some if question else ""}
        if wish.starts is not None:
            self.values |= {"starts": wish.starts, "starts_at": _midnight(wish.starts, now) - FARTHEST_ZONE}
        if wish.ends is not None:
            self.values |= {"ends": wish.ends, "ends_at": _midnight(wish.ends, now) + timedelta(days=1) + FARTHEST_ZONE}
        names = {"city": wish.cities, "category": wish.categories}
        self.values |= {name: sent[0] if len(sent) == 1 else list(sent) for name, sent in names.items() if sent}
        if wish.max_price is not None:
            self.values["max_price"] = wish.max_price
        if wish.organiser is not None:
            self.values["organiser"] = wish.organiser

    def everywhere(self, p: str) -> list[str]:
        """Of performance ``p`` what no facet leaves out: listed, coming, on these days, by this organiser."""
        return [f"{p}.listed", *self.somewhere(p)]

    def somewhere(self, p: str) -> list[str]:
        """The same whether it is listed or not."""
        asked = [f"{p}.starts_at > :now"]
        # The bounds in time are wider than the days, and there for the index alone.
        if self._wish.starts is not None:
            asked += [f"{p}.starts_at >= :starts_at", f"{p}.on_date >= :starts"]
        if self._wish.ends is not None:
            asked += [f"{p}.starts_at < :ends_at", f"{p}.on_date <= :ends"]
        if self._wish.organiser is not None:
            asked.append(f"{p}.organiser_id = (SELECT id FROM organiser WHERE slug = :organiser)")  # noqa: S608 -- our own letter
        return asked

    def facet(self, p: str, name: str) -> str:
        """What the wish says about one facet of performance ``p``, or ``true``."""
        if name == "price":
            return "true" if self._wish.max_price is None else f"{p}.from_price <= :max_price"
        if name == "accessible":
            return f"{p}.wheelchair_free > 0" if self._wish.accessible else "true"
        sent = self._wish.cities if name == "city" else self._wish.categories
        # One name is asked for as one: then the index has its performances in the order of time.
        return "true" if not sent else f"{p}.{name} = :{name}" if len(sent) == 1 else f"{p}.{name} = ANY (:{name})"

    def all(self, p: str) -> str:
        """Everything, for a WHERE."""
        facets = [self.facet(p, name) for name in FACETS]
        return " AND ".join([*self.everywhere(p), *(one for one in facets if one != "true")])


def _midnight(day: Any, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
