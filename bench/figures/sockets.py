"""A hold, and 1,000 open maps: from the buyer's click to the moment the last map has the change."""

import subprocess
import sys

import msgspec

from bench.crowd import CrowdJob
from bench.rows import Row, median, percentile, row
from bench.stage import ROOT, Stage, bare_hello, say

SOCKETS = 1000
CHANGES = 20
RUNS = 3


def measure(stage: Stage) -> list[Row]:
    """Against the same server sending one text to as many sockets: no database, no Redis, no fences."""
    stage.free_held_seats()
    ours, theirs = [], []
    with bare_hello() as (hello, _):
        for run in range(1, RUNS + 1):
            first_seat = 1 + run * (CHANGES + 1)
            mine = _times(
                CrowdJob(stage.stack.origin, SOCKETS, CHANGES, performance=stage.performance, first_seat=first_seat)
            )
            bare = _times(CrowdJob(hello, SOCKETS, CHANGES))
            ours.append(median(mine))
            theirs.append(median(bare))
            say(
                f"sockets: run {run} of {RUNS}: last of {SOCKETS} p50 {ours[-1]:.0f} ms, worst "
                f"{percentile(mine, 1):.0f} ms; bare server {theirs[-1]:.0f} ms"
            )
    stage.free_held_seats()
    against = f"a bare server sending to {SOCKETS} sockets"
    return [row("sockets.last_of_1000", median(ours), "ms", against=against, reference=median(theirs))]


def _times(job: CrowdJob) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.crowd"],
        input=msgspec.json.encode(job),
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
        timeout=180,
    )
    return msgspec.json.decode(done.stdout, type=list[float])
