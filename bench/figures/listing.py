"""The list of events, as the front page asks for it, against a bare hello of the same server."""

from bench.load import Job
from bench.rows import Row, median, row
from bench.stage import Stage, bare_hello, say

CLIENTS = 16
RUNS = 3
SECONDS = 3
PATH = "/api/events"


def measure(stage: Stage) -> list[Row]:
    ours, theirs = [], []
    origin = stage.stack.origin
    with bare_hello() as (hello, _):
        for run in range(1, RUNS + 1):
            ours.append(_rate(stage, origin))
            theirs.append(_rate(stage, hello))
            say(f"listing: run {run} of {RUNS}: {ours[-1]:,.0f}/s; bare hello {theirs[-1]:,.0f}/s")
    against = f"a bare hello of the same server, {CLIENTS} clients"
    return [row("listing.rate", median(ours), "/s", against=against, reference=median(theirs))]


def _rate(stage: Stage, origin: str) -> float:
    seen = stage.load(Job(kind="get", origin=origin, clients=CLIENTS, seconds=SECONDS, path=PATH))
    return seen.done / seen.seconds
