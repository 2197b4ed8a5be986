"""How long a person waits for ``frontrow up``: in an empty home, and ever after. Installing and page building aside."""

from bench.rows import Row, median, row
from bench.stage import Stage, say
from bench.up import Up

LATER_STARTS = 3


def measure(stage: Stage) -> list[Row]:
    home = stage.scratch / "starts"
    with Up(home) as first:
        say(f"starts: empty home to the first 200: {first.first_200_s:.1f} s")
    later = []
    for run in range(1, LATER_STARTS + 1):
        with Up(home) as again:
            later.append(again.first_200_s)
            say(f"starts: again, run {run} of {LATER_STARTS}: {again.first_200_s:.2f} s")
    return [
        row("starts.first", first.first_200_s, "s", target=180),
        row("starts.second", median(later), "s", target=5),
    ]
