"""The list of events and an event's page, as a browser asks for them, against a bare hello of the same server."""

from bench.load import Job
from bench.machine import Run, calmest
from bench.rows import Row, median, row
from bench.stage import Stage, bare_hello, say

CLIENTS = 16
RUNS = 3
TRIES = 8
MOST_STOLEN = 0.02
SECONDS = 2
TARGET = 0.5


def measure(stage: Stage) -> list[Row]:
    """One after the other in each run, so that what the host takes away is taken from all."""
    origin = stage.stack.origin
    assert stage.house.event_id is not None
    [slug] = stage.sql(f"SELECT slug FROM event WHERE id = '{stage.house.event_id}'")
    paths = {"listing.rate": "/api/events", "listing.event": f"/api/events/{slug}", "listing.page": f"/events/{slug}"}
    with bare_hello() as (hello, _):
        asked = {name: (origin, path) for name, path in paths.items()} | {"hello": (hello, "/")}
        counted = calmest(
            lambda: {name: _rate(stage, *where) for name, where in asked.items()},
            _tell,
            runs=RUNS,
            tries=TRIES,
            most_stolen=MOST_STOLEN,
        )
    against = f"a bare hello of the same server, {CLIENTS} clients"
    reference = median(run.found["hello"] for run in counted)
    return [
        row(
            name,
            median(run.found[name] for run in counted),
            "/s",
            against=against,
            reference=reference,
            target=TARGET,
        )
        for name in paths
    ]


def _tell(number: int, run: Run[dict[str, float]]) -> None:
    told = ", ".join(f"{name} {rate:,.0f}/s" for name, rate in run.found.items())
    say(f"listing: run {number}: {told}, {run.stolen:.1%} lost to the host")


def _rate(stage: Stage, origin: str, path: str) -> float:
    done = stage.load(Job(kind="get", origin=origin, clients=CLIENTS, seconds=SECONDS, path=path))
    return done.done / done.seconds
