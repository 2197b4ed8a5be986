"""What is wrong with a seat map: every fault with the place it is at, so that all can be mended in one go."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from frontrow.events.rules.seatmaps_walk import mistakes

MOST_FAULTS = 100
"""So many faults, and so many warnings, are told one by one; of the rest only how many there are."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. ``path`` is a JSON path into the file; section, row and seat are its words, or empty.

    ``code`` is stable (docs/seatmaps.md lists them all). ``seat_no`` is the seat's number in our format, when it has
    one: an import finds its own words and path by it.
    """

    code: str
    message: str
    path: str = "$"
    section: str = ""
    row: str = ""
    seat: str = ""
    seat_no: int | None = None

    @property
    def where(self) -> str:
        """Section, row and seat in words, as far as they're known: ``Stalls, row C, seat 12``."""
        words = (self.section, self.row and f"row {self.row}", self.seat.strip() and f"seat {self.seat}")
        return ", ".join(word for word in words if word)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def told(self) -> dict[str, str]:
        """As it stands in a problem document."""
        return {
            "code": self.code,
            "path": self.path,
            "section": self.section,
            "row": self.row,
            "seat": self.seat,
            "message": self.message,
        }


@dataclass
class Faults:
    """All that was found: errors, which a map can't be sold with, and warnings, which somebody should look at."""

    errors: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    more_errors: int = 0
    more_warnings: int = 0

    def error(self, code: str, message: str, **where: Any) -> None:
        """``where``: the other fields of :class:`Fault`."""
        self.add_error(Fault(code, message, **where))

    def add_error(self, fault: Fault) -> None:
        if len(self.errors) < MOST_FAULTS:
            self.errors.append(fault)
        else:
            self.more_errors += 1

    def warn(self, code: str, message: str, **where: Any) -> None:
        self.add_warning(Fault(code, message, **where))

    def add_warning(self, fault: Fault) -> None:
        if len(self.warnings) < MOST_FAULTS:
            self.warnings.append(fault)
        else:
            self.more_warnings += 1

    @property
    def found(self) -> int:
        """How many errors there are, told or not."""
        return len(self.errors) + self.more_errors

    def moved(self, names: Iterable[Fault]) -> "Faults":
        """The same with the words and paths of ``names`` (one a seat, in the order of their numbers)."""
        known = list(names)

        def move(fault: Fault) -> Fault:
            at = fault.seat_no
            if at is None or not 1 <= at <= len(known):
                return fault
            name = known[at - 1]
            return replace(fault, path=name.path, section=name.section, row=name.row, seat=name.seat)

        return Faults(
            [move(fault) for fault in self.errors],
            [move(fault) for fault in self.warnings],
            self.more_errors,
            self.more_warnings,
        )


def not_in_format(value: object, kind: Any, names: tuple[str | int, ...], said: str) -> Faults:
    """Every place of a JSON value that isn't as ``kind`` says, named by the words around it; ``said`` if none is found.

    ``names`` are the keys that lead to words: of the list of sections and their name, rows and label, seats and label.
    """
    faults = Faults()
    for path, message in mistakes(value, kind):
        faults.error("not_in_format", message, path=path, **_words(value, path, names))
    if not faults.found:
        faults.error("not_in_format", said)
    return faults


_STEP = re.compile(r"\.(\w+)\[(\d+)\]")


def _words(value: object, path: str, names: tuple[str | int, ...]) -> dict[str, str]:
    words: dict[str, str] = {}
    steps = list(zip(("section", "row", "seat"), names[::2], names[1::2], strict=True))
    at: Any = value
    for step, (called, key, name) in zip(_STEP.finditer(path), steps, strict=False):
        if step[1] != key:
            break
        at = at[key][int(step[2])]
        try:
            words[called] = str(at[name])[:60]
        except (KeyError, IndexError, TypeError):
            words[called] = ""
        if not isinstance(at, dict):
            break
    return words
