"""What is measured, how it is shown, and where it is kept."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
LATEST = RESULTS / "latest.json"


_RATES = frozenset({"listing.rate", "listing.event", "listing.page", "holds.16", "holds.64"})
_FRAMES = frozenset(f"frames.{how}_at_{rate}" for how in ("zoom", "pan") for rate in (0, 100, 500))
_PAGES = frozenset(f"pages.{name}" for name in ("home", "event", "seats", "payment"))

AT_LEAST = _RATES | _FRAMES | _PAGES | {"purchases.per_minute"}
"""Rows whose target is a least; of all others it is a most."""

BY_RATIO = _RATES | {"search.p95"}
"""Rows whose ratio is judged; of all others it is the value."""


@dataclass(frozen=True)
class Row:
    """A figure. ``against`` says what was measured beside it, ``ratio`` is value / that. ``target`` is the most or
    the least (``AT_LEAST``) that the value, or the ratio (``BY_RATIO``), may be."""

    name: str
    value: float
    unit: str
    against: str | None
    ratio: float | None
    target: float | None
    met: bool


def row(
    name: str,
    value: float,
    unit: str,
    *,
    against: str | None = None,
    reference: float | None = None,
    target: float | None = None,
) -> Row:
    """A row whose ratio and verdict follow from the figures. No target is always met."""
    if against is not None and reference is not None:
        against = f"{against}: {shown(reference)} {unit}"
    ratio = rounded(value / reference) if reference else None
    judged = (ratio or 0.0) if name in BY_RATIO else value
    met = target is None or (judged >= target if name in AT_LEAST else judged <= target)
    return Row(name, rounded(value), unit, against, ratio, target, met)


def rounded(value: float) -> float:
    """Three figures are more than a shared machine repeats; whole numbers stay whole."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))


def shown(value: float) -> str:
    kept = rounded(value)
    return f"{kept:,.0f}" if kept.is_integer() else f"{kept:g}"


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all are at or below; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def merge(fresh: Sequence[Row]) -> list[Row]:
    """Put fresh rows into ``latest.json``, in their old places if they had one; and this run into a dated file."""
    try:
        known = [Row(**found) for found in json.loads(LATEST.read_text())]
    except (OSError, ValueError, TypeError):
        known = []
    by_name = {found.name: found for found in known} | {found.name: found for found in fresh}
    merged = list(by_name.values())
    RESULTS.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps([asdict(found) for found in merged], indent=1, ensure_ascii=False) + "\n")
    now = datetime.now(UTC)
    dated = {
        "at": now.isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "rows": [asdict(found) for found in fresh],
    }
    (RESULTS / f"{now:%Y-%m-%dT%H%M%SZ}.json").write_text(json.dumps(dated, indent=1, ensure_ascii=False) + "\n")
    return merged


def show(rows: Sequence[Row]) -> None:
    """The table at the end."""
    table = Table("Figure", "Value", "Against", "Ratio", "Target", title="Frontrow under load", title_justify="left")
    table.columns[1].justify = table.columns[3].justify = "right"
    for found in rows:
        sign = "≥" if found.name in AT_LEAST else "≤"
        verdict = "" if found.target is None else f"{sign} {shown(found.target)} {'✓' if found.met else '✗'}"
        table.add_row(
            found.name,
            f"{shown(found.value)} {found.unit}",
            found.against or "",
            "" if found.ratio is None else f"{found.ratio:.2f}",
            verdict,
            style=None if found.met else "red",
        )
    Console().print(table)
