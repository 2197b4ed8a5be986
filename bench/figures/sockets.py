"""A hold, and 1,000 or 5,000 open maps: from the buyer's click to the moment the last map has the change."""

import subprocess
import sys

import msgspec

from bench.crowd import CrowdJob
from bench.rows import Row, median, percentile, row
from bench.stage import ROOT, Stage, bare_hello, say

CROWDS = ((1000, 20, 2), (5000, 8, 1))
"""Sockets, changes, runs: all of it within a minute and a half."""


def measure(stage: Stage) -> list[Row]:
    """Against the same server sending one text to as many sockets: no database, no Redis, no fences."""
    stage.free_held_seats()
    rows, first_seat = [], 1
    with bare_hello() as (hello, _):
        for sockets, changes, runs in CROWDS:
            ours, theirs = [], []
            for run in range(1, runs + 1):
                origin = stage.stack.origin
                mine = _times(CrowdJob(origin, sockets, changes, performance=stage.performance, first_seat=first_seat))
                first_seat += changes + 1
                bare = _times(CrowdJob(hello, sockets, changes))
                ours.append(median(mine))
                theirs.append(median(bare))
                say(
                    f"sockets: run {run} of {runs}: last of {sockets} p50 {ours[-1]:.0f} ms, worst "
                    f"{percentile(mine, 1):.0f} ms; bare server {theirs[-1]:.0f} ms"
                )
            against = f"a bare server sending to {sockets} sockets"
            name = f"sockets.last_of_{sockets}"
            rows.append(row(name, median(ours), "ms", against=against, reference=median(theirs)))
    stage.free_held_seats()
    return rows


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
