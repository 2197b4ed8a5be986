"""Statements and rows between the house and asyncpg: ``:named`` parameters, rows with attributes, results.

SQLAlchemy describes the tables and may compose a statement; it isn't asked to run one. Its own way to the driver costs
three to four times the driver's work a statement, and a purchase has dozens of them.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

# A name after a single colon: not a cast (``::``), not an array slice behind a word, not an escaped colon.
_NAMED = re.compile(r"(?<![:\w\\]):([A-Za-z_]\w*)(?!:)")
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]


class Row(asyncpg.Record):
    """A row whose columns are attributes, too."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def _mapping(self) -> dict[str, Any]:
        """Column name to value, for ``View(**row._mapping)``."""
        return dict(self)


class Result:
    """What a statement gave: its rows, if it returns any, and how many it touched."""

    __slots__ = ("_rows", "_status")

    def __init__(self, rows: Sequence[Any], status: str) -> None:
        self._rows = rows
        self._status = status

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    @property
    def returns_rows(self) -> bool:
        """Whether there is a row to read."""
        return bool(self._rows)

    @property
    def rowcount(self) -> int:
        """Rows returned or, for a statement that returns none, changed."""
        last = self._status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else len(self._rows)

    def all(self) -> list[Any]:
        return list(self._rows)

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> Any:
        """Raises LookupError for more than one row."""
        if len(self._rows) > 1:
            raise LookupError(f"{len(self._rows)} rows where one was expected")
        return self.first()

    def one(self) -> Any:
        """Raises LookupError for none or more than one."""
        if len(self._rows) != 1:
            raise LookupError(f"{len(self._rows)} rows where one was expected")
        return self._rows[0]

    def scalars(self) -> Iterator[Any]:
        """The first column of every row."""
        return iter([row[0] for row in self._rows])

    def scalar_one(self) -> Any:
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        row = self.one_or_none()
        return None if row is None else row[0]


@functools.lru_cache(maxsize=2048)
def numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """A statement with ``$1, $2, …`` for its ``:names``, and the names in that order, each once."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _NAMED.sub(number, statement).replace(r"\:", ":"), tuple(names)


def composed(statement: ClauseElement, parameters: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
    """A statement that was composed with SQLAlchemy, as text and values in the driver's order."""
    compiled: Any = statement.compile(
        dialect=_DIALECT,
        column_keys=list(parameters) if parameters else None,
        compile_kwargs={"render_postcompile": True},
    )
    values = compiled.construct_params(parameters)
    processors = compiled._bind_processors
    return str(compiled), [
        processors[name](values[name]) if name in processors else values[name] for name in compiled.positiontup or ()
    ]
