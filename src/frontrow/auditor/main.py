"""``frontrow audit``: ask every question of one snapshot of the primary. Any row is an alert."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from frontrow.auditor.queries.flow import FLOW
from frontrow.auditor.queries.limits import LIMITS
from frontrow.auditor.queries.money import MONEY
from frontrow.auditor.queries.question import Question
from frontrow.auditor.queries.schema import SCHEMA
from frontrow.auditor.queries.seats import SEATS
from frontrow.core.db import Database, Tx
from frontrow.core.errors import Refusal
from frontrow.core.log import set_up_logging
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings

QUESTIONS: tuple[Question, ...] = tuple(
    sorted((*SEATS, *MONEY, *FLOW, *LIMITS, *SCHEMA), key=lambda question: question.number)
)

MOST_ROWS = 100
"""Rows that are fetched of one question; a house with more has troubles that a longer list doesn't help."""


@dataclass(frozen=True)
class Finding:
    """A question that found something, with its rows (at most ``MOST_ROWS``)."""

    number: int
    name: str
    title: str
    rows: list[dict[str, Any]]


async def audit(db: Database, questions: tuple[Question, ...] = QUESTIONS) -> list[Finding]:
    """What the questions find now; empty in a healthy house. Raises Busy when the primary can't be reached."""

    async def ask(tx: Tx) -> list[Finding]:
        await tx.sql("SET LOCAL statement_timeout = '120s'")
        # Whole tables are read here, which the house's connections are told not to do.
        await tx.sql("SET LOCAL enable_seqscan = on")
        found = []
        for question in questions:
            # Materialised, or else the limit makes the planner bet on finding rows early, and in health there are none.
            statement = f"WITH found AS MATERIALIZED ({question.sql}) SELECT * FROM found LIMIT {MOST_ROWS}"  # noqa: S608 -- our own text
            rows = [row._mapping for row in await tx.session.ask(statement)]
            if rows:
                found.append(Finding(question.number, question.name, question.title, [dict(row) for row in rows]))
        return found

    return await db.snapshot(ask)


def main(as_json: bool = False) -> int:
    """Print what is found, as a table or as JSON. Returns the exit code: 0 nothing, 1 something, 2 couldn't ask."""
    # What goes wrong on the way is for standard error: the other stream is the answer.
    set_up_logging("auditor", "WARNING")
    console = Console(soft_wrap=True)
    try:
        found = asyncio.run(_audit_settings(Settings()))
    except (Refusal, OSError) as error:
        Console(stderr=True).print(f"The database couldn't be asked: {error}")
        return 2
    if as_json:
        json.dump([asdict(finding) for finding in found], sys.stdout, default=str, indent=1)
        sys.stdout.write("\n")
    elif found:
        console.print(_table(found))
    else:
        console.print(f"{len(QUESTIONS)} questions, nothing found.")
    return 1 if found else 0


async def _audit_settings(settings: Settings) -> list[Finding]:
    rt = Runtime.open(settings)
    try:
        return await audit(rt.db)
    finally:
        await rt.close()


def _table(found: list[Finding]) -> Table:
    table = Table("No.", "Found", "Rows", "The first of them", title="The auditor found something")
    for finding in found:
        first = ", ".join(f"{key}={value}" for key, value in finding.rows[0].items())
        count = f"{len(finding.rows)}{'+' if len(finding.rows) == MOST_ROWS else ''}"
        table.add_row(str(finding.number), f"{finding.name}\n{finding.title}", count, first)
    return table


if __name__ == "__main__":
    sys.exit(main("--json" in sys.argv[1:]))
