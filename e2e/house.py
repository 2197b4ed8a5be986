"""What the tests know of the house before anybody opens a window: read from the public API, as anyone could."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import httpx

THEATRE_EVENT = "la-traviata"


@dataclass(frozen=True)
class Seat:
    """One numbered seat, named as the pages name it."""

    number: int
    section: str
    row: str
    label: str
    category: str

    @property
    def words(self) -> str:
        return f"Row {self.row}, seat {self.label}"


class House:
    """One performance and its map."""

    def __init__(self, origin: str, slug: str = THEATRE_EVENT, evening: int = 0) -> None:
        self._api = httpx.Client(base_url=origin, timeout=20)
        self.slug = slug
        self.event = self._get(f"/api/events/{slug}")
        self.performance_id: str = self.event["performances"][evening]["id"]

    def close(self) -> None:
        self._api.close()

    @cached_property
    def rows(self) -> list[list[Seat]]:
        """Numbered seats row by row, each in the order in which they stand."""
        performance = self._get(f"/api/performances/{self.performance_id}")
        layout = self._get(f"/api/seat-maps/{performance['seat_map_id']}")
        return [
            [
                Seat(number, section["name"], row["label"], label, row["category"])
                for number, label, _x, _y, kind in row["seats"]
                if kind == 0
            ]
            for section in layout["sections"]
            for row in section["rows"]
        ]

    def held(self, numbers: Sequence[int]) -> str:
        """The letters of those seats, in order."""
        states = self.states()
        return "".join(states[number - 1] for number in numbers)

    def states(self) -> str:
        """One letter a seat, seat 1 first: f free, h held, s sold, b blocked."""
        return str(self._get(f"/api/performances/{self.performance_id}/seats")["states"])

    def neighbours(self, count: int, category: str = "A") -> list[Seat]:
        """So many free seats side by side, from the first row of that category with room for them.

        At least two seats stay free on either side: nobody is left alone, and a house lasts for many tests.
        """
        states = self.states()
        for row in self.rows:
            if not row or row[0].category != category:
                continue
            for free, run in groupby(row, lambda seat: states[seat.number - 1] == "f"):
                seats = list(run)
                if free and len(seats) >= count + 4:
                    start = (len(seats) - count) // 2
                    return seats[start : start + count]
        raise LookupError(f"no row of category {category} has room for {count} any more")

    @property
    def categories(self) -> list[str]:
        """The price categories that have numbered seats."""
        return sorted({seat.category for row in self.rows for seat in row})

    def _get(self, path: str) -> Any:
        answer = self._api.get(path)
        answer.raise_for_status()
        return answer.json()
