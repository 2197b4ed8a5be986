"""Schema and demo data: put into the database while the rest of the stack starts, each only where something is missing.

One process does both (``frontrow.demo.first``). In a new home it's started at once: it loads and draws the halls while
the server is still being made.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from frontrow.core import schema
from frontrow.local.postgres import EmbeddedPostgres, SqlFailedError
from frontrow.local.process import Process

PATIENCE_S = 300
SCHEMA, DEMO = "schema", "demo data"
_FIRST = ("-m", "frontrow.demo.first")


class Starter(Protocol):
    """Starts one of our programs, which ends by itself, by the words after the name of the interpreter."""

    def __call__(self, name: str, words: Sequence[str], *, listens: bool = False) -> Process: ...


class Filling:
    """What one home's database still needs."""

    def __init__(self, home: Path, start: Starter, *, seed: bool) -> None:
        self._known = home / "demo.txt"
        self._start = start
        self._seed = seed
        self._ahead: Process | None = None

    def prepare(self) -> None:
        """Start filling an empty database that isn't there yet."""
        if self._seed:
            self._ahead = self._start("seed", (*_FIRST, "--ahead"), listens=True)

    def missing(self, version: str, *, seeded: bool) -> list[str]:
        """Of "schema" and "demo data" what is missing, where the schema is of that version (empty: none)."""
        found = [SCHEMA] if version != schema.newest() else []
        # The demo of another day has less in it, and one that was interrupted, too: what is missing is added.
        if self._seed and not (seeded and self._known.exists() and self._known.read_text() == _programme()):
            found.append(DEMO)
        return found

    def add(self, missing: Sequence[str]) -> None:
        """Add what is missing to the database, which answers by now. Raises ProcessFailedError."""
        if DEMO not in missing:
            _end(self._start("migrate", ("-m", "frontrow.cli", "migrate")))
            return
        filler = self._ahead or self._start("seed", _FIRST, listens=True)
        filler.tell("go")
        _end(filler)
        # Written last, so that whatever was killed before is done at the next start.
        self._known.write_text(_programme())


def look_at(postgres: EmbeddedPostgres) -> tuple[str, bool]:
    """The schema's version, empty when there is none, and whether there is any event: in one look."""
    try:
        rows = postgres.sql("SELECT version_num, EXISTS (SELECT FROM event) FROM alembic_version", as_app=True)
    except SqlFailedError:
        return "", False
    version, _, seeded = rows[0].partition("|") if rows else ("", "", "")
    return version, seeded == "t"


def _end(process: Process) -> None:
    if process.wait(PATIENCE_S) != 0:
        raise process.failure(f"failed with code {process.exit_code}")


def _programme() -> str:
    """What the demo consists of, as a short word: it changes with the files of its programme."""
    files = sorted((Path(__file__).parents[1] / "demo" / "programme").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
