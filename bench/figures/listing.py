"""The list of events and an event's page, as a browser asks for them, against a bare hello of the same server."""

from bench.load import Job
from bench.rows import Row, median, row
from bench.stage import Stage, bare_hello, say

CLIENTS = 16
RUNS = 3
SECONDS = 3
TARGET = 0.5


def measure(stage: Stage) -> list[Row]:
    """One after the other in each run, so that what the host takes away is taken from all."""
    origin = stage.stack.origin
    assert stage.house.event_id is not None
    [slug] = stage.sql(f"SELECT slug FROM event WHERE id = '{stage.house.event_id}'")
    paths = {"listing.rate": "/api/events", "listing.event": f"/api/events/{slug}", "listing.page": f"/events/{slug}"}
    seen: dict[str, list[float]] = {name: [] for name in (*paths, "hello")}
    with bare_hello() as (hello, _):
        for run in range(1, RUNS + 1):
            for name, path in paths.items():
                seen[name].append(_rate(stage, origin, path))
            seen["hello"].append(_rate(stage, hello, "/"))
            told = ", ".join(f"{name} {rates[-1]:,.0f}/s" for name, rates in seen.items())
            say(f"listing: run {run} of {RUNS}: {told}")
    against = f"a bare hello of the same server, {CLIENTS} clients"
    return [
        row(name, median(seen[name]), "/s", against=against, reference=median(seen["hello"]), target=TARGET)
        for name in paths
    ]


def _rate(stage: Stage, origin: str, path: str) -> float:
    done = stage.load(Job(kind="get", origin=origin, clients=CLIENTS, seconds=SECONDS, path=path))
    return done.done / done.seconds
