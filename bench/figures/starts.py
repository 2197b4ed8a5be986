"""How long a person waits for ``frontrow up``: in an empty home, and ever after. Installing and page building aside."""

from pathlib import Path

from bench.machine import Run, calmest
from bench.rows import Row, median, row
from bench.stage import Stage, say
from bench.up import Up

LATER_STARTS = 3
TRIES = 6
MOST_STOLEN = 0.02


def measure(stage: Stage) -> list[Row]:
    home = stage.scratch / "starts"
    with Up(home) as first:
        say(f"starts: empty home to the first 200: {first.first_200_s:.1f} s")
    later = calmest(lambda: _again(home), _tell, runs=LATER_STARTS, tries=TRIES, most_stolen=MOST_STOLEN)
    return [
        row("starts.first", first.first_200_s, "s", target=180),
        row("starts.second", median(run.found for run in later), "s", target=5),
    ]


def _again(home: Path) -> float:
    with Up(home) as again:
        return again.first_200_s


def _tell(number: int, run: Run[float]) -> None:
    say(f"starts: again, run {number}: {run.found:.2f} s, {run.stolen:.1%} lost to the host")
